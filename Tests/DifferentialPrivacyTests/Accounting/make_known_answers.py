#!/usr/bin/env python3
"""Known answers for the accountants, from mpmath (50 digits) and numpy; nothing here shares code with the package.

Run `python3 make_known_answers.py > known-answers.json`; it takes about a minute.

mills            [x, P[X >= x]/density(x)]
gaussian         [z, count, delta, epsilon] with epsilon solved from the closed form
gaussianDelta    [z, epsilon, delta]
oneStep          [q, z, epsilon, delta]: the larger hockey-stick of both directions, integrated numerically
fewSteps         [q, z, count, epsilon, low, high]: both directions composed by brute force over the product law on a
                 fine grid in x with the privacy loss of every cell at its least and at its largest
laplace          [b, epsilon, delta] for one step
renyi            [q, z, order, divergence] by quadrature, the larger direction
"""
import json

import numpy as np
from mpmath import mp, mpf, erfc, exp, findroot, log, quad, sqrt

mp.dps = 50


def tail(x):
    return erfc(x / sqrt(mpf(2))) / 2


def density(x, centre, z):
    return exp(-((x - centre) ** 2) / (2 * z * z)) / (z * sqrt(2 * mp.pi))


def gaussian_delta(z, count, epsilon):
    mu = sqrt(mpf(count)) / mpf(z)
    epsilon = mpf(epsilon)
    return tail(epsilon / mu - mu / 2) - exp(epsilon) * tail(epsilon / mu + mu / 2)


def gaussian_epsilon(z, count, delta):
    low, high = mpf(0), mpf(1)
    delta = mpf(delta)
    if gaussian_delta(z, count, 0) <= delta:
        return mpf(0)
    while gaussian_delta(z, count, high) > delta:
        high *= 2
    for _ in range(110):
        middle = (low + high) / 2
        if gaussian_delta(z, count, middle) > delta:
            low = middle
        else:
            high = middle
    return high


def one_step(q, z, epsilon):
    q, z, epsilon = mpf(q), mpf(z), mpf(epsilon)

    def mixture(x):
        return (1 - q) * density(x, 0, z) + q * density(x, 1, z)

    # The zero of mixture - e^epsilon base, and of base - e^epsilon mixture; beyond it the integrand is positive.
    best = mpf(0)
    edge = (exp(epsilon) - 1 + q) / q
    x = z * z * log(edge) + mpf(1) / 2
    cuts = [x + z * k for k in (0, 1, 2, 4, 8, 14, 25)]
    best = max(best, quad(lambda t: mixture(t) - exp(epsilon) * density(t, 0, z), cuts))
    edge = (exp(-epsilon) - 1 + q) / q
    if edge > 0:
        x = z * z * log(edge) + mpf(1) / 2
        cuts = [x - z * k for k in (25, 14, 8, 4, 2, 1, 0)]
        best = max(best, quad(lambda t: density(t, 0, z) - exp(epsilon) * mixture(t), cuts))
    return best


def few_steps(q, z, count, epsilon, cells):
    """Cell masses from erfc differences; losses are monotone in x, so a cell's extremes are at its ends."""
    from scipy.special import ndtr

    edges = np.linspace(-9 * z, 1 + 9 * z, cells + 1)
    near = np.diff(ndtr(edges / z))
    far = np.diff(ndtr((edges - 1) / z))
    loss = np.log1p(q * np.expm1((2 * edges - 1) / (2 * z * z)))
    answers = []
    for p, low, high in (
        ((1 - q) * near + q * far, loss[:-1], loss[1:]),
        (near, -loss[1:], -loss[:-1]),
    ):
        ends = []
        for values in (low, high):
            sums, masses = values, p
            for _ in range(count - 2):
                sums = (sums[:, None] + values[None, :]).ravel()
                masses = (masses[:, None] * p[None, :]).ravel()
            order = np.argsort(sums)
            sums, masses = sums[order], masses[order]
            # sum over pairs of P (1 - e^(epsilon - a - b))_+ by suffix sums over the sorted first factor.
            mass = np.concatenate([np.cumsum(masses[::-1])[::-1], [0]])
            other = np.concatenate([np.cumsum((masses * np.exp(-sums))[::-1])[::-1], [0]])
            index = np.searchsorted(sums, epsilon - values, side="right")
            ends.append(float(np.sum(p * (mass[index] - np.exp(epsilon - values) * other[index]))))
        answers.append(ends)
    # The grid leaves 1e-18 of the mass out; summing errors stay below 1e-13.
    return max(a[0] for a in answers) - 1e-12, max(a[1] for a in answers) + 1e-12


