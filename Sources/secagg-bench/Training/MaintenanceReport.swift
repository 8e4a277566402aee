internal import PredictiveMaintenance
internal import RoundProtocol
internal import SecureAggregation
internal import SecureFederation
internal import WireFormat

/// A finished run as JSON and as text.
struct MaintenanceReport {
    let data: String
    let scenario: String
    let measure: Scenario.Measure
    /// Which model was trained.
    let model: String
    let settings: MaintenanceRun.Settings
    let plan: Plan
    /// What hid the uploads.
    let backend: String
    let result: MaintenanceResult
    /// The training under a privacy budget, if one was asked for.
    let privateResult: PrivateResult?
    let wallSeconds: Double
    let cpuSeconds: Double

    /// Throws when a check of the run failed.
    func check() throws(CommandFailure) {
        if !result.allSums.isExact {
            throw .check("a secure sum is wrong", "it is not the clear sum of its survivors")
        }
        if let privateResult, !privateResult.tally.isExact {
            throw .check("a private sum is wrong", "it is not the sum of its survivors' noised integers")
        }
        if let survival = result.survival, !survival.isWithinTolerance {
            throw .check(
                "the regression of failure times is off", "it differs from the pooled fit by \(survival.difference)")
        }
        if let ridge = result.ridge, !ridge.isWithinTolerance {
            throw .check(
                "the ridge regression is off", "it differs from the pooled fit by \(ridge.relativeDifference)")
        }
    }

    var metric: String {
        switch measure {
        case .remainingLife: "rmse"
        case .machineState: "accuracy"
        case .anomaly: "pr_auc"
        }
    }

    func quality(_ metrics: WorkloadMetrics) -> Double? {
        measure.quality(of: metrics)
    }

    func mean(_ reports: [CompanyReport]) -> WorkloadMetrics { .mean(reports.map(\.metrics)) }

    /// Processor seconds of one company and one sum, by stage.
    var clientSeconds: [Stage: Double] {
        let tally = result.allSums
        return tally.clientSeconds.mapValues { $0 / Double(max(1, tally.participations)) }
    }

    /// Processor seconds of the coordinator and one sum, by stage.
    var serverSeconds: [Stage: Double] {
        let tally = result.allSums
        return tally.serverSeconds.mapValues { $0 / Double(tally.sums) }
    }
}
