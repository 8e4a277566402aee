"""paillier/encryption.json, paillier/refusals.json, paillier/plaintext_knowledge.json."""

import math

import paillier_threshold as proofs
from layout import decimal, test
from paillier_scheme import PRESETS, SMALL, Packing, PublicKey, SecretKey, below, draw, hexed, is_prime, power
from primitives import H


def prime(label, bits, where=lambda p: p % 4 == 3):
    p = draw(f"prime {label}", bits) | 3 << (bits - 2) | 1
    while not (where(p) and is_prime(p)):
        p += 2
    assert p.bit_length() == bits
    return p


def pair(label, bits):
    for k in range(100):
        p, q = prime(f"{label} p {k}", bits), prime(f"{label} q {k}", bits)
        if p != q and math.gcd(p - 1, q - 1) == 2:
            return p, q
    raise AssertionError


def between(label, low, high):
    return low + draw(label, 96) % (high - low + 1)


def sum_of(comment, preset, packing, dimension, contributors, primes):
    secret = SecretKey(preset, *primes)
    key = secret.public
    n, nn, hs = key.n, key.nn, power(key.h, key.n, key.nn)
    entries, totals, product = [], [0] * dimension, None
    for index in range(contributors):
        label = f"{comment} {index}"
        reach = packing.cap * packing.bound
        values = [between(f"{label} {j}", -reach, reach) for j in range(dimension)]
        values[0], values[-1] = reach, -reach
        weight = between(f"{label} weight", 0, packing.cap)
        plaintexts = packing.encode(values, weight, n)
        exponents = [draw(f"{label} rho {j}", key.exponent_bits) for j in range(len(plaintexts))]
        if index == 0:
            exponents[0] = 2 ** key.exponent_bits - 1
            exponents[-1] = 0 if len(exponents) > 1 else exponents[-1]
        ciphertexts = [(1 + m * n) * power(hs, rho, nn) % nn for m, rho in zip(plaintexts, exponents)]
        assert ciphertexts == [key.encrypt(m, rho) for m, rho in zip(plaintexts, exponents)]
        product = ciphertexts if product is None else [a * b % nn for a, b in zip(product, ciphertexts)]
        totals = [a + b for a, b in zip(totals, values)]
        entries.append({"values": decimal(values), "weight": str(weight), "exponents": hexed(exponents),
                        "plaintexts": hexed(plaintexts), "ciphertexts": hexed(ciphertexts)})
    opened = [secret.decrypt(c) for c in product]
    count, weight, values = packing.decode(opened, dimension, n)
    assert count == contributors and values == totals and weight == sum(int(e["weight"]) for e in entries)
    return test(comment, {"operation": "sum", "preset": preset, "p": hexed(primes[0]), "q": hexed(primes[1]),
                          **packing.inputs(), "dimension": dimension, "contributions": entries},
                {"modulus": hexed(n), "keyId": key.id, "generator": hexed(key.h), "codecId": packing.digest,
                 "slotBits": packing.width, "slots": packing.slots, "sumCiphertexts": hexed(product),
                 "sumPlaintexts": hexed(opened), "sum": decimal(totals), "weight": str(weight)})


def encryption(keys):
    short = Packing(2048, 2 ** 31 - 1, 10)
    tests = [
        sum_of("2,048 bits", 1, short, 60, 3, keys[2048]),
        sum_of("3,072 bits", 2, Packing(3072, 2 ** 31 - 1, 10), 100, 3, keys[3072]),
        sum_of("4,096 bits, weights", 3, Packing(4096, 2 ** 20, 50, 7), 150, 3, keys[4096]),
        sum_of("3,072 bits, short exponents", 4, Packing(3072, 2 ** 31 - 1, 10), 90, 3, keys[3072]),
        sum_of("slots of 58 bits", 1, Packing(2048, 2 ** 40, 100, 1000), 33, 3, keys[2048]),
        sum_of("slots of 8 bits, one ciphertext", 1, Packing(2048, 1, 3), 5, 3, keys[2048])]
    p, q = keys[2048]
    one = prime("one", 1024, lambda x: x % 4 == 1)

    def public(comment, n):
        tests.append(test(comment, {"operation": "publicKey", "preset": 1, "modulus": hexed(n)},
                          error="invalidPublicKey"))

    def private(comment, p, q):
        tests.append(test(comment, {"operation": "secretKey", "preset": 1, "p": hexed(p), "q": hexed(q)},
                          error="invalidSecretKey"))

    public("even", p * q + 1)
    public("3 modulo 4", p * one)
    public("a bit short", pair("short", 1023)[0] * q)
    public("two bits long", p * q * 5)
    public("prime", prime("whole", 2048, lambda x: x % 4 == 1))
    public("a square", p * p)
    public("a 16-bit factor", 65521 * prime("beside a factor", 2032, lambda x: x % 4 == 1))
    public("the factor 3", 3 * prime("beside 3", 2047))
    private("p = 1 modulo 4", one, q)
    private("q = 1 modulo 4", p, one)
    private("p = q", p, p)
    private("q right after p", p, prime_after(p))
    private("7 divides p - 1 and q - 1", prime("seven p", 1024, lambda x: x % 28 == 15),
            prime("seven q", 1024, lambda x: x % 28 == 15))
    composite = p + 4
    while is_prime(composite) or not all(composite % x for x in SMALL):
        composite += 4
    private("a composite", composite, q)
    notes = ("Numbers are hexadecimal, most significant digit first, without leading zeros; signed values are decimal "
             "strings. c = (1 + m n) h_s^rho mod n^2, h_s = h^n mod n^2.")
    return "packed Paillier sum with randomness from a hash-derived base", notes, tests


