#!/usr/bin/env python3
"""Makes LifeKnownAnswers.swift with NumPy and SciPy: run `python3 make_known_answers.py > LifeKnownAnswers.swift`.

Inputs come from `sample`, which the tests compute in the same way; only outputs are written.
"""
import numpy as np
from scipy import stats

TAILS = [(0, 10, 0.3), (3, 10, 0.3), (10, 10, 0.3), (7, 10, 0.5), (61, 1000, 0.05), (39, 1000, 0.05), (5, 1000000, 1e-6),
         (25, 1000000, 1e-6), (50500, 1000000, 0.05), (49500, 1000000, 0.05), (999, 1000, 0.99), (20, 37, 0.61)]
INTERVALS = [(0, 20, 0.95), (20, 20, 0.95), (1, 20, 0.95), (7, 50, 0.9), (50, 1000, 0.99), (12, 1000000, 0.95),
             (15, 16, 0.999), (480, 500, 0.9966666666666667)]
EDGES = [-0.375, -0.25, -0.125, 0.0, 0.125, 0.25, 0.375]


def sample(count, salt):
    return np.array([((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5 for i in range(count)])


def doubles(name, values, comment):
    numbers = [repr(float(v)) for v in np.ravel(values)]
    print(f"\n    /// {comment}")
    print(f"    static let {name}: [Double] = [")
    for start in range(0, len(numbers), 4):
        print("        " + ", ".join(numbers[start:start + 4]) + ",")
    print("    ]")


def histogram(values):
    return np.histogram(values, bins=[-np.inf] + EDGES + [np.inf])[0]


def psi(present, past):
    p = (present + 0.5) / (present + 0.5).sum()
    q = (past + 0.5) / (past + 0.5).sum()
    return np.sum((p - q) * np.log(p / q))


def samples():
    """(present, past): the same law, shifted, squeezed, and a very small one."""
    past = sample(800, 11)
    return [(sample(150, 12), past), (sample(150, 13) + 0.2, past), (0.4 * sample(200, 14), past), (sample(5, 15), past)]


def cusum(alerts, usual, raised):
    s, path = 0.0, []
    for alert in alerts:
        law = stats.bernoulli
        s = max(0.0, s + law.logpmf(int(alert), raised) - law.logpmf(int(alert), usual))
        path.append(s)
    return path


def eight_bits(weights):
    """Rows of whole numbers and their scales."""
    scales = (np.abs(weights).max(1) / np.float32(127)).astype(np.float32)
    ratio = weights / scales[:, None]
    whole = np.sign(ratio) * np.floor(np.abs(ratio) + np.float32(0.5))
    return np.clip(whole, -127, 127), scales.astype(np.float64)


def integer_network():
    """The network of the other known answers, 6-5-4 with heads of 1 and 1, from its 8-bit weights in double precision."""
    flat, place, x = sample(69, 6).astype(np.float32), 0, (2 * sample(23 * 6, 3)).reshape(23, 6).astype(np.float32)
    maps, whole = [], []
    for rows, columns in [(5, 6), (4, 5), (1, 4), (1, 4)]:
        weights = flat[place:place + rows * columns].reshape(rows, columns)
        bias = flat[place + rows * columns:place + rows * columns + rows].astype(np.float64)
        place += rows * columns + rows
        q, scales = eight_bits(weights)
        whole += list(np.ravel(q))
        maps.append(lambda v, q=q, s=scales, b=bias: (v @ q.T) * s + b)
    h = np.maximum(maps[1](np.maximum(maps[0](x.astype(np.float64)), 0)), 0)
    return whole, np.ravel(maps[2](h)), np.ravel(1 / (1 + np.exp(-maps[3](h))))


def main():
    print("// Made by Life/make_known_answers.py with NumPy and SciPy; not edited by hand.\n")
    print("enum LifeKnownAnswers {", end="")
    doubles("upperTails", [stats.binom.sf(k - 1, n, p) for k, n, p in TAILS], "P[X >= k], one a case of the test.")
    doubles("lowerTails", [stats.binom.cdf(k, n, p) for k, n, p in TAILS], "P[X <= k].")
    ends = []
    for k, n, c in INTERVALS:
        found = stats.binomtest(k, n).proportion_ci(confidence_level=c, method="exact")
        ends += [found.low, found.high]
    doubles("intervals", ends, "Clopper and Pearson's, lower and upper end.")
    doubles("indices", [psi(histogram(a), histogram(b)) for a, b in samples()], "Population stability indices.")
    doubles("statistics", [stats.ks_2samp(a, b).statistic for a, b in samples()],
            "Kolmogorov-Smirnov statistics of the samples themselves.")
    binned = [stats.ks_2samp(np.searchsorted(EDGES, a, side="right"), np.searchsorted(EDGES, b, side="right")).statistic
              for a, b in samples()]
    doubles("binnedStatistics", binned, "The same of the numbers of the bins.")
    sizes = [np.sqrt(len(a) * len(b) / (len(a) + len(b))) for a, b in samples()]
    doubles("pValues", [stats.kstwobign.sf(d * s) for d, s in zip(binned, sizes)], "Asymptotic, of the binned statistics.")
    doubles("kolmogorov", stats.kstwobign.sf([0.2, 0.4, 0.7, 0.9999, 1.0, 1.36, 2.0, 3.0]), "The upper tail of the law.")
    doubles("cusum", cusum(sample(40, 16) > 0.42, 0.05, 0.2), "S after each of 40 windows.")
    doubles("signTests", [stats.binomtest(k, n, 0.5, alternative="greater").pvalue for k, n in [(9, 10), (60, 100), (55, 100)]],
            "One-sided p-values of 9:1, 60:40, 55:45.")
    groups = [(95, 30, 470, 5), (30, 18, 280, 12), (60, 70, 600, 40)]
    rows = []
    for tp, fp, tn, fn in groups:
        for k, n in [(tp, tp + fn), (fp, fp + tn), (tp + tn, tp + fp + tn + fn)]:
            found = stats.binomtest(k, n).proportion_ci(confidence_level=1 - 0.05 / 9, method="exact")
            rows += [k / n, found.low, found.high]
    doubles("groups", rows, "Share and simultaneous interval of recall, false alarms and accuracy of three groups.")
    whole, life, fails = integer_network()
    doubles("wholeWeights", whole, "The 8-bit weights of a network.")
    doubles("lifeOutputs", life, "Its first head on 23 examples.")
    doubles("alarmOutputs", fails, "Its second head.")
    print("}")


main()
