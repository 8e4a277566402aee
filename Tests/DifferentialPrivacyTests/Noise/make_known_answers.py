#!/usr/bin/env python3
"""Makes known-answers.json and NoiseKnownAnswers.swift beside it: run `python3 make_known_answers.py`.

Shares nothing with the package: ChaCha20 from RFC 8439 in Python integers, BLAKE2b from hashlib, every coin as the
comparison of a lazily extended binary number with a Fraction, every threshold as a Fraction.
The order in which words are used is that of Papers/discrete-gaussian.md section 2.
"""
import hashlib
import json
import os
import struct
from fractions import Fraction
from math import isqrt

HERE = os.path.dirname(os.path.abspath(__file__))
MASK = 0xFFFFFFFF


def chacha20_block(key, counter):
    start = list(struct.unpack("<4I", b"expand 32-byte k")) + list(struct.unpack("<8I", key)) + [counter, 0, 0, 0]
    state = start[:]

    def quarter(a, b, c, d):
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[x] = (state[x] + state[y]) & MASK
            mixed = state[z] ^ state[x]
            state[z] = (mixed << turn | mixed >> (32 - turn)) & MASK

    for _ in range(10):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<16I", *((a + b) & MASK for a, b in zip(start, state)))


class Words:
    """The 64-bit words of a key's stream; `used` counts them."""

    def __init__(self, key):
        self.key, self.used, self.block = key, 0, b""

    def word(self):
        if self.used % 8 == 0:
            self.block = chacha20_block(self.key, self.used // 8)
        value = struct.unpack_from("<Q", self.block, 8 * (self.used % 8))[0]
        self.used += 1
        return value

    def coin(self, bias):
        """Heads when a uniform number in [0, 1), read 64 bits at a time as far as needed, is below `bias`."""
        low, width = Fraction(0), Fraction(1)
        while True:
            width /= 2 ** 64
            low += self.word() * width
            if low + width <= bias:
                return True
            if low >= bias:
                return False

    def exponential(self, gamma):
        assert 0 <= gamma <= 1
        index = 1
        while (index == 1 or self.coin(Fraction(1, index))) and self.coin(gamma):
            index += 1
        return index % 2 == 1

    def inverse_e(self):
        index = 2
        while self.coin(Fraction(1, index)):
            index += 1
        return index % 2 == 1

    def decay(self, gamma):
        while gamma > 1:
            if not self.inverse_e():
                return False
            gamma -= 1
        return self.exponential(gamma)

    def uniform(self, bound):
        while True:
            product = self.word() * bound
            if product % 2 ** 64 >= 2 ** 64 % bound:
                return product >> 64

    def laplace(self, scale, limit):
        numerator, denominator = scale.numerator, scale.denominator
        while True:
            part = self.uniform(numerator)
            if not self.exponential(Fraction(part, numerator)):
                continue
            whole = 0
            while whole < limit and self.inverse_e():
                whole += 1
            if whole == limit:
                continue
            magnitude = (part + numerator * whole) // denominator
            negative = self.word() >> 63 == 1
            if not (negative and magnitude == 0):
                return -magnitude if negative else magnitude

    def gaussian(self, variance):
        scale = isqrt(variance.numerator // variance.denominator) + 1
        while True:
            proposal = self.laplace(Fraction(scale), 64)
            if self.decay((abs(proposal) - variance / scale) ** 2 / (2 * variance)):
                return proposal


def derived(secret, number, purpose):
    return hashlib.blake2b(
        struct.pack("<QI", number, purpose), digest_size=32, key=secret, person=b"SecAgg DP noise".ljust(16, b"\0")).digest()


VARIANCES = ["1/3", "1", "18", "401/4", "1000003/64", "1048576", "1099511627776", "288230374004228096"]
SCALES = ["1", "7/2", "4294967296/4294967295", "4294967296"]


def case(index, law, parameter):
    secret = bytes((37 * index + 11 * i + 5) % 256 for i in range(32))
    number, purpose = 2 ** 40 + index, 1 + index % 7
    key = derived(secret, number, purpose)
    words, value = Words(key), Fraction(parameter)
    samples = [words.gaussian(value) if law == "gaussian" else words.laplace(value, 2 ** 16) for _ in range(64)]
    return {"law": law, "numerator": value.numerator, "denominator": value.denominator, "secret": secret.hex(),
            "round": number, "purpose": purpose, "key": key.hex(), "words": words.used, "samples": samples}


cases = [case(i, "gaussian", v) for i, v in enumerate(VARIANCES)]
cases += [case(len(VARIANCES) + i, "laplace", s) for i, s in enumerate(SCALES)]
with open(os.path.join(HERE, "known-answers.json"), "w") as out:
    out.write(json.dumps({"cases": cases}, indent=1).replace("\n    ", " ").replace("\n   ]", "]") + "\n")
with open(os.path.join(HERE, "NoiseKnownAnswers.swift"), "w") as out:
    out.write("// Made by make_known_answers.py from code that shares nothing with this package; not to be edited by hand.\n\n")
    out.write("/// First 64 draws of a law under a key; the same as known-answers.json.\nenum NoiseKnownAnswers {\n")
    out.write("    struct Case: Sendable {\n        let law: String\n        let numerator: UInt64\n        let denominator: UInt64\n")
    out.write("        let secret: String\n        let round: UInt64\n        let purpose: UInt32\n        let key: String\n")
    out.write("        let words: Int\n        let samples: [Int64]\n    }\n\n    static let cases: [Case] = [\n")
    for c in cases:
        out.write(f'        Case(\n            law: "{c["law"]}", numerator: {c["numerator"]}, denominator: {c["denominator"]},\n')
        out.write(f'            secret: "{c["secret"]}",\n            round: {c["round"]}, purpose: {c["purpose"]},\n')
        out.write(f'            key: "{c["key"]}",\n            words: {c["words"]},\n            samples: [\n')
        for start in range(0, 64, 8):
            out.write("                " + ", ".join(map(str, c["samples"][start:start + 8])) + ",\n")
        out.write("            ]),\n")
    out.write("    ]\n}\n")
