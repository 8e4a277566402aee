"""Writes every vector file, or with --check compares what is there: python3 Vectors/generate/make.py [--check]"""

import json
import os
import sys

sys.dont_write_bytecode = True

import bad_frames
import hostile_server
import keys_vectors
import layout
import noise_vectors
import paillier_threshold_vectors
import paillier_vectors
import ring_vectors
import round_vectors
import selftest
import shamir_vectors
import upload_vectors


def tests_of(path):
    with open(path, encoding="ascii") as source:
        return json.load(source)["tests"]


def main():
    check = sys.argv[1:] == ["--check"]
    selftest.run()
    files = {}
    for module in (ring_vectors, keys_vectors, shamir_vectors, noise_vectors, upload_vectors,
                   paillier_vectors, paillier_threshold_vectors):
        files.update(module.build())
    scenarios, rounds = round_vectors.build()
    files.update(rounds)
    files.update(bad_frames.build(scenarios))
    files.update(hostile_server.build(scenarios))
    failed = 0
    for path, (algorithm, notes, tests) in sorted(files.items()):
        text = layout.render(algorithm, notes, tests)
        if check:
            same = tests_of(os.path.join(layout.ROOT, path)) == json.loads(text)["tests"]
            failed += not same
            print(f"{path}: {'same' if same else 'DIFFERENT'}")
        else:
            layout.write(path, text)
            print(f"{path}: {len(tests)} tests, {len(text)} bytes")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
