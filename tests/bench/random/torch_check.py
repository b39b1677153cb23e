"""How far PyTorch is from what Quern computed with the weights of a model file."""
import json
import struct

import numpy
import torch

import torch_net
import torch_serve


def read(path):
    """The network and the tensors of a safetensors file of ours."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        content = file.read()
    spec = json.loads(header.pop("__metadata__")["network"])
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(content[begin:end], "<f4").copy()
        tensors[name] = torch.from_numpy(values).reshape(entry["shape"])
    return spec, tensors


def network(spec, tensors):
    net = torch_net.Net(spec)
    for name, tensor in net.named_tensors():
        tensor.copy_(tensors.pop(name))
    if tensors:
        raise ValueError("weights of no layer: " + ", ".join(tensors))
    return net


def losses(net, x, question):
    optimizer, labels = torch_net.optimizer(net.train()), torch.tensor(question["labels"])
    targets = torch.tensor(question["targets"])
    for _ in question["losses"]:
        optimizer.zero_grad()
        output = net(x)
        loss = torch_net.loss_of(output, labels, targets.reshape(output.shape) if len(targets) else None)
        loss.backward()
        optimizer.step()
        yield loss.item()


def answer(question):
    spec, tensors = read(question["file"])
    x = torch.tensor(question["input"]).reshape(question["batch"], *spec["input"])
    net = network(spec, dict(tensors)).eval().fold()
    with torch.inference_mode():
        output = net(net.last_first(x)).flatten()
    expected = torch.tensor(question["output"])
    net = network(spec, dict(tensors))
    theirs = list(losses(net, net.last_first(x), question))
    return {
        "outputs": ((output - expected).abs().max() / expected.abs().max()).item(),
        "losses": max([abs(a - b) / abs(a) for a, b in zip(question["losses"], theirs)], default=0),
    }


torch_serve.serve(answer)
