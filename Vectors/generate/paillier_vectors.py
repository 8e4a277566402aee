#!/usr/bin/env python3
"""Known answers of the packed Paillier sum, on Python integers alone.

    python3 Vectors/generate/paillier_vectors.py            # writes Vectors/paillier/encryption.json

hashlib gives BLAKE2b, `cryptography` gives ChaCha20, pow() gives everything else. Every ciphertext is computed twice: from
h_s = h^n mod n^2 and, as any other implementation of the scheme would, from the random number r = h^rho mod n.
"""
import hashlib
import json
import math
import pathlib
import random
import sys

import cryptography
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

PRESETS = {1: (2048, 1024), 2: (3072, 1536), 3: (4096, 2048), 4: (3072, 256)}
SMALL = [p for p in range(3, 8000, 2) if all(p % q for q in range(3, int(p ** 0.5) + 1, 2))]
rng = random.Random("QSA1 paillier vectors")


def is_prime(n):
    if n < 2 or n % 2 == 0:
        return n == 2
    d, s = n - 1, 0
    while d % 2 == 0:
        d, s = d // 2, s + 1
    for _ in range(24):
        x = pow(rng.randrange(2, n - 1), d, n)
        if x in (1, n - 1):
            continue
        for _ in range(s - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def prime(bits, residue=3, modulus=4, where=lambda p: True):
    while True:
        p = rng.getrandbits(bits) | 3 << (bits - 2)
        p += residue - p % modulus
        if p.bit_length() == bits and where(p) and all(p % q for q in SMALL) and is_prime(p):
            return p


def pair(bits):
    while True:
        p, q = prime(bits), prime(bits)
        if p != q and math.gcd(p - 1, q - 1) == 2:
            return p, q


def blake(data, personal):
    return hashlib.blake2b(data, digest_size=32, person=personal.ljust(16, b"\0")).digest()


def u(value, size):
    return value.to_bytes(size, "little")


def key_id(preset, n):
    size = PRESETS[preset][0] // 8
    return blake(u(preset, 2) + u(size, 4) + u(n, size), b"QSA1 paillier")


def generator(preset, n):
    seed = blake(key_id(preset, n), b"QSA1 paillier h")
    length = PRESETS[preset][0] // 8 + 16
    stream = Cipher(algorithms.ChaCha20(seed, bytes(16)), mode=None).encryptor().update(bytes(length))
    x = int.from_bytes(stream, "little") % n
    return -x * x % n


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


class Packing:
    def __init__(self, bits, bound, participants, cap, tail=0):
        largest = participants * max(cap, 1) * max(bound, 1) + tail
        self.width = max(8, largest.bit_length() + 1)
        self.width = 64 if self.width == 63 else self.width
        self.slots = (bits - 2) // self.width
        self.digest = blake(
            u(1, 2) + u(bits, 4) + u(bound, 8) + u(participants, 8) + u(cap, 8) + u(tail, 8) + u(self.width, 4)
            + u(self.slots, 4), b"QSA1 packing")

    def encode(self, values, weight, n):
        slots = [1, weight] + values
        out = []
        for start in range(0, len(slots), self.slots):
            part = slots[start:start + self.slots]
            out.append(sum(v << (self.width * j) for j, v in enumerate(part)) % n)
        return out

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
        return slots[0], slots[1], slots[2:2 + dimension]


def encryption(preset, bound, participants, cap, dimension, contributors, keys):
    bits, exponent_bits = PRESETS[preset]
    p, q = keys[bits]
    n = p * q
    assert n.bit_length() == bits and n % 4 == 1
    h = generator(preset, n)
    assert jacobi(h, n) == 1
    hs = pow(h, n, n * n)
    packing = Packing(bits, bound, participants, cap)
    entries, total, product = [], [0] * dimension, None
    for index in range(contributors):
        values = [rng.randint(-cap * bound, cap * bound) for _ in range(dimension)]
        values[0], values[-1] = cap * bound, -cap * bound
        weight = rng.randint(0, cap)
        plaintexts = packing.encode(values, weight, n)
        exponents = [rng.getrandbits(exponent_bits) for _ in plaintexts]
        if index == 0:
            exponents[0] = 2 ** exponent_bits - 1
            exponents[-1] = 0 if len(exponents) > 1 else exponents[-1]
        ciphertexts = []
        for m, rho in zip(plaintexts, exponents):
            c = (1 + m * n) * pow(hs, rho, n * n) % (n * n)
            assert c == (1 + m * n) * pow(pow(h, rho, n), n, n * n) % (n * n)
            ciphertexts.append(c)
        product = ciphertexts if product is None else [a * b % (n * n) for a, b in zip(product, ciphertexts)]
        total = [a + b for a, b in zip(total, values)]
        entries.append({
            "values": [str(v) for v in values], "weight": str(weight), "exponents": ["%x" % e for e in exponents],
            "plaintexts": ["%x" % m for m in plaintexts], "ciphertexts": ["%x" % c for c in ciphertexts]})
    phi = (p - 1) * (q - 1)
    opened = [(pow(c, phi, n * n) - 1) // n * pow(phi, -1, n) % n for c in product]
    count, weight, values = packing.decode(opened, dimension, n)
    assert count == contributors and values == total and weight == sum(int(e["weight"]) for e in entries)
    return {
        "inputs": {
            "operation": "sum", "preset": preset, "p": "%x" % p, "q": "%x" % q, "valueBound": str(bound),
            "participants": participants, "weightCap": str(cap), "dimension": dimension,
            "contributions": entries},
        "expected": {
            "modulus": "%x" % n, "keyId": key_id(preset, n).hex(), "generator": "%x" % h,
            "codecId": packing.digest.hex(), "slotBits": packing.width, "slots": packing.slots,
            "sumCiphertexts": ["%x" % c for c in product], "sumPlaintexts": ["%x" % m for m in opened],
            "sum": [str(v) for v in total], "weight": str(weight)},
        "result": "valid"}


def refused_public(comment, n, preset=1):
    return {"comment": comment, "inputs": {"operation": "publicKey", "preset": preset, "modulus": "%x" % n},
            "result": "invalid", "error": "invalidPublicKey"}


def refused_secret(comment, p, q, preset=1, error="invalidSecretKey"):
    return {"comment": comment, "inputs": {"operation": "secretKey", "preset": preset, "p": "%x" % p, "q": "%x" % q},
            "result": "invalid", "error": error}


def main():
    keys = {bits: pair(bits // 2) for bits in (2048, 3072, 4096)}
    p, q = keys[2048]
    tests = [
        encryption(1, 2 ** 31 - 1, 10, 1, 60, 3, keys), encryption(2, 2 ** 31 - 1, 10, 1, 100, 3, keys),
        encryption(3, 2 ** 20, 50, 7, 150, 2, keys), encryption(4, 2 ** 31 - 1, 10, 1, 90, 2, keys),
        encryption(1, 2 ** 40, 100, 1000, 33, 2, keys), encryption(1, 1, 3, 1, 5, 3, keys)]
    names = ["2,048 bits", "3,072 bits", "4,096 bits, weights", "3,072 bits, short exponents",
             "slots of 58 bits", "slots of 8 bits, one ciphertext"]
    for test, name in zip(tests, names):
        test["comment"] = name
    one = prime(1024, 1)
    tests += [
        refused_public("even", p * q + 1), refused_public("3 modulo 4", p * one),
        refused_public("a bit short", pair(1023)[0] * q), refused_public("two bits long", p * q * 5),
        refused_public("prime", prime(2048, 1)), refused_public("a square", p * p),
        refused_public("a 16-bit factor", 65521 * prime(2032, 1)),
        refused_public("the factor 3", 3 * prime(2047, 3)),
    ]
    close = p + 4
    while not is_prime(close):
        close += 4
    r = prime(1024, 3, 4, lambda r: r % 7 == 1)
    s = prime(1024, 3, 4, lambda s: s % 7 == 1)
    composite = p + 4
    while is_prime(composite) or not all(composite % x for x in SMALL):
        composite += 4
    tests += [
        refused_secret("p = 1 modulo 4", one, q), refused_secret("q = 1 modulo 4", p, one),
        refused_secret("p = q", p, p), refused_secret("q right after p", p, close),
        refused_secret("7 divides p - 1 and q - 1", r, s), refused_secret("a composite", composite, q),
    ]
    for number, test in enumerate(tests, 1):
        test["tcId"] = number
    top = pathlib.Path(__file__).resolve().parent.parent / "paillier"
    top.mkdir(exist_ok=True)
    head = {
        "algorithm": "packed Paillier sum with randomness from a hash-derived base", "notes":
        "Numbers are hexadecimal, most significant digit first, without leading zeros; signed values are decimal strings. "
        "c = (1 + m n) h_s^rho mod n^2, h_s = h^n mod n^2.",
        "numberOfTests": len(tests), "schema": "qsa1-vectors-v1",
        "source": {"kind": "independent", "tool": "Vectors/generate/paillier_vectors.py", "versions": {
            "cryptography": cryptography.__version__, "python": "%d.%d.%d" % sys.version_info[:3]}}}
    text = "{\n" + "".join("  %s: %s,\n" % (json.dumps(k), json.dumps(v)) for k, v in sorted(head.items()))
    text += '  "tests": [\n' + ",\n".join(
        "    " + json.dumps(t, sort_keys=True, separators=(",", ":")) for t in tests) + "\n  ]\n}\n"
    (top / "encryption.json").write_text(text)


main()
