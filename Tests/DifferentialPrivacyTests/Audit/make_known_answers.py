#!/usr/bin/env python3
"""Prints the tables of AuditKnownAnswerTests.swift: mpmath and SciPy, nothing of the package.

    python3 make_known_answers.py
"""
import math

import mpmath
from scipy.optimize import brentq
from scipy.stats import beta, binom, norm

mpmath.mp.dps = 40


def regularised(x, a, b):
    """P[Binomial(a + b - 1, x) >= a], term by term at 40 digits."""
    x, n = mpmath.mpf(x), a + b - 1
    term = mpmath.binomial(n, a) * x ** a * (1 - x) ** (n - a)
    total = term
    for j in range(a, n):
        term *= x / (1 - x) * (n - j) / (j + 1)
        total += term
    return total


print("regularised")
for x, a, b in [("0.5", 1, 1), ("0.1", 2, 3), ("0.001", 1, 1000), ("0.3", 30, 71), ("0.9", 500, 20), ("0.97", 500, 20),
                ("0.31", 6200, 13801), ("0.32", 6200, 13801), ("0.999", 100000, 50)]:
    print(f'        ({x}, {a}, {b}, {mpmath.nstr(regularised(x, a, b), 17)}),')

print("Clopper-Pearson upper")
for errors, trials, confidence in [(0, 10, 0.95), (1, 10, 0.95), (5, 10, 0.975), (9, 10, 0.95), (0, 1000, 0.975),
                                   (310, 1000, 0.9875), (6200, 20000, 0.9875), (1, 1000000, 0.999)]:
    print(f"        ({errors}, {trials}, {confidence}, {float(beta.ppf(confidence, errors + 1, trials - errors))!r}),")


def binomial_form(m, r, v, eps, delta):
    bias = 1 / (1 + math.exp(-eps))
    total, most = 0.0, 0.0
    for i in range(1, v + 1):
        total += binom.pmf(v - i, r, bias)
        most = max(most, total / i)
    return binom.sf(v - 1, r, bias) + most * delta * 2 * m


def refuted(inverse, m, c, v, tau):
    right, wrong = tau * v / m, tau * (c - v) / m
    for i in range(v - 1, -1, -1):
        needed = max(wrong, inverse(right))
        right += i / (c - i) * (needed - wrong)
        wrong = needed
    return right + wrong > c / m


def last(holds, high):
    low = 0.0
    if not holds(low):
        return 0.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def gaussian(mu, delta):
    if mu <= 0:
        return 0.0
    curve = lambda e: norm.cdf(mu / 2 - e / mu) - math.exp(e) * norm.cdf(-mu / 2 - e / mu) - delta
    return brentq(curve, 0, 60, xtol=1e-12) if curve(0) > 0 else 0.0


print("one run: m, r, v, delta, confidence; binomial, trade-off, mu, epsilon if Gaussian")
for m, r, v, delta, confidence in [(1000, 100, 95, 1e-5, 0.95), (1000, 1000, 600, 1e-5, 0.95), (5000, 200, 200, 1e-6, 0.99),
                                   (100, 100, 50, 1e-5, 0.95), (300, 10, 10, 1e-10, 0.9)]:
    tau = 1 - confidence
    plain = last(lambda e: binomial_form(m, r, v, e, delta) < tau, 60)
    def inverse(e):
        return lambda y: max(0.0, (y - delta) * math.exp(-e), 1 - delta - math.exp(e) * (1 - y))
    tradeoff = last(lambda e: refuted(inverse(e), m, r, v, tau), 60)
    mu = last(lambda u: refuted(lambda y: norm.cdf(norm.ppf(min(max(y, 0), 1)) - u), m, r, v, tau), 60)
    print(f"        ({m}, {r}, {v}, {delta}, {confidence}, {plain:.10g}, {tradeoff:.10g}, {mu:.10g}, {gaussian(mu, delta):.10g}),")
