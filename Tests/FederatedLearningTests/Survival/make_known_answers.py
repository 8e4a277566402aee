#!/usr/bin/env python3
"""Makes SurvivalKnownAnswers.swift with mpmath (40 digits) and SciPy: `python3 make_known_answers.py > SurvivalKnownAnswers.swift`.

The fit is found in other coordinates (intercept, slopes, log scale) than the library's, by Newton on numerical derivatives.
Inputs are those of the tests' `survivalSample`.
"""
import math

import mpmath as mp
import numpy as np
from scipy import optimize, stats

mp.mp.dps = 40


def sample(count, salt):
    return [((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5 for i in range(count)]


def data(rows=40):
    x = sample(2 * rows, 21)
    e = sample(rows, 22)
    y = [4 + 1.5 * x[2 * i] - 0.7 * (3 * x[2 * i + 1] + 1) + e[i] for i in range(rows)]
    features = [v for i in range(rows) for v in (x[2 * i], 3 * x[2 * i + 1] + 1)]
    # censored at a limit, or early by every fifth row
    out = []
    for i in range(rows):
        if i % 5 == 3:
            out.append((features[2 * i], features[2 * i + 1], math.exp(y[i] - 0.3), False))
        elif y[i] > 4.2:
            out.append((features[2 * i], features[2 * i + 1], math.exp(4.2), False))
        else:
            out.append((features[2 * i], features[2 * i + 1], math.exp(y[i]), True))
    return out


def loss(kind, rows, p):
    b0, b1, b2, ls = p
    s = mp.e ** ls
    total = mp.mpf(0)
    for x1, x2, t, failed in rows:
        r = (mp.log(mp.mpf(t)) - b0 - b1 * mp.mpf(x1) - b2 * mp.mpf(x2)) / s
        if kind == "normal":
            total += (r * r / 2 + mp.log(2 * mp.pi) / 2 + ls) if failed else -mp.log(mp.erfc(r / mp.sqrt(2)) / 2)
        elif kind == "weibull":
            total += (mp.e ** r - r + ls) if failed else mp.e ** r
        else:
            total += (2 * mp.log(1 + mp.e ** r) - r + ls) if failed else mp.log(1 + mp.e ** r)
    return total


def fit(kind, rows):
    start = optimize.minimize(lambda p: float(loss(kind, rows, [mp.mpf(float(v)) for v in p])), [4, 1, -0.5, -1],
                              method="Nelder-Mead", options=dict(maxiter=4000, xatol=1e-7, fatol=1e-10)).x
    h = mp.mpf(10) ** -10

    def gradient(*p):
        out = []
        for i in range(4):
            up, down = list(p), list(p)
            up[i] += h
            down[i] -= h
            out.append((loss(kind, rows, up) - loss(kind, rows, down)) / (2 * h))
        return out

    p = mp.findroot(gradient, [mp.mpf(float(v)) for v in start], tol=1e-16)
    return list(p), loss(kind, rows, list(p))


def doubles(name, values, comment):
    print(f"\n    /// {comment}")
    print(f"    static let {name}: [Double] = [")
    for v in values:
        print(f"        {mp.nstr(mp.mpf(v), 17)},")
    print("    ]")


def main():
    rows = data()
    print("// Made by make_known_answers.py with mpmath and SciPy; not edited by hand.\n")
    print("enum SurvivalKnownAnswers {")
    print(f"    /// Failures among the forty rows.\n    static let failures = {sum(r[3] for r in rows)}")
    for kind, name in (("normal", "logNormal"), ("weibull", "weibull"), ("logistic", "logLogistic")):
        p, least = fit(kind, rows)
        doubles(name, [p[0], p[1], p[2], mp.e ** p[3], least / 40],
                f"Intercept, two slopes, scale, mean loss of the {kind} fit.")
    rs = [-6, -1.5, 0, 0.3, 2, 7.5, 29, 31, 60]
    doubles("normalCensored", [-mp.log(mp.erfc(mp.mpf(r) / mp.sqrt(2)) / 2) for r in rs],
            "-log of the normal survival at -6, -1.5, 0, 0.3, 2, 7.5, 29, 31, 60.")
    doubles("normalHazard",
            [mp.npdf(mp.mpf(r)) / (mp.erfc(mp.mpf(r) / mp.sqrt(2)) / 2) for r in rs], "The normal hazard there.")
    qs = [1e-9, 0.001, 0.05, 0.3, 0.5, 0.9, 0.9999]
    doubles("normalQuantiles", [float(v) for v in stats.norm.ppf(qs)], "Normal quantiles at 1e-9, 0.001, 0.05, 0.3, 0.5, 0.9, 0.9999.")
    doubles("extremeQuantiles", [float(v) for v in stats.gumbel_l.ppf(qs)], "Smallest-extreme-value quantiles there.")
    doubles("logisticQuantiles", [float(v) for v in stats.logistic.ppf(qs)], "Logistic quantiles there.")
    print("}")


main()
