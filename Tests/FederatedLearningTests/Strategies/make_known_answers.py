#!/usr/bin/env python3
"""Makes StrategyKnownAnswers.swift with NumPy: run `python3 make_known_answers.py > StrategyKnownAnswers.swift`.

Inputs come from `sample`, which the tests compute in the same way; only outputs are written.
"""
import numpy as np


def sample(count, salt):
    return np.array([((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5 for i in range(count)])


def doubles(name, values, comment):
    numbers = [repr(float(v)) for v in np.ravel(values)]
    print(f"\n    /// {comment}")
    print(f"    static let {name}: [Double] = [")
    for start in range(0, len(numbers), 4):
        print("        " + ", ".join(numbers[start:start + 4]) + ",")
    print("    ]")


def server(rule, rounds=5, size=6, eta=0.3, b1=0.8, b2=0.9, tau=0.05):
    w, m, v = sample(size, 1), np.zeros(size), np.full(size, tau ** 2)
    for t in range(rounds):
        d = sample(size, 20 + t)
        if rule == "momentum":
            m = b1 * m + d
            w = w + eta * m
            continue
        m = b1 * m + (1 - b1) * d
        if rule == "adagrad":
            v = v + d ** 2
        if rule == "adam":
            v = b2 * v + (1 - b2) * d ** 2
        if rule == "yogi":
            v = v - (1 - b2) * d ** 2 * np.sign(v - d ** 2)
        w = w + eta * m / (np.sqrt(v) + tau)
    return w


def regression(k):
    """Company k: rows of three features and one target, uncentred so that companies differ."""
    n = 8 + 3 * k
    x = 2 * sample(n * 3, 40 + k).reshape(n, 3) + 0.2 * k
    y = x @ np.array([1.0, -0.5, 0.25 * k]) + 0.3 * k + 0.1 * sample(n, 60 + k)
    return x, y


def slope(w, x, y):
    r = x @ w[:3] + w[3] - y
    return np.append(2 * x.T @ r / len(y), 2 * r.mean())


COHORTS = [[0, 1, 2, 3], [0, 2], [1, 3, 4], [0, 4], [1, 2, 3, 4], [2, 3]]


def scaffold(n=5, steps=3, eta=0.05, rate=0.9):
    """The textbook form: every participant sends its update and its change of variate."""
    w, c, own = np.zeros(4), np.zeros(4), [np.zeros(4) for _ in range(n)]
    for cohort in COHORTS:
        updates, changes = [], []
        for k in cohort:
            x, y = regression(k)
            z = w.copy()
            for _ in range(steps):
                z = z - eta * (slope(z, x, y) - own[k] + c)
            new = own[k] - c + (w - z) / (steps * eta)
            updates.append(z - w)
            changes.append(new - own[k])
            own[k] = new
        w = w + rate * np.mean(updates, axis=0)
        c = c + np.sum(changes, axis=0) / n
    return w, c


def nova():
    """The server's view in clear: normalised directions, weights by examples, the mean of progress."""
    n = np.array([10, 250, 1000])
    tau = np.array([2.0, 31.0, 7.0])
    d = [sample(5, 80 + k) / t for k, t in enumerate(tau)]
    p = n / n.sum()
    return sample(5, 2) + (p @ tau) * sum(pk * dk for pk, dk in zip(p, d))


def progress(steps, rho=0.0, shrink=0.0):
    """The 1-norm of the coefficients of the gradients, by simulating a linear model of gradients."""
    total = 0.0
    for i in range(steps):
        velocity, moved = 0.0, 0.0
        for j in range(steps):
            g = 1.0 if j == i else 0.0
            velocity = rho * velocity + g
            moved = (1 - shrink) * moved + velocity
        total += moved
    return total


def buffered():
    stale = np.array([0, 3, 1, 8])
    d = [sample(5, 90 + k) for k in range(4)]
    return sample(5, 3) + 0.7 / 4 * sum(dk / np.sqrt(1 + s) for dk, s in zip(d, stale))


def main():
    print("// Made by Strategies/make_known_answers.py with NumPy; not edited by hand.\n")
    print("enum StrategyKnownAnswers {", end="")
    for rule in ["momentum", "adagrad", "adam", "yogi"]:
        doubles(rule, server(rule), "Five steps; eta 0.3, b1 0.8, b2 0.9, tau 0.05.")
    w, c = scaffold()
    doubles("scaffoldModel", w, "Six rounds of five companies, partial cohorts, three steps of 0.05, server rate 0.9.")
    doubles("scaffoldControl", c, "The control variate after them.")
    doubles("nova", nova(), "Three participants of 10, 250 and 1000 examples, progress 2, 31 and 7.")
    doubles("progress", [progress(9), progress(9, rho=0.7), progress(9, shrink=0.02)],
            "Nine steps: plain, momentum 0.7, shrinkage 0.02.")
    doubles("buffered", buffered(), "Four updates of staleness 0, 3, 1 and 8; rate 0.7.")
    print("}")


main()
