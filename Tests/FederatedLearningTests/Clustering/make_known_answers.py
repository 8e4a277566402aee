#!/usr/bin/env python3
"""Makes ClusterKnownAnswers.swift with NumPy: run `python3 make_known_answers.py > ClusterKnownAnswers.swift`.

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


def points():
    """Thirty points about three centres in four dimensions."""
    return np.array([sample(4, 200 + i) * 0.5 + [0.7 * (i % 3 == 0), 0.6 * (i % 3 == 1), 0, 0] for i in range(30)])


def lloyd(iterations=6):
    x = points()
    c = x[[0, 3, 4]].copy()
    inertias = []
    for _ in range(iterations):
        d = ((x[:, None] - c[None]) ** 2).sum(-1)
        near = d.argmin(1)
        inertias.append(d.min(1).mean())
        c = np.array([x[near == j].mean(0) for j in range(3)])
    return np.concatenate([c.ravel(), inertias])


def shares(pull=0.12, width=0.5, cap=0.3):
    """Six models; the last lies far from all others."""
    m = np.array([sample(5, 300 + k) * 0.9 + 3 * (k == 5) for k in range(6)])
    rows = []
    for k in range(6):
        row = np.array([0 if l == k else min(cap, pull / width * np.exp(-np.sum((m[k] - m[l]) ** 2) / width))
                        for l in range(6)])
        row[row < 1e-3] = 0
        if (row > 0).sum() < 3:
            row[:] = 0
        if row.sum() > 1 - cap:
            row *= (1 - cap) / row.sum()
        row[k] = 1 - row.sum()
        rows.append(row)
    return np.array(rows)


def main():
    print("// Made by Clustering/make_known_answers.py with NumPy; not edited by hand.\n")
    print("enum ClusterKnownAnswers {", end="")
    doubles("lloyd", lloyd(), "Three centroids after six iterations, then the inertia of each.")
    doubles("shares", shares(), "Six rows; the sixth company is alone.")
    print("}")


main()
