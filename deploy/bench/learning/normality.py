#!/usr/bin/env python3
"""Reference of the normality head: the same method in NumPy and OpenVINO, for figures to hold Shrike's against.

    pip install openvino==2026.4.1 opencv-python-headless numpy scikit-learn scipy
    python3 normality.py --backbone backbone.onnx --train NORMAL_PICTURES --test labels.json --input 320x320

Labels are COCO: pictures without annotations are normal. Method, as the page of Shrike's SceneTraining has it: map of stride 16,
3x3 mean, and a Gaussian of each cell (--method gaussian), or the calibrated bank (--method bank); a picture's score is the mean
of its three largest cells. Pixels: bilinear map, Gaussian blur of a quarter of a cell, on a grid of 256 at most.
Prints one JSON object: picture AUROC, pixel AUROC and AUPRO up to 30 % false positives.
"""
import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import openvino
from scipy.ndimage import gaussian_filter
from sklearn.metrics import roc_auc_score


class Base:
    """The backbone at one input size; RGB, (x - 127) / 128."""

    def __init__(self, path, tap, width, height):
        model = openvino.Core().read_model(path)
        model.reshape([1, 3, height, width])
        self.run = openvino.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
        self.output = next(o for o in self.run.outputs if tap in o.get_names())
        self.width, self.height = width, height

    def cells(self, picture):
        """rows x columns x channels after the 3x3 mean over valid cells."""
        small = cv2.resize(picture, (self.width, self.height), interpolation=cv2.INTER_LINEAR)
        x = ((cv2.cvtColor(small, cv2.COLOR_BGR2RGB).astype(np.float32) - 127) / 128).transpose(2, 0, 1)[None]
        z = self.run(x)[self.output][0].transpose(1, 2, 0).astype(np.float64)
        pad = np.pad(z, ((1, 1), (1, 1), (0, 0)))
        ones = np.pad(np.ones(z.shape[:2]), 1)
        rows, columns = z.shape[:2]
        total, count = np.zeros_like(z), np.zeros(z.shape[:2])
        for dy in range(3):
            for dx in range(3):
                total += pad[dy:dy + rows, dx:dx + columns]
                count += ones[dy:dy + rows, dx:dx + columns]
        return total / count[..., None]


def gaussian(train):
    """Cell Gaussians with covariances shrunk towards their mean."""
    n, rows, columns, d = train.shape
    x = train.reshape(n, rows * columns, d)
    mean = x.mean(0)
    covariance = np.einsum("npi,npj->pij", x - mean, x - mean) / n
    shared = covariance.mean(0)
    a = n / (n + 30)
    matrices = a * covariance + (1 - a) * shared + 0.01 * np.trace(shared) / d * np.eye(d)
    factors = np.linalg.inv(np.linalg.cholesky(matrices))

    def distances(picture):
        z = picture.reshape(-1, d) - mean
        return np.linalg.norm(np.einsum("pij,pj->pi", factors, z), axis=1).reshape(rows, columns)

    return distances


def nearest(rows, bank):
    squared = (rows ** 2).sum(1)[:, None] + (bank ** 2).sum(1)[None] - 2 * rows @ bank.T
    return np.sqrt(np.maximum(squared, 0).min(1))


def spread(rows, count, seed=0):
    """Greedy k-center in a random projection to 64 dimensions."""
    if len(rows) <= count:
        return rows
    points = rows @ np.random.default_rng(seed).choice([-1.0, 1.0], size=(rows.shape[1], 64))
    chosen = [0]
    distance = np.full(len(rows), np.inf)
    while len(chosen) < count:
        distance = np.minimum(distance, ((points - points[chosen[-1]]) ** 2).sum(1))
        chosen.append(int(distance.argmax()))
    return rows[chosen]


def smoothed(values):
    pad = np.pad(values, 1, constant_values=np.nan)
    rows, columns = values.shape
    parts = [pad[dy:dy + rows, dx:dx + columns] for dy in range(3) for dx in range(3)]
    return np.nanmean(np.stack(parts), 0)


