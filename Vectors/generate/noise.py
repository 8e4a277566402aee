"""Discrete Gaussian noise as Papers/discrete-gaussian.md sections 2 and 4 and Papers/removable-noise.md, slow and exact.

Every coin is the comparison of a number in [0, 1), read 64 bits at a time, with a Fraction; no floating point.
"""

from fractions import Fraction
from math import isqrt

from primitives import H, K, keystream, u32, u64


class Words:
    """The little-endian 64-bit words of a key's ChaCha20 stream."""

    def __init__(self, key):
        self.key, self.used, self.cache = key, 0, b""

    def word(self):
        if 8 * self.used == len(self.cache):
            self.cache = keystream(self.key, len(self.cache) + 65536)
        self.used += 1
        return int.from_bytes(self.cache[8 * self.used - 8:8 * self.used], "little")

    def coin(self, bias):
        low, width = Fraction(0), Fraction(1)
        while True:
            width /= 2**64
            low += self.word() * width
            if low + width <= bias:
                return True
            if low >= bias:
                return False

    def tails_at(self, first, gamma):
        """The first index k >= first at which a coin of bias 1/k, or one of bias gamma after it, shows tails."""
        k = first
        while (k == 1 or self.coin(Fraction(1, k))) and (gamma == 1 or self.coin(gamma)):
            k += 1
        return k

    def decays(self, gamma):
        """True with probability exp(-gamma)."""
        while gamma > 1:
            if self.tails_at(2, 1) % 2 == 0:
                return False
            gamma -= 1
        k = 1
        while (k == 1 or self.coin(Fraction(1, k))) and self.coin(gamma):
            k += 1
        return k % 2 == 1

    def below(self, bound):
        while True:
            product = self.word() * bound
            if product % 2**64 >= 2**64 % bound:
                return product // 2**64

    def laplace(self, scale):
        while True:
            part = self.below(scale)
            if not self.decays(Fraction(part, scale)):
                continue
            whole = 0
            while whole < 64 and self.tails_at(2, 1) % 2 == 1:
                whole += 1
            if whole == 64:
                continue
            magnitude, negative = part + scale * whole, self.word() >= 2**63
            if magnitude or not negative:
                return -magnitude if negative else magnitude

    def gaussian(self, variance):
        scale = isqrt(variance.numerator // variance.denominator) + 1
        while True:
            proposal = self.laplace(scale)
            if self.decays((abs(proposal) - variance / scale) ** 2 / (2 * variance)):
                return proposal


def vector(key, variance, count):
    words = Words(key)
    return [words.gaussian(Fraction(variance)) for _ in range(count)]


def noise_key(secret, number, purpose):
    return K("SecAgg DP noise", secret, u64(number) + u32(purpose))


def component_key(seed, session, number, purpose, participant, component):
    return K("SecAgg DP remove", seed, session + u64(number) + u32(purpose) + u32(participant) + u32(component))


def agreement(session, number, purpose, members, survivors):
    ids = b"".join(u32(i) for i in members + survivors)
    return H("SecAgg DP agreed", session + u64(number) + u32(purpose) + u32(len(members)) + ids)


def levels(participants, colluders, dropouts, multiplier, squared):
    """L_0 ... L_k of Papers/removable-noise.md section 1."""
    target = [Fraction(multiplier) ** 2 * squared / (participants - colluders - j) for j in range(dropouts + 1)]
    parts = 64 if -(-target[-1] // 1) <= 2**32 else 1
    return [Fraction(-(-parts * t // 1), parts) for t in target]
