// Made by Personalisation/make_known_answers.py with NumPy and SciPy; not edited by hand.

enum PersonalKnownAnswers {
    /// Four rounds of three full-batch steps, lambda 0.4.
    static let ditto: [Double] = [
        0.6513245288058277, 0.24510723929900016, 0.5788703188340165, 0.6190935341680314,
    ]

    /// The same with lambda 0.
    static let solo: [Double] = [
        0.731370384490031, 0.3023105721512533, 0.6265026363131962, 0.6185064087212424,
    ]

    /// The same with alpha from 0.3 at rate 0.02; the last number is alpha.
    static let apfl: [Double] = [
        0.7288878361561398, 0.4162797095141761, 0.4610239559527751, 0.44020416359615644,
        0.5914047443228657,
    ]

    /// One round: two steps of the intercept, three of the weights.
    static let fedRep: [Double] = [
        0.5442999602673525, 0.29251316665791094, 0.2911117865547729, 0.16730136834137263,
    ]

    /// Slopes, intercepts and scales, loss: all maximised together.
    static let normalFit: [Double] = [
        0.9234378708315132, -0.251201754891887, 0.061651543996656136, 0.28249903867845566,
        0.8035318523772843, 0.4400802893257995, 1.5869533421677968, 0.5925533109157683,
        36.651054490680394,
    ]

    /// -log f and -log S at five places.
    static let normalTerms: [Double] = [
        5.418938533204672, 0.0013508099647481925, 0.9989385332046727, 0.42247637022777607,
        0.9189385332046727, 0.6931471805599453, 2.3639385332046725, 3.1107960975524813,
        8.918938533204672, 10.360101486527292,
    ]

    /// Slopes, intercepts and scales, loss: all maximised together.
    static let smallestExtremeValueFit: [Double] = [
        0.9002728476121119, -0.14917490819358098, 0.22421960809261882, 0.30857299001829785,
        1.0126735711081836, 0.39471321917928315, 1.827223784750507, 0.473675719182202,
        41.11558031480201,
    ]

    /// -log f and -log S at five places.
    static let smallestExtremeValueTerms: [Double] = [
        3.049787068367864, 0.049787068367863944, 1.0703200460356395, 0.6703200460356393,
        1.0, 1.0, 3.7739473917271997, 5.4739473917272,
        50.598150033144236, 54.598150033144236,
    ]

    /// Slopes, intercepts and scales, loss: all maximised together.
    static let logisticFit: [Double] = [
        0.9093099414792631, -0.2637925561249983, 0.024593922370321063, 0.16152739715679007,
        0.7826640008257881, 0.27699757910547324, 1.591948614214154, 0.35459565812657917,
        37.784464191373374,
    ]

    /// -log f and -log S at five places.
    static let logisticTerms: [Double] = [
        3.097174703147484, 0.04858735157374206, 1.4260305047999053, 0.5130152523999526,
        1.3862943611198906, 0.6931471805599453, 2.035572058772532, 1.8677860293862658,
        4.03629985583562, 4.0181499279178094,
    ]
}
