"""ring/lane_packing.json and ring/fixed_point_codec.json."""

import struct

import ring
from layout import decimal, test
from primitives import keystream
from scenario import fixed

INF, NAN = float("inf"), float("nan")


def samples(label, bits, count):
    """Signed values over the whole range, both extremes, zero and minus one among them."""
    raw = keystream(fixed(label), 8 * count)
    half = 1 << (bits - 1)
    out = [int.from_bytes(raw[8 * i:8 * i + 8], "little") % (1 << bits) - half for i in range(count)]
    for i, value in enumerate((-half, half - 1, 0, -1, 1)[:count]):
        out[i] = value
    return out


def checked(expected_error, operation):
    try:
        operation()
    except ring.RingError as error:
        assert error.name == expected_error, (error.name, expected_error)
        return
    raise AssertionError(f"{expected_error} was not refused")


def lane_packing():
    tests = []
    for bits in (8, 9, 12, 16, 21, 31, 32, 33, 40, 62, 64):
        for count in sorted({1, ring.lanes(bits), ring.lanes(bits) + 1, 11}):
            values = samples(f"lanes {bits} {count}", bits, count)
            words = ring.pack(bits, values)
            assert ring.unpack(bits, count, words) == values
            tests.append(test(f"pack {count} values of {bits} bits",
                              {"operation": "pack", "bits": bits, "values": decimal(values)},
                              {"lanes": ring.lanes(bits), "wordCount": len(words), "words": ring.to_bytes(words)}))
    for bits in (8, 12, 16, 21, 32, 62, 64):
        count = 2 * ring.lanes(bits) + 1
        a = ring.pack(bits, samples(f"left {bits}", bits, count))
        b = ring.pack(bits, list(reversed(samples(f"right {bits}", bits, count))))
        half = 1 << (bits - 1)
        edges = ring.pack(bits, [half - 1] * count), ring.pack(bits, [1] * count)
        for name, sign, x, y in (("add", 1, a, b), ("subtract", -1, a, b), ("add", 1, *edges),
                                 ("subtract", -1, edges[1], edges[0]), ("add", 1, edges[0], edges[0])):
            out = ring.combine(bits, count, x, y, sign)
            tests.append(test(f"{name} modulo 2^{bits}, wrapping lane by lane",
                              {"operation": name, "bits": bits, "count": count, "left": ring.to_bytes(x),
                               "right": ring.to_bytes(y)},
                              {"words": ring.to_bytes(out), "values": decimal(ring.unpack(bits, count, out))}))

    def refuse(comment, error, **inputs):
        if inputs["operation"] == "pack":
            checked(error, lambda: ring.pack(inputs["bits"], inputs["values"]))
            inputs["values"] = decimal(inputs["values"])
        else:
            checked(error, lambda: ring.unpack(inputs["bits"], inputs["count"], inputs["words"]))
            inputs["words"] = ring.to_bytes(inputs["words"])
        tests.append(test(comment, inputs, error=error))

    for bits in (0, 1, 7, 63, 65, 128):
        refuse(f"{bits} bits", "unsupportedBits", operation="pack", bits=bits, values=[0])
    for bits in (8, 21, 62):
        half = 1 << (bits - 1)
        refuse("one above the largest value", "elementOutOfRange", operation="pack", bits=bits, values=[0, half])
        refuse("one below the smallest value", "elementOutOfRange", operation="pack", bits=bits, values=[-half - 1])
    refuse("the bit above three lanes of 21 is set", "elementOutOfRange", operation="unpack", bits=21, count=3,
           words=[1 << 63])
    refuse("a bit above five lanes of 12 is set", "elementOutOfRange", operation="unpack", bits=12, count=5,
           words=[1 << 60])
    refuse("an absent lane of the last word is set", "elementOutOfRange", operation="unpack", bits=16, count=5,
           words=[0, 1 << 16])
    refuse("an absent lane of the only word is set", "elementOutOfRange", operation="unpack", bits=8, count=1,
           words=[0x100])
    refuse("bit 62 above a single lane of 62 is set", "elementOutOfRange", operation="unpack", bits=62, count=1,
           words=[1 << 62])
    refuse("a word too few", "dimensionMismatch", operation="unpack", bits=21, count=4, words=[0])
    refuse("a word too many", "dimensionMismatch", operation="unpack", bits=21, count=3, words=[0, 0])
    refuse("no words", "dimensionMismatch", operation="unpack", bits=64, count=1, words=[])
    notes = ("Value i is lane i mod lanes of word i / lanes, lane 0 lowest; `words`, `left` and `right` are the words "
             "written little-endian; values are signed decimal strings.")
    return ("ring lane packing", notes, tests)


def single(x):
    """The nearest Float32 value, as a double."""
    return struct.unpack("<f", struct.pack("<f", x))[0]


