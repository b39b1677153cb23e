"""Records torch-recurrent.safetensors: run by a Python that has torch, in this folder."""
from pathlib import Path

import torch

from recorder import draw, run, write

torch.manual_seed(48)


def case(kind, n, t, features, hidden, direction="forward", bias=True, state=False, **options):
    """kind: lstm, gru or rnn. PyTorch has no reverse direction alone: its input and output are flipped."""
    both, gates = direction == "bidirectional", {"lstm": 4, "gru": 3, "rnn": 1}[kind]
    inputs = {"input": draw(n, t, features)}
    for end in ("", "_reverse") if both else ("",):
        inputs[f"weight_ih_l0{end}"] = draw(gates * hidden, features)
        inputs[f"weight_hh_l0{end}"] = draw(gates * hidden, hidden)
        if bias:
            inputs[f"bias_ih_l0{end}"] = draw(gates * hidden)
            inputs[f"bias_hh_l0{end}"] = draw(gates * hidden)
        if state:
            inputs[f"h_0{end}"] = draw(hidden)
            if kind == "lstm":
                inputs[f"c_0{end}"] = draw(hidden)

    def recurrent(input, **weights):
        module = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}[kind](
            features, hidden, batch_first=True, bidirectional=both, bias=bias, **options)
        states = [torch.stack([v for k, v in weights.items() if k.startswith(s)]).unsqueeze(1).expand(-1, n, -1)
                  for s in (("h_0", "c_0") if kind == "lstm" else ("h_0",))] if state else []
        given = {k: v for k, v in weights.items() if k[1:3] != "_0"}
        x = input.flip(1) if direction == "reverse" else input
        args = (x,) if not state else (x, tuple(states) if kind == "lstm" else states[0])
        y = torch.func.functional_call(module, given, args)[0]
        return y.flip(1) if direction == "reverse" else y

    params = {"hidden_size": hidden, "direction": direction, "bias": bias, "initial_state": state, **options}
    run(f"{kind}-{n}x{t}x{features}-{hidden}-{direction}{'' if bias else '-plain'}{'-state' if state else ''}"
        f"{''.join('-' + str(v) for v in options.values())}", kind, params, recurrent, **inputs)


for kind in ("lstm", "gru", "rnn"):
    case(kind, 2, 5, 3, 4)
    case(kind, 1, 1, 4, 1, bias=False)
    case(kind, 3, 4, 2, 17, "reverse", state=True)
    case(kind, 2, 6, 5, 3, "bidirectional")
    case(kind, 2, 3, 2, 5, "bidirectional", state=True)
case("rnn", 2, 4, 3, 6, nonlinearity="relu")
write(Path("torch-recurrent.safetensors"))
