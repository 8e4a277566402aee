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
        -0.21637323071159476, 0.40156273399921494, 1.0398383854773496, 0.6464685839111453,
        0.9596418074904236, 0.7350756443458208, 0.6028767063744246, 0.6028767063744246,
        0.6028767063744241, 0.6028767063744245, 0.6028767063744243, 0.6028767063744244,
    ]
}
