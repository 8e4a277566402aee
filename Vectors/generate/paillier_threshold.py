"""Dealing, opening and the proofs, as Papers/threshold-paillier.md and Papers/paillier-proofs.md, both sides."""

import math
from hashlib import blake2b

from paillier_scheme import PublicKey, below, draw, is_prime, jacobi, little, number, passes_fermat, power
from primitives import H, counted, u8, u16, u32, u64

DECRYPTION, ROOT = 1, 2


def transcript(label, *fields):
    h = blake2b(digest_size=32, person=b"QSA1 proof".ljust(16, b"\0"))
    for f in (label.encode("ascii"),) + fields:
        h.update(u64(len(f)) + f)
    return h.digest()


def expand(digest, stream, bits):
    person = b"QSA1 expand".ljust(16, b"\0")
    out = b"".join(blake2b(digest + u64(stream) + u64(k), digest_size=64, person=person).digest()
                   for k in range(-(-bits // 512)))
    return number(out) & ((1 << bits) - 1)


def residue(digest, modulus, stream=0):
    return expand(digest, stream, modulus.bit_length() + 128) % modulus


def limbs(bits):
    """Bytes of a number of so many bits: whole words of 64."""
    return (bits + 63) // 64 * 8


def weights(digest, count):
    bits = expand(digest, 0, 128 * count)
    return [bits >> (128 * j) & (2 ** 128 - 1) for j in range(count)]


def product(numbers, exponents, modulus):
    out = 1
    for a, e in zip(numbers, exponents):
        out = out * power(a, e, modulus) % modulus
    return out


# Knowledge of plaintexts

def knowledge_weights(key, codec, ciphertexts, a, context):
    session, round_number, sender = context
    seed = transcript("knowledge", key.id, little(key.n, key.size), codec, session, u64(round_number), u64(sender),
                      key.listed(ciphertexts), little(a, 2 * key.size))
    return weights(seed, len(ciphertexts))


def prove_knowledge(key, codec, plaintexts, exponents, ciphertexts, mu, s, context):
    n, nn = key.n, key.nn
    a = (1 + mu * n) * power(s, n, nn) % nn
    w = knowledge_weights(key, codec, ciphertexts, a, context)
    z = (mu + sum(x * m for x, m in zip(w, plaintexts))) % n
    r = s * product([power(key.h, rho, n) for rho in exponents], w, n) % n
    return a, z, r


def knowledge_holds(key, codec, ciphertexts, proof, context):
    (a, z, r), n, nn = proof, key.n, key.nn
    if not (a < nn and z < n and r < n):
        return False
    right = a * product(ciphertexts, knowledge_weights(key, codec, ciphertexts, a, context), nn) % nn
    return math.gcd(right, n) == 1 and (1 + z * n) * power(r, n, nn) % nn == right


def knowledge_bytes(key, proof):
    a, z, r = proof
    return little(a, 2 * key.size) + little(z, key.size) + little(r, key.size)


# The modulus

def modulus_challenges(key):
    n = little(key.n, key.size)
    seed = transcript("modulus w", n)
    w = next(c for c in (residue(seed, key.n, k) for k in range(256)) if jacobi(c, key.n) == -1)
    seed = transcript("modulus y", n, little(w, key.size))
    return w, [residue(seed, key.n, k) for k in range(128)]


def signed(y, sign, w, n):
    return (-1) ** (sign & 1) * y * (w if sign & 2 else 1) % n


def combine_roots(values, primes):
    n = math.prod(primes)
    return sum(v * (n // p) * pow(n // p, -1, p) for v, p in zip(values, primes)) % n


def prove_modulus(key, primes):
    """Modulo a prime that is 3 modulo 4 the root that is a square is y^((p+1)/4); other moduli get what there is."""
    n, (w, ys) = key.n, modulus_challenges(key)
    signs, fourth, roots = [], [], []
    square_free = len(set(primes)) == len(primes)
    for y in ys:
        fits = [s for s in range(4) if all(jacobi(signed(y, s, w, n), p) == 1 for p in primes)]
        sign, root = (fits or [0])[0], 1
        if square_free and all(p % 4 == 3 for p in primes):
            z = signed(y, sign, w, n)
            root = combine_roots([power(z, pow((p + 1) // 4, 2, p - 1), p) for p in primes], primes)
        signs.append(sign)
        fourth.append(root)
        roots.append(combine_roots([power(y, pow(n, -1, p - 1), p) for p in primes], primes) if square_free else 1)
    return w, signs, fourth, roots


def modulus_holds(key, proof):
    w, signs, fourth, roots = proof
    expected, ys = modulus_challenges(key)
    return (not passes_fermat(key.n) and w == expected and all(s < 4 for s in signs)
            and all(power(x, key.n, key.n) == y for x, y in zip(roots, ys))
            and all(power(x, 4, key.n) == signed(y, s, w, key.n) for x, s, y in zip(fourth, signs, ys)))


def modulus_bytes(key, proof):
    w, signs, fourth, roots = proof
    return little(w, key.size) + bytes(signs) + key.listed(fourth, 1) + key.listed(roots, 1)


# Sizes of the factors

def circle(bits):
    """floor(2^bits pi), by Machin's formula."""
    def arctangent(x):
        unit = 1 << (bits + 64)
        total, term, k = 0, unit // x, 1
        while term:
            total += term // k if k % 4 == 1 else -(term // k)
            term //= x * x
            k += 2
        return total
    return 4 * (4 * arctangent(5) - arctangent(239)) >> 64


def group_prime(bits):
    """RFC 3526: 2^k - 2^(k-64) - 1 + 2^64 (floor(2^(k-130) pi) + j)."""
    shift = {2048: 124476, 3072: 1690314, 4096: 240904, 6144: 929484}[bits]
    return 2 ** bits - 2 ** (bits - 64) - 1 + 2 ** 64 * (circle(bits - 130) + shift)


class ProofGroup:
    def __init__(self, modulus_bits):
        self.bits = next(k for k in (2048, 3072, 4096, 6144) if k >= modulus_bits + 520)
        self.size, self.P = self.bits // 8, group_prime(self.bits)
        self.Q = (self.P - 1) // 2
        self.g, self.h = 4, power(residue(transcript("group h", little(self.P, self.size)), self.P), 2, self.P)

    def commit(self, base, a, b):
        return power(base, a, self.P) * power(self.h, b, self.P) % self.P


def size_challenge(key, group, c, a, b):
    return number(transcript("factor size", little(key.n, key.size), *(little(x, group.size) for x in (c, a, b)))[:16])


def prove_sizes(key, p, q, label):
    group, bits = ProofGroup(key.bits), key.bits
    r, rho, sigma = (below(f"{label} {name}", group.Q) for name in ("r", "rho", "sigma"))
    alpha, beta = (draw(f"{label} {name}", bits // 2 + 256) for name in ("alpha", "beta"))
    c = group.commit(group.g, p, r)
    e = size_challenge(key, group, c, group.commit(group.g, alpha, rho), group.commit(c, beta, sigma))
    return c, e, alpha + e * p, beta + e * q, (rho + e * r) % group.Q, (sigma - e * r * q) % group.Q


def sizes_hold(key, proof):
    (c, e, y, v, s, u), group = proof, ProofGroup(key.bits)
    if not (0 < c < group.P and max(y, v).bit_length() <= key.bits // 2 + 257 and max(s, u) < group.Q):
        return False
    a = group.commit(group.g, y, s) * power(c, -e, group.P) % group.P
    b = group.commit(c, v, u) * power(power(group.g, key.n, group.P), -e, group.P) % group.P
    return size_challenge(key, group, c, a, b) == e


def sizes_bytes(key, proof):
    (c, e, y, v, s, u), group, length = proof, ProofGroup(key.bits), limbs(key.bits // 2 + 257)
    short = (1 << 8 * length) - 1
    return (little(c, group.size) + little(e, 16) + little(y & short, length) + little(v & short, length)
            + little(s, group.size) + little(u, group.size))


# Dealing

# How far the search for a safe prime goes from where its label starts, so that making the files again is quick.
FOUND = {
    ("two of three p", 1024): 18371,
    ("two of three q", 1024): 10554,
    ("three of five p", 1024): 12652,
    ("three of five q", 1024): 31019,
    ("unequal p", 700): 2781,
    ("unequal q", 1348): 4849,
    ("long p", 1536): 134917,
    ("long q", 1536): 251292,
}


def safe_prime(label, bits):
    """p = 2 p' + 1 from the first p' = 5 modulo 6 behind a labelled number with its two top bits set."""
    half = draw(f"safe prime {label}", bits - 1) | 3 << (bits - 3)
    half += 5 - half % 6
    half += 6 * FOUND.get((label, bits), 0)
    while not (passes_fermat(half) and passes_fermat(2 * half + 1) and is_prime(half) and is_prime(2 * half + 1)):
        half += 6
    assert (2 * half + 1).bit_length() == bits
    return 2 * half + 1


class OpeningGroup:
    def __init__(self, key, mode):
        x = residue(transcript("share base", u64(mode), little(key.n, key.size)), key.n)
        self.key, self.mode = key, mode
        self.modulus = key.nn if mode == DECRYPTION else key.n
        self.width = 2 if mode == DECRYPTION else 1
        self.bits = self.width * key.bits - 2
        self.base = power((1 + key.n) * power(x, key.n, key.nn) if mode == DECRYPTION else x, 2, self.modulus)


class Dealing:
    """A threshold key with all its shares, from a polynomial for each mode; `order` is p' q'."""

    def __init__(self, name, preset, p, q, threshold, shareholders, order=None, primes=None):
        self.name, self.threshold, self.shareholders = name, threshold, shareholders
        self.p, self.q, self.key = p, q, PublicKey(preset, p * q)
        n, order = self.key.n, order or (p - 1) * (q - 1) // 4
        self.order, self.delta = order, math.factorial(shareholders)
        self.groups = {mode: OpeningGroup(self.key, mode) for mode in (DECRYPTION, ROOT)}
        self.coefficients, self.shares, self.values = {}, {}, {}
        for mode in (DECRYPTION, ROOT):
            modulus = n * order if mode == DECRYPTION else order
            if math.gcd(n, order) == 1:
                secret = order * pow(order, -1, n) if mode == DECRYPTION else pow(n, -1, order)
            else:
                secret = 1
            f = [self.delta * secret % modulus] + [below(f"{name} {mode} {k}", modulus) for k in range(1, threshold)]
            self.coefficients[mode] = f
            self.shares[mode] = {i: sum(c * i ** k for k, c in enumerate(f)) % modulus for i in self.holders()}
            group = self.groups[mode]
            self.values[mode] = {i: power(group.base, e, group.modulus) for i, e in self.shares[mode].items()}
        self.modulus_proof = prove_modulus(self.key, primes or [p, q])
        self.size_proof = prove_sizes(self.key, p, q, name)
        self.id = H("QSA1 threshold", self.encoded())

    def holders(self):
        return range(1, self.shareholders + 1)

    def encoded(self):
        return (u16(1) + u16(self.threshold) + u16(self.shareholders) + counted(self.key.encoded())
                + b"".join(self.key.listed(self.values[m].values(), self.groups[m].width) for m in (DECRYPTION, ROOT))
                + modulus_bytes(self.key, self.modulus_proof) + sizes_bytes(self.key, self.size_proof))

    def share_bytes(self, holder, decryption=None, root=None, key_id=None):
        size = self.key.size
        return (u64(holder) + (key_id or self.id) + little(decryption or self.shares[DECRYPTION][holder], 2 * size)
                + little(root or self.shares[ROOT][holder], size))

    def holds(self):
        """What a shareholder checks before accepting a key."""
        if not (modulus_holds(self.key, self.modulus_proof) and sizes_hold(self.key, self.size_proof)):
            return False
        n, nn, d = self.key.n, self.key.nn, self.delta
        basis = list(range(1, self.threshold + 1))
        for mode, group in self.groups.items():
            values = self.values[mode]
            if not all(0 < v < group.modulus and math.gcd(v, n) == 1 for v in values.values()):
                return False
            for x in range(self.threshold + 1, self.shareholders + 1):
                if interpolate(values, basis, d, x, group.modulus) != power(values[x], d, group.modulus):
                    return False
            opened = interpolate(values, basis, d, 0, group.modulus)
            if mode == DECRYPTION and opened != (1 + 2 * d * d * n) % nn:
                return False
            if mode == ROOT and power(opened, n, n) != power(group.base, d * d, n):
                return False
        return True


def weight(basis, delta, i, x):
    above, under = delta, 1
    for j in basis:
        if j != i:
            above, under = above * (x - j), under * (i - j)
    assert above % under == 0
    return above // under


def interpolate(values, basis, delta, x, modulus, factor=1):
    return product([values[i] for i in basis], [factor * weight(basis, delta, i, x) for i in basis], modulus)


# Opening

class Request:
    def __init__(self, dealing, mode, session, round_number, codec, contributions):
        """`contributions`: ciphertexts by sender."""
        key = dealing.key
        self.dealing, self.mode, self.session, self.round, self.codec = dealing, mode, session, round_number, codec
        self.contributions = dict(sorted(contributions.items()))
        self.digests = [transcript("contribution", key.id, codec, key.listed(c)) for c in self.contributions.values()]
        entries = [f for s, d in zip(self.contributions, self.digests) for f in (u64(s), d)]
        self.set = transcript("contributions", *entries)
        self.statement = transcript("opening", dealing.id, u64(mode), session, u64(round_number), self.set)
        self.aggregate = [math.prod(c) % key.nn for c in zip(*self.contributions.values())]

    def bases(self):
        return [c % self.dealing.groups[self.mode].modulus for c in self.aggregate]


def share_seed(request, group, value, holder, bases, shares):
    key = request.dealing.key
    lists = [key.listed(numbers, group.width) for numbers in ([group.base], [value], bases, shares)]
    return transcript("share weights", u64(request.mode), little(key.n, key.size), *lists, request.statement,
                      u64(holder))


def share_challenge(group, seed, a, b):
    return number(transcript("share challenge", seed, group.key.listed([a, b], group.width)))


class Partial:
    """One shareholder's part of an opening, from the exponent it was dealt or from another.

    `forges`: it takes V to its exponent for its verification value; a verifier that reads the value from the prover
    would be content. `negates`: it publishes minus the shares, and proves that.
    """

    def __init__(self, request, holder, nonce, exponent=None, forges=False, negates=False):
        self.request, self.holder = request, holder
        dealing, group = request.dealing, request.dealing.groups[request.mode]
        exponent = exponent or dealing.shares[request.mode][holder]
        self.group, self.nonce, M = group, nonce, group.modulus
        bases = request.bases()
        self.values = [power(c, 2 * exponent, M) * (-1) ** negates % M for c in bases]
        value = power(group.base, exponent, M) if forges else dealing.values[request.mode][holder]
        seed = share_seed(request, group, value, holder, bases, self.values)
        base = power(product(bases, weights(seed, len(bases)), M), 4, M)
        self.challenge = share_challenge(group, seed, power(group.base, nonce, M), power(base, nonce, M))
        self.response = nonce + self.challenge * exponent

    def holds(self):
        group, M, n = self.group, self.group.modulus, self.group.key.n
        if self.response.bit_length() > group.bits + 385 or any(math.gcd(s, n) != 1 or s >= M for s in self.values):
            return False
        bases, value = self.request.bases(), self.request.dealing.values[self.request.mode][self.holder]
        seed = share_seed(self.request, group, value, self.holder, bases, self.values)
        w = weights(seed, len(bases))
        c, d = power(product(bases, w, M), 4, M), power(product(self.values, w, M), 2, M)
        a = power(group.base, self.response, M) * power(value, -self.challenge, M) % M
        b = power(c, self.response, M) * power(d, -self.challenge, M) % M
        return share_challenge(group, seed, a, b) == self.challenge

    def encoded(self, version=1, mode=None, holder=None, key_id=None, statement=None, count=None, values=None,
                challenge=None, response=None):
        group, request = self.group, self.request
        values = self.values if values is None else values
        return (u16(version) + u8(mode or request.mode) + u16(self.holder if holder is None else holder)
                + (key_id or request.dealing.id) + (statement or request.statement)
                + u32(len(values) if count is None else count) + group.key.listed(values, group.width)
                + little(self.challenge if challenge is None else challenge, 32)
                + little(self.response if response is None else response, limbs(group.bits + 385)))


def combine(partials):
    """Plaintexts, and roots where the mode gives them."""
    request = partials[0].request
    dealing, group = request.dealing, partials[0].group
    n, nn, scale = dealing.key.n, dealing.key.nn, 4 * dealing.delta ** 2
    holders = [p.holder for p in partials]
    plaintexts, roots = [], []
    for j, c in enumerate(request.aggregate):
        w = interpolate({p.holder: p.values[j] for p in partials}, holders, dealing.delta, 0, group.modulus, factor=2)
        if request.mode == DECRYPTION:
            assert w % n == 1
            plaintexts.append((w - 1) // n * pow(scale, -1, n) % n)
        else:
            a = pow(scale, -1, n)
            b = (1 - scale * a) // n
            r = power(w, a, n) * power(c % n, b, n) % n
            opened = c * power(r, -n, nn) % nn
            assert opened % n == 1
            plaintexts.append((opened - 1) // n)
            roots.append(r)
            assert (1 + plaintexts[-1] * n) * power(r, n, nn) % nn == c
    return plaintexts, roots
