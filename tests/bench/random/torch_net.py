"""A network of Quern's JSON as a PyTorch module, with the names of its layers."""
import json

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

ACTIVATIONS = {
    "relu": nn.ReLU, "relu6": nn.ReLU6, "selu": nn.SELU, "silu": nn.SiLU, "mish": nn.Mish,
    "hardswish": nn.Hardswish, "hardsigmoid": nn.Hardsigmoid, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh,
}
JOINS = {
    "add": lambda x: x[0] + x[1], "multiply": lambda x: x[0] * x[1], "concat": lambda x: torch.cat(x, 1),
}
# their gradient needs no output, so that the layer behind may write over it
KEEP_NO_OUTPUT = {"conv2d", "conv1d", "conv_transpose2d", "batch_norm2d", "batch_norm1d", "group_norm", "add", "concat"}


def pair(value):
    return tuple(value) if isinstance(value, list) else (value, value)


def conv(make, sizes, l, c):
    return make(c, l["out_channels"], sizes(l["kernel"]), sizes(l.get("stride", 1)), sizes(l.get("padding", 0)),
                sizes(l.get("dilation", 1)), l.get("groups", 1), l.get("bias", True))


def pool(make, sizes, l):
    return make(sizes(l["kernel"]), sizes(l.get("stride", l["kernel"])), sizes(l.get("padding", 0)))


def layer(l, shape):
    """The module of one layer, by the shape [N, C, ...] of what feeds it; None if it joins several."""
    kind, c = l["type"], shape[1]
    one = lambda size: size
    if kind in JOINS:
        return None
    if kind in ACTIVATIONS:
        return ACTIVATIONS[kind]()
    return {
        "conv2d": lambda: conv(nn.Conv2d, pair, l, c),
        "conv1d": lambda: conv(nn.Conv1d, one, l, c),
        "conv_transpose2d": lambda: nn.ConvTranspose2d(c, l["out_channels"], pair(l["kernel"]), pair(l.get("stride", 1))),
        "linear": lambda: nn.Linear(c, l["out_features"], l.get("bias", True)),
        "batch_norm2d": lambda: nn.BatchNorm2d(c),
        "batch_norm1d": lambda: nn.BatchNorm1d(c),
        "group_norm": lambda: nn.GroupNorm(l["num_groups"], c),
        "layer_norm": lambda: nn.LayerNorm(l["normalized_shape"]),
        "local_response_norm": lambda: nn.LocalResponseNorm(l["size"]),
        "max_pool2d": lambda: pool(nn.MaxPool2d, pair, l),
        "max_pool1d": lambda: pool(nn.MaxPool1d, one, l),
        "avg_pool2d": lambda: pool(nn.AvgPool2d, pair, l),
        "adaptive_avg_pool2d": lambda: nn.AdaptiveAvgPool2d(pair(l["output_size"])),
        "adaptive_max_pool2d": lambda: nn.AdaptiveMaxPool2d(pair(l["output_size"])),
        "adaptive_avg_pool1d": lambda: nn.AdaptiveAvgPool1d(l["output_size"]),
        "upsample_nearest2d": lambda: nn.Upsample(scale_factor=pair(l["scale_factor"]), mode="nearest"),
        "upsample_bilinear2d": lambda: nn.Upsample(scale_factor=pair(l["scale_factor"]), mode="bilinear"),
        "reflection_pad2d": lambda: nn.ReflectionPad2d(l["padding"]),
        "channel_shuffle": lambda: nn.ChannelShuffle(l["groups"]),
        "dropout2d": lambda: nn.Dropout2d(l.get("p", 0.5)),
        "dropout": lambda: nn.Dropout(l.get("p", 0.5)),
        "flatten": nn.Flatten,
        "leaky_relu": lambda: nn.LeakyReLU(l.get("negative_slope", 0.01)),
        "elu": lambda: nn.ELU(l.get("alpha", 1)),
        "gelu": lambda: nn.GELU(l.get("approximate", "none")),
        "softplus": nn.Softplus,
        "prelu": lambda: nn.PReLU(l.get("num_parameters", 1)),
    }[kind]()


class Net(nn.Module):
    def __init__(self, spec):
        super().__init__()
        self.input, self.steps, self.parts = spec["input"], [], nn.ModuleList()
        counts, before = {}, "input"
        values = {"input": torch.zeros(2, *self.input)}
        for l in spec["layers"]:
            name = l.get("name") or self.free(l["type"], counts, values)
            sources = l.get("inputs", [before])
            made = layer(l, values[sources[0]].shape)
            self.parts.append(made if made is not None else nn.Identity())
            self.steps.append((name, l["type"], sources))
            with torch.no_grad():
                values[name] = self.apply_step(l["type"], made, [values[s] for s in sources])
            before = name
        self.write_over()

    @staticmethod
    def free(kind, counts, taken):
        while True:
            counts[kind] = counts.get(kind, 0) + 1
            if f"{kind}{counts[kind]}" not in taken:
                return f"{kind}{counts[kind]}"

    @staticmethod
    def apply_step(kind, part, x):
        return JOINS[kind](x) if kind in JOINS else part(x[0])

    def readers(self, name):
        return [i for i, (_, _, sources) in enumerate(self.steps) for s in sources if s == name]

    def write_over(self):
        """Activations work in place where nobody else needs what they read, as torchvision's networks have it."""
        kinds = {name: kind for name, kind, _ in self.steps}
        for (_, _, sources), part in zip(self.steps, self.parts):
            if hasattr(part, "inplace") and len(self.readers(sources[0])) == 1:
                part.inplace = kinds.get(sources[0]) in KEEP_NO_OUTPUT

    def fold(self):
        """Takes batch normalization into the convolution in front of it, for inference."""
        for i, (name, kind, _) in enumerate(self.steps):
            behind = self.readers(name)
            if kind in ("conv2d", "conv1d") and len(behind) == 1 and self.steps[behind[0]][1].startswith("batch_norm"):
                self.parts[i] = fuse_conv_bn_eval(self.parts[i], self.parts[behind[0]])
                self.parts[behind[0]] = nn.Identity()
        return self

    def last_first(self, x):
        """Channels last, which is the faster order here, of weights and of images."""
        self.to(memory_format=torch.channels_last)
        return x.to(memory_format=torch.channels_last) if x.dim() == 4 else x

    def named_tensors(self):
        for (name, _, _), part in zip(self.steps, self.parts):
            for key, tensor in part.state_dict().items():
                if key != "num_batches_tracked":
                    yield f"{name}.{key}", tensor

    def forward(self, x):
        values = {"input": x}
        for (name, kind, sources), part in zip(self.steps, self.parts):
            x = values[name] = self.apply_step(kind, part, [values[s] for s in sources])
        return x


def load(path):
    with open(path) as file:
        return Net(json.load(file))


def loss_of(output, labels, targets):
    """Cross-entropy, or of maps the mean squared error."""
    if output.dim() == 2:
        return nn.functional.cross_entropy(output, labels)
    return nn.functional.mse_loss(output, targets)


def optimizer(net):
    return torch.optim.SGD(net.parameters(), 0.01, 0.9)
