#!/usr/bin/env python3
"""Compares paillier/encryption.json with python-paillier, another implementation of the scheme.

    pip install phe
    python3 Vectors/generate/phe_check.py [--optional]

h_s^rho = (h^rho mod n)^n mod n^2, so encrypting m there with r = h^rho mod n gives our ciphertext bit for bit. It also adds
the ciphertexts and decrypts our aggregate. Without `phe` the exit code is 2, with --optional 0.
"""

import json
import math
import pathlib
import sys


def numbers(texts):
    return [int(text, 16) for text in texts]


def check(phe, test):
    """The number of ciphertexts compared."""
    inputs, expected = test["inputs"], test["expected"]
    n, h = int(expected["modulus"], 16), int(expected["generator"], 16)
    public = phe.PaillierPublicKey(n)
    private = phe.PaillierPrivateKey(public, int(inputs["p"], 16), int(inputs["q"], 16))
    columns, compared = [], 0
    for entry in inputs["contributions"]:
        plaintexts, exponents, ciphertexts = (numbers(entry[key]) for key in ("plaintexts", "exponents", "ciphertexts"))
        for m, rho, c in zip(plaintexts, exponents, ciphertexts, strict=True):
            assert public.raw_encrypt(m, r_value=pow(h, rho, n)) == c, "another ciphertext"
            assert private.raw_decrypt(c) == m, "another plaintext"
            compared += 1
        columns.append([phe.EncryptedNumber(public, c) for c in ciphertexts])
    sums = [math.prod(x.ciphertext(be_secure=False) for x in column) % (n * n) for column in zip(*columns)]
    added = [sum(column[1:], column[0]).ciphertext(be_secure=False) for column in zip(*columns)]
    assert added == sums == numbers(expected["sumCiphertexts"]), "another aggregate"
    assert [private.raw_decrypt(c) for c in sums] == numbers(expected["sumPlaintexts"]), "another sum"
    return compared + len(sums)


def main():
    try:
        import phe
    except ImportError:
        print("skipped: phe is not installed")
        return 0 if "--optional" in sys.argv[1:] else 2
    file = pathlib.Path(__file__).resolve().parent.parent / "paillier" / "encryption.json"
    tests = [t for t in json.loads(file.read_text())["tests"] if t["inputs"]["operation"] == "sum"]
    for test in tests:
        print(f"{test['comment']}: {check(phe, test)} ciphertexts are those of phe {phe.__version__}")
    return 0 if tests else 1


if __name__ == "__main__":
    sys.exit(main())
