#!/usr/bin/env python3
"""Makes RecurrentKnownAnswers.swift with PyTorch's own LSTM and autograd in double precision.

Run `python3 make_known_answers.py > RecurrentKnownAnswers.swift`. Inputs are those of the tests' `sample`.
"""
import torch

torch.set_default_dtype(torch.float64)


def sample(count, salt):
    return torch.tensor([((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5 for i in range(count)])


def main():
    features, steps, hidden, attention, rows = 3, 6, 8, 4, 11
    shapes = [(4 * hidden, features), (4 * hidden, hidden), (4 * hidden,), (attention, hidden), (attention,),
              (attention,), (1, hidden), (1,), (1, hidden), (1,)]
    count = sum(torch.Size(s).numel() for s in shapes)
    flat = sample(count, 31)
    parts, place = [], 0
    for shape in shapes:
        size = torch.Size(shape).numel()
        parts.append((1.5 * flat[place:place + size]).reshape(shape).requires_grad_())
        place += size
    wi, wr, b, aw, ab, av, lw, lb, fw, fb = parts
    lstm = torch.nn.LSTM(features, hidden, batch_first=True)
    x = 2 * sample(rows * steps * features, 32).reshape(rows, steps, features)
    life, fails = sample(rows, 33), (sample(rows, 34) > 0).double()
    states = torch.func.functional_call(
        lstm, {"weight_ih_l0": wi, "weight_hh_l0": wr, "bias_ih_l0": b, "bias_hh_l0": torch.zeros(4 * hidden)}, x)[0]
    weights = torch.softmax(torch.tanh(states @ aw.T + ab) @ av, dim=1)
    context = (weights[:, :, None] * states).sum(1)
    regression = (context @ lw.T + lb)[:, 0]
    logit = (context @ fw.T + fb)[:, 0]
    loss = ((regression - life) ** 2).mean() + 0.5 * torch.nn.functional.binary_cross_entropy_with_logits(
        logit, fails, pos_weight=torch.tensor(3.0))
    loss.backward()
    gradient = torch.cat([p.grad.reshape(-1) for p in parts])

    def doubles(name, values, comment):
        print(f"\n    /// {comment}")
        print(f"    static let {name}: [Double] = [")
        numbers = [f"{v:.12g}" for v in values]
        for start in range(0, len(numbers), 6):
            print("        " + ", ".join(numbers[start:start + 6]) + ",")
        print("    ]")

    print("// Made by make_known_answers.py with PyTorch; not edited by hand.\n")
    print("enum RecurrentKnownAnswers {", end="")
    doubles("loss", [loss.item()], "Mean loss of eleven windows of six steps.")
    doubles("weights", weights[2].tolist(), "Attention weights of the third window.")
    doubles("life", regression.tolist(), "The regression head's outputs.")
    doubles("gradient", gradient.tolist(), "The whole gradient, in the order of the layout.")
    print("}")


main()
