#!/usr/bin/env python3
"""Makes KnownAnswers.swift with NumPy and Python integers: run `python3 make_known_answers.py > KnownAnswers.swift`.

Inputs come from `sample`, which the tests compute in the same way; only outputs are written.
"""
import numpy as np


def sample(count, salt):
    return np.array([((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5 for i in range(count)])


def doubles(name, values, comment):
    numbers = [repr(float(v)) for v in np.ravel(values)]
    print(f"\n    /// {comment}")
    if len(numbers) <= 4:
        print(f"    static let {name}: [Double] = [{', '.join(numbers)}]")
        return
    print(f"    static let {name}: [Double] = [")
    for start in range(0, len(numbers), 4):
        print("        " + ", ".join(numbers[start:start + 4]) + ",")
    print("    ]")


def split_mix(seed, count):
    mask, out = (1 << 64) - 1, []
    for _ in range(count):
        seed = (seed + 0x9E3779B97F4A7C15) & mask
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        out.append(z ^ (z >> 31))
    return out


def adam(w, gradients, rate, b1=0.9, b2=0.999, eps=1e-8):
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g * g
        w = w - rate * (m / (1 - b1 ** t)) / (np.sqrt(v / (1 - b2 ** t)) + eps)
        yield w


# A 6-5-4 network with a regression head and a binary head (weight 0.05, positive weight 3), 10 full-batch Adam steps.
SHAPES = [(5, 6), (5,), (4, 5), (4,), (1, 4), (1,), (1, 4), (1,)]


def unpack(flat):
    out, place = [], 0
    for shape in SHAPES:
        size = int(np.prod(shape))
        out.append(flat[place:place + size].reshape(shape))
        place += size
    return out


def network(flat, x, y):
    w0, b0, w1, b1, wr, br, wf, bf = unpack(flat)
    n = len(x)
    p0 = x @ w0.T + b0
    a0 = np.maximum(p0, 0)
    p1 = a0 @ w1.T + b1
    a1 = np.maximum(p1, 0)
    r = (a1 @ wr.T + br)[:, 0]
    z = (a1 @ wf.T + bf)[:, 0]
    s = 1 / (1 + np.exp(-z))
    t, f = y[:, 0], y[:, 1]
    loss = np.mean((r - t) ** 2) + 0.05 * np.mean(-3 * f * np.log(s) - (1 - f) * np.log(1 - s))
    dr = (2 * (r - t) / n)[:, None]
    dz = (0.05 * (-3 * f * (1 - s) + (1 - f) * s) / n)[:, None]
    d1 = (dr @ wr + dz @ wf) * (p1 > 0)
    d0 = (d1 @ w1) * (p0 > 0)
    parts = [d0.T @ x, d0.sum(0), d1.T @ a0, d1.sum(0), dr.T @ a1, dr.sum(0), dz.T @ a1, dz.sum(0)]
    return loss, np.concatenate([p.ravel() for p in parts])


def main():
    print("// Made by make_known_answers.py with NumPy; not edited by hand.\n")
    print("enum KnownAnswers {")
    print("    /// SplitMix64 from seed 1234567, by Python integers.")
    print("    static let splitMix: [UInt64] = [")
    for value in split_mix(1234567, 5):
        print(f"        0x{value:016X},")
    print("    ]")

    w = sample(8, 1)
    steps = list(adam(w, [sample(8, 10 + t) for t in range(5)], 0.01))
    doubles("adam", np.concatenate(steps), "Five Adam steps on eight parameters, rate 0.01; one line of eight a step.")

    x = 2 * sample(23 * 6, 3).reshape(23, 6)
    y = np.stack([sample(23, 4), (sample(23, 5) > 0.1).astype(float)], axis=1)
    flat = sample(35 + 24 + 5 + 5, 6)
    loss, gradient = network(flat, x, y)
    doubles("networkLoss", [loss], "The loss at the start.")
    doubles("networkGradient", gradient, "The gradient at the start.")
    m, v, now, last = np.zeros_like(flat), np.zeros_like(flat), flat.copy(), 0
    for t in range(1, 11):
        last, g = network(now, x, y)
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        now = now - 0.01 * (m / (1 - 0.9 ** t)) / (np.sqrt(v / (1 - 0.999 ** t)) + 1e-8)
    doubles("networkDelta", now - flat, "The change after ten full-batch Adam steps, rate 0.01.")
    doubles("networkLastLoss", [last], "The loss before the tenth step.")

    a = sample(60 * 4, 7).reshape(60, 4) * np.array([1, 20, 0.1, 3]) + np.array([0, 5, 0, -2])
    b = a @ np.array([1.5, -0.25, 7, 0.5]) + 3 + sample(60, 8)
    centred = np.vstack([a - a.mean(0), np.sqrt(0.7) * np.eye(4)])
    coefficients = np.linalg.lstsq(centred, np.concatenate([b - b.mean(), np.zeros(4)]), rcond=None)[0]
    intercept = b.mean() - a.mean(0) @ coefficients
    rss = np.sum((b - a @ coefficients - intercept) ** 2)
    doubles("ridge", [*coefficients, intercept, rss], "Four coefficients, intercept, squared residuals; lambda 0.7, by lstsq.")

    values = 500 + 40 * sample(90 * 3, 9).reshape(90, 3)
    groups = np.array([(i * i) % 5 % 3 for i in range(90)])
    doubles("groupMeans", [values[groups == g].mean(0) for g in range(2)], "Means of three sensors in groups 0 and 1.")
    doubles("groupVariances", [values[groups == g].var(0) for g in range(2)], "Their population variances.")
    doubles("globalMoments", [values.mean(0), values.var(0)], "Means, then variances, over all rows.")

    scores = np.round(sample(40, 11), 1)
    labels = sample(40, 12) > 0.2
    order = np.unique(scores)[::-1]
    area = found = 0.0
    for cut in order:
        taken = scores >= cut
        hits = (taken & labels).sum()
        area += (hits - found) / labels.sum() * hits / taken.sum()
        found = hits
    doubles("averagePrecision", [area], "Scores rounded to one digit, so that there are ties.")
    cut = np.quantile(scores[~labels], 0.9)
    doubles("recallAtTenPercent", [cut, (scores[labels] > cut).mean()], "Threshold and recall at 10 % false alarms.")
    doubles("quantiles", [np.quantile(sample(17, 13), q) for q in (0, 0.05, 0.31, 0.5, 0.95, 1)],
            "Of 17 values at 0, 0.05, 0.31, 0.5, 0.95, 1.")
    predicted, actual = 100 * sample(12, 14), 100 * sample(12, 15)
    d = predicted - actual
    doubles("regression", [np.sqrt(np.mean(d ** 2)), np.where(d < 0, np.exp(-d / 13) - 1, np.exp(d / 10) - 1).sum()],
            "Root mean squared error and turbofan score of twelve predictions.")
    print("}")


main()
