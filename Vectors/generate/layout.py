"""The files' layout: header, one test a line, lower-case hex, decimal strings for large integers."""

import json
import os
import platform

import cryptography
import nacl

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def plain(value):
    """Bytes become hex, integers above 2^53 decimal strings; dictionaries sort at writing."""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).hex()
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) <= 2**53 else str(value)
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    raise TypeError(type(value))


def test(comment, inputs, expected=None, error=None, **more):
    out = {"comment": comment, "inputs": inputs, "result": "invalid" if error else "valid"}
    if expected is not None:
        out["expected"] = expected
    if error:
        out["error"] = error
    out.update(more)
    return out


def decimal(values):
    return [str(v) for v in values]


def render(algorithm, notes, tests):
    """The text of one vector file."""
    for number, item in enumerate(tests, 1):
        item["tcId"] = number
    header = {
        "algorithm": algorithm, "notes": notes, "numberOfTests": len(tests), "schema": "qsa1-vectors-v1",
        "source": {"kind": "independent", "tool": "Vectors/generate/make.py",
                   "versions": {"python": platform.python_version(), "cryptography": cryptography.__version__,
                                "pynacl": nacl.__version__}},
    }
    lines = [f"  {json.dumps(k)}: {json.dumps(plain(v), sort_keys=True)}" for k, v in sorted(header.items())]
    body = ",\n".join("    " + json.dumps(plain(t), sort_keys=True, separators=(",", ":")) for t in tests)
    return "{\n" + ",\n".join(lines) + ',\n  "tests": [\n' + body + "\n  ]\n}\n"


def write(path, text):
    full = os.path.join(ROOT, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="ascii", newline="\n") as out:
        out.write(text)
