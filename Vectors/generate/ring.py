"""Lane packing, masks and the fixed-point codec, value by value."""

import math
import struct

from primitives import aes_keystream, keystream


class RingError(Exception):
    def __init__(self, name):
        super().__init__(name)
        self.name = name


def lanes(bits):
    if not (8 <= bits <= 62 or bits == 64):
        raise RingError("unsupportedBits")
    return 64 // bits


def word_count(bits, count):
    return -(-count // lanes(bits))


def used_bits(bits, count, word):
    """The mask of the bits that word `word` of a vector of `count` values may use."""
    present = min(lanes(bits), count - word * lanes(bits))
    return (1 << (present * bits)) - 1


def pack(bits, values):
    """Signed values to words."""
    per, half = lanes(bits), 1 << (bits - 1)
    words = [0] * word_count(bits, len(values))
    for i, value in enumerate(values):
        if not -half <= value < half:
            raise RingError("elementOutOfRange")
        words[i // per] |= (value % (1 << bits)) << ((i % per) * bits)
    return words


def residues(bits, count, words):
    if len(words) != word_count(bits, count):
        raise RingError("dimensionMismatch")
    for i, word in enumerate(words):
        if word & ~used_bits(bits, count, i):
            raise RingError("elementOutOfRange")
    per = lanes(bits)
    return [words[i // per] >> ((i % per) * bits) & ((1 << bits) - 1) for i in range(count)]


def unpack(bits, count, words):
    """Words to signed values; refuses a wrong length and set unused bits."""
    half = 1 << (bits - 1)
    return [r - (1 << bits) if r >= half else r for r in residues(bits, count, words)]


def combine(bits, count, a, b, sign):
    """a + sign * b, lane by lane modulo 2^bits."""
    x, y = residues(bits, count, a), residues(bits, count, b)
    half, modulus = 1 << (bits - 1), 1 << bits
    sums = [(p + sign * q) % modulus for p, q in zip(x, y)]
    return pack(bits, [s - modulus if s >= half else s for s in sums])


def to_bytes(words):
    return b"".join(w.to_bytes(8, "little") for w in words)


def from_bytes(data):
    if len(data) % 8:
        raise RingError("dimensionMismatch")
    return [int.from_bytes(data[i:i + 8], "little") for i in range(0, len(data), 8)]


def mask(seed, bits, count, suite=1):
    n = word_count(bits, count)
    stream = {1: keystream, 2: aes_keystream}[suite](seed, 8 * n)
    return [w & used_bits(bits, count, i) for i, w in enumerate(from_bytes(stream))]


def required_bits(participants, weight_cap, value_bound, noise_tail):
    """The smallest b with participants * weight_cap * value_bound + noise_tail <= 2^(b-1) - 1."""
    return (participants * weight_cap * value_bound + noise_tail).bit_length() + 1


def float_bits(x):
    return struct.pack(">d", x).hex()


def bits_float(text):
    return struct.unpack(">d", bytes.fromhex(text))[0]


def value_bound(scale, clip):
    return math.ceil(scale * clip)


def check_codec(scale, clip):
    if not (math.isfinite(scale) and scale > 0 and math.isfinite(clip) and clip > 0):
        raise RingError("invalidScale")
    if scale * clip > 2**51:
        raise RingError("invalidScale")


def quantise(values, scale, clip, rounding, width, key=None):
    """(integers, number of clipped values); `width` is the input's 32 or 64 bits."""
    check_codec(scale, clip)
    for value in values:
        if not math.isfinite(value):
            raise RingError("nonFiniteInput")
    bound = value_bound(scale, clip)
    size = width // 8
    stream = keystream(key, size * len(values)) if rounding == "stochastic" and values else b""
    out, clipped = [], 0
    for i, value in enumerate(values):
        if abs(value) > clip:
            clipped += 1
        scaled = max(-clip, min(clip, value)) * scale
        if rounding == "stochastic":
            raw = int.from_bytes(stream[size * i:size * (i + 1)], "little")
            u = raw / 2.0**32 if width == 32 else (raw >> 11) / 2.0**53
            down = math.floor(scaled)
            q = down + (scaled - down >= 1 - u)
        else:
            q = round(scaled)
        out.append(max(-bound, min(bound, q)))
    return out, clipped
