extension LedgerRecord {
    /// What no figure of this ledger may be printed without: unit, adjacency, mechanism, sampling, trust assumption,
    /// delta.
    /// Source: privacy-ledger section 7
    public var qualifier: String {
        "for \(unitName), by \(adjacencyName); \(mechanismName); \(samplingName); if \(trustName); "
            + "delta \(DecimalText.text(of: terms.budget.delta.value))"
    }

    var unitName: String {
        switch terms.unit {
        case .asset: "one machine (asset) with its whole history"
        case .record: "one record"
        case .silo: "one company with all its machines"
        }
    }

    var adjacencyName: String {
        switch terms.adjacency {
        case .addRemove: "adding or removing it"
        case .replaceOne: "exchanging it for another"
        }
    }

    var mechanismName: String {
        switch mainEvent?.noise {
        case .discreteGaussian(let shares):
            "distributed discrete Gaussian noise, multiplier \(ReportNumber.fixed(shares.multiplier, 3, up: false))"
        case .gaussian(let noise): "Gaussian noise of real numbers, multiplier \(DecimalText.text(of: noise.value))"
        case .laplace(let noise): "Laplace noise of real numbers, scale \(DecimalText.text(of: noise.value))"
        case .unnoised, nil: "nothing released yet"
        }
    }

    var samplingName: String {
        switch (chargedEvents.first { $0.isSampled } ?? mainEvent)?.sampling {
        case .poisson(let rate) where rate.value < 1:
            "each unit sampled with probability \(DecimalText.text(of: rate.value))"
        case .fixedSize(let sample): "\(sample.size) of \(sample.population) units drawn a round"
        default: "no sampling, every unit in every round"
        }
    }

    var trustName: String {
        "at most \(terms.trust.colluders) of \(terms.trust.participants) participants collude with the server and at "
            + "least \(terms.trust.minimumSurvivors) finish each round"
    }
}
