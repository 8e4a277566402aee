"""keys/key_derivation.json and keys/mask_expansion.json."""

import ring
import ristretto
import wire
from layout import test
from primitives import (H, K, box_associated_data, box_open, box_seal, identity_public, keystream, kx_keypair,
                        kx_session_keys, u32, u64, upload_digest)
from scenario import fixed


def kx_test(client_seed, server_seed, comment):
    client_secret, client_public = kx_keypair(client_seed)
    server_secret, server_public = kx_keypair(server_seed)
    client = kx_session_keys(client_secret, client_public, server_public, True)
    server = kx_session_keys(server_secret, server_public, client_public, False)
    assert client == server[::-1]
    return test(comment, {"operation": "keyExchange", "clientSeed": client_seed, "serverSeed": server_seed},
                {"clientSecretKey": client_secret, "clientPublicKey": client_public, "serverSecretKey": server_secret,
                 "serverPublicKey": server_public, "clientReceive": client[0], "clientTransmit": client[1],
                 "serverReceive": server[0], "serverTransmit": server[1]})


def ring_order(nonces):
    """(ring seed, id -> rank, ids in ring order) of a dictionary id -> nonce."""
    seed = H("QSA1 ring seed", b"".join(nonces[i] for i in sorted(nonces)))
    ranks = {i: H("QSA1 ring rank", seed + u32(i)) for i in nonces}
    return seed, ranks, sorted(nonces, key=lambda i: ranks[i])


