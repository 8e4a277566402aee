#!/usr/bin/env python3
"""Times our discrete Gaussian against OpenDP's at sigma = 100, in turns: draws a second of process time.

    pip install opendp
    swift build -c release --build-tests -Xswiftc -enable-testing
    python3 Tests/DifferentialPrivacyTests/Noise/compare_speed.py [ROUNDS]

Both give exact integers from a secure generator: OpenDP a vector through then_gaussian on integers, ours one NoiseVector.
"""
import os
import re
import statistics
import subprocess
import sys
import time

import opendp.prelude as dp

dp.enable_features("contrib")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
OURS, THEIRS = 20_000_000, 200_000

space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64")
mechanism = space >> dp.m.then_gaussian(scale=100.0)
zeros = [0] * THEIRS


def theirs():
    start = time.process_time()
    assert len(mechanism(zeros)) == THEIRS
    return THEIRS / (time.process_time() - start)


def ours():
    run = subprocess.run(
        ["swift", "test", "-c", "release", "-Xswiftc", "-enable-testing", "--skip-build", "--filter", "NoiseSpeedTests"],
        cwd=ROOT, env=dict(os.environ, NOISE_SPEED=str(OURS)), capture_output=True, text=True)
    found = re.search(r"draws per CPU-second: ([0-9.e+]+)", run.stdout)
    if not found:
        sys.exit(run.stdout + run.stderr)
    return float(found.group(1))


rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
pairs = []
for _ in range(rounds):
    pairs.append((ours(), theirs()))
    print(f"ours {pairs[-1][0]:.3e}  OpenDP {pairs[-1][1]:.3e}  ratio {pairs[-1][0] / pairs[-1][1]:.0f}", flush=True)
print(f"median ratio {statistics.median(a / b for a, b in pairs):.0f} of {rounds} (OpenDP {dp.__version__ if hasattr(dp, '__version__') else ''})")
