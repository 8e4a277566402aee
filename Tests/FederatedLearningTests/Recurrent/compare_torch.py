#!/usr/bin/env python3
"""CPU time of a training step against PyTorch on one thread: `python3 compare_torch.py`, from the package's folder.

Both make the same step (forward, loss, backward, Adam) of the same model on batches of 64: a window of 30 steps by 14 or 24
features through an LSTM of 64 cells with attention of 32 units, and a dense 56-64-32-1 network. Blocks of steps alternate
between the two, the order changing from pair to pair; of each block the median counts. Build first:
`swift build -c release --build-tests -Xswiftc -enable-testing`.
"""
import os
import statistics
import subprocess
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)


class AttentionLSTM(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.lstm = nn.LSTM(features, 64, batch_first=True)
        self.units = nn.Linear(64, 32)
        self.score = nn.Linear(32, 1, bias=False)
        self.head = nn.Linear(64, 1)

    def forward(self, x):
        states, _ = self.lstm(x)
        weights = torch.softmax(self.score(torch.tanh(self.units(states))), dim=1)
        return self.head((weights * states).sum(1))


def block(model, x, count):
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    y = torch.randn(len(x), 1)
    times = []
    for step in range(count + count // 5):
        start = time.process_time()
        optimiser.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        optimiser.step()
        if step >= count // 5:
            times.append((time.process_time() - start) * 1e3)
    return statistics.median(times)


def torch_block():
    dense = nn.Sequential(nn.Linear(56, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
    return {
        "lstm14": block(AttentionLSTM(14), torch.randn(64, 30, 14), 100),
        "lstm24": block(AttentionLSTM(24), torch.randn(64, 30, 24), 100),
        "mlp": block(dense, torch.randn(64, 56), 1000),
    }


def swift_block():
    out = subprocess.run(
        ["swift", "test", "-c", "release", "--skip-build", "-Xswiftc", "-enable-testing", "--filter", "StepTimes"],
        env=dict(os.environ, SECAGG_STEP_TIMES="1"), capture_output=True, text=True, check=True).stdout
    return {line.split()[1]: float(line.split()[2]) for line in out.splitlines() if line.startswith("step ")}


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    results = []
    for pair in range(pairs):
        if pair % 2:
            theirs, ours = torch_block(), swift_block()
        else:
            ours, theirs = swift_block(), torch_block()
        results.append((ours, theirs))
    print(f"torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, one thread; {pairs} pairs")
    for name in ("lstm14", "lstm24", "mlp"):
        ratios = sorted(o[name] / t[name] for o, t in results)
        ours = statistics.median(o[name] for o, _ in results)
        theirs = statistics.median(t[name] for _, t in results)
        print(f"{name}: {ours:.3f} ms against {theirs:.3f} ms, ratio {statistics.median(ratios):.2f} "
              f"({ratios[0]:.2f} to {ratios[-1]:.2f})")


main()
