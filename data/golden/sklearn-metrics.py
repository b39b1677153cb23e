"""Records scikit-learn's scores of random answers: sklearn-metrics.safetensors, beside this script.

Tensors are the inputs, NAME.outputs and NAME.targets or NAME.labels, exact in float32. The metadata's
"metrics" is JSON: by case, "values" by name and "rows" by name, a number for each class or output.
Calibration error is not scikit-learn's; it is written out here from Guo et al., 2017.
"""
import json
import math
import pathlib
import struct
import warnings

import numpy as np
import sklearn
from sklearn import metrics as m

warnings.simplefilter("ignore")  # shares of nothing are 0, as zero_division says
random = np.random.default_rng(20261127)
tensors = {}
cases = {}


def floats(array):
    return np.asarray(array, dtype=np.float32)


def case(name, values, rows, **arrays):
    for kind, array in arrays.items():
        tensors[f"{name}.{kind}"] = floats(array)
    cases[name] = {
        "values": {k: float(v) for k, v in values.items()},
        "rows": {k: [None if math.isnan(x) else float(x) for x in v] for k, v in rows.items()},
    }


def calibration_error(confidence, right):
    error = 0.0
    for b in range(15):
        inside = (confidence > b / 15) & (confidence <= (b + 1) / 15)
        if inside.any():
            error += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return error


def auc(positive, score):
    return m.roc_auc_score(positive, score) if 0 < positive.sum() < len(positive) else math.nan


def averages(labels, answers, kinds):
    for kind in kinds:
        p, r, f, _ = m.precision_recall_fscore_support(labels, answers, average=kind, zero_division=0)
        yield from ((f"precision_{kind}", p), (f"recall_{kind}", r), (f"f1_{kind}", f))


def single_label():
    """Of eight classes one never occurs, one is never answered, one neither."""
    n, c = 240, 8
    labels = random.choice([0, 1, 2, 3, 4, 6], size=n)
    x = random.normal(size=(n, c))
    x[np.arange(n), labels] += 1.5
    x[:, 6] -= 30
    x[:, 7] -= 30
    x = floats(x).astype(float)
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    answers = p.argmax(axis=1)
    every = np.arange(c)
    p_, r_, f_, _ = m.precision_recall_fscore_support(labels, answers, labels=every, zero_division=0)
    aucs = [auc(labels == k, p[:, k]) for k in every]
    values = {
        "accuracy": m.accuracy_score(labels, answers),
        "top2_accuracy": m.top_k_accuracy_score(labels, x, k=2, labels=every),
        "top5_accuracy": m.top_k_accuracy_score(labels, x, k=5, labels=every),
        "log_loss": m.log_loss(labels, p, labels=every),
        "calibration_error": calibration_error(p.max(axis=1), answers == labels),
        "auc_macro": np.nanmean(aucs),
    }
    values.update(averages(labels, answers, ["macro", "weighted"]))
    rows = {"precision": p_, "recall": r_, "f1": f_, "auc": aucs}
    case("single_label", values, rows, outputs=x, labels=labels)


def multi_label():
    """Scores tie; one label never holds, one always does."""
    n, c = 150, 6
    targets = (random.random((n, c)) < [0.5, 0.1, 0.3, 0.8, 0, 1]).astype(int)
    x = np.round((random.normal(size=(n, c)) + targets - 0.5) * 4) / 4 + 0.125
    p = 1 / (1 + np.exp(-x))
    answers = (x > 0).astype(int)
    p_, r_, f_, _ = m.precision_recall_fscore_support(targets, answers, zero_division=0)
    aucs = [auc(targets[:, k], x[:, k]) for k in range(c)]
    aps = [m.average_precision_score(targets[:, k], x[:, k]) for k in range(c)]
    values = {
        "accuracy": 1 - m.hamming_loss(targets, answers),
        "exact_match": m.accuracy_score(targets, answers),
        "log_loss": m.log_loss(targets.ravel(), p.ravel()),
        "calibration_error": calibration_error(p.ravel(), targets.ravel()),
        "auc_macro": np.nanmean(aucs),
        "average_precision_macro": m.average_precision_score(targets, x, average="macro"),
    }
    values.update(averages(targets, answers, ["micro", "macro", "weighted"]))
    rows = {"precision": p_, "recall": r_, "f1": f_, "auc": aucs, "average_precision": aps}
    case("multi_label", values, rows, outputs=x, targets=targets)


def pixel_classes():
    """Pixels of label 255 do not count; of five classes one occurs nowhere."""
    n, c, h, w = 3, 5, 7, 6
    labels = random.integers(0, 4, size=(n, h, w))
    x = random.normal(size=(n, c, h, w))
    np.put_along_axis(x, labels[:, None], np.take_along_axis(x, labels[:, None], 1) + 1, 1)
    x[:, 4] = -9
    x = floats(x)
    labels[random.random(labels.shape) < 0.2] = 255
    counted = labels != 255
    truth, answers = labels[counted], x.argmax(axis=1)[counted]
    every = np.arange(c)
    p_, r_, f_, _ = m.precision_recall_fscore_support(truth, answers, labels=every, zero_division=0)
    values = {
        "pixel_accuracy": m.accuracy_score(truth, answers),
        "mean_iou": m.jaccard_score(truth, answers, average="macro", zero_division=0),
        "mean_dice": m.f1_score(truth, answers, average="macro", zero_division=0),
    }
    iou = m.jaccard_score(truth, answers, average=None, labels=every, zero_division=0)
    rows = {"precision": p_, "recall": r_, "iou": iou, "dice": f_}
    case("pixel_classes", values, rows, outputs=x, targets=labels)


def regression():
    """The second number's target is constant."""
    n = 80
    targets = random.normal(size=(n, 3)) * [1, 0, 50] + [0, 2, 1000]
    outputs = floats(targets + random.normal(size=(n, 3)) * [0.3, 0.1, 20]).astype(float)
    targets = floats(targets).astype(float)
    raw = {"multioutput": "raw_values"}
    largest = [m.max_error(targets[:, d], outputs[:, d]) for d in range(3)]
    values = {
        "mae": m.mean_absolute_error(targets, outputs),
        "rmse": m.root_mean_squared_error(targets, outputs),
        "r2": m.r2_score(targets, outputs),
        "max_error": max(largest),
    }
    rows = {
        "mae": m.mean_absolute_error(targets, outputs, **raw),
        "rmse": m.root_mean_squared_error(targets, outputs, **raw),
        "r2": m.r2_score(targets, outputs, **raw),
        "max_error": largest,
    }
    case("regression", values, rows, outputs=outputs, targets=targets)


def write(path):
    header = {"__metadata__": {"metrics": json.dumps(cases), "scikit_learn": sklearn.__version__}}
    data = b""
    for name, array in tensors.items():
        raw = array.astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


single_label()
multi_label()
pixel_classes()
regression()
write(pathlib.Path(__file__).with_suffix(".safetensors"))