def laplace_delta(b, epsilon):
    b, epsilon = mpf(b), mpf(epsilon)
    return max(mpf(0), 1 - exp((epsilon - 1 / b) / 2))


def renyi(q, z, order):
    q, z, order = mpf(q), mpf(z), mpf(order)

    def ratio(x):
        return 1 - q + q * exp((2 * x - 1) / (2 * z * z))

    cuts = [mpf(-30) * z] + [mpf(k) * z for k in (-12, -6, -3, 0, 3, 6, 12)] + [order + 12 * z, order + 30 * z]
    cuts = sorted(set(cuts))
    up = quad(lambda x: density(x, 0, z) * ratio(x) ** order, cuts)
    down = quad(lambda x: density(x, 0, z) * ratio(x) ** (1 - order), cuts)
    return max(log(up), log(down)) / (order - 1)


def number(value):
    return float(mp.nstr(value, 20))


def main():
    table = {}
    points = [0, 1e-8, 0.01, 0.3, 0.7, 1, 1.2, 1.2499, 1.25, 1.2501, 1.4, 1.7, 2, 2.5, 3, 4, 5, 7, 10, 20, 37, 60, 1e3]
    table["mills"] = [[x, number(tail(mpf(x)) * sqrt(2 * mp.pi) * exp(mpf(x) ** 2 / 2))] for x in points]
    table["gaussian"] = [
        [z, count, delta, number(gaussian_epsilon(z, count, delta))]
        for z in (0.3, 1.0, 5.0, 10.92, 100.0)
        for count in (1, 7, 50, 1000, 100000)
        for delta in (0.3, 1e-3, 1e-6, 1e-10, 1e-15)
    ]
    table["gaussianDelta"] = [
        [z, epsilon, number(gaussian_delta(z, 1, epsilon))]
        for z in (0.05, 0.5, 1.0, 4.0, 30.0, 1000.0)
        for epsilon in (0.0, 0.001, 0.1, 1.0, 3.0, 10.0)
        if gaussian_delta(z, 1, epsilon) > mpf(10) ** -200
    ]
    table["oneStep"] = [
        [q, z, epsilon, number(one_step(q, z, epsilon))]
        for q in (0.001, 0.01, 0.1, 0.5, 0.9)
        for z in (0.5, 1.0, 2.0)
        for epsilon in (0.0, 0.01, 0.1, 0.5, 1.0, 2.0)
        if one_step(q, z, epsilon) > mpf(10) ** -14
    ]
    table["fewSteps"] = []
    for q, z in ((0.1, 1.0), (0.5, 2.0), (0.9, 1.5), (0.02, 0.7)):
        for count, cells in ((2, 200000), (3, 2200)):
            for epsilon in (0.05, 0.3, 1.0, 2.0):
                low, high = few_steps(q, z, count, epsilon, cells)
                if low > 0:
                    table["fewSteps"].append([q, z, count, epsilon, low, high])
    table["laplace"] = [
        [b, epsilon, number(laplace_delta(b, epsilon))] for b in (0.2, 1.0, 5.0) for epsilon in (0.0, 0.05, 0.15, 0.7, 4.0)
    ]
    table["renyi"] = [
        [q, z, order, number(renyi(q, z, order))]
        for q in (0.001, 0.05, 0.5)
        for z in (0.7, 1.5, 6.0)
        for order in (1.25, 1.5, 2, 2.5, 3, 5.5, 8, 20)
    ]
    print("{")
    names = list(table)
    for name in names:
        rows = ",\n".join("  " + json.dumps(row) for row in table[name])
        print(f'"{name}": [\n{rows}\n]' + ("," if name != names[-1] else ""))
    print("}")


main()
