// Made by Strategies/make_known_answers.py with NumPy; not edited by hand.

enum StrategyKnownAnswers {
    /// Five steps; eta 0.3, b1 0.8, b2 0.9, tau 0.05.
    static let momentum: [Double] = [
        0.6100672348860257, 0.23285193260654113, 0.09563663032705645, -0.5815786719524282,
        -0.5267939742319128, -0.3184092765113974,
    ]

    /// Five steps; eta 0.3, b1 0.8, b2 0.9, tau 0.05.
    static let adagrad: [Double] = [
        0.43857140133752376, 0.2156947864147415, 0.020988537063038493, -0.34547909545580807,
        -0.4202544576786839, -0.4382225220428213,
    ]

    /// Five steps; eta 0.3, b1 0.8, b2 0.9, tau 0.05.
    static let adam: [Double] = [
        0.656628224352773, 0.29042290007629756, 0.05705251023195721, -0.5927527330275847,
        -0.560397277096218, -0.3687387270420639,
    ]

    /// Five steps; eta 0.3, b1 0.8, b2 0.9, tau 0.05.
    static let yogi: [Double] = [
        0.6448334862576026, 0.2883611474986244, 0.052622856723447096, -0.5826474605928275,
        -0.5569105646571828, -0.381339759531027,
    ]

    /// Six rounds of five companies, partial cohorts, three steps of 0.05, server rate 0.9.
    static let scaffoldModel: [Double] = [
        0.6367190902563941, 0.17219683065886104, 0.4446558168130275, 0.5815869459056207,
    ]

    /// The control variate after them.
    static let scaffoldControl: [Double] = [
        -0.45394105481490193, 0.07007546618544995, -0.28902604604685356, -0.19772860767896425,
    ]

    /// Three participants of 10, 250 and 1000 examples, progress 2, 31 and 7.
    static let nova: [Double] = [
        -0.34378571817628367, -0.7153822190271222, 0.2420714186959873, -0.05449805820309622,
        0.6204221957961535,
    ]

    /// Nine steps: plain, momentum 0.7, shrinkage 0.02.
    static let progress: [Double] = [
        9.0, 22.53608361, 8.312611893492504,
    ]

    /// Four updates of staleness 0, 3, 1 and 8; rate 0.7.
    static let buffered: [Double] = [
        -0.1456709531537525, -0.24097611091218185, -0.460024955378257, 0.40842620015566783,
        0.36437735568959273,
    ]
}
