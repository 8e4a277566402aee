"""Writes known-answers.json: the figures of the example report from the normal law alone, 40 digits."""

import json
from pathlib import Path

from mpmath import erfc, erfinv, mp, mpf, sqrt

mp.dps = 40


def above(x):
    return erfc(x / sqrt(2)) / 2


def quantile(p):
    """x with P[X <= x] = p."""
    return sqrt(2) * erfinv(2 * p - 1)


def delta(epsilon, mu):
    return above(epsilon / mu - mu / 2) - mp.exp(epsilon) * above(epsilon / mu + mu / 2)


def epsilon(target, mu):
    low, high = mpf(0), mpf(1)
    if delta(low, mu) <= target:
        return mpf(0)
    while delta(high, mu) > target:
        high *= 2
    for _ in range(140):
        middle = (low + high) / 2
        low, high = (middle, high) if delta(middle, mu) > target else (low, middle)
    return high


def detection(alarms, mu):
    return above(-(quantile(alarms) + mu))


rows = {}
# Multiplier, rounds; the first is the example report.
for z, rounds in [("10.92", 50), ("30", 4), ("2", 1)]:
    mu = sqrt(rounds) / mpf(z)
    row = {"multiplier": float(z), "rounds": rounds, "mu": float(mu), "advantage": float(delta(mpf(0), mu))}
    row["epsilon"] = {d: float(epsilon(mpf(d), mu)) for d in ["0.1", "0.01", "0.0001", "1e-06", "1e-10", "1e-12"]}
    row["detection"] = {a: float(detection(mpf(a), mu)) for a in ["0.001", "0.01", "0.1"]}
    hit = detection(mpf("0.01"), mu)
    row["posterior"] = {
        p: float(mpf(p) * hit / (mpf(p) * hit + (1 - mpf(p)) * mpf("0.01"))) for p in ["0.01", "0.1", "0.5"]
    }
    rows[z] = row
path = Path(__file__).with_name("known-answers.json")
path.write_text(json.dumps(rows, indent=1) + "\n")
