// Made by Contribution/make_known_answers.py with NumPy; not edited by hand.

enum ContributionKnownAnswers {
    /// Six players, by all 720 orders.
    static let shapley: [Double] = [
        -0.06955731747604994, 0.028807400066071607, 0.09220350181698045, 0.06899570531879741,
        0.22258011232242947, -0.0035844070036339663,
    ]

    /// What the last to leave takes along.
    static let leaveOneOut: [Double] = [
        -0.15163528245787916, 0.6967294350842418, 0.39345887016848363, 0.7869177403369673,
        0.5738354806739345, 0.14767096134786917,
    ]

    /// Six companies in pairs over nine rounds: worths, then standard errors.
    static let trend: [Double] = [
        0.7209888104413269, 0.6970750472005802, 1.4768767006027317, 1.2498453306948125,
        0.8021344889559413, 1.0530796221046073, 0.24065038679914863, 0.24065038679914846,
        0.2406503867991485, 0.2406503867991483, 0.2406503867991486, 0.24065038679914855,
    ]
}