def calibrated_bank(train, members=500, candidates=40_000, folds=4):
    n, rows, columns, d = train.shape

    def bank(pictures):
        vectors = pictures.reshape(-1, d)
        return spread(vectors[::max(1, -(-len(vectors) // candidates))], members)

    maps = np.zeros((n, rows, columns))
    for fold in range(min(folds, n)):
        others = bank(train[[i for i in range(n) if i % folds != fold]])
        for i in range(fold, n, folds):
            maps[i] = nearest(train[i].reshape(-1, d), others).reshape(rows, columns)
    mean, variance = smoothed(maps.mean(0)), smoothed(maps.var(0))
    deviation = np.sqrt((n * variance + 5 * maps.var(0).mean()) / (n + 5))
    whole = bank(train)
    return lambda picture: (nearest(picture.reshape(-1, d), whole).reshape(rows, columns) - mean) / deviation


def on_grid(distances, width, height):
    """Bilinear between cell centers."""
    rows, columns = distances.shape

    def places(count, cells):
        at = np.clip((np.arange(count) + 0.5) / count * cells - 0.5, 0, cells - 1)
        low = at.astype(int)
        return low, np.minimum(cells - 1, low + 1), at - low

    top, bottom, down = places(height, rows)
    left, right, over = places(width, columns)
    upper = distances[top][:, left] * (1 - over) + distances[top][:, right] * over
    lower = distances[bottom][:, left] * (1 - over) + distances[bottom][:, right] * over
    return upper * (1 - down[:, None]) + lower * down[:, None]


def region_overlap(maps, regions, limit=0.3):
    """AUPRO: mean share of each region found against the false positive rate, up to the limit."""
    scores = np.concatenate([m.ravel() for m in maps])
    weights, negatives, count = [], [], 0
    for picture in regions:
        weight = np.zeros(picture.shape)
        for region in np.unique(picture[picture > 0]):
            weight[picture == region] = 1 / (picture == region).sum()
            count += 1
        weights.append(weight.ravel())
        negatives.append((picture == 0).ravel())
    order = np.argsort(-scores, kind="stable")
    true = np.cumsum(np.concatenate(weights)[order]) / count
    false = np.cumsum(np.concatenate(negatives)[order].astype(float))
    false /= false[-1]
    keep = false <= limit
    x, y = np.append(false[keep], limit), np.append(true[keep], np.interp(limit, false, true))
    return float(np.sum(np.diff(x, prepend=0) * (y + np.append(0, y[:-1])) / 2) / limit)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--backbone", required=True)
    parser.add_argument("--tap", default="stage5")
    parser.add_argument("--train", required=True, help="folder of normal pictures")
    parser.add_argument("--test", required=True, help="COCO file")
    parser.add_argument("--input", default="320x320")
    parser.add_argument("--method", choices=["gaussian", "bank"], default="gaussian")
    options = parser.parse_args()
    base = Base(options.backbone, options.tap, *map(int, options.input.split("x")))
    files = sorted(f for f in Path(options.train).iterdir() if f.suffix.lower() in {".png", ".jpg", ".jpeg"})
    train = np.stack([base.cells(cv2.imread(str(f))) for f in files])
    distances = (gaussian if options.method == "gaussian" else calibrated_bank)(train)
    labels = json.loads(Path(options.test).read_text())
    side = int(max(32, min(256, (8_000_000 // max(1, len(labels["images"]))) ** 0.5)))
    scores, unusual, maps, regions = [], [], [], []
    for image in labels["images"]:
        picture = cv2.imread(str(Path(options.test).parent / image["file_name"]))
        height, width = picture.shape[:2]
        found = distances(base.cells(picture))
        scores.append(np.sort(found.ravel())[-3:].mean())
        w, h = width * side // max(width, height), height * side // max(width, height)
        maps.append(gaussian_filter(on_grid(found, w, h), max(0.5, 0.25 * w / found.shape[1]), mode="mirror"))
        grid = np.zeros((h, w), int)
        mine = [a for a in labels["annotations"] if a["image_id"] == image["id"]]
        for number, annotation in enumerate(mine):
            mask = np.zeros((height, width), np.uint8)
            for polygon in annotation["segmentation"]:
                cv2.fillPoly(mask, [np.round(np.array(polygon).reshape(-1, 2)).astype(int)], 1)
            ys = ((np.arange(h) + 0.5) * height / h).astype(int)
            xs = ((np.arange(w) + 0.5) * width / w).astype(int)
            grid[mask[ys][:, xs] > 0] = number + 1
        regions.append(grid)
        unusual.append(bool(mine))
    pixels = np.concatenate([m.ravel() for m in maps])
    truth = np.concatenate([r.ravel() > 0 for r in regions])
    print(json.dumps({
        "method": options.method, "train": len(files), "pictures": len(scores), "unusual": sum(unusual),
        "picture_auroc": round(float(roc_auc_score(unusual, scores)), 4),
        "pixel_auroc": round(float(roc_auc_score(truth, pixels)), 4),
        "aupro": round(region_overlap(maps, regions), 4),
    }))


if __name__ == "__main__":
    main()
