"""Records torch-losses.safetensors: losses, by PyTorch in double precision.

python3 torch-losses.py writes the file beside this script. Inputs are exact in float32, results
are stored as float32. sigmoid_focal is torchvision's formula; softmax_focal and dice are written
out in PyTorch's operators, which differentiate them.
"""
import json
import pathlib
import struct

import torch
import torch.nn.functional as F

torch.manual_seed(31)
torch.set_default_dtype(torch.float64)
cases, stored = [], {}


def draw(*shape):
    """Numbers that float32 holds exactly."""
    return torch.randn(shape).float().double()


def run(op, params, function, logits, target):
    """Records a loss of these logits and targets, and the gradient of the logits."""
    name = f"{len(cases):03d}.{op}"
    leaf = logits.clone().requires_grad_(True)
    output = function(leaf, target)
    grad = draw()
    output.backward(grad)
    tensors = {"input": logits, "target": target, "output": output, "grad_output": grad,
               "grad_input": leaf.grad}
    cases.append({"name": name, "op": op, "params": params, "tensors": sorted(tensors)})
    for key, value in tensors.items():
        stored[f"{name}.{key}"] = value.detach().to(torch.float32).contiguous()


def labels(shape, classes, ignored=None):
    target = torch.randint(0, classes, shape)
    if ignored is not None:
        target.view(-1)[1::3] = ignored
    return target


def logits_of(shape, classes):
    return draw(shape[0], classes, *shape[1:])


WEIGHTS = [0.5, 2.0, 1.25, 0.75]


def cross_entropies():
    for shape in [(7,), (2, 9), (2, 3, 5)]:
        for ignored, smoothing, weights, reduction in [
                (-100, 0.0, None, "mean"), (255, 0.25, WEIGHTS, "mean"), (2, 0.25, WEIGHTS, "sum")]:
            w = None if weights is None else torch.tensor(weights)
            params = {"ignore_index": ignored, "label_smoothing": smoothing, "reduction": reduction}
            if weights:
                params["class_weights"] = weights
            run("cross_entropy", params,
                lambda x, y: F.cross_entropy(x, y, w, ignore_index=ignored,
                                             label_smoothing=smoothing, reduction=reduction),
                logits_of(shape, 4), labels(shape, 4, ignored))


def softmax_focal(x, y, weights, gamma, ignored, reduction):
    """Of each row w[t] (1 - p[t])^gamma (-log p[t]); the mean divides by the weights."""
    log_p = F.log_softmax(x, 1).movedim(1, -1).reshape(-1, x.shape[1])
    t = y.reshape(-1)
    keep = t != ignored
    log_p, t = log_p[keep], t[keep]
    log_pt = log_p.gather(1, t[:, None])[:, 0]
    w = weights[t]
    loss = (w * (1 - log_pt.exp()) ** gamma * -log_pt).sum()
    return loss / w.sum() if reduction == "mean" else loss


def softmax_focals():
    for shape in [(7,), (2, 9), (2, 3, 5)]:
        for gamma, weights, ignored, reduction in [
                (2.0, None, -100, "mean"), (0.5, WEIGHTS, 255, "mean"), (3.0, WEIGHTS, 1, "sum")]:
            w = torch.tensor(weights or [1.0] * 4)
            params = {"gamma": gamma, "ignore_index": ignored, "reduction": reduction}
            if weights:
                params["class_weights"] = weights
            run("softmax_focal", params,
                lambda x, y: softmax_focal(x, y, w, gamma, ignored, reduction),
                logits_of(shape, 4), labels(shape, 4, ignored))


def sigmoid_focal(x, y, alpha, gamma, reduction):
    """torchvision.ops.sigmoid_focal_loss."""
    p = torch.sigmoid(x)
    ce = F.binary_cross_entropy_with_logits(x, y, reduction="none")
    p_t = p * y + (1 - p) * (1 - y)
    loss = ce * (1 - p_t) ** gamma
    if alpha >= 0:
        loss = (alpha * y + (1 - alpha) * (1 - y)) * loss
    return loss.mean() if reduction == "mean" else loss.sum()


def sigmoid_focals():
    for alpha, gamma, reduction, soft in [
            (0.25, 2.0, "mean", False), (-1.0, 2.0, "sum", False), (0.75, 0.5, "mean", True),
            (-1.0, 0.0, "mean", True)]:
        for shape in [(5, 3), (2, 3, 2, 5)]:
            y = torch.rand(shape) if soft else torch.randint(0, 2, shape)
            run("sigmoid_focal", {"alpha": alpha, "gamma": gamma, "reduction": reduction},
                lambda x, y: sigmoid_focal(x, y, alpha, gamma, reduction),
                draw(*shape), y.float().double())


def dice(x, y, smooth, ignored, reduction):
    """Of each sample and class, over its positions; labels are y without an axis of classes."""
    p = torch.sigmoid(x) if x.shape[1] == 1 else F.softmax(x, 1)
    if y.dim() < x.dim():
        keep = (y != ignored)[:, None].double()
        known = y * (y != ignored)
        y = (known[:, None].double() if x.shape[1] == 1
             else F.one_hot(known, x.shape[1]).movedim(-1, 1).double()) * keep
        p = p * keep
    axes = tuple(range(2, x.dim()))
    loss = 1 - (2 * (p * y).sum(axes) + smooth) / (p.sum(axes) + y.sum(axes) + smooth)
    return loss.mean() if reduction == "mean" else loss.sum()


def dices():
    for shape, classes in [((2, 9), 4), ((2, 3, 5), 4), ((3, 4, 5), 1)]:
        for smooth, ignored, reduction in [(1.0, -100, "mean"), (0.5, 255, "sum")]:
            function = lambda x, y: dice(x, y, smooth, ignored, reduction)
            params = {"smooth": smooth, "ignore_index": ignored, "reduction": reduction}
            x = logits_of(shape, classes)
            run("dice", params, function, x, labels(shape, max(classes, 2), ignored))
            run("dice", params, function, x, torch.rand(x.shape).float().double())


def write(path):
    header = {"__metadata__": {"cases": json.dumps(cases), "torch": torch.__version__}}
    body = b""
    for key, value in stored.items():
        data = value.numpy().astype("<f4").tobytes()
        header[key] = {"dtype": "F32", "shape": list(value.shape),
                       "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


cross_entropies()
softmax_focals()
sigmoid_focals()
dices()
write(pathlib.Path(__file__).with_suffix(".safetensors"))
