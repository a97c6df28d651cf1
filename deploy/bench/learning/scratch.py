#!/usr/bin/env python3
"""One small network for each set, trained from random weights: what an adapted base with small heads stands in for.

    pip install -r ../../cloud/requirements.txt pycocotools
    python3 scratch.py --sets SETS --set deeppcb --pictures 50 --seconds 300
    python3 scratch.py --folders PARTS --set modules --pictures 50 --seconds 300

MobileNetV3-Small (torchvision, 0.9 million weights, with batch normalization) with a pyramid and FCOS, or a linear layer; the pictures, their variations and the losses
are those of deploy/cloud. Draws as in boxes.py and adaptation.py. Prints one JSON line; seconds are of one CPU core.
"""
import argparse
import json
import math
import random
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torchvision.models import mobilenet_v3_small
from torchvision.ops import batched_nms

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "cloud")]
import boxes as bench  # noqa: E402
from shrike_cloud.data import Example, InspectionSet, Loader  # noqa: E402
from shrike_cloud.model import BoxesTask, ClassesTask  # noqa: E402

# Names are those of the last block of each stride.
TAPS = [{"name": "3", "stride": 8, "channels": 24}, {"name": "8", "stride": 16, "channels": 48}, {"name": "12", "stride": 32, "channels": 576}]
INPUT = {"input": {"width": 320, "height": 320, "channels": "rgb", "mean": [127] * 3, "scale": [128] * 3}}


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = mobilenet_v3_small(weights=None).features

    def forward(self, pictures):
        maps, x = {}, pictures
        for number, layer in enumerate(self.layers):
            x = layer(x)
            maps[str(number)] = x
        return {tap["name"]: maps[tap["name"]] for tap in TAPS}


def box_set(options):
    pictures, labels = bench.load(options.sets / options.set / "teach")
    names = [c["name"] for c in labels["categories"]]
    if options.pictures:
        pictures = bench.drawn([p for p in pictures if p[1]], options.pictures, options.seed, len(names))
    width, height, *_ = bench.plan([p for p in pictures if p[1]])
    folder = options.sets / options.set
    examples = tuple(Example(folder / "teach" / i["file_name"], tuple(tuple(b) for b in bs)) for i, bs in pictures)
    return InspectionSet(options.set, "boxes", tuple(names), examples, sizes=((height, width),))


def class_set(options, part, count):
    kinds, order, examples = sorted(p for p in (options.folders / part).iterdir() if p.is_dir()), random.Random(options.seed), []
    for number, kind in enumerate(kinds):
        files = sorted(kind.iterdir())
        examples += [Example(f, kind=number) for f in (order.sample(files, min(count, len(files))) if count else files)]
    return InspectionSet(options.set, "classes", tuple(k.name for k in kinds), tuple(examples), sizes=((64, 96),))


def trained(options, one):
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    network = Small()
    head = BoxesTask(TAPS, len(one.classes)) if one.task == "boxes" else ClassesTask(TAPS, [sum(e.kind == k for e in one.examples) for k in range(len(one.classes))])
    optimizer = torch.optim.AdamW([*network.parameters(), *head.parameters()], lr=2e-3, weight_decay=1e-2)
    loader, batch, order = Loader(INPUT, options.seed), 8 if one.task == "boxes" else 32, np.random.default_rng(options.seed)
    begin, step, queue = time.process_time(), 0, []
    while (spent := time.process_time() - begin) < options.seconds:
        chosen = []
        while len(chosen) < min(batch, len(one.examples)):
            queue = queue or order.permutation(len(one.examples)).tolist()
            chosen.append(queue.pop())
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1, (step + 1) / 20) * (0.02 + 0.98 * (1 + math.cos(math.pi * spent / options.seconds)) / 2)
        loaded = [loader.load(one, number, step, place) for place, number in enumerate(chosen)]
        maps = network(torch.stack([l[0] for l in loaded]))
        if one.task == "boxes":
            loss = head(maps, one.sizes[0], [(l[1], l[2]) for l in loaded])
        else:
            loss = head(maps, torch.tensor([one.examples[n].kind for n in chosen]))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([*network.parameters(), *head.parameters()], 5)
        optimizer.step()
        step += 1
    return network.eval(), head.eval(), step


@torch.no_grad()
def box_figure(options, one, network, head):
    part, plain, results = options.sets / options.set / "report", Loader(INPUT, 0, varies=False), []
    (height, width), pictures = one.sizes[0], bench.load(options.sets / options.set / "report")[0]
    shown = InspectionSet(one.name, "boxes", one.classes, tuple(Example(part / i["file_name"]) for i, _ in pictures), sizes=one.sizes)
    for number, (image, _) in enumerate(pictures):
        features = head.features(network(plain.load(shown, number, 0, 0)[0][None]))
        outputs, places = head.head(features), head.places(features, one.sizes[0], 1)[0]
        middles, sides, reach = (places[:, :2] + places[:, 2:]) / 2, places[:, 2:] - places[:, :2], outputs["bbox_regression"][0]
        found = torch.cat([middles - reach[:, :2] * sides, middles + reach[:, 2:] * sides], 1)
        scores = (outputs["cls_logits"][0].sigmoid() * outputs["bbox_ctrness"][0].sigmoid()).sqrt()
        cell, kind = torch.where(scores > 0.01)
        for at in batched_nms(found[cell], scores[cell, kind], kind, 0.6)[:100].tolist():
            left, top, right, bottom = (found[cell[at]] * torch.tensor([image["width"] / width, image["height"] / height] * 2)).tolist()
            results.append({"image_id": image["id"], "category_id": int(kind[at]) + 1, "score": float(scores[cell[at], kind[at]]),
                            "bbox": [left, top, right - left, bottom - top]})
    return bench.average_precision(part, results)[0]


@torch.no_grad()
def class_figure(options, one, network, head):
    from shrike_cloud.model import described

    report, plain = class_set(options, "report", 0), Loader(INPUT, 0, varies=False)
    hits = np.zeros((len(one.classes), len(one.classes)))
    for first in range(0, len(report.examples), 64):
        numbers = range(first, min(first + 64, len(report.examples)))
        maps = network(torch.stack([plain.load(report, n, 0, 0)[0] for n in numbers]))
        said = head.linear(head.norm(described(maps, head.taps))).argmax(1)
        for n, answer in zip(numbers, said.tolist()):
            hits[report.examples[n].kind, answer] += 1
    right = hits.diagonal()
    return float(np.mean(2 * right / np.maximum(1, hits.sum(0) + hits.sum(1))))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", type=Path)
    parser.add_argument("--folders", type=Path)
    parser.add_argument("--set", required=True)
    parser.add_argument("--pictures", type=int, default=50, help="of each class; 0: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=300)
    options = parser.parse_args()
    one = class_set(options, "teach", options.pictures) if options.folders else box_set(options)
    network, head, steps = trained(options, one)
    figure = (class_figure if options.folders else box_figure)(options, one, network, head)
    weights = sum(p.numel() for p in [*network.parameters(), *head.parameters()])
    print(json.dumps({"set": options.set, "k": options.pictures or "all", "seed": options.seed, "pictures": len(one.examples), "figure": round(figure, 4),
                      "seconds": options.seconds, "steps": steps, "bytes": 4 * weights}), flush=True)


if __name__ == "__main__":
    main()
