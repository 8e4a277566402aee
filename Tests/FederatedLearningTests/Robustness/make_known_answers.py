#!/usr/bin/env python3
"""Makes RobustKnownAnswers.swift with NumPy and SciPy: run `python3 make_known_answers.py > RobustKnownAnswers.swift`.

Inputs come from `sample`, which the tests compute in the same way; only outputs are written.
"""
from math import comb
import numpy as np
from scipy import optimize, stats


def sample(count, salt):
    return np.array([((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5 for i in range(count)])


def doubles(name, values, comment):
    numbers = [repr(float(v)) for v in np.ravel(values)]
    print(f"\n    /// {comment}")
    print(f"    static let {name}: [Double] = [")
    for start in range(0, len(numbers), 4):
        print("        " + ", ".join(numbers[start:start + 4]) + ",")
    print("    ]")


def groups(g, d=6):
    return np.array([sample(d, 500 + k) + 4 * (k == 2) - 9 * (k == 5) for k in range(g)])


def krum(x, b, keep):
    g, scores = len(x), []
    for i in range(g):
        near = sorted(np.sum((x[i] - x[j]) ** 2) for j in range(g) if j != i)
        scores.append(sum(near[:g - b - 2]))
    return x[np.argsort(scores, kind="stable")[:keep]].mean(0)


def geometric(x):
    f = lambda p: np.sum(np.linalg.norm(x - p, axis=1))
    best = optimize.minimize(f, np.median(x, axis=0), method="Nelder-Mead",
                             options={"xatol": 1e-12, "fatol": 1e-15, "maxiter": 50000, "maxfev": 50000})
    return optimize.minimize(f, best.x, method="BFGS", options={"gtol": 1e-12}).x


def z(n, b):
    s = n // 2 + 1 - b
    return stats.norm.ppf((n - b - s) / (n - b))


def main():
    print("// Made by Robustness/make_known_answers.py with NumPy and SciPy; not edited by hand.\n")
    print("enum RobustKnownAnswers {", end="")
    x = groups(7)
    doubles("median", np.median(x, axis=0), "Seven groups in six dimensions, two of them far off.")
    doubles("medianOfSix", np.median(x[:6], axis=0), "Six groups: the mean of the middle two.")
    doubles("trimmed", stats.trim_mean(x, 2 / 7 + 1e-9, axis=0), "Two from each side.")
    doubles("geometric", geometric(x), "The geometric median, by minimisation.")
    doubles("krum", krum(x, 2, 3), "Two attackers, three kept.")
    doubles("krumOne", krum(x, 2, 1), "One kept.")
    close = np.array([sample(6, 1048 + 3 * k * k) * (1 + 0.07 * k) for k in range(9)])
    assert not np.allclose(krum(close, 3, 2), krum(close, 2, 2)), "the number of neighbours must matter"
    doubles("krumClose", krum(close, 3, 2), "Nine groups, three attackers, two kept; none far off.")
    doubles("littleIsEnough", [z(20, 4), z(50, 12), z(25, 3)], "z for 4 of 20, 12 of 50, 3 of 25.")
    doubles("spoiled", [n / s * (1 - comb(n - b, s) / comb(n, s)) for n, s, b in [(20, 4, 2), (20, 2, 4), (24, 6, 5)]],
            "Groups spoiled on average.")
    doubles("quantiles", stats.norm.ppf([1e-9, 0.02, 0.5, 0.8, 1 - 1e-6]), "Of the normal distribution.")
    print("}")


main()
