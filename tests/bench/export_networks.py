"""Exports torchvision's networks with random weights as ONNX files: export_networks.py FOLDER [NAME...]

Python 3 with torch and torchvision. The names of files begin with the family: classification, segmentation,
transformer, video, detection, flow. A name that ends in "batch" has a dynamic batch.
"""

import os
import sys
import warnings

import torch
from torchvision import models

warnings.filterwarnings("ignore")
CLASSIFICATION = """alexnet convnext_tiny densenet121 efficientnet_b0 efficientnet_v2_s googlenet inception_v3 mnasnet1_0
mobilenet_v2 mobilenet_v3_large mobilenet_v3_small regnet_x_400mf regnet_y_400mf resnet18 resnet50 resnext50_32x4d
shufflenet_v2_x1_0 squeezenet1_1 vgg11 vgg16_bn wide_resnet50_2""".split()
TRANSFORMERS = "maxvit_t swin_t swin_v2_t vit_b_16 vit_b_32".split()
SEGMENTATION = "deeplabv3_mobilenet_v3_large deeplabv3_resnet50 fcn_resnet50 lraspp_mobilenet_v3_large".split()
VIDEO = "r3d_18 mc3_18 r2plus1d_18 s3d mvit_v2_s swin3d_t".split()
DETECTION = "ssdlite320_mobilenet_v3_large retinanet_resnet50_fpn fasterrcnn_mobilenet_v3_large_320_fpn fcos_resnet50_fpn".split()
SIZE = {"min_size": 320, "max_size": 480}
# whole detectors, with thresholds that random weights exceed
DETECTORS = {
    "ssdlite320_mobilenet_v3_large": {"score_thresh": 0.0105},
    "ssd300_vgg16": {"score_thresh": 0.0105},
    "retinanet_resnet50_fpn": {"score_thresh": 0.0101, **SIZE},
    "fcos_resnet50_fpn": {"score_thresh": 0.0, **SIZE},
    "fasterrcnn_mobilenet_v3_large_320_fpn": {"box_score_thresh": 0.005},
    "fasterrcnn_resnet50_fpn": {"box_score_thresh": 0.012, **SIZE},
    "maskrcnn_resnet50_fpn": {"box_score_thresh": 0.012, **SIZE},
    "keypointrcnn_resnet50_fpn": {"box_score_thresh": 0.4, **SIZE},
}


class Out(torch.nn.Module):
    """The main output of a segmentation network."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x)["out"]


class Levels(torch.nn.Module):
    """A detector up to its heads, whose boxes a decoder reads."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        features = list(self.model.backbone(x).values())
        if hasattr(self.model, "rpn"):
            return tuple(y for levels in self.model.rpn.head(features) for y in levels)
        return tuple(self.model.head(features).values())


def randomized(model):
    """Statistics and zero-initialized weights get random values, so that every layer matters."""
    generator = torch.Generator().manual_seed(1)
    for module in model.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.running_mean.uniform_(-0.1, 0.1, generator=generator)
            module.running_var.uniform_(0.8, 1.2, generator=generator)
        if isinstance(module, torch.nn.Linear) and not module.weight.any():
            module.weight.data.normal_(0, 0.02, generator=generator)
    return model.eval()


def export(folder, family, name, make, sample, batch=False):
    path = os.path.join(folder, f"{family}-{name}{'-batch' if batch else ''}.onnx")
    if (len(sys.argv) > 2 and name not in sys.argv[2:]) or os.path.exists(path):
        return
    torch.manual_seed(0)
    axes = {"x": {0: "n"}} if batch else None
    try:
        torch.onnx.export(randomized(make()), sample, path, opset_version=17, dynamo=False, input_names=["x"],
                          dynamic_axes=axes)
        print(path, flush=True)
    except Exception as e:  # pylint: disable=broad-except
        print(f"{path}: not exported: {str(e)[:150]}", flush=True)


def plain(name):
    return models.get_model(name, weights=None)


def bare(name, **options):
    return models.get_model(name, weights=None, weights_backbone=None, **options)


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name in CLASSIFICATION + TRANSFORMERS:
        family = "transformer" if name in TRANSFORMERS else "classification"
        size = 299 if name == "inception_v3" else 256 if name == "swin_v2_t" else 224
        options = {"init_weights": True} if name in ("googlenet", "inception_v3") else {}
        make = lambda: models.get_model(name, weights=None, **options)
        export(folder, family, name, make, torch.randn(1, 3, size, size))
        if name in TRANSFORMERS[:4]:
            export(folder, family, name, make, torch.randn(2, 3, size, size), batch=True)
    for name in SEGMENTATION:
        export(folder, "segmentation", name, lambda: Out(bare(name)), torch.randn(1, 3, 224, 224))
    for name in VIDEO:
        export(folder, "video", name, lambda: plain(name), torch.randn(1, 3, 16, 112, 112))
    for name in DETECTION:
        export(folder, "detection-heads", name, lambda: Levels(bare(name)), torch.randn(1, 3, 320, 320))
    for name, options in DETECTORS.items():
        export(folder, "detection", name, lambda: bare(name, **options), torch.randn(1, 3, 320, 320))
    images = torch.randn(1, 3, 128, 128)
    export(folder, "flow", "raft_small", lambda: models.optical_flow.raft_small(weights=None), (images, images))


if __name__ == "__main__":
    main()
