#!/usr/bin/env python3
"""Queries with their exact answers, by closed forms and plain sums in 60 digits (mpmath); no accountant is used.

python3 make_known_answers.py > known-answers.jsonl
"""
import json
from mpmath import mp, mpf, exp, log, sqrt, ncdf, erfc, findroot

mp.dps = 60


def tail(x):
    return erfc(x / sqrt(mpf(2))) / 2


def gaussian_delta(mu, eps):
    return tail(eps / mu - mu / 2) - exp(eps) * tail(eps / mu + mu / 2)


def laplace_delta(b, eps):
    """One Laplace step of scale b, shift 1."""
    return mpf(0) if eps >= 1 / b else 1 - exp((eps - 1 / b) / 2)


def sampled_gaussian_delta(z, q, eps):
    """One Poisson-sampled Gaussian step: the larger direction."""
    # P = (1-q) N(0,z^2) + q N(1,z^2) against N(0,z^2): the ratio passes e^eps at x.
    remove = mpf(0)
    level = (exp(eps) - (1 - q)) / q
    if level > 0:
        x = z * z * log(level) + mpf(1) / 2
        remove = (1 - q) * tail(x / z) + q * tail((x - 1) / z) - exp(eps) * tail(x / z)
    add = mpf(0)
    level = (exp(-eps) - (1 - q)) / q
    if level > 0:
        x = z * z * log(level) + mpf(1) / 2
        add = (1 - tail(x / z)) - exp(eps) * ((1 - q) * (1 - tail(x / z)) + q * (1 - tail((x - 1) / z)))
    return max(remove, add)


def discrete_gaussian_delta(sigma, shift, eps):
    """One integer coordinate moved by a shift, by summing the masses."""
    reach = int(60 * sigma) + 60
    mass = {k: exp(-mpf(k) ** 2 / (2 * sigma * sigma)) for k in range(-reach - shift, reach + shift + 1)}
    total = sum(mass.values())
    return sum(max(mpf(0), mass[k] - exp(eps) * mass[k - shift]) for k in range(-reach, reach + 1)) / total


def solve(delta_of, delta):
    """The least eps with delta_of(eps) <= delta, by halving."""
    low, high = mpf(0), mpf(1)
    if delta_of(low) <= delta:
        return low
    while delta_of(high) > delta:
        high *= 2
    for _ in range(120):
        middle = (low + high) / 2
        low, high = (middle, high) if delta_of(middle) > delta else (low, middle)
    return high


def event(mechanism, multiplier, sensitivity=1, sampling="none", steps=1, **more):
    fields = {"mechanism": mechanism, "noise_multiplier": multiplier, "sensitivity": sensitivity,
              "sampling": sampling, "steps": steps, **more}
    return {key: value for key, value in fields.items() if value is not None}


count = 0


def emit(kind, events, adjacency, truth, accountant="best", **more):
    global count
    count += 1
    query = {"id": count, "kind": kind, "events": events, "adjacency": adjacency, **more, "accountant": accountant}
    print(json.dumps({"query": query, "truth": mp.nstr(truth, 20)}, separators=(",", ":")))


for delta in (0.9, 0.5, 1e-5, 1e-15, 1e-100):
    for z in (0.5, 3.25):
        emit("epsilon", [event("gaussian", z, 2.5)], "add_remove",
             solve(lambda e: gaussian_delta(1 / mpf(z), e), mpf(delta)), delta=delta)
emit("epsilon", [event("gaussian", 8, 1, steps=25), event("gaussian", 6, 4, steps=9)], "replace_one",
     solve(lambda e: gaussian_delta(2 * sqrt(mpf(25) / 64 + mpf(9) / 36), e), mpf(1e-6)), delta=1e-6)
emit("epsilon", [event("gaussian", 8, sampling="fixed_size", sample=10, population=10)], "replace_one",
     solve(lambda e: gaussian_delta(mpf(2) / 8, e), mpf(1e-6)), delta=1e-6)
for eps in (0, 0.5, 4):
    emit("delta", [event("gaussian", 1)], "add_remove", gaussian_delta(mpf(1), mpf(eps)), epsilon=eps)
emit("epsilon", [event("laplace", 2)], "add_remove", solve(lambda e: laplace_delta(mpf(2), e), mpf(1e-3)), delta=1e-3)
emit("epsilon", [event("laplace", 2)], "replace_one", solve(lambda e: laplace_delta(mpf(1), e), mpf(1e-3)),
     accountant="pld", delta=1e-3)
emit("delta", [event("laplace", 0.5)], "add_remove", laplace_delta(mpf(0.5), mpf(1)), epsilon=1)
for z, q in ((1, 0.01), (0.6, 0.3)):
    emit("epsilon", [event("gaussian", z, sampling="poisson", sampling_rate=q)], "add_remove",
         solve(lambda e: sampled_gaussian_delta(mpf(z), mpf(q), e), mpf(1e-5)), delta=1e-5)
emit("epsilon", [event("discrete_gaussian", 6)], "add_remove",
     solve(lambda e: discrete_gaussian_delta(mpf(6), 1, e), mpf(1e-5)), delta=1e-5)
emit("epsilon", [event("discrete_gaussian", 5, 3)], "replace_one",
     solve(lambda e: discrete_gaussian_delta(mpf(15), 6, e), mpf(1e-5)), delta=1e-5)

mu = findroot(lambda m: gaussian_delta(m, mpf(1)) - mpf(1e-5), (mpf("0.2"), mpf("0.3")))
emit("sigma", [event("gaussian", None, 3, steps=10)], "add_remove", 3 * sqrt(mpf(10)) / mu, delta=1e-5, epsilon=1)
# Multipliers in the ratio 1 to 2: 1/z^2 + 1/(2z)^2 = mu^2.
emit("sigma", [event("gaussian", 7), event("gaussian", 14)], "add_remove", sqrt(mpf(5) / 4) / mu, delta=1e-5, epsilon=1)
z = findroot(lambda s: sampled_gaussian_delta(s, mpf(0.1), mpf(1)) - mpf(1e-5), (mpf("0.7"), mpf("1.4")),
             solver="anderson")
emit("sigma", [event("gaussian", None, 2, sampling="poisson", sampling_rate=0.1)], "add_remove", 2 * z,
     delta=1e-5, epsilon=1)
# n steps of multiplier 100: n = (100 mu)^2, rounded down.
emit("steps", [event("gaussian", 100, steps=None)], "add_remove", mpf(int((100 * mu) ** 2)), delta=1e-5, epsilon=1)
# Passes of 2 and 3 steps: n (2 / 100^2 + 3 / 200^2) = mu^2; the first event makes 2 n.
emit("steps", [event("gaussian", 100, steps=20), event("gaussian", 200, steps=30)], "add_remove",
     2 * mpf(int(mu ** 2 / (mpf(2) / 10**4 + mpf(3) / (4 * 10**4)))), delta=1e-5, epsilon=1)
low, high = mpf("1e-6"), mpf(1)
for _ in range(120):
    q = (low + high) / 2
    low, high = (q, high) if sampled_gaussian_delta(mpf(1), q, mpf(1)) <= mpf(1e-5) else (low, q)
emit("rate", [event("gaussian", 1, sampling="poisson")], "add_remove", q, delta=1e-5, epsilon=1)
