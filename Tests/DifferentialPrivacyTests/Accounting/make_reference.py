#!/usr/bin/env python3
"""A two-sided reference for compositions of Poisson-sampled Gaussian steps; shares no code or method of bounding with the
package. Run `python3 make_reference.py > reference.json`; it takes some minutes.

Each row: [q, z, count, delta, low, high], the truth of the larger direction in between.

The noise is cut into equal cells of x (not of the loss); a cell is merged into one loss (low) or split over the losses of its
ends (high), each then split over two points of a grid, whose effect Richardson's rule on two grids takes off with twice
itself as doubt. Rows are kept where that leaves less than 3e-4. Masses by scipy's normal law, composition by tilted numpy
transforms. For q = 1 the closed form in mpmath with 50 digits, low = high.
"""
import json
import sys

import numpy as np
from mpmath import erfc, exp, mp, mpf, sqrt
from scipy.special import ndtr

mp.dps = 50


def closed(z, count, delta):
    mu = sqrt(mpf(count)) / mpf(z)

    def value(epsilon):
        a, b = epsilon / mu - mu / 2, epsilon / mu + mu / 2
        return erfc(a / sqrt(mpf(2))) / 2 - exp(epsilon) * erfc(b / sqrt(mpf(2))) / 2

    if value(mpf(0)) <= delta:
        return 0.0
    low, high = mpf(0), mu * (mu / 2 + 9) + 1
    for _ in range(120):
        middle = (low + high) / 2
        low, high = (middle, high) if value(middle) > delta else (low, middle)
    return float(high)


def cells(q, z, adding, number):
    """Masses of both laws in cells of x and the log-ratios at their edges, losses rising."""
    edges = np.linspace(-11 * z, 1 + 11 * z, number + 1)

    def diff(centre):
        a = (edges - centre) / z
        upper = a[:-1] > 0
        return np.where(upper, ndtr(-a[:-1]) - ndtr(-a[1:]), ndtr(a[1:]) - ndtr(a[:-1]))

    near, far = diff(0.0), diff(1.0)
    t = (2 * edges - 1) / (2 * z * z)
    big = np.log(q) + t + np.log1p((1 - q) / q * np.exp(-np.clip(t, 0, 700)))
    loss = np.where(t > 30, big, np.log1p(q * np.expm1(np.minimum(t, 700))))
    mixed = (1 - q) * near + q * far
    if adding:
        return near[::-1], mixed[::-1], -loss[::-1]
    return mixed, near, loss


def law(q, z, adding, mesh, high):
    """Masses on the grid. high: every cell's mass split over the losses of its ends, P and Q kept; low: every cell merged
    into one loss. Both then split over the two next grid points, mean kept."""
    p, other, loss = cells(q, z, adding, 200000)
    good = (p > 0) & (other > 0)
    p, other, left, right = p[good], other[good], loss[:-1][good], loss[1:][good]
    merged = np.clip(np.log(p / other), left, right)
    if high:
        share = np.clip(-np.expm1(left - merged) / -np.expm1(left - right), 0, 1)
        place, mass = np.concatenate([left, right]), np.concatenate([p * (1 - share), p * share])
    else:
        place, mass = merged, p
    place = place / mesh
    base = np.floor(place)
    part = place - base
    first = int(base.min())
    size = int(base.max()) - first + 2
    out = np.zeros(size)
    np.add.at(out, (base - first).astype(int), mass * (1 - part))
    np.add.at(out, (base - first).astype(int) + 1, mass * part)
    return first, out


def epsilon(q, z, count, delta, adding, mesh, high):
    first, mass = law(q, z, adding, mesh, high)
    places = (first + np.arange(len(mass))) * mesh
    keep = mass > 0
    logs = np.log(mass[keep])

    def moment(s):
        e = s * places[keep] + logs
        m = e.max()
        return m + np.log(np.exp(e - m).sum())

    grid = np.exp(np.linspace(np.log(0.05), np.log(400), 300))
    s = grid[np.argmin([(count * moment(s) - np.log(delta)) / s for s in grid])] * 0.85
    base = moment(s)
    tilted = np.zeros(len(mass))
    tilted[keep] = np.exp(s * places[keep] + logs - base)
    mean = (tilted * places).sum() * count
    dev = np.sqrt(max((tilted * places**2).sum() - (mean / count) ** 2, 0) * count)
    extent = max(places.max() * 2, 40 * dev)
    length = 1 << int(np.ceil(np.log2(extent / mesh)))
    if length > 1 << 23:
        return None
    folded = np.zeros(length)
    np.add.at(folded, (first + np.arange(len(mass))) % length, tilted)
    total = np.fft.irfft(np.fft.rfft(folded) ** count, length)
    start = int(np.floor((mean - 0.35 * extent) / mesh))
    total = np.maximum(np.roll(total, -(start % length)), 0)
    where = (start + np.arange(length)) * mesh

    def curve(e):
        up = where > e
        return (total[up] * np.exp(count * base - s * where[up]) * -np.expm1(e - where[up])).sum()

    low, high_end = 0.0, float(where[-1])
    if curve(0.0) <= delta:
        return 0.0
    for _ in range(60):
        middle = (low + high_end) / 2
        low, high_end = (middle, high_end) if curve(middle) > delta else (low, middle)
    return high_end


def sampled(q, z, count, delta):
    best = []
    for adding in (False, True):
        spread = q * np.sqrt(np.expm1(min(1 / z**2, 40))) if q < 0.3 else 1 / z
        found = []
        for mesh in (0.03 * spread, 0.015 * spread):
            both = [epsilon(q, z, count, delta, adding, mesh, high) for high in (False, True)]
            if None in both:
                return None
            found.append(both)
        # The splits are off by a multiple of mesh^2 upwards, which Richardson's rule takes off; twice of it is left as doubt.
        step = [(a - b) / 3 for a, b in zip(*found)]
        doubt = max(abs(v) for v in step) * 2 + 1e-9 * found[1][1]
        best.append((found[1][0] - step[0] - doubt, found[1][1] - step[1] + doubt))
    return max(b[0] for b in best), max(b[1] for b in best)


def main():
    rows = []
    for z in (0.5, 1.0, 3.0, 20.0, 100.0):
        for count in (1, 30, 1000, 100000):
            for delta in (0.5, 1e-1, 1e-3, 1e-6, 1e-10, 1e-12, 1e-15):
                value = closed(z, count, delta)
                rows.append([1.0, z, count, delta, value, value])
    settings = [
        (0.01, 1.0, 1000), (0.1, 2.0, 500), (0.004, 1.1, 15000), (0.2, 4.0, 100), (0.001, 1.0, 100000), (0.5, 1.0, 10),
        (0.9, 5.0, 100), (0.05, 0.7, 50), (0.3, 30.0, 1000), (0.02, 3.0, 20000), (0.7, 0.6, 3), (0.01, 0.6, 200),
    ]
    for q, z, count in settings:
        for delta in (0.1, 1e-3, 1e-5, 1e-8, 1e-12, 1e-15):
            found = sampled(q, z, count, delta)
            print(q, z, count, delta, found, file=sys.stderr)
            if found and found[1] > 0.005 and found[1] - found[0] < 3e-4 * found[1]:
                rows.append([q, z, count, delta, found[0], found[1]])
    print("[\n" + ",\n".join("  " + json.dumps(row) for row in rows) + "\n]")


main()
