"""Checks of this implementation against published values and against PyNaCl's own constructions."""

import nacl.bindings as sodium

import primitives
import ristretto
import rfc9496
import ring
import shamir


def group():
    point = ristretto.IDENTITY
    for k, encoding in enumerate(rfc9496.MULTIPLES):
        assert ristretto.encode(point).hex() == encoding
        assert ristretto.encode(ristretto.multiply_base(k)).hex() == encoding
        assert ristretto.equal(ristretto.decode(bytes.fromhex(encoding)), point)
        point = ristretto.add(point, ristretto.BASE)
    for encoding in rfc9496.INVALID:
        assert ristretto.decode(bytes.fromhex(encoding)) is None
    assert ristretto.encode(ristretto.multiply(ristretto.ORDER - 1, ristretto.BASE)) == ristretto.encode(
        ristretto.add(ristretto.IDENTITY, tuple((-c if k in (0, 3) else c) % ristretto.P
                                                for k, c in enumerate(ristretto.BASE))))
    assert ristretto.equal(ristretto.add(ristretto.multiply_base(ristretto.ORDER - 1), ristretto.BASE),
                           ristretto.IDENTITY)


def key_exchange():
    for k in range(4):
        seeds = bytes([k]) * 32, bytes([k + 100]) * 32
        (client_secret, client), (server_secret, server) = map(primitives.kx_keypair, seeds)
        assert (client, client_secret) == sodium.crypto_kx_seed_keypair(seeds[0])
        assert primitives.kx_session_keys(client_secret, client, server, True) == \
            sodium.crypto_kx_client_session_keys(client, client_secret, server)
        assert primitives.kx_session_keys(server_secret, server, client, False) == \
            sodium.crypto_kx_server_session_keys(server, server_secret, client)


def keystream():
    """RFC 8439 section A.1, test vector 1 (zero key) and seeking."""
    block = primitives.keystream(bytes(32), 64)
    assert block.hex().startswith("76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7")
    whole = primitives.keystream(bytes(range(32)), 5000)
    for offset in (0, 1, 63, 64, 65, 2047, 2048, 4000):
        assert primitives.keystream(bytes(range(32)), 100, offset) == whole[offset:offset + 100]


def rings():
    for bits in list(range(8, 63)) + [64]:
        half = 1 << (bits - 1)
        values = [-half, half - 1, 0, 1, -1, 5, -half]
        words = ring.pack(bits, values)
        assert ring.unpack(bits, len(values), words) == values
        assert ring.unpack(bits, 7, ring.combine(bits, 7, words, words, -1)) == [0] * 7


def shares():
    coefficients = [7, 11, 13]
    assert shamir.evaluate(coefficients, 1) == 7 + 22 + 52
    assert sum(shamir.weights_at_zero([0, 4, 9])) % ristretto.ORDER == 1


def run():
    for check in (group, key_exchange, keystream, rings, shares):
        check()
