"""A whole detector for one scene, trained end to end from a base or an adaptation: the heavy L2, for those who have the labels.

With one class for everything it is an objectness: it finds what looks like any defect of its sets, to propose boxes for labelling.
"""
import copy
import dataclasses
import json
import math
import re
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from .bundle import replace
from .data import DataError

MULTIPLE = 32
PIXELS = 640 * 640


def unified(sets, is_objectness):
    """Sets with boxes whose classes are the same: the union by name, or all one."""
    wrong = [s.name for s in sets if s.task != "boxes"]
    if wrong:
        raise DataError(f"a detector learns from boxes; {', '.join(wrong)} has none, leave it out")
    names = ["defect"] if is_objectness else sorted({name for s in sets for name in s.classes})
    made = []
    for one in sets:
        numbers = [0 if is_objectness else names.index(name) for name in one.classes]
        examples = tuple(dataclasses.replace(e, boxes=tuple((*b[:4], numbers[b[4]]) for b in e.boxes)) for e in one.examples)
        made.append(dataclasses.replace(one, classes=tuple(names), examples=examples, sizes=()))
    return made


def usual_size(pictures):
    """Height and width of the input: the shape of the middle one of `pictures`, (height, width) each, at most 640 x 640 pixels."""
    height, width = sorted(pictures, key=lambda p: p[0] * p[1])[len(pictures) // 2]
    scale = min(1, math.sqrt(PIXELS / (height * width)))
    return tuple(max(1, round(side * scale / MULTIPLE)) * MULTIPLE for side in (height, width))


class Detector(nn.Module):
    """Picture 1 x 3 x H x W, red, green and blue from 0 to 1, to 1 x (4 + classes) x cells: center and size in pixels of the input, and scores."""

    def __init__(self, adapter, description, size):
        super().__init__()
        self.network, self.head = adapter.network, copy.deepcopy(next(h for h in adapter.heads if hasattr(h, "anchors")))
        values = description["input"]
        self.order = slice(None) if values["channels"] == "rgb" else [2, 1, 0]
        self.register_buffer("mean", torch.tensor(values["mean"], dtype=torch.float32).view(1, 3, 1, 1))
        self.register_buffer("scale", torch.tensor(values["scale"], dtype=torch.float32).view(1, 3, 1, 1))
        self.size = size
        with torch.no_grad():
            features = self.head.features(self.network(torch.zeros(1, 3, *size)))
            places = self.head.places(features, size, 1)[0]
        self.register_buffer("middles", ((places[:, :2] + places[:, 2:]) / 2)[None])
        self.register_buffer("sides", (places[:, 2:] - places[:, :2])[None])

    def forward(self, picture):
        outputs = self.head.head(self.head.features(self.network((picture[:, self.order] * 255 - self.mean) / self.scale)))
        reach = outputs["bbox_regression"]
        low, high = self.middles - reach[..., :2] * self.sides, self.middles + reach[..., 2:] * self.sides
        scores = (outputs["cls_logits"].sigmoid() * outputs["bbox_ctrness"].sigmoid()).sqrt()
        return torch.cat([(low + high) / 2, high - low, scores], 2).transpose(1, 2)


def exported(adapter, description, size, classes, path):
    """Writes the detector as ONNX that Shrike reads as it is; returns the largest relative difference of ONNX Runtime's results on noise."""
    detector = Detector(adapter, description, size).eval()
    picture = torch.from_numpy(np.random.default_rng(7).uniform(0, 1, (1, 3, *size)).astype(np.float32))
    with warnings.catch_warnings():
        # Sizes are fixed, so what tracing takes for constant is.
        warnings.simplefilter("ignore")
        torch.onnx.export(detector, (picture,), str(path), dynamo=False, opset_version=17, input_names=["images"], output_names=["output0"])
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {"names": repr(dict(enumerate(classes))), "task": "detect"})
    replace(path, model.SerializeToString())
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        trained = detector(picture).numpy()
    got = session.run(None, {"images": picture.numpy()})[0]
    return max(float(np.abs(g - t).max() / np.abs(t).max()) for g, t in ((got[:, :4], trained[:, :4]), (got[:, 4:], trained[:, 4:])))


def write_scene(folder, name, version, classes):
    """A folder that `shrike` takes as a scene, and packs into a bundle."""
    codes = [re.sub("[^a-z0-9_]+", "_", c.lower()).strip("_") for c in classes]
    Path(folder, "scene.json").write_text(json.dumps({
        "format": 1, "name": name, "version": version, "kind": "detector",
        "classes": [{"code": code or f"class_{n}", "names": {"en": c}} for n, (code, c) in enumerate(zip(codes, classes))],
        "detector": {"network": f"{name}.onnx"}}, indent=2) + "\n")
