"""Paillier's scheme with hashed base and packing, as Papers/paillier.md and Papers/djn.md say, on Python integers."""

import hashlib

from primitives import H, keystream, u16, u32, u64

try:
    from gmpy2 import powmod
except ImportError:
    powmod = pow

PRESETS = {1: (2048, 1024), 2: (3072, 1536), 3: (4096, 2048), 4: (3072, 256)}
SMALL = [p for p in range(3, 8000, 2) if all(p % q for q in range(3, int(p ** 0.5) + 1, 2))]


def power(base, exponent, modulus):
    return int(powmod(base, exponent, modulus))


def draw(label, bits):
    """A number of at most `bits` bits that belongs to a label."""
    data = hashlib.shake_256(b"QSA1 paillier vectors " + label.encode("ascii")).digest((bits + 7) // 8)
    return int.from_bytes(data, "little") & ((1 << bits) - 1)


def below(label, bound):
    """A number below the bound, drawn again with a longer label until it is."""
    while True:
        value = draw(label, bound.bit_length())
        if value < bound:
            return value
        label += "'"


def passes_fermat(n):
    return all(n % q for q in SMALL if q < n) and power(2, n - 1, n) == 1


def is_prime(n):
    if n < 8000:
        return n == 2 or n in SMALL
    if n % 2 == 0 or not passes_fermat(n):
        return False
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for k in range(24):
        x = power(2 + draw(f"base {k}", n.bit_length() - 2), d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def jacobi(a, n):
    a, t = a % n, 1
    while a:
        while a % 2 == 0:
            a //= 2
            if n % 8 in (3, 5):
                t = -t
        a, n = n, a
        if a % 4 == 3 and n % 4 == 3:
            t = -t
        a %= n
    return t if n == 1 else 0


def little(value, size):
    return value.to_bytes(size, "little")


def number(data):
    return int.from_bytes(data, "little")


def hexed(values):
    """Numbers as the vectors write them: most significant digit first, no leading zeros."""
    return ["%x" % v for v in values] if isinstance(values, (list, tuple)) else "%x" % values


class PublicKey:
    def __init__(self, preset, n):
        self.preset, self.n, self.nn = preset, n, n * n
        self.bits, self.exponent_bits = PRESETS[preset]
        self.size = self.bits // 8
        self.id = H("QSA1 paillier", u16(preset) + u32(self.size) + little(n, self.size))
        x = number(keystream(H("QSA1 paillier h", self.id), self.size + 16)) % n
        self.h = -x * x % n

    def encoded(self):
        return u16(1) + u16(self.preset) + u32(self.size) + little(self.n, self.size)

    def encrypt(self, m, rho):
        """By r = h^rho, as any other implementation of the scheme would: h_s^rho = r^n."""
        return (1 + m * self.n) * power(power(self.h, rho, self.n), self.n, self.nn) % self.nn

    def listed(self, numbers, width=2):
        """Numbers one after another, each `width` times as long as n."""
        return b"".join(little(c, width * self.size) for c in numbers)

    def vector(self, codec, ciphertexts, version=1, count=None):
        count = len(ciphertexts) if count is None else count
        return u16(version) + self.id + codec + u32(count) + self.listed(ciphertexts)


class SecretKey:
    def __init__(self, preset, p, q):
        self.p, self.q, self.public = p, q, PublicKey(preset, p * q)
        n = p * q
        assert n.bit_length() == self.public.bits and n % 4 == 1 and jacobi(self.public.h, n) == 1

    def decrypt(self, c):
        n, nn, phi = self.public.n, self.public.nn, (self.p - 1) * (self.q - 1)
        return (power(c, phi, nn) - 1) // n * pow(phi, -1, n) % n


class Packing:
    def __init__(self, bits, bound, participants, cap=1, tail=0):
        self.bits, self.bound, self.participants, self.cap, self.tail = bits, bound, participants, cap, tail
        largest = participants * max(cap, 1) * max(bound, 1) + tail
        self.width = max(8, largest.bit_length() + 1)
        self.width = 64 if self.width == 63 else self.width
        self.slots = (bits - 2) // self.width
        self.digest = H("QSA1 packing", u16(1) + u32(bits) + u64(bound) + u64(participants) + u64(cap) + u64(tail)
                        + u32(self.width) + u32(self.slots))

    def inputs(self):
        return {"valueBound": str(self.bound), "participants": self.participants, "weightCap": str(self.cap)}

    def pack(self, slots, n):
        """Plaintexts of any slots, also of such as no honest input has."""
        return [sum(v << (self.width * j) for j, v in enumerate(slots[s:s + self.slots])) % n
                for s in range(0, len(slots), self.slots)]

    def encode(self, values, weight, n):
        assert weight <= self.cap and all(abs(v) <= self.cap * self.bound + self.tail for v in values)
        return self.pack([1, weight] + values, n)

    def decode(self, plaintexts, dimension, n):
        slots = []
        for m in plaintexts:
            m = m - n if m > n // 2 else m
            for _ in range(self.slots):
                v = m & ((1 << self.width) - 1)
                v -= (v >> (self.width - 1)) << self.width
                m = (m - v) >> self.width
                slots.append(v)
            assert m == 0
        assert not any(slots[2 + dimension:])
        return slots[0], slots[1], slots[2:2 + dimension]