def neighbours(order, k):
    n = len(order)
    out = {}
    for position, id in enumerate(order):
        steps = [s for s in range(-(k // 2), k // 2 + 1) if s]
        out[id] = sorted(order[(position + s) % n] for s in steps)
        assert len(set(out[id])) == k and id not in out[id]
    return out


def key_derivation():
    tests = [kx_test(fixed(f"kx client {i}"), fixed(f"kx server {i}"), "the lower id is the client") for i in range(3)]
    tests.append(kx_test(bytes(32), b"\xff" * 32, "seeds of zeros and of ones"))
    for i, (low, high, round) in enumerate(((0, 1, 1), (3, 9, 5), (0, 0xFFFFFFFE, 2**40 + 1), (258, 259, 2**64 - 1))):
        wide_low, wide_high = keystream(fixed(f"wide low {i}"), 64), keystream(fixed(f"wide high {i}"), 64)
        e_low, e_high = ristretto.scalar_from_wide(wide_low), ristretto.scalar_from_wide(wide_high)
        points = ristretto.multiply_base(e_low), ristretto.multiply_base(e_high)
        shared = ristretto.encode(ristretto.multiply(e_low, points[1]))
        assert shared == ristretto.encode(ristretto.multiply(e_high, points[0]))
        session, config = fixed(f"session {i}"), fixed(f"config {i}")
        context = session + u64(round) + u32(low) + u32(high) + config
        tests.append(test("the pair seed of two ids, from either side",
                          {"operation": "pairSeed", "wideLow": wide_low, "wideHigh": wide_high, "low": low,
                           "high": high, "round": round, "session": session, "configDigest": config},
                          {"eLow": ristretto.scalar_bytes(e_low), "eHigh": ristretto.scalar_bytes(e_high),
                           "pointLow": ristretto.encode(points[0]), "pointHigh": ristretto.encode(points[1]),
                           "sharedPoint": shared, "seed": K("QSA1 pair mask", shared, context)}))
        context = session + u64(round) + u32(low) + u32(low) + config
        tests.append(test("the self seed", {"operation": "selfSeed", "wide": wide_low, "id": low, "round": round,
                                            "session": session, "configDigest": config},
                          {"beta": ristretto.scalar_bytes(e_low), "point": ristretto.encode(points[0]),
                           "seed": K("QSA1 self mask", ristretto.scalar_bytes(e_low), context)}))
    for n in (3, 7):
        digests = [fixed(f"advertise {n} {i}") for i in range(n)]
        proposal = fixed(f"proposal {n}")
        tests.append(test("session id", {"operation": "sessionId", "proposalDigest": proposal,
                                         "advertiseDigests": digests},
                          {"sessionId": wire.session_id(proposal, digests)}))
        keys = [identity_public(fixed(f"roster {n} {i}")) for i in range(n)]
        coordinator = identity_public(fixed(f"roster {n} coordinator"))
        tests.append(test("roster digest", {"operation": "rosterDigest", "identityKeys": keys,
                                            "coordinatorKey": coordinator},
                          {"rosterDigest": wire.roster_digest(keys, coordinator)}))
    for type, sender, body in ((8, wire.COORDINATOR, b""), (9, 2, bytes(range(72))), (11, 1, bytes(12))):
        seed, session = fixed(f"frame {type}"), fixed(f"frame session {type}")
        frame = wire.Frame(type, sender, session, 7, body).signed(seed)
        tests.append(test("frame digest and signature" if frame.signature else "frame digest, no signature",
                          {"operation": "frame", "type": type, "sender": sender, "session": session, "round": 7,
                           "body": body, "identitySeed": seed},
                          {"identityPublicKey": identity_public(seed), "frameDigest": frame.digest,
                           "signature": frame.signature, "frame": frame.bytes}))
    for n, k, ids in ((5, 2, [0, 1, 2, 3, 4]), (8, 4, [0, 1, 2, 4, 5, 6, 7, 9]), (20, 6, list(range(0, 40, 2)))):
        nonces = {i: fixed(f"nonce {n} {i}") for i in ids}
        seed, ranks, order = ring_order(nonces)
        near = neighbours(order, k)
        tests.append(test("ring order and neighbours of a regular graph",
                          {"operation": "ring", "k": k, "participants": [{"id": i, "nonce": nonces[i]} for i in ids]},
                          {"ringSeed": seed, "ranks": [{"id": i, "rank": ranks[i]} for i in ids], "order": order,
                           "neighbours": [{"id": i, "neighbours": near[i]} for i in ids]}))
    key, nonce, session = fixed("box key"), fixed("box nonce")[:24], fixed("box session")
    associated = box_associated_data(session, 5, 2, 1, 3)
    plaintext = keystream(fixed("box plaintext"), 160)
    box = box_seal(key, nonce, plaintext, associated)
    fields = {"key": key, "session": session, "firstRound": 5, "rounds": 2}
    tests.append(test("a share box", {"operation": "box", "nonce": nonce, "from": 1, "to": 3, "plaintext": plaintext,
                                      **fields}, {"associatedData": associated, "box": box}))
    for comment, sender, to, data in (  # the last one is too short to hold a tag
            ("from and to exchanged", 3, 1, box), ("another recipient", 1, 4, box),
            ("a flipped bit of the tag", 1, 3, box[:-1] + bytes([box[-1] ^ 1])),
            ("a flipped bit of the nonce", 1, 3, bytes([box[0] ^ 1]) + box[1:]),
            ("shorter than nonce and tag", 1, 3, box[:39])):
        assert box_open(key, data, box_associated_data(session, 5, 2, sender, to)) is None
        tests.append(test(comment, {"operation": "openBox", "from": sender, "to": to, "box": data, **fields},
                          error="authenticationFailed" if len(data) >= 40 else "invalidLength"))
    notes = ("`wide` fields are 64 bytes reduced modulo the group order. receive/transmit are the rx/tx keys of the "
             "key exchange. The order of a ring is by rank; neighbours are listed by ascending id.")
    return ("key derivation", notes, tests)


def mask_expansion(suite=1):
    tests = []
    cases = [(8, 1), (8, 8), (8, 67), (12, 5), (12, 1283), (16, 4), (16, 37), (21, 1), (21, 2), (21, 10), (21, 24),
             (21, 768), (21, 769), (21, 1000), (32, 1), (32, 17), (32, 4099), (62, 9), (62, 300), (64, 1), (64, 8),
             (64, 9), (64, 257), (64, 2049)]
    for bits, count in cases:
        seed = fixed(f"mask {bits} {count}")
        words = ring.mask(seed, bits, count, suite)
        n = len(words)
        ranges = []
        for first, last in ((0, 2), (6, 10), (254, 258), (510, 514), (n - 2, n)):
            first, last = max(first, 0), min(last, n)
            if first < last and first not in [r["first"] for r in ranges]:
                ranges.append({"first": first, "words": ring.to_bytes(words[first:last])})
        ring.unpack(bits, count, words)
        tests.append(test(f"the mask of {count} values of {bits} bits", {"seed": seed, "bits": bits, "count": count},
                          {"wordCount": n, "lastWordBits": f"{ring.used_bits(bits, count, n - 1):016x}",
                           "ranges": ranges, "digest": upload_digest(ring.to_bytes(words))}))
    notes = ("`ranges` are runs of mask words written little-endian, from word `first`: the start, around the 64-byte "
             "block (word 8), around 2 KiB (word 256) and 4 KiB, and the last two. `lastWordBits` is the AND mask of "
             "the last word as a number, most significant digit first. `digest` is the upload digest of the "
             "whole mask's "
             "bytes.")
    if suite == 2:
        notes += " The machine needs AES instructions; one without them answers `suiteUnavailable`."
    return ("mask expansion" if suite == 1 else "mask expansion, AES-256-CTR", notes, tests)


def build():
    return {"keys/key_derivation.json": key_derivation(), "keys/mask_expansion.json": mask_expansion()}
