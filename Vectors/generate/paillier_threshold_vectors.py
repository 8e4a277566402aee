"""paillier/threshold_keys.json, paillier/opening_requests.json, paillier/openings.json."""

import math

import paillier_threshold as threshold
from layout import decimal, test
from paillier_scheme import Packing, below, draw, hexed, little, power
from paillier_threshold import DECRYPTION, ROOT, Dealing, Partial, Request, limbs, safe_prime
from paillier_vectors import between, prime
from primitives import H, u16, u64

MODES = {DECRYPTION: "partialDecryption", ROOT: "jointRoot"}


def dealings():
    out = []
    for name, preset, bits, t, n in (
            ("two of three", 1, 1024, 2, 3), ("three of five", 1, 1024, 3, 5), ("long", 2, 1536, 2, 3)):
        out.append(Dealing(name, preset, safe_prime(f"{name} p", bits), safe_prime(f"{name} q", bits), t, n))
        assert out[-1].holds()
    return out


def keys(first, second, third):
    tests = []

    def described(dealing):
        return {"id": dealing.id, "keyId": dealing.key.id, "modulus": hexed(dealing.key.n),
                "threshold": dealing.threshold, "shareholders": dealing.shareholders}

    for dealing in (first, second, third):
        label = dealing.name
        nonces = {name: hexed(below(f"{label} {name}", threshold.ProofGroup(dealing.key.bits).Q))
                  for name in ("r", "rho", "sigma")}
        nonces.update({name: hexed(draw(f"{label} {name}", dealing.key.bits // 2 + 256)) for name in ("alpha", "beta")})
        tests.append(test(f"{dealing.threshold} of {dealing.shareholders}, {dealing.key.bits} bits", {
            "operation": "key", "name": label, "bytes": dealing.encoded(),
            "dealt": {"p": hexed(dealing.p), "q": hexed(dealing.q), "sizeProof": nonces,
                      "decryption": hexed(dealing.coefficients[DECRYPTION]), "root": hexed(dealing.coefficients[ROOT]),
                      "bases": hexed([dealing.groups[m].base for m in (DECRYPTION, ROOT)])}}, described(dealing)))

    # Moduli that are no product of two large primes.
    def bad(comment, p, q, order, primes, sizes_too=False):
        dealing = Dealing(comment, 1, p, q, 2, 3, order, primes)
        assert threshold.sizes_hold(dealing.key, dealing.size_proof) != sizes_too
        assert threshold.modulus_holds(dealing.key, dealing.modulus_proof) == sizes_too and not dealing.holds()
        tests.append(test(comment, {"operation": "key", "name": comment, "bytes": dealing.encoded()},
                          error="invalidKeyProof"))

    p = first.p
    a, b = prime("half a", 512), prime("half b", 512, lambda x: x % 4 == 1)
    bad("three primes", p, a * b, math.lcm(p - 1, a - 1, b - 1), [p, a, b])
    whole = prime("beside a square", 1024, lambda x: x % 4 == 1)
    square = a * a
    bad("the square of a prime times a prime", square, whole, a * (a - 1) * (whole - 1), [a, a, whole])
    bad("two primes, one of 700 bits", safe_prime("unequal p", 700), safe_prime("unequal q", 1348), None, None, True)

    encoded, size = bytearray(first.encoded()), first.key.size
    values = 10 + len(first.key.encoded())
    roots = values + 3 * 2 * size
    modulus = roots + 3 * size
    sizes = modulus + size + 128 + 256 * size
    group, length = threshold.ProofGroup(2048).size, limbs(1281)
    assert len(encoded) == sizes + 3 * group + 16 + 2 * length

    def changed(comment, error, *changes, dealing=first, keep=None, append=b"", **more):
        data = bytearray(dealing.encoded())
        for at, what in changes:
            assert data[at:at + len(what)] != what or error is None
            data[at:at + len(what)] = what
        tests.append(test(comment, {
            "operation": "alteredKey", "key": dealing.name,
            "changes": [{"at": at, "bytes": what} for at, what in changes], "keep": len(data) if keep is None else keep,
            "append": append}, error=error, **more))

    def flipped(at):
        return at, bytes([encoded[at] ^ 1])

    changed("another version", "malformed", (0, u16(2)))
    changed("threshold 1", "invalidThreshold", (2, u16(1)))
    changed("threshold half of the shareholders", "invalidThreshold", (4, u16(4)))
    changed("threshold above the shareholders", "invalidThreshold", (2, u16(4)))
    changed("129 shareholders", "invalidThreshold", (2, u16(70)), (4, u16(129)))
    changed("five shareholders, where three were dealt", "malformed", (2, u16(3)), (4, u16(5)))
    changed("a key of no preset", "unknownParameters", (12, u16(9)))
    changed("a key of another preset", "malformed", (12, u16(2)))
    changed("another version of the key", "malformed", (10, u16(2)))
    changed("a modulus 4 larger", "invalidKeyProof", (18, little(first_key_beside(first.key.n), size)))
    changed("a byte short", "malformed", keep=len(encoded) - 1)
    changed("a byte long", "malformed", append=b"\0")
    changed("nothing but the key", "malformed", keep=values)
    for mode, start, width in ((DECRYPTION, values, 2), (ROOT, roots, 1)):
        name, M, v = MODES[mode], first.groups[mode].modulus, first.values[mode]
        base, step = first.groups[mode].base, width * size

        def value(i, x):
            return start + (i - 1) * step, little(x, step)

        changed(f"{name}: V_3 of another exponent", "invalidShare", value(3, v[3] * base % M), holder=3)
        changed(f"{name}: V_1 of another exponent", "invalidKeyProof", value(1, v[1] * base % M))
        changed(f"{name}: V_1 and V_2 exchanged", "invalidKeyProof", value(1, v[2]), value(2, v[1]))
        changed(f"{name}: V_2 and V_3 exchanged", "invalidKeyProof", value(2, v[3]), value(3, v[2]))
        changed(f"{name}: all values of another secret", "invalidKeyProof", *(value(i, v[i] * base % M) for i in v))
        changed(f"{name}: V_3 zero", "invalidKeyProof", value(3, 0))
        changed(f"{name}: V_3 = n", "invalidKeyProof", value(3, first.key.n))
        changed(f"{name}: V_3 not below its modulus", "invalidKeyProof", value(3, 2 ** (8 * step) - 1))
        w = second.values[mode]
        step2 = width * size
        start2 = values + (0 if mode == DECRYPTION else 5 * 2 * size)
        changed(f"{name}: a polynomial of too high a degree", "invalidShare",
                (start2 + 3 * step2, little(w[4] * power(second.groups[mode].base, 6, second.groups[mode].modulus)
                                            % second.groups[mode].modulus, step2)),
                (start2 + 4 * step2, little(w[5] * power(second.groups[mode].base, 24, second.groups[mode].modulus)
                                            % second.groups[mode].modulus, step2)), dealing=second, holder=4)
    changed("modulus proof: another w", "invalidKeyProof", flipped(modulus))
    changed("modulus proof: a sign", "invalidKeyProof", flipped(modulus + size + 5))
    sign = modulus + size + 5
    changed("modulus proof: a sign 4", "invalidKeyProof", (sign, bytes([encoded[sign] | 4])))
    changed("modulus proof: a fourth root", "invalidKeyProof", flipped(modulus + size + 128))
    changed("modulus proof: the last fourth root", "invalidKeyProof", flipped(modulus + size + 128 + 127 * size))
    changed("modulus proof: an n-th root", "invalidKeyProof", flipped(modulus + size + 128 + 128 * size))
    changed("modulus proof: the last n-th root", "invalidKeyProof", flipped(modulus + size + 128 + 255 * size))
    parts = {"C": sizes, "challenge": sizes + group, "first answer": sizes + group + 16,
             "second answer": sizes + group + 16 + length, "first blind": sizes + group + 16 + 2 * length,
             "second blind": sizes + 2 * group + 16 + 2 * length}
    for name, at in parts.items():
        changed(f"size proof: {name}", "invalidKeyProof", flipped(at))
    changed("size proof: C = 0", "invalidKeyProof", (sizes, bytes(group)))
    changed("size proof: an answer too long", "invalidKeyProof", (parts["first answer"] + length - 1, b"\x80"))
    blind = first.size_proof[4] + threshold.ProofGroup(2048).Q
    changed("size proof: a blind above the order", "invalidKeyProof", (parts["first blind"], little(blind, group)))
    other = second.encoded()
    tail = 10 + len(second.key.encoded()) + 5 * 3 * size
    changed("both proofs of another key", "invalidKeyProof", (modulus, other[tail:]))
    changed("size proof of another key", "invalidKeyProof", (sizes, other[tail + sizes - modulus:]))

    def share(comment, dealing, data, error=None, **more):
        tests.append(test(comment, {"operation": "share", "key": dealing.name, "bytes": data},
                          None if error else {"holder": int.from_bytes(data[:8], "little"), "keyId": dealing.id},
                          error, **more))

    for dealing in (first, second, third):
        for i in dealing.holders():
            share(f"holder {i}", dealing, dealing.share_bytes(i))
    one, two = (first.share_bytes(i) for i in (1, 2))
    share("the share of 1 under the name of 2", first, u64(2) + one[8:], "invalidShare", holder=2)
    share("the share of 2 under the name of 1", first, u64(1) + two[8:], "invalidShare", holder=1)
    share("decryption of 1, root of 2", first, first.share_bytes(1, root=first.shares[ROOT][2]), "invalidShare",
          holder=1)
    share("decryption of 2, root of 1", first, first.share_bytes(1, decryption=first.shares[DECRYPTION][2]),
          "invalidShare", holder=1)
    share("one more than the share", first, first.share_bytes(3, decryption=first.shares[DECRYPTION][3] + 1),
          "invalidShare", holder=3)
    share("a root share of zero", first, one[:-size] + bytes(size), "invalidShare", holder=1)
    share("a share of another key", first, first.share_bytes(1, key_id=second.id), "keyMismatch")
    share("holder 0", first, u64(0) + one[8:], "malformed")
    share("holder 4 of 3", first, u64(4) + one[8:], "malformed")
    share("holder 2^64 - 1", first, b"\xff" * 8 + one[8:], "malformed")
    share("a byte short", first, one[:-1], "malformed")
    share("a byte long", first, one + b"\0", "malformed")
    notes = ("`bytes` of a key: version, threshold, shareholders, public key, V_i of both modes, both proofs. "
             "`alteredKey`: the bytes of the key of that name, `bytes` written over them at each place, cut to `keep`, "
             "`append` behind. `dealt` is what the dealer drew; `bases` are V of both modes. `holder` is the one "
             "whose value or share is off the polynomial.")
    return "threshold Paillier keys, shares and their proofs", notes, tests


def first_key_beside(n):
    """A number like n: 1 modulo 4, free of small factors, no prime, that nobody has a proof for."""
    n += 4
    while not all(n % q for q in range(3, 65536, 2)) or threshold.passes_fermat(n):
        n += 4
    return n


class Cast:
    """Contributions under a key, and what is opened of them."""

    def __init__(self, dealing, name, senders, dimension):
        self.dealing, self.name, self.dimension = dealing, name, dimension
        key = dealing.key
        self.packing = Packing(key.bits, 2 ** 31 - 1, 10)
        self.sum, self.ciphertexts = [0] * dimension, {}
        for sender in senders:
            label = f"{name} {sender}"
            values = [between(f"{label} {j}", -self.packing.bound, self.packing.bound) for j in range(dimension)]
            plaintexts = self.packing.encode(values, 1, key.n)
            self.sum = [a + b for a, b in zip(self.sum, values)]
            self.ciphertexts[sender] = [key.encrypt(m, draw(f"{label} rho {j}", key.exponent_bits))
                                        for j, m in enumerate(plaintexts)]

    def request(self, mode, session=1, round_number=1, senders=None):
        chosen = {s: self.ciphertexts[s] for s in (senders or self.ciphertexts)}
        return Request(self.dealing, mode, H("QSA1 vectors", u64(session)), round_number, self.packing.digest, chosen)


def requests(first, second, third):
    tests, named = [], {}
    small, wide = Cast(first, "small", (4, 0, 9), 5), Cast(first, "wide", (1, 2, 3), 60)
    five, long = Cast(second, "five", (0, 1), 5), Cast(third, "long", (0, 1, 2), 5)

    def inputs(request, name=None, contributions=None):
        key = request.dealing.key
        listed = contributions or [(s, key.vector(request.codec, c)) for s, c in request.contributions.items()]
        out = {"operation": "request", "key": request.dealing.name, "mode": MODES[request.mode],
               "session": request.session, "round": request.round,
               "contributions": [{"sender": s, "vector": v} for s, v in listed]}
        if name:
            out["name"] = name
        return out

    def valid(name, cast, request, comment):
        named[name] = cast, request
        tests.append(test(comment, inputs(request, name), {
            "contributors": list(request.contributions), "contributions": request.digests, "set": request.set,
            "statement": request.statement, "aggregate": hexed(request.aggregate)}))

    for mode, tag in ((DECRYPTION, "decryption"), (ROOT, "root")):
        valid(f"small {tag}", small, small.request(mode), "three contributors, one ciphertext")
        valid(f"wide {tag}", wide, wide.request(mode), "three contributors, two ciphertexts")
        valid(f"five {tag}", five, five.request(mode), "two contributors, five shareholders")
        valid(f"long {tag}", long, long.request(mode), "three contributors, 3,072 bits")
    valid("session", small, small.request(DECRYPTION, session=2), "another session")
    valid("round", small, small.request(DECRYPTION, round_number=2), "another round")
    valid("wide round", wide, wide.request(DECRYPTION, round_number=2), "another set in another round")
    valid("set", small, small.request(DECRYPTION, senders=(0, 9)), "two of the three contributors")
    valid("one", small, small.request(DECRYPTION, senders=(4,)), "one contributor")

    good = small.request(DECRYPTION)
    key, codec = first.key, small.packing.digest
    vectors = {s: key.vector(codec, c) for s, c in small.ciphertexts.items()}

    def refused(comment, error, contributions, **more):
        item = inputs(good)
        item["contributions"] = [{"sender": s, "vector": v} for s, v in contributions]
        tests.append(test(comment, item, error=error, **more))

    refused("nobody", "emptySum", [])
    refused("a sender twice", "wrongContributorCount", [(0, vectors[0]), (0, vectors[4])])
    refused("one sender's ciphertexts under another's name", "wrongContributorCount",
            [(0, vectors[0]), (4, vectors[0])])
    refused("ciphertexts of another key", "keyMismatch",
            [(0, vectors[0]), (1, second.key.vector(codec, five.ciphertexts[1]))])
    refused("another codec", "codecMismatch",
            [(0, vectors[0]), (4, key.vector(Packing(2048, 2 ** 31 - 1, 11).digest, small.ciphertexts[4]))])
    refused("another length", "dimensionMismatch", [(0, vectors[0]), (1, key.vector(codec, wide.ciphertexts[1]))])
    refused("a ciphertext n", "invalidCiphertext", [(0, vectors[0]), (4, key.vector(codec, [key.n]))], index=0)
    refused("a ciphertext zero", "invalidCiphertext", [(0, vectors[0]), (4, key.vector(codec, [0]))], index=0)
    notes = ("`key` names a key of threshold_keys.json; `contributions` of the answer are the digests in the order of "
             "`contributors`.")
    return named, ("requests to open Paillier sums", notes, tests)


def nonce(request, holder, tag=""):
    return draw(f"{tag} nonce {request.statement.hex()} {holder}", request.dealing.groups[request.mode].bits + 384)


def partial(request, holder, exponent=None):
    made = Partial(request, holder, nonce(request, holder), exponent)
    assert made.holds() == (exponent is None)
    return made


def openings(named):
    tests, made = [], {}

    def part(name, holder):
        if (name, holder) not in made:
            made[name, holder] = partial(named[name][1], holder)
        return made[name, holder]

    def open_(comment, name, holder, error=None, minimum=2, before=(), key=None, **more):
        request = named[name][1]
        tests.append(test(comment, {
            "operation": "open", "request": name, "holder": holder, "minimumCohort": minimum, "before": list(before),
            "key": key or request.dealing.name, "nonce": hexed(nonce(request, holder))},
            None if error else {"partial": part(name, holder).encoded()}, error, **more))

    for name in ("small decryption", "small root", "wide decryption", "wide root", "long decryption", "long root"):
        for holder in (1, 2, 3) if name.startswith("small") else (1, 3):
            open_(f"{name}, holder {holder}", name, holder)
    for name in ("five decryption", "five root"):
        open_(f"{name}, holder 5", name, 5)
    open_("one contributor", "one", 1, "cohortTooSmall")
    open_("fewer contributors than the policy asks for", "small decryption", 1, "cohortTooSmall", minimum=4)
    open_("the same request again", "small decryption", 1, "setAlreadyOpened", before=["small decryption"])
    open_("the same round in the other mode", "small root", 1, "setAlreadyOpened", before=["small decryption"])
    open_("another set in an opened round", "wide decryption", 1, "setAlreadyOpened", before=["small decryption"])
    open_("an opened set in another round", "round", 1, "setAlreadyOpened", before=["small decryption"])
    open_("an opened set in another session", "session", 1, "setAlreadyOpened", before=["small decryption"])
    open_("a part of an opened set", "set", 1, "setAlreadyOpened", before=["round"])
    open_("another set in another round", "wide round", 1, before=["small decryption"])
    open_("a request under another key", "five decryption", 1, "keyMismatch", key="two of three")

    def verify(comment, name, data, error=None, **more):
        if error == "invalidProof" and "holder" not in more:
            more["holder"] = int.from_bytes(data[3:5], "little")
        tests.append(test(comment, {"operation": "verify", "request": name, "partial": data},
                          None if error else {"holder": int.from_bytes(data[3:5], "little")}, error, **more))

    for mode, tag in ((DECRYPTION, "decryption"), (ROOT, "root")):
        name = f"wide {tag}"
        request, p = named[name][1], part(name, 1)
        dealing, group, M = request.dealing, p.group, p.group.modulus
        n = dealing.key.n
        verify(f"{tag}: as it was made", name, p.encoded())
        verify(f"{tag}: the first share of another holder", name,
               p.encoded(values=[part(name, 3).values[0], p.values[1]]), "invalidProof")
        verify(f"{tag}: all shares of another holder", name, p.encoded(values=part(name, 3).values), "invalidProof")
        verify(f"{tag}: under the name of another holder", name, p.encoded(holder=3), "invalidProof")
        verify(f"{tag}: both shares exchanged", name, p.encoded(values=p.values[::-1]), "invalidProof")
        verify(f"{tag}: a share zero", name, p.encoded(values=[0, p.values[1]]), "invalidProof")
        verify(f"{tag}: a share n", name, p.encoded(values=[p.values[0], n]), "invalidProof")
        verify(f"{tag}: a share not below its modulus", name,
               p.encoded(values=[p.values[0], 2 ** (8 * group.width * dealing.key.size) - 1]), "invalidProof")
        verify(f"{tag}: a share negated behind its proof", name, p.encoded(values=[M - p.values[0], p.values[1]]),
               "invalidProof")
        verify(f"{tag}: another challenge", name, p.encoded(challenge=p.challenge ^ 1), "invalidProof")
        verify(f"{tag}: challenge zero", name, p.encoded(challenge=0), "invalidProof")
        verify(f"{tag}: another answer", name, p.encoded(response=p.response + 1), "invalidProof")
        verify(f"{tag}: answer zero", name, p.encoded(response=0), "invalidProof")
        verify(f"{tag}: an answer a bit too long", name,
               p.encoded(response=p.response % 2 ** 2000 + 2 ** (group.bits + 385)), "invalidProof")
        order = dealing.order * (n if mode == DECRYPTION else 1)
        far = p.response + order * (2 ** (group.bits + 385) // order + 1)
        assert far.bit_length() > group.bits + 385 and power(group.base, far, M) == power(group.base, p.response, M)
        verify(f"{tag}: the answer plus a multiple of the order, too long", name, p.encoded(response=far),
               "invalidProof")
        wrong = partial(request, 1, exponent=dealing.shares[mode][1] + 1)
        verify(f"{tag}: made with an exponent one too large", name, wrong.encoded(), "invalidProof")
        forged = Partial(request, 1, nonce(request, 1, "forged"), dealing.shares[mode][1] + 1, forges=True)
        assert not forged.holds()
        verify(f"{tag}: made with a verification value of its own", name, forged.encoded(), "invalidProof")
        negated = Partial(request, 1, nonce(request, 1, "negated"), negates=True)
        assert negated.holds()
        verify(f"{tag}: a share negated before the proof: only its square is proved, and used", name, negated.encoded())
        made[name, "negated"], made[name, "wrong"] = negated, wrong
        verify(f"{tag}: another version", name, p.encoded(version=2), "malformed")
        verify(f"{tag}: the other mode", name, p.encoded(mode=3 - mode), "malformed")
        verify(f"{tag}: no mode", name, p.encoded(mode=3), "malformed")
        verify(f"{tag}: holder 0", name, p.encoded(holder=0), "malformed")
        verify(f"{tag}: holder 4 of 3", name, p.encoded(holder=4), "malformed")
        verify(f"{tag}: another key", name, p.encoded(key_id=named["five root"][1].dealing.id), "keyMismatch")
        verify(f"{tag}: another count", name, p.encoded(count=1), "dimensionMismatch")
        verify(f"{tag}: a byte short", name, p.encoded()[:-1], "malformed")
        verify(f"{tag}: a byte long", name, p.encoded() + b"\0", "malformed")
        verify(f"{tag}: nothing", name, b"", "malformed")
        verify(f"{tag}: bound to another request", name, p.encoded(statement=named["wide round"][1].statement),
               "invalidProof")
    p = part("small decryption", 2)
    for other in ("session", "round", "set"):
        verify(f"for another {other}", other, p.encoded(), "invalidProof")
        verify(f"for another {other}, relabelled", other, p.encoded(statement=named[other][1].statement),
               "invalidProof")
    verify("for the other mode", "small root", p.encoded(), "invalidProof")

    def combine(comment, name, parts, error=None, use=None, **more):
        cast, request = named[name]
        expected = None
        if not error:
            plaintexts, roots = threshold.combine(use or parts)
            count, weight, values = cast.packing.decode(plaintexts, cast.dimension, cast.dealing.key.n)
            assert values == cast.sum and count == weight == len(request.contributions)
            expected = {"plaintexts": hexed(plaintexts), "roots": hexed(roots), "values": decimal(values),
                        "weight": str(weight)}
        tests.append(test(comment, {
            "operation": "combine", "request": name, **cast.packing.inputs(), "dimension": cast.dimension,
            "partials": [p.encoded() if isinstance(p, Partial) else p for p in parts]}, expected, error, **more))

    for name, subsets in (
            ("small decryption", [(1, 2), (1, 3), (2, 3), (3, 1), (3, 2, 1)]), ("small root", [(1, 2), (1, 3), (3, 2)]),
            ("wide decryption", [(1, 3)]), ("wide root", [(3, 1)]),
            ("five decryption", [(1, 2, 3), (5, 3, 1), (2, 4, 5)]), ("five root", [(1, 2, 3), (4, 2, 5)]),
            ("long decryption", [(1, 3)]), ("long root", [(2, 3)])):
        for chosen in subsets:
            parts = [part(name, i) for i in chosen]
            combine(f"{name}, holders {', '.join(map(str, chosen))}", name, parts,
                    use=parts[:parts[0].request.dealing.threshold])
    for tag in ("decryption", "root"):
        name = f"wide {tag}"
        negated, wrong = made[name, "negated"], made[name, "wrong"]
        combine(f"{tag}: a negated share opens the same", name, [negated, part(name, 3)])
        combine(f"{tag}: one share", name, [part(name, 1)], "tooFewShares")
        combine(f"{tag}: no share", name, [], "tooFewShares")
        combine(f"{tag}: a holder twice", name, [part(name, 1), part(name, 1)], "duplicateShare", holder=1)
        combine(f"{tag}: a cheater, named", name, [part(name, 3), wrong], "invalidProof", holder=1)
        combine(f"{tag}: shares of two holders exchanged", name,
                [part(name, 1).encoded(holder=3), part(name, 3).encoded(holder=1)], "invalidProof", holder=3)
        combine(f"{tag}: a share of the other mode", name,
                [part(name, 1), part("wide root" if tag == "decryption" else "wide decryption", 3)], "invalidProof",
                holder=3)
    combine("decryption: right shares, a wrong proof", "wide decryption",
            [part("wide decryption", 1), part("wide decryption", 3).encoded(response=1)], "invalidProof", holder=3)
    combine("root: right shares open without their proofs", "wide root",
            [part("wide root", 1), part("wide root", 3).encoded(response=1)],
            use=[part("wide root", 1), part("wide root", 3)])
    pair = [part("wide decryption", 1), part("wide decryption", 3)]
    cheater = partial(named["wide decryption"][1], 2, exponent=5)
    combine("a cheater beyond the threshold is not looked at", "wide decryption", pair + [cheater], use=pair)
    combine("a share for another round", "wide decryption", [pair[0], part("wide round", 3)], "invalidProof", holder=3)

    request = named["wide root"][1]
    n = request.dealing.key.n
    plaintexts, roots = threshold.combine([part("wide root", 1), part("wide root", 3)])
    (m0, m1), (r0, r1) = plaintexts, roots

    def opening(comment, error=None, m=plaintexts, r=roots, name="wide root", mode=ROOT, against=None):
        tests.append(test(comment, {
            "operation": "opening", "request": name, "mode": MODES[mode], "against": against or name,
            "plaintexts": hexed(list(m)), "roots": hexed(list(r))}, None if error else {}, error))

    opening("a root opening, verified from public data")
    for comment, m, r in (
            ("another root", plaintexts, [r0, r1 + 1]), ("a root negated", plaintexts, [n - r0, r1]),
            ("a root zero", plaintexts, [0, r1]), ("a root not below n", plaintexts, [r0, 2 ** 2048 - 1]),
            ("the root of another ciphertext", plaintexts, [r1, r0]), ("another plaintext", [m0 + 1, m1], roots),
            ("the plaintext negated", [m0, n - m1], roots), ("a plaintext n", [m0, n], roots),
            ("both exchanged", [m1, m0], [r1, r0]), ("one plaintext less", [m0], roots),
            ("one root less", plaintexts, [r0]), ("one of two", [m0], [r0]), ("nothing", [], []),
            ("no roots", plaintexts, []),
            ("a ciphertext more", [m0, m1, m1], [r0, r1, r1])):
        assert len(m) != 2 or len(r) != 2 or any(
            (1 + a * n) * power(b, n, n * n) % (n * n) != c or a >= n or not 0 < b < n
            for a, b, c in zip(m, r, request.aggregate))
        opening(comment, "openingRejected", m, r)
    for k in (0, 1):
        shifted = plaintexts[k] + n
        if shifted < 2 ** 2048:
            opening("a plaintext plus n", "openingRejected",
                    [shifted if j == k else x for j, x in enumerate(plaintexts)])
    opening("an opening by partial decryption has no roots", "openingRejected", r=[], name="wide decryption",
            mode=DECRYPTION)
    opening("another request", "openingRejected", against="small root")
    opening("another request of the same sum", "openingRejected", against="wide decryption")
    notes = ("`request` names a request of opening_requests.json. `nonce` is the prover's random number r; `before` "
             "are the requests that the shareholder opened before, `key` the one whose share it has. A partial opening "
             "is version (2), mode (1), holder (2), key (32), statement (32), count (4), shares, challenge (32), "
             "answer. `holder` is the one to blame.")
    return "openings of Paillier sums", notes, tests


def build():
    dealt = dealings()
    named, files = requests(*dealt)
    return {"paillier/threshold_keys.json": keys(*dealt), "paillier/opening_requests.json": files,
            "paillier/openings.json": openings(named)}
