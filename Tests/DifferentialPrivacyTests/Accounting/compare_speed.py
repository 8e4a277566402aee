#!/usr/bin/env python3
"""CPU time of the accountant against dp_accounting's loss distributions (`pip install dp-accounting`), both interleaved.

    python3 compare_speed.py [--runs 7] -- secagg-bench privacy --batch

The command after -- reads a file of JSON lines named by its last argument and answers with one JSON line a query that
carries "cpu_s". Their time is process CPU time around the call in a process that has imported everything; ours is the
process's own CPU time for one query, a new process every run, nothing kept between queries.
"""
import argparse
import json
import statistics
import subprocess
import tempfile
import time

from dp_accounting import dp_event, mechanism_calibration
from dp_accounting.pld import privacy_loss_distribution
from dp_accounting.pld.pld_privacy_accountant import PLDAccountant

QUERIES = {
    "Q1": (0.01, 1.0, 1000, 1e-5), "Q2": (0.1, 2.0, 500, 1e-5), "Q3": (1.0, 20.0, 50, 1e-6),
    "Q4": (0.004, 1.1, 15000, 1e-5), "Q5": (0.2, 4.0, 100, 1e-5),
}
CALIBRATION = (0.1, 100, 2.0, 1e-5)


def query(name, kind, q, noise, steps, delta, epsilon=None):
    event = {"mechanism": "gaussian", "sensitivity": 1, "sampling": "none" if q == 1 else "poisson", "sampling_rate": q, "steps": steps}
    if noise is not None:
        event["noise_multiplier"] = noise
    line = {"id": name, "kind": kind, "events": [event], "adjacency": "add_remove", "accountant": "best", "delta": delta}
    if epsilon is not None:
        line["epsilon"] = epsilon
    return json.dumps(line)


def ours(command):
    lines = [query(name, "epsilon", *parameters) for name, parameters in QUERIES.items()]
    q, steps, epsilon, delta = CALIBRATION
    lines.append(query("calibration", "sigma", q, None, steps, delta, epsilon))
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        text = subprocess.run(command + [file.name], check=True, capture_output=True, text=True).stdout
    return {answer["id"]: answer for answer in map(json.loads, filter(None, text.splitlines()))}


def theirs():
    found = {}
    for name, (q, noise, steps, delta) in QUERIES.items():
        start = time.process_time()
        law = privacy_loss_distribution.from_gaussian_mechanism(noise, sampling_prob=q).self_compose(steps)
        epsilon = law.get_epsilon_for_delta(delta)
        found[name] = (time.process_time() - start, epsilon)
    q, steps, epsilon, delta = CALIBRATION
    start = time.process_time()
    noise = mechanism_calibration.calibrate_dp_mechanism(
        PLDAccountant,
        lambda sigma: dp_event.SelfComposedDpEvent(
            dp_event.PoissonSampledDpEvent(q, dp_event.GaussianDpEvent(sigma)), steps),
        epsilon, delta, tol=1e-4)
    found["calibration"] = (time.process_time() - start, noise)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    rows = {}
    for _ in range(options.runs):
        answers, others = ours(options.command), theirs()
        for name, (cpu, value) in others.items():
            answer = answers[name]
            mine = answer.get("sigma") if name == "calibration" else answer.get("epsilon_upper")
            rows.setdefault(name, []).append((answer["cpu_s"], cpu, mine, value))
    ratios = []
    for name, runs in rows.items():
        mine, other = (statistics.median(r[i] for r in runs) for i in (0, 1))
        print(f"{name:12} ours {mine * 1e3:9.3f} ms {runs[0][2]:.8f}   theirs {other * 1e3:9.1f} ms {runs[0][3]:.8f}   ratio {other / mine:8.1f}")
        if name != "calibration":
            ratios.append(other / mine)
    print(f"median over queries {statistics.median(ratios):.1f}, n = {options.runs}")


main()
