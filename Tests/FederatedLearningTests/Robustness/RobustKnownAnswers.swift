// Made by Robustness/make_known_answers.py with NumPy and SciPy; not edited by hand.

enum RobustKnownAnswers {
    /// Seven groups in six dimensions, two of them far off.
    static let median: [Double] = [
        -0.07680872150644202, -0.22844400396432113, 0.004459861248761188, 0.23736372646184345,
        0.1114965312190287, -0.040138751238850356,
    ]

    /// Six groups: the mean of the middle two.
    static let medianOfSix: [Double] = [
        0.012884043607532203, -0.13875123885034688, -0.09811694747274527, 0.05797819623389497,
        0.21407333994053518, 0.06243805748265607,
    ]

    /// Two from each side.
    static let trimmed: [Double] = [
        -0.08539808391146349, -0.23703336636934258, 0.06425503799141065, 0.11777337297654446,
        0.17129170796167822, 0.01965642550379913,
    ]

    /// The geometric median, by minimisation.
    static let geometric: [Double] = [
        -0.15886430655597994, -0.3003280717464162, 0.17727352852774086, 0.17361644252279293,
        0.13173629608664555, -0.019899009286251053,
    ]

    /// Two attackers, three kept.
    static let krum: [Double] = [
        -0.2221671622068054, -0.37380244466468454, 0.14122893954410307, 0.32292699041955736,
        0.17129170796167822, 0.01965642550379913,
    ]

    /// One kept.
    static let krumOne: [Double] = [
        -0.2819623389494549, -0.433597621407334, 0.4147670961347869, 0.26313181367690786,
        0.1114965312190287, -0.040138751238850356,
    ]

    /// Nine groups, three attackers, two kept; none far off.
    static let krumClose: [Double] = [
        0.49262140733399407, 0.3091427155599603, 0.12566402378592667, -0.05781466798810703,
        -0.2412933597621407, -0.42477205153617437,
    ]

    /// z for 4 of 20, 12 of 50, 3 of 25.
    static let littleIsEnough: [Double] = [
        0.1573106846101707, 0.33603814037182306, 0.11418529432142824,
    ]

    /// Groups spoiled on average.
    static let spoiled: [Double] = [
        1.842105263157895, 3.68421052631579, 3.1936758893280635,
    ]

    /// Of the normal distribution.
    static let quantiles: [Double] = [
        -5.9978070150076865, -2.053748910631823, 0.0, 0.8416212335729143,
        4.753424308817087,
    ]
}
