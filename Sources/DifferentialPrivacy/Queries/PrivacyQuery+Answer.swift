extension PrivacyQuery {
    /// How far above the least a noise multiplier may be, relative; how far below the highest a rate.
    static let tolerance = 2e-5

    /// The answer, computed from nothing but the query: nothing is kept between two.
    ///
    /// Throws `not_accounted`, `fixed_size_needs_replace_one`, `poisson_needs_add_remove`, `below_range` or
    /// `above_range` where the accountant does not serve the delta, the sensitivity or the steps, `budget_unreachable`,
    /// `budget_never_spent`. Cost: microseconds for unsampled Gaussian noise, else up to a second or two within `limits`
    /// for `epsilon` and `delta`, some twenty times that for a calibration.
    /// Source: privacy-queries section 4
    public func answer(limits: AccountingLimits = AccountingLimits()) throws(QueryRefusal) -> PrivacyAnswer {
        switch kind {
        case .epsilon: return try answer(Setting(), limits)
        case .delta:
            let figure = try schedule(Setting()).delta(at: try target(), by: accountant, limits: limits)
            return PrivacyAnswer(self, Setting(), epsilon: nil, delta: figure.interval, method: figure.method)
        case .sigma:
            let first = events[0].multiplier
            // The closed form is exact enough for more digits.
            let fine = try schedule(Setting()).gaussian != nil && accountant != .pld && accountant != .rdp
            let found = try QuerySearch.least(
                in: NoiseMultiplier.range, from: 1, tolerance: fine ? 1e-9 : Self.tolerance
            ) { multiplier throws(QueryRefusal) in
                try fits(Setting(scale: multiplier / first), limits)
            }
            return try answer(Setting(scale: found / first), limits)
        case .steps:
            let each = events.reduce(0) { $0 + $1.steps / sharedSteps }
            let found = try QuerySearch.most(upTo: (1 << 40) / each) { count throws(QueryRefusal) in
                try fits(Setting(passes: count), limits)
            }
            return try answer(Setting(passes: found), limits)
        case .rate:
            // 1 / rate falls where the rate rises.
            let found = try QuerySearch.least(
                in: 1...1 / SamplingRate.smallest, from: 100, tolerance: Self.tolerance
            ) { inverse throws(QueryRefusal) in
                try fits(Setting(rate: max(1 / inverse, SamplingRate.smallest)), limits)
            }
            return try answer(Setting(rate: max(1 / found, SamplingRate.smallest)), limits)
        }
    }

    /// What a search varies.
    struct Setting {
        /// Factor of all noise multipliers.
        var scale = 1.0
        /// Factor of all steps in lowest terms; nil as given.
        var passes: Int?
        /// The rate of all events; nil as given.
        var rate: Double?
    }

    /// The largest number by which all steps can be divided: only their ratios count in a search for steps.
    var sharedSteps: Int {
        events.reduce(0) { shared, event in
            var (a, b) = (shared, event.steps)
            while b != 0 { (a, b) = (b, a % b) }
            return a
        }
    }

    private func answer(_ setting: Setting, _ limits: AccountingLimits) throws(QueryRefusal) -> PrivacyAnswer {
        let figure = try schedule(setting).epsilon(at: delta ?? .nan, by: accountant, limits: limits)
        return PrivacyAnswer(self, setting, epsilon: figure.interval, delta: nil, method: figure.method)
    }

    private func fits(_ setting: Setting, _ limits: AccountingLimits) throws(QueryRefusal) -> Bool {
        let schedule: PrivacySchedule
        do throws(QueryRefusal) {
            schedule = try self.schedule(setting)
        } catch {
            // Noise outside what is served, while the one that is searched for is inside.
            guard error.field?.hasSuffix("noise_multiplier") == true else { throw error }
            throw QueryRefusal(error.code == .belowRange ? .budgetNeverSpent : .budgetUnreachable)
        }
        return try schedule.isWithin(epsilon: try target(), delta: delta ?? .nan, by: accountant, limits: limits)
    }

    private func target() throws(QueryRefusal) -> Epsilon {
        guard let epsilon = try? Epsilon(epsilon ?? .nan) else { throw QueryRefusal(.notANumber, "epsilon") }
        return epsilon
    }

    /// The events in the terms of the accountants.
    func schedule(_ setting: Setting) throws(QueryRefusal) -> PrivacySchedule {
        var list: [PrivacyEvent] = []
        let shared = setting.passes == nil ? 1 : sharedSteps
        for (index, event) in events.enumerated() {
            func name(_ key: String) -> String { "events[\(index)].\(key)" }
            let mechanism = try event.mechanism(scale: setting.scale, name)
            var sampling = event.sampling
            if let rate = setting.rate {
                guard let rate = try? SamplingRate(rate) else { throw QueryRefusal(.aboveRange, name("sampling_rate")) }
                sampling = .poisson(rate)
            }
            do throws(AccountingRefusal) {
                list.append(
                    try PrivacyEvent(
                        mechanism, sampling: sampling, count: event.steps / shared * (setting.passes ?? 1)))
            } catch { throw QueryRefusal(error, name) }
        }
        do throws(AccountingRefusal) {
            // The figures are the same for every unit; whose they are, the caller knows if the query does not say.
            return try PrivacySchedule(unit: unit ?? .record, adjacency: adjacency, events: list)
        } catch { throw QueryRefusal(error) { _ in "events" } }
    }
}

