"""Records torchvision-mix.safetensors: batches mixed by torchvision's MixUp and CutMix, and PyTorch's loss of them.

A case has lambda and, of cutmix, the middle of its rectangle as parameters, where torchvision draws them.
python3 torchvision-mix.py writes it beside this script.
"""
import pathlib

import torch
import torch.nn.functional as F
from torchvision.transforms import v2

from recorder import draw, record, write

torch.manual_seed(41)


class Fixed:
    def __init__(self, value):
        self.value = value

    def sample(self, shape):
        return torch.tensor(self.value)


def case(name, kind, shape, classes, share, middle=None, smoothing=0.0, weights=None):
    mix = kind(alpha=1.0, num_classes=classes)
    mix._dist = Fixed(share)
    images, labels, logits = draw(*shape), torch.randint(classes, (shape[0],)), draw(shape[0], classes)
    params = {"own": share, "classes": classes, "labels": labels.tolist(), "smoothing": smoothing, "weights": weights}
    drawn, of_torch = list(middle or []), torch.randint
    torch.randint = lambda high, size: torch.tensor([drawn.pop(0)])
    found = mix.make_params([images])
    torch.randint = of_torch
    if middle:
        left, top, right, bottom = found["box"]
        params.update(middle=list(middle), box=[top, left, bottom - top, right - left], own=found["lam_adjusted"], drawn=share)
    rows = F.one_hot(labels, classes).double()
    parameters = {"labels": rows, "batch_size": shape[0], **found}
    output, targets = mix.transform(images, parameters), mix.transform(rows, parameters)
    leaf = logits.clone().requires_grad_()
    loss = F.cross_entropy(leaf, targets, weight=None if weights is None else torch.tensor(weights), label_smoothing=smoothing)
    if weights is None:  # the papers' form
        own, other = (F.cross_entropy(leaf, y, label_smoothing=smoothing) for y in (labels, labels.roll(1, 0)))
        assert torch.allclose(loss, params["own"] * own + (1 - params["own"]) * other)
    loss.backward()
    record(name, "mix." + kind.__name__.lower(), params, {"input": images, "logits": logits},
           {"output": output, "targets": targets, "loss": loss[None], "grad_logits": leaf.grad})


case("mixup_0", v2.MixUp, (4, 3, 5, 7), 3, 0.3)
case("mixup_1", v2.MixUp, (5, 1, 4, 4), 4, 0.875, smoothing=0.1)
case("mixup_2", v2.MixUp, (1, 3, 2, 2), 2, 0.25)
case("mixup_3", v2.MixUp, (3, 2, 3, 3), 3, 0.6, smoothing=0.2, weights=[0.5, 2.0, 1.25])
case("cutmix_0", v2.CutMix, (4, 3, 6, 9), 3, 0.5, (4, 3))
case("cutmix_1", v2.CutMix, (3, 1, 8, 8), 4, 0.1, (0, 7), smoothing=0.1)
case("cutmix_2", v2.CutMix, (2, 3, 7, 5), 2, 0.99, (2, 2))
case("cutmix_3", v2.CutMix, (5, 2, 11, 13), 5, 0.0, (12, 0), smoothing=0.3)
write(pathlib.Path(__file__).with_suffix(".safetensors"))
