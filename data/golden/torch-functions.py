"""Records torch-functions.safetensors: functions of each element, of which no curve between layers is made.

python3 torch-functions.py writes it beside this script.
"""
import pathlib

import torch
import torch.nn.functional as F

from recorder import draw, run, write

torch.manual_seed(31)


def wide():
    """Numbers around every kink, and far from them."""
    edges = torch.tensor([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.5, 3.0, 6.0])
    return torch.cat([draw(30) * 3, edges]).reshape(2, 5, 4)


def positive():
    return (draw(2, 5, 4) * 3).exp().float().double()


for name, function in [
        ("abs", torch.abs), ("ceil", torch.ceil), ("erf", torch.erf), ("exp", torch.exp),
        ("floor", torch.floor), ("round", torch.round), ("sign", torch.sign),
        ("softsign", F.softsign)]:
    run(name, name, {}, lambda input: function(input), input=wide())
for name, function in [("log", torch.log), ("reciprocal", torch.reciprocal), ("sqrt", torch.sqrt)]:
    run(name, name, {}, lambda input: function(input), input=positive())
for i, (scale, shift) in enumerate([(-1, 0), (0.25, 3), (2, -0.5)]):
    run(f"affine_{i}", "affine", {"scale": scale, "shift": shift},
        lambda input: scale * input + shift, input=wide())
for i, alpha in enumerate([1, 0.5, 3]):
    run(f"celu_{i}", "celu", {"alpha": alpha}, lambda input: F.celu(input, alpha), input=wide())
for i, bounds in enumerate([{"min": -1, "max": 1.5}, {"min": 0}, {"max": 3}, {"min": 2, "max": 1}]):
    run(f"clamp_{i}", "clamp", bounds, lambda input: torch.clamp(input, **bounds), input=wide())
for i, exponent in enumerate([2, 3, 0, 1, 4]):
    run(f"power_{i}", "power", {"exponent": exponent}, lambda input: torch.pow(input, exponent),
        input=wide())
for i, exponent in enumerate([0.5, -1, -0.5, 2.25, -3]):
    run(f"power_positive_{i}", "power", {"exponent": exponent},
        lambda input: torch.pow(input, exponent), input=positive())
# Steps that are powers of two: PyTorch multiplies by the reciprocal.
for i, (scale, zero, least, most) in enumerate([(0.25, 0, -128, 127), (0.5, 3, 0, 7), (1, -1, -4, 3)]):
    run(f"fake_quantize_{i}", "fake_quantize",
        {"scale": scale, "zero_point": zero, "quant_min": least, "quant_max": most},
        lambda input: torch.fake_quantize_per_tensor_affine(input, scale, zero, least, most),
        input=wide())
write(pathlib.Path(__file__).with_suffix(".safetensors"))
