"""Hashes, signatures, key exchange, boxes, keystreams and the upload tree, as sections 1 and 6 of Papers/WIRE.md."""

import hashlib
import struct

import nacl.bindings as sodium
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import SigningKey, VerifyKey

import ristretto

LEAF_BYTES = 16 * 1024
CHUNK_BYTES = 64 * LEAF_BYTES


def H(person, data):
    return hashlib.blake2b(data, digest_size=32, person=person.encode("ascii").ljust(16, b"\0")).digest()


def K(person, key, data):
    return hashlib.blake2b(data, digest_size=32, key=key, person=person.encode("ascii").ljust(16, b"\0")).digest()


def u8(x):
    return struct.pack("<B", x)


def u16(x):
    return struct.pack("<H", x)


def u32(x):
    return struct.pack("<I", x)


def u64(x):
    return struct.pack("<Q", x)


def counted(data):
    return u32(len(data)) + data


def bitmap(count, indices):
    """ceil(count/8) bytes with the bits of `indices` set, bit i in byte i/8 at position i mod 8."""
    out = bytearray((count + 7) // 8)
    for i in indices:
        assert 0 <= i < count
        out[i // 8] |= 1 << (i % 8)
    return bytes(out)


def identity_public(seed):
    return bytes(SigningKey(seed).verify_key)


def sign(seed, message):
    return SigningKey(seed).sign(message).signature


def signature_holds(public, message, signature):
    try:
        VerifyKey(public).verify(message, signature)
        return True
    except BadSignatureError:
        return False


def keystream(key, length, offset=0):
    """`length` bytes from `offset` of ChaCha20 (RFC 8439) with a zero nonce and the counter from zero."""
    skip = offset % 64
    nonce = u32(offset // 64) + bytes(12)
    encryptor = Cipher(algorithms.ChaCha20(key, nonce), mode=None).encryptor()
    return encryptor.update(bytes(skip + length))[skip:]


def aes_keystream(key, length):
    """`length` bytes of AES-256 in counter mode, as GCM encrypts: twelve zero bytes and a big-endian counter from 2."""
    encryptor = Cipher(algorithms.AES(key), modes.CTR(bytes(12) + struct.pack(">I", 2))).encryptor()
    return encryptor.update(bytes(length))


class Stream:
    """A participant's randomness: one keystream, consumed in order."""

    def __init__(self, key):
        self.key, self.position = key, 0

    def draw(self, length):
        out = keystream(self.key, length, self.position)
        self.position += length
        return out

    def scalar(self):
        while True:
            value = ristretto.scalar_from_wide(self.draw(64))
            if value:
                return value


def kx_keypair(seed):
    secret = hashlib.blake2b(seed, digest_size=32).digest()
    return secret, sodium.crypto_scalarmult_base(secret)


def exchange_is_strong(secret, peer_public):
    """Whether the shared secret depends on ours: false for points of small order."""
    try:
        sodium.crypto_scalarmult(secret, peer_public)
    except Exception:
        return False
    return True


def kx_session_keys(secret, public, peer_public, is_client):
    """(receive key, transmit key)."""
    shared = sodium.crypto_scalarmult(secret, peer_public)
    pair = (public + peer_public) if is_client else (peer_public + public)
    digest = hashlib.blake2b(shared + pair, digest_size=64).digest()
    return (digest[:32], digest[32:]) if is_client else (digest[32:], digest[:32])


def box_associated_data(session, first_round, rounds, sender, recipient):
    return b"QSA1 share box" + u16(1) + session + u64(first_round) + u32(rounds) + u32(sender) + u32(recipient)


def box_seal(key, nonce, plaintext, associated):
    return nonce + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, associated, nonce, key)


def box_open(key, box, associated):
    if len(box) < 40:
        return None
    try:
        return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(box[24:], associated, box[:24], key)
    except CryptoError:
        return None


def tree_root(leaves, node):
    """The root of RFC 9162's tree shape over `leaves` with the node function `node`."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node(tree_root(leaves[:split], node), tree_root(leaves[split:], node))


def input_leaf(data):
    return H("QSA1 input leaf", data)


def input_node(left, right):
    return H("QSA1 input node", left + right)


def leaf_hashes(data):
    return [input_leaf(data[i:i + LEAF_BYTES]) for i in range(0, len(data), LEAF_BYTES)]


def chunk_roots(data):
    return [tree_root(leaf_hashes(data[i:i + CHUNK_BYTES]), input_node) for i in range(0, len(data), CHUNK_BYTES)]


def upload_digest(data):
    roots = chunk_roots(data)
    root = tree_root(roots, input_node)
    assert root == tree_root(leaf_hashes(data), input_node)
    return root


def survivors_root(entries):
    """`entries`: (id, MaskedInput digest) by ascending seat."""
    leaves = [H("QSA1 survivors", b"\0" + u32(i) + digest) for i, digest in entries]
    return tree_root(leaves, lambda left, right: H("QSA1 survivors", b"\1" + left + right))
