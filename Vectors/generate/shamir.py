"""Shamir's scheme over the scalars of ristretto255, the evaluation point of id i being i + 1."""

import ristretto

L = ristretto.ORDER


def evaluate(coefficients, holder):
    """The share of `holder`; the coefficient of degree 0 first."""
    x, value = holder + 1, 0
    for coefficient in reversed(coefficients):
        value = (value * x + coefficient) % L
    return value


def weights_at_zero(holders):
    out = []
    for i in holders:
        numerator, denominator = 1, 1
        for j in holders:
            if j != i:
                numerator = numerator * (j + 1) % L
                denominator = denominator * (j - i) % L
        out.append(numerator * pow(denominator, -1, L) % L)
    return out


def interpolate(shares):
    """The value at zero of `shares`: a dictionary from holder id to scalar."""
    holders = sorted(shares)
    return sum(w * shares[i] for w, i in zip(weights_at_zero(holders), holders)) % L


def commitments(coefficients):
    return [ristretto.multiply_base(c) for c in coefficients]


def share_matches(share, points, holder):
    x, value = holder + 1, ristretto.IDENTITY
    for point in reversed(points):
        value = ristretto.add(ristretto.multiply(x, value), point)
    return ristretto.equal(ristretto.multiply_base(share), value)