def fixed_point_codec():
    tests = []
    key = fixed("codec key")
    noise = keystream(fixed("codec values"), 4 * 64)
    spread = [int.from_bytes(noise[4 * i:4 * i + 4], "little", signed=True) / 2.0**29 for i in range(64)]
    edge = [0.0, -0.0, 0.5, -0.5, 1.5, -1.5, 2.5, 0.125, -0.125, 1.0, -1.0, 4.0, -4.0, 4.000001, -4.000001, 1e-30,
            -1e-30, 3.4e38, -3.4e38]

    def accept(comment, values, scale, clip, rounding, width):
        if width == 32:
            values = [single(v) for v in values]
        inputs = {"operation": "quantise", "scale": ring.float_bits(scale), "clip": ring.float_bits(clip),
                  "rounding": rounding, "inputType": f"float{width}", "values": [ring.float_bits(v) for v in values]}
        if rounding == "stochastic":
            inputs["key"] = key
        integers, clipped = ring.quantise(values, scale, clip, rounding, width, key)
        bound = ring.value_bound(scale, clip)
        assert all(-bound <= q <= bound for q in integers)
        tests.append(test(comment, inputs, {"integers": decimal(integers), "clipped": clipped,
                                            "valueBound": str(bound)}))

    for rounding in ("nearest", "stochastic"):
        for width in (32, 64):
            label = f"{rounding}, float{width}: "
            accept(label + "edges, scale 1, clip 4", edge, 1.0, 4.0, rounding, width)
            accept(label + "edges, scale 1000, clip 1", edge, 1000.0, 1.0, rounding, width)
            accept(label + "spread values, scale 2^16", spread, 65536.0, 4.0, rounding, width)
            accept(label + "a bound that is not an integer (scale * clip = 2.5)", edge + spread[:5], 2.5, 1.0,
                   rounding, width)
            accept(label + "scale 0.1, not exact in binary", spread, 0.1, 3.0, rounding, width)
            accept(label + "scale 2^40", spread[:16], 2.0**40, 4.0, rounding, width)
            accept(label + "the largest bound, 2^51", spread[:16] + [8.0, -8.0], 2.0**48, 8.0, rounding, width)
            accept(label + "no values", [], 1.0, 1.0, rounding, width)
    halves = [k + 0.5 for k in range(-4, 5)]
    accept("nearest: halves go to the even neighbour", halves, 1.0, 100.0, "nearest", 64)
    for scale in (1.0, 1024.0):
        integers = [0, 1, -1, 1000, -(2**50), 2**51]
        tests.append(test("dequantise: value / scale", {"operation": "dequantise", "scale": ring.float_bits(scale),
                                                        "clip": ring.float_bits(1.0), "integers": decimal(integers)},
                          {"values": [ring.float_bits(i / scale) for i in integers]}))

    def refuse(comment, error, values, scale=1.0, clip=1.0, rounding="nearest", width=64, **more):
        checked(error, lambda: ring.quantise(values, scale, clip, rounding, width, key))
        inputs = {"operation": "quantise", "scale": ring.float_bits(scale), "clip": ring.float_bits(clip),
                  "rounding": rounding, "inputType": f"float{width}", "values": [ring.float_bits(v) for v in values]}
        if rounding == "stochastic":
            inputs["key"] = key
        tests.append(test(comment, inputs, error=error, **more))

    for width in (32, 64):
        for rounding in ("nearest", "stochastic"):
            refuse("NaN", "nonFiniteInput", [0.0, NAN, 1.0], rounding=rounding, width=width, index=1)
            refuse("plus infinity", "nonFiniteInput", [INF], rounding=rounding, width=width, index=0)
            refuse("minus infinity", "nonFiniteInput", [0.0, 0.5, -INF], rounding=rounding, width=width, index=2)
    for scale in (0.0, -1.0, NAN, INF):
        refuse("scale must be positive and finite", "invalidScale", [0.0], scale=scale)
    for clip in (0.0, -1.0, NAN, INF):
        refuse("clip must be positive and finite", "invalidScale", [0.0], clip=clip)
    refuse("the bound would be above 2^51", "invalidScale", [0.0], scale=2.0**49, clip=8.0)
    notes = ("Floats are 16 hex digits of the IEEE 754 binary64 bits, most significant first; a float32 input is given "
             "as the double of the same value. Clamp to -clip...clip, multiply by scale in binary64, then nearest "
             "(ties to even) or, stochastic, f + 1 when x - f >= 1 - u and f else, f = floor(x), each operation in "
             "binary64; no magnitude exceeds the value bound ceil(scale * clip). u of value i: float32, the "
             "little-endian 32-bit word i of the key's keystream / 2^32; float64, (64-bit word i >> 11) / 2^53. "
             "`clipped` counts the values with |x| > clip.")
    return ("fixed-point codec", notes, tests)


def build():
    return {"ring/lane_packing.json": lane_packing(), "ring/fixed_point_codec.json": fixed_point_codec()}
