#!/usr/bin/env python3
"""Splits of public detection sets, as folders of pictures with COCO labels that `shrike` and boxes.py read.

    pip install opencv-python-headless numpy
    python3 sets.py --data INSPECTION_SETS --output OUT

INSPECTION_SETS holds deeppcb, bsdata, conveyor_belt, railway_wagon and ir_solar as their authors publish them. OUT/SET/{teach,report}
are what is learned from and what is reported; OUT/SET/{learn,choose} are parts of `teach`, to choose methods by. No group is on
both sides: boards (deeppcb), positions of the screw (bsdata), near-duplicates (conveyor_belt: 24x18 gray thumbnails that correlate
above 0.95). railway_wagon is frames of few videos; its parts are stretches of time, so that its figures are optimistic.
deeppcb_pairs has tested board, template and tested board as red, green and blue. OUT/modules is ir_solar whole, a folder for each class;
`shrike labels split --test 0.4` parts it by near-duplicates.
"""
import argparse
import json
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np


def polygons_box(points):
    x, y = zip(*points)
    return [min(x), min(y), max(x), max(y)]


def deeppcb(folder, pairs):
    names = ["open", "short", "mouse bite", "spur", "spurious copper", "pin hole"]
    for labels in sorted(folder.glob("group*/*.txt")):
        stem = labels.with_suffix("")
        rows = [list(map(int, line.split())) for line in labels.read_text().split("\n") if line.strip()]
        picture = f"{stem}_test.jpg"
        if pairs:
            tested = cv2.imread(picture, cv2.IMREAD_GRAYSCALE)
            picture = cv2.merge([tested, cv2.imread(f"{stem}_temp.jpg", cv2.IMREAD_GRAYSCALE), tested])
        yield stem.name, picture, labels.parent.name, [(row[:4], names[row[4] - 1]) for row in rows]


def bsdata(folder):
    for picture in sorted((folder / "images").iterdir()):
        labels = folder / "labels" / (picture.stem + ".json")
        shapes = json.loads(labels.read_text())["shapes"] if labels.exists() else []
        parts = picture.stem.split("_")
        yield picture.stem, str(picture), "_".join(parts[2:4]), [
            (polygons_box(s["points"]), "pitting") for s in shapes if len(s["points"]) > 1]


def yolo(folder, names, group):
    files = sorted((folder / "images").iterdir())
    groups = group(files)
    for picture in files:
        height, width = cv2.imread(str(picture)).shape[:2]
        boxes = []
        for line in (folder / "labels" / (picture.stem + ".txt")).read_text().split("\n"):
            if not line.strip():
                continue
            number, *values = line.split()
            values = np.array(values, float).reshape(-1, 2)
            if len(values) == 2:
                (x, y), (w, h) = values
                box = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
            else:
                box = polygons_box(values.tolist())
            box = np.clip(box, 0, 1) * [width, height, width, height]
            boxes.append((box.tolist(), names[int(number)]))
        yield picture.stem, str(picture), groups[picture], boxes


def duplicates(files):
    thumbs = []
    for f in files:
        t = cv2.resize(cv2.imread(str(f), cv2.IMREAD_GRAYSCALE), (24, 18), interpolation=cv2.INTER_AREA).ravel().astype(float)
        thumbs.append((t - t.mean()) / (t.std() + 1e-6))
    thumbs = np.array(thumbs)
    alike = thumbs @ thumbs.T / thumbs.shape[1] > 0.95
    parent = list(range(len(files)))

    def root(i):
        while parent[i] != i:
            i = parent[i]
        return i

    for i, j in zip(*np.where(alike)):
        parent[root(i)] = root(j)
    return {f: f"{root(i):05d}" for i, f in enumerate(files)}


def stretches(files):
    return {f: f"{i * 10 // len(files)}" for i, f in enumerate(files)}


def parted(pictures, share, seed):
    """Groups, shuffled, until the share of the pictures is reached; the rest is the other part."""
    groups = defaultdict(list)
    for p in pictures:
        groups[p[2]].append(p)
    order = sorted(groups)
    np.random.default_rng(seed).shuffle(order)
    first, second = [], []
    for group in order:
        (first if len(first) < share * len(pictures) else second).extend(groups[group])
    return first, second


def write(pictures, names, folder):
    (folder / "images").mkdir(parents=True, exist_ok=True)
    images, annotations = [], []
    for number, (name, picture, _, boxes) in enumerate(sorted(pictures, key=lambda p: p[0])):
        is_made = not isinstance(picture, str)
        file = f"images/{name}" + (".png" if is_made else Path(picture).suffix)
        pixels = picture if is_made else cv2.imread(picture)
        if is_made:
            cv2.imwrite(str(folder / file), pixels)
        else:
            (folder / file).write_bytes(Path(picture).read_bytes())
        height, width = pixels.shape[:2]
        images.append({"id": number, "file_name": file, "width": width, "height": height})
        for (left, top, right, bottom), label in boxes:
            left, top, right, bottom = max(0, left), max(0, top), min(width, right), min(height, bottom)
            if right - left < 1 or bottom - top < 1:
                continue
            w, h = right - left, bottom - top
            annotations.append({
                "id": len(annotations) + 1, "image_id": number, "category_id": names.index(label) + 1,
                "bbox": [left, top, w, h], "area": w * h, "iscrowd": 0})
    categories = [{"id": i + 1, "name": n} for i, n in enumerate(names)]
    (folder / "labels.json").write_text(
        json.dumps({"images": images, "annotations": annotations, "categories": categories}))
    print(folder, len(images), "pictures", len(annotations), "boxes")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    d = options.data
    belt = ["hole", "impact damage", "puncture", "tear", "wear"]
    sets = {
        "deeppcb": list(deeppcb(d / "deeppcb", False)), "deeppcb_pairs": list(deeppcb(d / "deeppcb", True)),
        "bsdata": list(bsdata(d / "bsdata")),
        "conveyor_belt": list(yolo(d / "conveyor_belt", belt, duplicates)),
        "railway_wagon": list(yolo(d / "railway_wagon", ["uic wagon", "uic"], stretches)),
    }
    for name, pictures in sets.items():
        names = sorted({label for p in pictures for _, label in p[3]})
        teach, report = parted(pictures, 0.55, seed=3)
        learn, choose = parted(teach, 0.6, seed=4)
        for part, chosen in {"teach": teach, "report": report, "learn": learn, "choose": choose}.items():
            write(chosen, names, options.output / name / part)
    for picture, label in json.loads((d / "ir_solar" / "labels.json").read_text()).items():
        folder = options.output / "modules" / label
        folder.mkdir(parents=True, exist_ok=True)
        (folder / Path(picture).name).write_bytes((d / "ir_solar" / picture).read_bytes())


if __name__ == "__main__":
    main()
