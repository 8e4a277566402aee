#!/usr/bin/env python3
"""Makes BundleKnownAnswers.swift with hashlib, json and struct: run `python3 make_known_answers.py > BundleKnownAnswers.swift`."""
import hashlib
import json
import struct


def bundle(version, parent, privacy, parameters):
    packed = struct.pack(f"<{len(parameters)}f", *parameters)
    description = {
        "schema": "secagg-model-bundle-1", "version": version, "parent": parent, "transcript": "07" * 32, "cohort": 9,
        "privacy": privacy,
        "tensors": [{"name": "dense0.weight", "shape": [2, 3], "shared": True},
                    {"name": "dense0.bias", "shape": [2], "shared": False}],
        "features": {"name": "window statistics", "version": 2, "settings": {"window": 30.0, "stride": 0.1}},
        "normaliser": {"sensors": 2, "groups": 1, "means": [1e-05, 518.67], "factors": [2.0, 0.0]},
        "thresholds": {"alarm": 0.375, "größe": 1e+16},
        "parameters": hashlib.blake2b(packed, digest_size=32, person=b"SecAgg model").hexdigest(),
    }
    text = json.dumps(description, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    body = b"SABU" + struct.pack("<HII", 1, len(text), len(parameters)) + text + packed
    return body + hashlib.blake2b(body, digest_size=32, person=b"SecAgg bundle").digest()


def main():
    values = [0.5, -1.25, -4.5e-7, 0.0, -0.0, 7.0, 0.1, 1e30]
    first = bundle(1, None, None, values)
    second = bundle(2, first[-32:].hex(), {"epsilon": 2.5, "delta": 1e-06, "unit": "asset"}, values[::-1])
    print("// Made by Bundle/make_known_answers.py with hashlib and json; not edited by hand.\n")
    print("enum BundleKnownAnswers {")
    for name, found in [("first", first), ("second", second)]:
        print(f"    /// The bytes of the {name} bundle.")
        text = found.hex()
        print(f"    static let {name} = [")
        for start in range(0, len(text), 100):
            print(f'        "{text[start:start + 100]}",')
        print("    ].joined()\n")
    print("}")


main()
