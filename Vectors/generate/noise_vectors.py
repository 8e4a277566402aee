"""noise/discrete_gaussian.json and noise/removable_seeds.json."""

from fractions import Fraction

import noise
from layout import decimal, test
from scenario import fixed

VARIANCES = ["1/3", "1", "18", "401/4", "1000003/64", "1048576", "1099511627776", "288230374004228096"]


def parts(value):
    value = Fraction(value)
    return {"numerator": str(value.numerator), "denominator": str(value.denominator)}


def gaussian():
    tests = []
    for index, variance in enumerate(VARIANCES):
        secret, number, purpose = fixed(f"noise {variance}"), [0, 1, 2**53 + 1, 2**64 - 1][index % 4], 1 + index % 7
        key = noise.noise_key(secret, number, purpose)
        tests.append(test(f"variance {variance}",
                          {"operation": "draw", "secret": secret, "round": number, "purpose": purpose,
                           "variance": parts(variance), "count": 64},
                          {"key": key, "samples": decimal(noise.vector(key, variance, 64))}))
    for comment, variance in (("variance zero", {"numerator": "0", "denominator": "1"}),
                              ("no denominator", {"numerator": "1", "denominator": "0"}),
                              ("beyond the sampler: t^2 = (2^29 + 1)^2", {"numerator": str(2**58), "denominator": "1"})):
        tests.append(test(comment, {"operation": "draw", "secret": bytes(32), "round": 1, "purpose": 1,
                                    "variance": variance, "count": 1}, error="varianceOutOfRange"))
    notes = ("key: keyed BLAKE2b of round and purpose, personalisation `SecAgg DP noise`. samples: the first draws from its "
             "ChaCha20 stream. Numerators and denominators are decimal strings.")
    return "Discrete Gaussian noise from a key", notes, tests


def removable():
    tests = []
    dimension = 6
    for participants, colluders, dropouts, multiplier, squared in ((3, 0, 1, "3/2", 2**20), (5, 1, 3, "1", 10**9 + 7),
                                                                   (6, 2, 2, "5/3", 2**45)):
        label = f"removable {participants} {dropouts}"
        members = [2 + 5 * i for i in range(participants)]
        steps = noise.levels(participants, colluders, dropouts, multiplier, squared)
        base, components = steps[0], [b - a for a, b in zip(steps, steps[1:])]
        assert min([base] + components) >= 18
        request = {"participants": participants, "colluders": colluders, "dropouts": dropouts,
                   "multiplier": parts(multiplier), "squaredSensitivity": str(squared), "dimension": dimension}
        session, number, purpose = fixed(label), participants, 1
        own = members[1]
        seeds = [fixed(f"{label} seed {i}") for i in range(dropouts)]
        secret = fixed(f"{label} base")
        key = noise.noise_key(secret, number, purpose)
        drawn = [noise.vector(key, base, dimension)]
        keys = [noise.component_key(s, session, number, purpose, own, i) for i, s in enumerate(seeds, 1)]
        drawn += [noise.vector(k, v, dimension) for k, v in zip(keys, components)]
        whole = [sum(column) for column in zip(*drawn)]
        common = {"operation": "removable", "request": request, "session": session, "round": number, "purpose": purpose,
                  "members": members, "participant": own, "randomness": b"".join(seeds) + secret}
        for silent in range(dropouts + 1):
            survivors = members[:participants - silent]
            kept = [sum(column) for column in zip(*drawn[:silent + 1])]
            tests.append(test(
                f"{silent} of {participants} silent", dict(common, survivors=survivors),
                {"base": parts(base), "components": [parts(c) for c in components], "noise": decimal(whole),
                 "agreement": noise.agreement(session, number, purpose, members, survivors),
                 "firstComponent": silent + 1, "seeds": seeds[silent:], "kept": decimal(kept)}))
        for comment, survivors, error in (
                ("too few survivors", members[:participants - dropouts - 1], "belowFloor"),
                ("one's own noise is not in the sum", [m for m in members if m != own], "notASurvivor"),
                ("out of order", members[::-1], "survivorsNotAscending"),
                ("a stranger", members[:-1] + [members[-1] + 1], "unknownSurvivor")):
            tests.append(test(comment, dict(common, survivors=survivors), error=error))
    notes = ("randomness: k seeds, then the base's secret. noise: what the member adds. kept: what of it stays when the "
             "components of the revealed seeds have been taken off.")
    return "Removable noise: parts, seeds, agreement", notes, tests


def build():
    return {"noise/discrete_gaussian.json": gaussian(), "noise/removable_seeds.json": removable()}
