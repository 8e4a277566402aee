#!/usr/bin/env python3
"""Makes PersonalKnownAnswers.swift with NumPy and SciPy: run `python3 make_known_answers.py > PersonalKnownAnswers.swift`.

Inputs come from `sample`, which the tests compute in the same way; only outputs are written.
"""
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


def regression(k):
    n = 8 + 3 * k
    x = 2 * sample(n * 3, 40 + k).reshape(n, 3) + 0.2 * k
    y = x @ np.array([1.0, -0.5, 0.25 * k]) + 0.3 * k + 0.1 * sample(n, 60 + k)
    return x, y


def slope(w, x, y):
    r = x @ w[:3] + w[3] - y
    return np.append(2 * x.T @ r / len(y), 2 * r.mean())


def ditto(lam, eta=0.05, steps=3):
    x, y = regression(3)
    v = sample(4, 1)
    for t in range(4):
        w = sample(4, 1 + t)
        for _ in range(steps):
            v = v - eta * (slope(v, x, y) + lam * (v - w))
    return v


def apfl(eta=0.05, rate=0.02, steps=3):
    x, y = regression(3)
    v, alpha = sample(4, 1), 0.3
    for t in range(4):
        w = sample(4, 1 + t)
        for _ in range(steps):
            g = slope(alpha * v + (1 - alpha) * w, x, y)
            lean = (v - w) @ g
            v_next = v - eta * alpha * g
            w = w - eta * slope(w, x, y)
            v, alpha = v_next, min(max(alpha - rate * lean, 0), 1)
    return np.append(v, alpha)


def fed_rep(eta=0.05):
    """Weights are the body, the intercept is the head: two head steps, then three body steps."""
    x, y = regression(3)
    body, head = sample(4, 1)[:3], sample(4, 1)[3]
    for _ in range(2):
        head = head - eta * slope(np.append(body, head), x, y)[3]
    for _ in range(3):
        body = body - eta * slope(np.append(body, head), x, y)[:3]
    return np.append(body, head)


LAWS = {"normal": stats.norm, "smallestExtremeValue": stats.gumbel_l, "logistic": stats.logistic}


def survival(k):
    n = 14 + 5 * k
    x = 2 * sample(n * 2, 100 + k).reshape(n, 2)
    e = sample(n, 120 + k) + sample(n, 130 + k)
    y = x @ np.array([0.8, -0.4]) + 0.7 * k + (0.5 + 0.3 * k) * e
    censored = sample(n, 140 + k) > 0.25
    return x, y, censored


def pooled(law):
    """All parameters at once: two slopes, then an intercept and a log scale for each of three companies."""
    dist, data = LAWS[law], [survival(k) for k in range(3)]

    def loss(p):
        total = 0.0
        for k, (x, y, c) in enumerate(data):
            s = np.exp(p[3 + 2 * k])
            z = (y - p[2 + 2 * k] - x @ p[:2]) / s
            total -= np.sum((dist.logpdf(z) - np.log(s))[~c]) + np.sum(dist.logsf(z)[c])
        return total

    best = optimize.minimize(loss, np.zeros(8), method="BFGS", options={"gtol": 1e-9})
    best = optimize.minimize(loss, best.x, method="Nelder-Mead",
                             options={"xatol": 1e-11, "fatol": 1e-13, "maxiter": 40000, "maxfev": 40000})
    p = best.x
    return np.concatenate([p[:2], *[[p[2 + 2 * k], np.exp(p[3 + 2 * k])] for k in range(3)], [best.fun]])


def law_terms(law):
    dist, rows = LAWS[law], []
    for z in [-3.0, -0.4, 0.0, 1.7, 4.0]:
        rows += [-dist.logpdf(z), -dist.logsf(z)]
    return rows


def main():
    print("// Made by Personalisation/make_known_answers.py with NumPy and SciPy; not edited by hand.\n")
    print("enum PersonalKnownAnswers {", end="")
    doubles("ditto", ditto(0.4), "Four rounds of three full-batch steps, lambda 0.4.")
    doubles("solo", ditto(0.0), "The same with lambda 0.")
    doubles("apfl", apfl(), "The same with alpha from 0.3 at rate 0.02; the last number is alpha.")
    doubles("fedRep", fed_rep(), "One round: two steps of the intercept, three of the weights.")
    for law in LAWS:
        doubles(law + "Fit", pooled(law), "Slopes, intercepts and scales, loss: all maximised together.")
        doubles(law + "Terms", law_terms(law), "-log f and -log S at five places.")
    print("}")


main()
