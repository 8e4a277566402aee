#!/usr/bin/env python3
"""Looks through the machine code of the vector kernels for ways in which a secret could steer control or addresses.

Usage: disassembly-check.py OBJECT...   Secrets live in vector registers. They can steer a branch or an address only
by gathers and scatters, by leaving for general registers (moves, extractions, mask moves) or by tests that set flags
from vectors or masks. None of these may occur. The conditional jumps are listed with what set their flags: these must
be loop counters and sizes. Scalar code that reads exponents is shared with the portable path and checked there.
"""
import re
import subprocess
import sys

FORBIDDEN = [
    (r"vp?gather|vp?scatter|vcompress|vpcompress", "address from a vector"),
    (r"k(or)?test[bwdq]?|v?ptest$|vtestp[sd]|vu?comis[sd]", "flags from a vector"),
    (r"v?p?movmsk", "vector to register"),
    (r"vpextr", "vector to register"),
    (r"div|idiv", "time depends on operands"),
]
GENERAL = r"%(?:[re]?[abcd]x|[re]?[sd]i|[re]?bp|r\d+d?|[abcd]l)$"


def instructions(path):
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", path], capture_output=True, text=True, check=True)
    name = "?"
    for line in text.stdout.splitlines():
        if m := re.match(r"[0-9a-f]+ <(.+)>:", line):
            name = m.group(1)
        elif m := re.match(r"\s+[0-9a-f]+:\s+(\S+)\s*(.*)", line):
            yield name, m.group(1), m.group(2).split("#")[0].split("<")[0].strip()


def main():
    bad, jumps, vectors = 0, {}, 0
    for path in sys.argv[1:]:
        flags = ""
        for function, op, operands in instructions(path):
            vectors += "%zmm" in operands
            why = next((w for p, w in FORBIDDEN if re.match(rf"(?:{p})", op)), None)
            last = operands.split(",")[-1]
            if re.match(r"v?mov[dq]$|kmov", op) and re.search(GENERAL, last) and re.search(r"%[xyz]mm|%k\d", operands):
                why = "vector or mask to register"
            if why:
                print(f"{path}: {function}: {op} {operands}: {why}")
                bad += 1
            if re.match(r"(cmp|test|sub|add|dec|inc|and|or|xor|shr|shl|bt|lea|neg)[bwlq]?$", op) and op != "lea":
                flags = f"{op} {operands}"
            elif re.match(r"j(?!mp)", op):
                jumps.setdefault(function, []).append(f"{op:4} after {flags}")
    for function, found in jumps.items():
        print(f"{function}: {len(found)} conditional jumps")
        for one in sorted(set(found)):
            print(f"    {one}")
    if vectors == 0:
        print("no vector code was found: nothing was checked")
        bad += 1
    print(f"{'FAILED' if bad else 'passed'}: {bad} findings, {vectors} vector instructions")
    return bad != 0


sys.exit(main())
