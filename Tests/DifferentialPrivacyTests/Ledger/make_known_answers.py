"""Writes known-ledger.jsonl: a ledger made from its description alone (Papers/privacy-ledger.md section 2)."""

import hashlib
import json
import math
from fractions import Fraction
from pathlib import Path


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def share(numerator, denominator, honest):
    exact = Fraction(numerator, denominator) ** 2 * 2**40 / honest
    assert exact >= 2**32
    return f"{math.ceil(exact)}/1"


def event(numerator, denominator, count):
    return {
        "mechanism": "discrete_gaussian",
        "share_sigma2": share(numerator, denominator, 5),
        "honest_shares": 5,
        "sensitivity2": str(2**40),
        "coordinates": 1000,
        "sampling": {"scheme": "none"},
        "count": count,
    }


lines = []


def append(entry):
    entry["index"] = len(lines)
    entry["digest_prev"] = json.loads(lines[-1])["digest"] if lines else "00" * 32
    digest = hashlib.blake2b(canonical(entry), digest_size=32, person=b"SecAgg DP ledger").hexdigest()
    lines.append(canonical({**entry, "digest": digest}).decode())
    return digest


def charge(round_number, release, what, survivors):
    total = None
    shares = int(what["share_sigma2"].split("/")[0])
    honest = 5 if survivors is None else survivors - 3
    total = f"{shares * honest}/1"
    return append({
        "kind": "charge", "round": str(round_number), "release": release, "event": what, "q": "1",
        "survivors": survivors, "sigma2_total_at_survivors": total,
    })


append({
    "kind": "terms", "schema": "secagg-privacy-ledger-1", "federation": "Pumpenflotte 7 \u2013 \u00fcbrig \"a\"",
    "participant": "c4", "unit": "asset", "adjacency": "add_remove", "epsilon": "4.0", "delta": "1e-06",
    "participants": 10, "colluders": 3, "dropouts": 2,
    "filter": {"kind": "planned", "releases": [
        {"release": "training_sum", "event": event(1092, 100, 50)},
        {"release": "normaliser", "event": event(60, 1, 1)},
    ]},
})
charge(1, "normaliser", event(60, 1, 1), 10)
paid = charge(1, "training_sum", event(1092, 100, 1), 8)
charge(2**63 + 7, "training_sum", event(1092, 100, 1), None)
append({"kind": "refund", "charge": paid, "agreement": "ab" * 32})
Path(__file__).with_name("known-ledger.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
