"""Prints the rows of AccountingCoverageTests: Renyi bounds of fixed-size sampling, with mpmath, formula by formula.

Usage: python3 make_coverage_answers.py
"""
from mpmath import mp, mpf, exp, log, binomial

mp.dps = 40


def divergence(share, noise, order):
    """The bound at a whole order; base divergence j / (2 noise^2)."""
    base = lambda j: mpf(j) / (2 * noise**2)
    total = 1 + share**2 * binomial(order, 2) * min(4 * (exp(base(2)) - 1), 2 * exp(base(2)))
    for j in range(3, order + 1):
        total += 2 * share**j * binomial(order, j) * exp((j - 1) * base(j))
    return min(log(total) / (order - 1), base(order))


def epsilon(share, noise, steps, delta):
    """Over whole orders 2...1024, the usual conversion."""
    best = mpf("inf")
    orders = list(range(2, 65)) + list(range(72, 129, 8)) + [160, 192, 256, 384, 512, 768, 1024]
    for a in orders:
        r = steps * divergence(share, noise, a)
        best = min(best, r + log(1 - mpf(1) / a) - (log(mpf(delta)) + log(mpf(a))) / (a - 1))
    return best


for size, population, noise, steps, delta in [
    (2, 10, 10, 100, "1e-5"), (1, 100, 4, 500, "1e-6"), (10, 1000, 2, 1000, "1e-5"), (3, 4, 20, 10, "1e-8"),
    (1, 50, 8, 2000, "1e-10"),
]:
    # An exchange moves the sum by two sensitivities.
    value = epsilon(mpf(size) / population, mpf(noise) / 2, steps, delta)
    print(f"        ({size}, {population}, {noise}, {steps}, {delta}, {mp.nstr(value, 15)}),")
