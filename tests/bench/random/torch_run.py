"""Times steps of a network as Timing.java does: {"file", "mode": "train" or "infer", "batch", "seconds"}."""
import statistics
import time

import torch

import torch_net
import torch_serve

WARM, FEWEST = 2, 3


def timing(step, budget):
    begin = time.perf_counter()
    first = step()
    warm = 1
    while warm < WARM or time.perf_counter() - begin < budget / 5:
        step()
        warm += 1
    times = []
    while len(times) < FEWEST or time.perf_counter() - begin < budget:
        start = time.perf_counter()
        last = step()
        times.append(time.perf_counter() - start)
    return {"median": statistics.median(times), "steps": len(times), "first": first, "last": last}


def training(net, x):
    net.train()
    with torch.no_grad():
        shape = net(x).shape
    labels, targets = torch.randint(0, shape[1], (len(x),)), torch.randn(shape)
    if len(shape) == 4:
        targets = targets.to(memory_format=torch.channels_last)
    optimizer = torch_net.optimizer(net)

    def step():
        optimizer.zero_grad()
        loss = torch_net.loss_of(net(x), labels, targets)
        loss.backward()
        optimizer.step()
        return loss.item()
    return step


def inference(net, x):
    def step():
        with torch.inference_mode():
            net(x)
    return step


def answer(question):
    net = torch_net.load(question["file"])
    train = question["mode"] == "train"
    if not train:
        net.eval().fold()
    x = net.last_first(torch.randn(question["batch"], *net.input))
    return timing(training(net, x) if train else inference(net, x), question["seconds"])


torch_serve.serve(answer)
