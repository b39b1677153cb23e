"""Records torch-broadcast.safetensors: two or three values that meet, some of size 1 along an axis.

python3 torch-broadcast.py writes it beside this script.
"""
import pathlib

import torch

from recorder import cases, draw, record, run, stored, write

torch.manual_seed(37)
SHAPES = [((2, 3, 3, 2), (2, 1, 3, 1)), ((2, 3, 1, 1), (2, 3, 3, 2)), ((2, 3, 1), (2, 1, 5)),
          ((3, 4), (3, 4))]


def rounded(*shape):
    return torch.round(draw(*shape) * 2)


for i, (shape, other) in enumerate(SHAPES):
    run(f"add_{i}", "add", {}, torch.add, input=draw(*shape), other=draw(*other))
    run(f"multiply_stretched_{i}", "multiply", {}, torch.multiply, input=draw(*shape),
        other=draw(*other))
    run(f"pow_{i}", "pow", {}, lambda input, other: torch.pow(input, other),
        input=draw(*shape).abs(), other=draw(*other))
    condition = rounded(*other)
    run(f"where_{i}", "where", {}, lambda input, other: torch.where(condition != 0, input, other),
        input=draw(*shape), other=draw(*other))
    stored[f"where_{i}.condition"] = condition.float()
    stored[f"where_{i}.grad_condition"] = torch.zeros(other).float()
    cases[-1]["tensors"] = sorted(cases[-1]["tensors"] + ["condition", "grad_condition"])
    if i > 1:
        continue
    run(f"subtract_stretched_{i}", "subtract", {}, torch.subtract, input=draw(*shape),
        other=draw(*other))
    run(f"divide_stretched_{i}", "divide", {}, torch.divide, input=draw(*shape),
        other=draw(*other).abs() + 0.5)
    run(f"maximum_stretched_{i}", "maximum", {}, torch.maximum, input=rounded(*shape),
        other=rounded(*other))
    run(f"minimum_{i}", "minimum", {}, torch.minimum, input=rounded(*shape), other=rounded(*other))
for kind, function in [("equal", torch.eq), ("less", torch.lt), ("less_or_equal", torch.le),
                       ("greater", torch.gt), ("greater_or_equal", torch.ge)]:
    for i, (shape, other) in enumerate(SHAPES[:2]):
        a, b = rounded(*shape), rounded(*other)
        output = function(a, b).double()
        record(f"{kind}_{i}", "compare", {"kind": kind},
               {"input": a, "other": b, "grad_output": draw(*output.shape)},
               {"output": output, "grad_input": torch.zeros(shape), "grad_other": torch.zeros(other)})
run("pow_edges", "pow", {}, lambda input, other: torch.pow(input, other),
    input=torch.tensor([[0.0, 0.0, 2.0, 1.0, 4.0]]),
    other=torch.tensor([[0.0, 2.0, 0.0, 5.0, -1.0]]))
write(pathlib.Path(__file__).with_suffix(".safetensors"))
