"""Checks a privacy report without the library: form, signature, chain, and the figure of an unsampled Gaussian plan.

Usage: check_report.py REPORT.json [KEY_ID_HEX]      needs the packages cryptography and mpmath
"""

import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from mpmath import erfc, exp, mp, mpf, sqrt

mp.dps = 40


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


raw = Path(sys.argv[1]).read_bytes()
report = json.loads(raw)
assert canonical(report) == raw, "not canonical"
signature = report.pop("signature")
key = bytes.fromhex(signature["public_key"])
name = hashlib.blake2b(key, digest_size=32, person=b"SecAgg DP key").hexdigest()
assert name == signature["key_id"], "key and its name differ"
assert len(sys.argv) < 3 or sys.argv[2] == name, "another key"
Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(signature["ed25519"]), canonical(report))

previous = "00" * 32
counts = {}
for index, entry in enumerate(report["ledger"]):
    digest = entry.pop("digest")
    assert entry["index"] == index and entry["digest_prev"] == previous, f"chain broken at {index}"
    previous = hashlib.blake2b(canonical(entry), digest_size=32, person=b"SecAgg DP ledger").hexdigest()
    assert digest == previous, f"entry {index} changed"
    if entry.get("kind") == "charge":
        once = (entry["release"], canonical({**entry["event"], "count": 1}))
        counts[once] = counts.get(once, 0) + entry["event"]["count"]

terms = report["ledger"][0]
plan = terms["filter"]["releases"]
square = Fraction(0)
for line in plan:
    event = line["event"]
    once = (line["release"], canonical({**event, "count": 1}))
    assert counts.pop(once, 0) <= event["count"], "more than planned"
    assert event["mechanism"] == "discrete_gaussian" and event["sampling"] == {"scheme": "none"}
    variance = Fraction(event["share_sigma2"]) * event["honest_shares"] - 9
    square += Fraction(event["count"] * int(event["sensitivity2"])) / variance
assert not counts, "a release that was not planned"
mu = sqrt(mpf(square.numerator) / square.denominator)
assert terms["adjacency"] == "add_remove"


def delta(epsilon):
    above = lambda x: erfc(x / sqrt(2)) / 2
    return above(epsilon / mu - mu / 2) - exp(epsilon) * above(epsilon / mu + mu / 2)


if not report["verdict"]["guarantee_stated"]:
    print("no guarantee:", [reason["code"] for reason in report["verdict"]["reasons"]])
    assert report["result"] is None
else:
    claim = mpf(report["result"]["epsilon_upper"])
    excess = delta(claim) / mpf(terms["delta"])
    assert mpf("0.9999") < excess <= 1, f"delta at the claim is {excess} of what is stated"
    assert claim <= mpf(terms["epsilon"])
    print(f"good: epsilon {claim} at delta {terms['delta']}, {len(report['ledger']) - 1} entries, key {name}")
