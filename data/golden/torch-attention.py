"""Records torch-attention.safetensors: run by a Python that has torch, in this folder."""
from pathlib import Path

import torch
from torch.nn.functional import scaled_dot_product_attention

from recorder import draw, run, write

torch.manual_seed(47)


def heads(x, count):
    """From rows of tokens to a matrix a head."""
    return x.unflatten(-1, (count, -1)).transpose(-3, -2)


def case(name, count, n, t, s, d, e, scale=None, causal=False, mask=None, bias=None):
    """mask: the axes before T and S of one for each sample; bias: heads of one that all samples share."""

    def attention(query, key, value, mask=None, bias=None):
        added = bias if mask is None else mask.unsqueeze(1) if mask.dim() == 3 else mask
        if added is not None and causal:
            added = added + torch.full((t, s), float("-inf")).triu(1)
        out = scaled_dot_product_attention(heads(query, count), heads(key, count), heads(value, count), added,
                                           is_causal=causal and added is None, scale=scale)
        return out.transpose(-3, -2).flatten(-2)

    inputs = {"query": draw(n, t, count * d), "key": draw(n, s, count * d), "value": draw(n, s, count * e)}
    if mask is not None:
        inputs["mask"] = draw(n, *mask, t, s)
    if bias:
        inputs["bias"] = draw(bias, t, s)
    params = {"heads": count, "scale": scale or 0, "causal": causal, "bias_heads": bias or 0}
    run("scaled_dot_product_attention-" + name, "scaled_dot_product_attention", params, attention, **inputs)


case("one", 1, 1, 1, 1, 1, 1)
case("self", 3, 2, 17, 17, 8, 8)
case("cross", 2, 3, 5, 9, 7, 4)
case("scaled", 2, 1, 6, 50, 32, 32, scale=0.5)
case("causal", 2, 2, 50, 50, 4, 4, causal=True)
case("causal-wide", 1, 2, 3, 7, 4, 4, causal=True)
case("mask", 2, 2, 5, 7, 4, 4, mask=())
case("mask-one", 2, 2, 5, 7, 4, 4, mask=(1,))
case("mask-heads", 2, 2, 5, 7, 4, 4, mask=(2,), causal=True)
case("bias", 4, 3, 9, 9, 4, 4, bias=4)
case("bias-one", 4, 3, 9, 9, 4, 4, bias=1, causal=True)
write(Path("torch-attention.safetensors"))