def prime_after(p):
    p += 4
    while not is_prime(p):
        p += 4
    return p


def refusals(keys):
    secret = SecretKey(1, *keys[2048])
    key = secret.public
    n, nn = key.n, key.nn
    packing, other = Packing(2048, 2 ** 31 - 1, 10), Packing(2048, 2 ** 31 - 1, 11)
    codec, reach = packing.digest, 3 * (2 ** 31 - 1)
    base = {"preset": 1, "modulus": hexed(n)}
    good = [key.encrypt(m, draw(f"refused {j}", 1024)) for j, m in enumerate(packing.encode(list(range(60)), 1, n))]
    tests = []

    def vector(comment, data, error=None, count=2, **more):
        tests.append(test(comment, {"operation": "vector", **base, "codecId": codec, "count": count, "vector": data},
                          None if error else {"ciphertexts": hexed(good)}, error, **more))

    data = key.vector(codec, good)
    vector("two ciphertexts", data)
    for place in (0, 1):
        def at(value):
            return key.vector(codec, [value if j == place else c for j, c in enumerate(good)])
        for comment, value in (("zero", 0), ("n^2", nn), ("n^2 + 1", nn + 1), ("all ones", 2 ** 4096 - 1), ("n", n),
                               ("a multiple of p", secret.p * (good[0] % 2 ** 3000)), ("n^2 - n", nn - n)):
            vector(comment, at(value), "invalidCiphertext", index=place)
    vector("another key", data[:2] + H("QSA1 paillier", b"other") + data[34:], "keyMismatch")
    beside = PublicKey(1, keys[2048][0] * prime_after(keys[2048][1]))
    vector("a key with one prime in common", beside.vector(codec, good), "keyMismatch")
    vector("another codec", key.vector(other.digest, good), "codecMismatch")
    vector("one ciphertext of two", key.vector(codec, good[:1]), "dimensionMismatch")
    vector("a count that is not there", key.vector(codec, good[:1], count=2), "malformed")
    vector("a count too large", key.vector(codec, good, count=2 ** 32 - 1), "dimensionMismatch")
    vector("another version", key.vector(codec, good, version=2), "malformed")
    vector("a byte short", data[:-1], "malformed")
    vector("a byte long", data + b"\0", "malformed")
    vector("half a header", data[:40], "malformed")
    vector("nothing", b"", "malformed")

    tests.append(test("a fourth power", {"operation": "publicKey", "preset": 1,
                                         "modulus": hexed(prime("fourth root", 512) ** 4)}, error="invalidPublicKey"))

    def aggregate(comment, vectors, error=None, expected=None, **more):
        tests.append(test(comment, {"operation": "aggregate", **base, "codecId": codec, "count": 2, "vectors": vectors},
                          expected, error, **more))

    second = [c * key.encrypt(5, draw("second", 1024)) % nn for c in good]
    aggregate("two vectors", [data, key.vector(codec, second)],
              expected={"ciphertexts": hexed([a * b % nn for a, b in zip(good, second)]), "contributors": 2})
    aggregate("no vector", [], "emptySum")
    aggregate("a vector of another codec", [data, key.vector(other.digest, second)], "codecMismatch")
    aggregate("a vector of another length", [data, key.vector(codec, second[:1])], "dimensionMismatch")
    aggregate("n in the second place of the second vector", [data, key.vector(codec, [second[0], n])],
              "invalidCiphertext", index=1)
    aggregate("p in one vector, q in the other",
              [key.vector(codec, [secret.p, good[1]]), key.vector(codec, [secret.q, second[1]])],
              "invalidCiphertext", index=0)

    def encode(comment, values, weight=1, error=None, codec=packing):
        tests.append(test(comment, {"operation": "encode", **base, **codec.inputs(), "values": decimal(values),
                                    "weight": str(weight)},
                          None if error else {"plaintexts": hexed(codec.encode(values, weight, n)),
                                              "codecId": codec.digest}, error))

    bound = 2 ** 31 - 1
    encode("the largest values", [bound, -bound, 0, 1, -1] * 12)
    encode("one above the bound", [0, bound + 1], error="valueOutOfRange")
    encode("one below the bound", [0] * 59 + [-bound - 1], error="valueOutOfRange")
    encode("the smallest integer", [-2 ** 63], error="valueOutOfRange")
    encode("the largest integer", [2 ** 63 - 1], error="valueOutOfRange")
    encode("a weight above its cap", [0], weight=2, error="valueOutOfRange")
    encode("a sum that needs 65 bits", [0], error="overflowPossible", codec=Packing(2048, 2 ** 60, 16))
    encode("a sum that needs 75 bits, with weights", [0], error="overflowPossible",
           codec=Packing(2048, 2 ** 40, 16, 2 ** 30))

    def decode(comment, slots, error=None, count=3, plaintexts=None, dimension=4, codec=packing, **more):
        plaintexts = plaintexts or codec.pack(slots, n)
        ciphertexts = [key.encrypt(m % n, draw(f"{comment} {j}", 1024)) for j, m in enumerate(plaintexts)]
        assert [secret.decrypt(c) for c in ciphertexts] == [m % n for m in plaintexts]
        tests.append(test(comment, {
            "operation": "decode", "preset": 1, "p": hexed(secret.p), "q": hexed(secret.q), **packing.inputs(),
            "dimension": dimension, "contributors": count, "vector": key.vector(codec.digest, ciphertexts)},
            None if error else {"values": decimal(slots[2:]), "weight": str(slots[1])}, error, **more))

    top = 1 << packing.width * packing.slots
    packed = packing.pack([3, 2, 5, -5, 0, 1], n)[0]
    decode("the sum of three", [3, 2, 5, -5, reach, -reach])
    decode("two where three signed", [2, 2, 5, -5, 0, 1], "wrongContributorCount")
    decode("four where three signed", [4, 2, 5, -5, 0, 1], "wrongContributorCount")
    decode("nobody", [0, 0, 0, 0, 0, 0], "wrongContributorCount")
    decode("a negative count", [-3, 2, 5, -5, 0, 1], "wrongContributorCount")
    decode("more than the packing is for", [11, 2, 5, -5, 0, 1], "wrongContributorCount", count=11)
    decode("a negative weight", [3, -1, 5, -5, 0, 1], "valueOutOfRange")
    decode("a weight that three cannot have", [3, 4, 5, -5, 0, 1], "valueOutOfRange")
    decode("a coordinate above what three can reach", [3, 2, 5, -5, reach + 1, 1], "sumOutOfRange", index=2)
    decode("a coordinate below what three can reach", [3, 2, -reach - 1, -5, 0, 1], "sumOutOfRange", index=0)
    decode("a slot that spills into the next", [3, 2, 5, 1 << packing.width - 1, 0, 1], "sumOutOfRange", index=1)
    decode("a value in a slot that holds none", [3, 2, 5, -5, 0, 1, 1], "bitsAboveTopSlot")
    decode("a value in the last slot", [3, 2, 5, -5, 0, 1] + [0] * 49 + [-1], "bitsAboveTopSlot")
    decode("a bit above the top slot", None, "bitsAboveTopSlot", plaintexts=[packed + top])
    decode("a bit below the lowest number", None, "bitsAboveTopSlot", plaintexts=[packed - top])
    decode("half of n", None, "bitsAboveTopSlot", plaintexts=[n // 2])
    decode("two plaintexts where one is enough", [3, 2] + [0] * 60, "dimensionMismatch")
    decode("another codec", [3, 2, 5, -5, 0, 1], "codecMismatch", codec=other)
    notes = ("`vector` is a vector of ciphertexts as bytes: version (2), key (32), codec (32), count (4), ciphertexts, "
             "little-endian. `index` is the position of the ciphertext or coordinate to blame.")
    return "Paillier ciphertexts and plaintexts that are refused", notes, tests


def knowledge(keys):
    tests = []
    session, wrong = H("QSA1 vectors", b"session"), H("QSA1 vectors", b"another session")

    def prepare(comment, preset, dimension):
        key = PublicKey(preset, math.prod(keys[PRESETS[preset][0]]))
        packing = Packing(key.bits, 2 ** 31 - 1, 10)
        values = [between(f"{comment} {j}", -packing.bound, packing.bound) for j in range(dimension)]
        plaintexts = packing.encode(values, 1, key.n)
        exponents = [draw(f"{comment} rho {j}", key.exponent_bits) for j in range(len(plaintexts))]
        ciphertexts = [key.encrypt(m, rho) for m, rho in zip(plaintexts, exponents)]
        mu, s = below(f"{comment} mu", key.n), below(f"{comment} s", key.n)
        context = (session, 7, 3)
        proof = proofs.prove_knowledge(key, packing.digest, plaintexts, exponents, ciphertexts, mu, s, context)
        assert proofs.knowledge_holds(key, packing.digest, ciphertexts, proof, context)
        tests.append(test(comment, {
            "operation": "prove", "preset": preset, "modulus": hexed(key.n), **packing.inputs(),
            "values": decimal(values), "weight": "1", "exponents": hexed(exponents), "mu": hexed(mu), "s": hexed(s),
            "session": session, "round": 7, "sender": 3},
            {"vector": key.vector(packing.digest, ciphertexts), "proof": proofs.knowledge_bytes(key, proof)}))
        return key, packing, plaintexts, exponents, ciphertexts, proof

    prepare("one ciphertext", 1, 5)
    prepare("3,072 bits, short exponents", 4, 200)
    key, packing, plaintexts, exponents, ciphertexts, proof = prepare("four ciphertexts", 1, 200)
    n, nn, (a, z, r) = key.n, key.nn, proof

    def verify(comment, error=None, proof=proof, ciphertexts=ciphertexts, codec=packing.digest, context=(session, 7, 3),
               data=None, modulus=None, **more):
        if error == "invalidProof":
            more["holder"] = context[2]
            assert not proofs.knowledge_holds(key, codec, ciphertexts, proof, context), comment
        owner = PublicKey(1, modulus) if modulus else key
        tests.append(test(comment, {
            "operation": "verify", "preset": 1, "modulus": hexed(n), "vector": owner.vector(codec, ciphertexts),
            "proof": proofs.knowledge_bytes(key, proof) if data is None else data, "session": context[0],
            "round": context[1], "sender": context[2]}, None if error else {}, error, **more))

    verify("as it was made")
    verify("another commitment", "invalidProof", (a * (1 + n) % nn, z, r))
    verify("another first answer", "invalidProof", (a, (z + 1) % n, r))
    verify("another second answer", "invalidProof", (a, z, r * 2 % n))
    verify("the second answer negated", "invalidProof", (a, z, n - r))
    verify("commitment zero", "invalidProof", (0, z, r))
    verify("all zero", "invalidProof", (0, 0, 0))
    verify("commitment n^2 too large", "invalidProof", (a + nn if a + nn < 2 ** 4096 else 2 ** 4096 - 1, z, r))
    verify("first answer n", "invalidProof", (a, n, r))
    verify("second answer not below n", "invalidProof", (a, z, 2 ** 2048 - 1))
    verify("another session", "invalidProof", context=(wrong, 7, 3))
    verify("another round", "invalidProof", context=(session, 8, 3))
    verify("another sender", "invalidProof", context=(session, 7, 4))
    verify("another codec", "invalidProof", codec=Packing(2048, 2 ** 31 - 1, 11).digest)
    inverse = [pow(c, -1, nn) for c in ciphertexts]
    verify("the ciphertexts negated", "invalidProof", ciphertexts=inverse)
    negated = (pow(a, -1, nn), -z % n, pow(r, -1, n))
    verify("ciphertexts and proof negated", "invalidProof", negated, ciphertexts=inverse)
    again = [c * power(power(key.h, draw("again", 1024), n), n, nn) % nn for c in ciphertexts]
    verify("the ciphertexts under fresh randomness", "invalidProof", ciphertexts=again)
    verify("the ciphertexts in another order", "invalidProof", ciphertexts=[ciphertexts[k] for k in (1, 0, 2, 3)])
    verify("a ciphertext less", "invalidProof", ciphertexts=ciphertexts[:3])
    verify("a ciphertext twice", "invalidProof", ciphertexts=ciphertexts + ciphertexts[:1])
    lie = proofs.prove_knowledge(key, packing.digest, [(m + 1) % n for m in plaintexts], exponents, ciphertexts,
                                 below("lie mu", n), below("lie s", n), (session, 7, 3))
    verify("made for other plaintexts", "invalidProof", lie)
    data = proofs.knowledge_bytes(key, proof)
    verify("a byte short", "malformed", data=data[:-1])
    verify("a byte long", "malformed", data=data + b"\0")
    verify("nothing", "malformed", data=b"")
    verify("ciphertexts of another key", "keyMismatch", modulus=keys[2048][0] * prime_after(keys[2048][1]))
    notes = ("`mu` and `s` are the prover's random numbers: a = (1 + mu n) s^n. A proof is a, mu + sum w m mod n and "
             "s product r^w mod n as bytes, little-endian. In a refused test `holder` is the sender.")
    return "proof of plaintext knowledge", notes, tests


def build():
    keys = {bits: pair(str(bits), bits // 2) for bits in (2048, 3072, 4096)}
    return {"paillier/encryption.json": encryption(keys), "paillier/refusals.json": refusals(keys),
            "paillier/plaintext_knowledge.json": knowledge(keys)}