extension PrivacyQuery.Event {
    /// The mechanism with its noise multiplied by `scale`.
    func mechanism(scale: Double, _ name: (String) -> String) throws(QueryRefusal) -> Mechanism {
        let noise: NoiseMultiplier
        do throws(ParameterRefusal) { noise = try NoiseMultiplier(multiplier * scale) } catch {
            throw QueryRefusal(error == .tooLarge ? .aboveRange : .belowRange, name("noise_multiplier"))
        }
        switch self.noise {
        case .gaussian: return .gaussian(noise)
        case .laplace: return .laplace(noise)
        case .discreteGaussian:
            guard let units = UInt64(exactly: sensitivity), let bound = try? L2Sensitivity(units) else {
                throw QueryRefusal(sensitivity > 0x1p51 ? .aboveRange : .notAnInteger, name("sensitivity"))
            }
            let sigma = (noise.value * sensitivity).nextDown
            guard let grid = try? GridGaussian(variance: (sigma * sigma).nextDown, sensitivity: bound) else {
                throw QueryRefusal(.belowRange, name("noise_multiplier"))
            }
            return .gridGaussian(grid)
        }
    }
}

extension QueryRefusal {
    init(_ refusal: AccountingRefusal, _ name: (String) -> String) {
        switch refusal {
        case .emptySchedule: self.init(.emptyEvents, "events")
        case .countOutOfRange: self.init(.aboveRange, name("steps"))
        case .fixedSizeNeedsReplaceOne: self.init(.fixedSizeNeedsReplaceOne, "adjacency")
        case .poissonNeedsAddRemove: self.init(.poissonNeedsAddRemove, "adjacency")
        case .sampledLaplace: self.init(.notAccounted, name("sampling"))
        case .shareTooSmall: self.init(.belowRange, name("noise_multiplier"))
        case .varianceOutOfRange: self.init(.belowRange, name("noise_multiplier"))
        case .sampledNarrowGrid: self.init(.notAccounted, name("sampling"))
        case .groupOutOfRange, .narrowGrid: self.init(.notAccounted, "accountant")
        case .closedFormNeedsUnsampledGaussian, .latticeNeedsIndependentSampling:
            self.init(.notAccounted, "accountant")
        case .noCoordinates: self.init(.notAccounted, name("mechanism"))
        case .budgetUnreachable: self.init(.budgetUnreachable)
        case .budgetNeverSpent: self.init(.budgetNeverSpent)
        }
    }
}
