// Made by make_known_answers.py with mpmath and SciPy; not edited by hand.

enum SurvivalKnownAnswers {
    /// Failures among the forty rows.
    static let failures = 32

    /// Intercept, two slopes, scale, mean loss of the normal fit.
    static let logNormal: [Double] = [
        4.1894377616582937,
        1.5157382662805979,
        -0.84627695057068582,
        0.26039780153178963,
        0.10970016322864655,
    ]

    /// Intercept, two slopes, scale, mean loss of the weibull fit.
    static let weibull: [Double] = [
        4.3095015639722516,
        1.530853696560614,
        -0.83847978263651943,
        0.22591665917548045,
        0.13086357166465412,
    ]

    /// Intercept, two slopes, scale, mean loss of the logistic fit.
    static let logLogistic: [Double] = [
        4.2001447395882952,
        1.5668837203285593,
        -0.85380546697977343,
        0.15883490151562783,
        0.14933314010582748,
    ]

    /// -log of the normal survival at -6, -1.5, 0, 0.3, 2, 7.5, 29, 31, 60.
    static let normalCensored: [Double] = [
        9.8658764552437573e-10,
        0.069143455612233983,
        0.69314718055994531,
        0.96210281816885066,
        3.7831843336820319,
        31.075890902890001,
        424.78741990973016,
        484.85396362717929,
        1805.0135606805671,
    ]

    /// The normal hazard there.
    static let normalHazard: [Double] = [
        6.0758828558176764e-9,
        0.13878975045885076,
        0.79788456080286536,
        0.99816596885848332,
        2.3732155328228409,
        7.6289663911037659,
        29.034401237736326,
        31.032191276777725,
        60.016657420241125,
    ]

    /// Normal quantiles at 1e-9, 0.001, 0.05, 0.3, 0.5, 0.9, 0.9999.
    static let normalQuantiles: [Double] = [
        -5.9978070150076865,
        -3.0902323061678132,
        -1.6448536269514729,
        -0.52440051270804089,
        0.0,
        1.2815515655446004,
        3.7190164854557088,
    ]

    /// Smallest-extreme-value quantiles there.
    static let extremeQuantiles: [Double] = [
        -20.723265836446412,
        -6.9072550705237168,
        -2.9701952490421646,
        -1.0309304331587228,
        -0.36651292058166435,
        0.83403244524795594,
        2.2203268063678583,
    ]

    /// Logistic quantiles there.
    static let logisticQuantiles: [Double] = [
        -20.72326583594641,
        -6.9067547786485539,
        -2.9444389791664403,
        -0.84729786038720367,
        0.0,
        2.1972245773362196,
        9.2102403669759596,
    ]
}
