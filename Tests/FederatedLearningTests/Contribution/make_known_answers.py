#!/usr/bin/env python3
"""Makes ContributionKnownAnswers.swift with NumPy: run `python3 make_known_answers.py > ContributionKnownAnswers.swift`.

Inputs come from `sample`, which the tests compute in the same way; only outputs are written.
"""
from itertools import permutations
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


GAME = sample(64, 700)
GAME[0] = 0


def shapley(g=6):
    total, orders = np.zeros(g), list(permutations(range(g)))
    for order in orders:
        bits = 0
        for player in order:
            total[player] += GAME[bits | 1 << player] - GAME[bits]
            bits |= 1 << player
    return total / len(orders)


def trend(n=6, rounds=9, ridge=0.1):
    """Weighted design of memberships; deviations from the mean by ridge regression, sandwich errors."""
    rows, y, w = [], [], []
    for t in range(rounds):
        order = np.argsort(sample(n, 800 + t))
        values = sample(3, 820 + t) + 0.2
        values = values / np.abs(values).mean()
        weight = (values.sum() / np.abs(values).sum()) ** 2
        for g in range(3):
            row = np.zeros(n)
            row[order[2 * g:2 * g + 2]] = 0.5
            rows.append(row)
            y.append(values[g])
            w.append(weight)
    # Weighted least squares are plain ones on rows and values times the roots of the weights.
    centre = np.average(y, weights=w)
    root = np.sqrt(w)
    a, y = np.array(rows) * root[:, None], (np.array(y) - centre) * root
    inverse = np.linalg.inv(a.T @ a + ridge * np.eye(n))
    d = inverse @ a.T @ y
    rest = np.sum((y - a @ d) ** 2) / (len(y) - n)
    errors = np.sqrt(rest * np.diag(inverse @ a.T @ a @ inverse))
    return np.concatenate([centre + d, errors])


def main():
    print("// Made by Contribution/make_known_answers.py with NumPy; not edited by hand.\n")
    print("enum ContributionKnownAnswers {", end="")
    doubles("shapley", shapley(), "Six players, by all 720 orders.")
    doubles("leaveOneOut", [GAME[63] - GAME[63 ^ 1 << i] for i in range(6)], "What the last to leave takes along.")
    doubles("trend", trend(), "Six companies in pairs over nine rounds: worths, then standard errors.")
    print("}")


main()
