"""Writes aes-masks.json, masks of the suite AES-256-CTR by the Python implementation of Vectors/generate and the package
cryptography: python3 Tests/RingVectorsTests/make_known_answers.py [--check]"""

import json
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "Vectors", "generate"))

import keys_vectors
import layout


def main():
    path = os.path.join(HERE, "aes-masks.json")
    text = layout.render(*keys_vectors.mask_expansion(suite=2))
    if sys.argv[1:] == ["--check"]:
        with open(path, encoding="ascii") as source:
            same = json.load(source)["tests"] == json.loads(text)["tests"]
        print("aes-masks.json:", "same" if same else "DIFFERENT")
        return 0 if same else 1
    with open(path, "w", encoding="ascii") as target:
        target.write(text)
    return 0


sys.exit(main())
