"""Labelled and unlabelled pictures, and which of them each step sees."""
import json
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch
import yaml
from torchvision import tv_tensors
from torchvision.transforms import v2

GREY = 114
SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"}
TASKS = ("boxes", "masks", "classes", "pictures")


class DataError(Exception):
    """What is wrong, where, and what to do."""


@dataclass(frozen=True)
class Example:
    path: Path
    boxes: tuple = ()  # of (left, top, right, bottom, class) in pixels
    kind: int = -1
    mask: Path | None = None  # picture of the same size, 0 where nothing is wrong


@dataclass(frozen=True)
class InspectionSet:
    """Pictures of one kind, with one task."""
    name: str
    task: str
    classes: tuple
    examples: tuple
    license: str = ""
    sizes: tuple = ()  # of (height, width); () for those of the run


def read_sets(path):
    """Reads the list of sets, a YAML file:

    - {name: boards, boxes: boards/annotations.json, license: MIT}    # COCO, pictures beside it; `shrike labels export` makes it
    - {name: welds, masks: welds, license: CC BY 4.0}                 # `images`, and `masks` of the same names as PNG, 0 where nothing is wrong
    - {name: modules, classes: modules, license: MIT}                 # a folder for each class
    - {name: belts, pictures: belts, license: CC BY 4.0}              # no labels

    `size: 96x64` of a set, or several by commas, is what its scenes will look at; without it the run's `--sizes` hold.
    """
    path = Path(path)
    try:
        entries = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise DataError(f"{path}: cannot be read ({error}); write a list of sets") from error
    if not isinstance(entries, list) or not entries:
        raise DataError(f"{path}: holds no list of sets; see the README")
    sets = []
    for number, entry in enumerate(entries, 1):
        at = f"{path}, set {number}"
        tasks = [t for t in TASKS if isinstance(entry, dict) and t in entry]
        if len(tasks) != 1 or not isinstance(entry.get("name"), str):
            raise DataError(f"{at}: needs a name and one of {', '.join(TASKS)}")
        unknown = set(entry) - {"name", "license", "size", *TASKS}
        if unknown:
            raise DataError(f"{at}: {', '.join(sorted(unknown))} means nothing here; known: name, license, size, {', '.join(TASKS)}")
        place = path.parent / str(entry[tasks[0]])
        if not place.exists():
            raise DataError(f"{at}: there is no {place}")
        classes, examples = {"boxes": _coco, "masks": _masks, "classes": _folders, "pictures": _pictures}[tasks[0]](place)
        if not examples:
            raise DataError(f"{at}: {place} holds no pictures")
        sets.append(InspectionSet(entry["name"], tasks[0], tuple(classes), tuple(examples), str(entry.get("license", "")),
                                  tuple(sizes_of(str(entry.get("size", ""))))))
    if len({s.name for s in sets}) != len(sets):
        raise DataError(f"{path}: two sets have one name; rename one")
    return sets


def _coco(path):
    try:
        document = json.loads(path.read_text())
        names = {c["id"]: c["name"] for c in document["categories"]}
        pictures = {p["id"]: p["file_name"] for p in document["images"]}
        numbers = {identity: i for i, identity in enumerate(sorted(names))}
        boxes = {identity: [] for identity in pictures}
        for label in document["annotations"]:
            x, y, width, height = (float(v) for v in label["bbox"])
            if width > 0 and height > 0:
                boxes[label["image_id"]].append((x, y, x + width, y + height, numbers[label["category_id"]]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: no COCO annotations ({type(error).__name__}: {error}); export with `shrike labels export`") from error
    examples = [Example(path.parent / pictures[i], tuple(boxes[i])) for i in sorted(pictures)]
    for example in examples:
        if not example.path.is_file():
            raise DataError(f"{path}: there is no picture {example.path}")
    return [names[i] for i in sorted(names)], examples


def _folders(path):
    classes = sorted(p.name for p in path.iterdir() if p.is_dir())
    return classes, [Example(p, kind=number) for number, name in enumerate(classes) for p in _files(path / name)]


def _masks(path):
    pictures, examples = {p.stem: p for p in _files(path / "images")}, []
    for mask in sorted((path / "masks").glob("*.png")):
        if mask.stem not in pictures:
            raise DataError(f"{mask}: there is no picture of this name in {path / 'images'}; add it, or remove the mask")
        examples.append(Example(pictures[mask.stem], mask=mask))
    return ["defect"], examples


def _pictures(path):
    return [], [Example(p) for p in _files(path)]


def _files(path):
    return sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)


@dataclass
class Plan:
    """Which set and which examples a step sees: a function of its number, whatever the number of processes.

    Sets take turns, each as often as the root of its size; within a set every example comes once before any comes again.
    """
    sets: list
    batch: int
    seed: int
    turns: list = field(init=False)

    def __post_init__(self):
        weights = np.sqrt([len(s.examples) for s in self.sets])
        counts = np.maximum(1, np.round(weights / weights.min())).astype(int)
        order = np.random.default_rng(self.seed).permutation(np.repeat(np.arange(len(self.sets)), counts))
        self.turns = order.tolist()

    def step(self, number):
        """Position of the set, and positions of its examples."""
        cycle, turn = divmod(number, len(self.turns))
        which = self.turns[turn]
        before = cycle * self.turns.count(which) + self.turns[:turn].count(which)
        size, chosen = len(self.sets[which].examples), []
        for place in range(before * self.batch, (before + 1) * self.batch):
            epoch, at = divmod(place, size)
            chosen.append(int(self._order(which, epoch)[at]))
        return which, chosen

    def _order(self, which, epoch):
        return np.random.default_rng([self.seed, which, epoch]).permutation(len(self.sets[which].examples))


def sizes_of(text):
    """`320x320,640x640` as pairs of height and width."""
    try:
        sizes = [tuple(int(n) for n in part.split("x"))[::-1] for part in text.split(",") if part]
    except ValueError:
        sizes = [()]
    if any(len(s) != 2 or not all(32 <= n <= 2048 and n % 32 == 0 for n in s) for s in sizes):
        raise DataError(f"sizes '{text}': write WIDTHxHEIGHT by commas, multiples of 32 up to 2048")
    return sizes


class Loader:
    """Reads, varies and scales a picture for the base: the same for the same step and place, on any process.

    `keeps_shape`: pictures are not stretched but get grey margins, as a detector sees them on a gateway.
    """

    def __init__(self, description, seed, varies=True, sizes="", keeps_shape=False):
        values, self.keeps_shape = description["input"], keeps_shape
        self.sizes = sizes_of(sizes) or [(values["height"], values["width"])]
        self.mean = torch.tensor(values["mean"], dtype=torch.float32).view(3, 1, 1)
        self.scale = torch.tensor(values["scale"], dtype=torch.float32).view(3, 1, 1)
        self.is_rgb, self.seed = values["channels"] == "rgb", seed
        self.vary = v2.Compose([
            v2.RandomHorizontalFlip(),
            v2.RandomAffine(degrees=8, translate=(0.08, 0.08), scale=(0.75, 1.35), fill={tv_tensors.Mask: 0, "others": 127}),
            # Little: how bright a thermal picture is, and what is up, mean something.
            v2.ColorJitter(brightness=0.1, contrast=0.1, saturation=0.1),
            v2.RandomApply([v2.GaussianBlur(5, (0.3, 1.5))], 0.2), v2.ClampBoundingBoxes(),
            v2.SanitizeBoundingBoxes(min_size=3, labels_getter=lambda parts: parts[1]["kinds"])]) if varies else None

    def size(self, one, step):
        """Height and width of a set's pictures in a step: scenes choose what their base sees, so an adaptation is to know several."""
        sizes = one.sizes or self.sizes
        return sizes[int(np.random.default_rng([self.seed, step]).integers(len(sizes)))]

    def _fitted(self, picture, size):
        """Rows and columns of the input that a picture takes, and the factors of its x and y."""
        factors = [size[1] / picture[1], size[0] / picture[0]]
        if not self.keeps_shape:
            return (slice(0, size[0]), slice(0, size[1])), factors
        height, width = (max(1, round(side * min(factors))) for side in picture)
        top, left = (size[0] - height) // 2, (size[1] - width) // 2
        return (slice(top, top + height), slice(left, left + width)), [min(factors)] * 2

    def load(self, one, number, step, place):
        """Picture 3 x H x W, boxes n x 4 in its pixels, their classes, and 1 x H x W that is 1 where a mask marks a defect."""
        example, size = one.examples[number], self.size(one, step)
        pixels = _read(example.path, cv2.IMREAD_COLOR)
        at, scale = self._fitted(pixels.shape[:2], size)
        boxes = np.array([b[:4] for b in example.boxes], np.float32).reshape(-1, 4) * [*scale, *scale] + [at[1].start, at[0].start] * 2
        canvas, mask = np.full((*size, 3), GREY, np.uint8), np.zeros(size, np.uint8)
        shape = (at[1].stop - at[1].start, at[0].stop - at[0].start)
        canvas[at] = cv2.resize(pixels, shape, interpolation=cv2.INTER_AREA)
        picture = torch.from_numpy(canvas[:, :, ::-1].copy()).permute(2, 0, 1)
        kinds = torch.tensor([b[4] for b in example.boxes], dtype=torch.int64)
        boxes = tv_tensors.BoundingBoxes(torch.from_numpy(boxes.astype(np.float32)), format="XYXY", canvas_size=size)
        if example.mask:
            mask[at] = cv2.resize((_read(example.mask, cv2.IMREAD_GRAYSCALE) > 0).astype(np.uint8), shape, interpolation=cv2.INTER_NEAREST)
        mask = tv_tensors.Mask(torch.from_numpy(mask)[None])
        if self.vary:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(int(np.random.default_rng([self.seed, step, place]).integers(1 << 62)))
                picture, kept = self.vary(picture, {"boxes": boxes, "kinds": kinds, "mask": mask})
            boxes, kinds, mask = kept["boxes"], kept["kinds"], kept["mask"]
        picture = picture.float()
        if not self.is_rgb:
            picture = picture.flip(0)
        return (picture - self.mean) / self.scale, torch.as_tensor(boxes).float(), kinds, torch.as_tensor(mask).float()


def size_of(path):
    """Height and width of a picture."""
    return _read(path, cv2.IMREAD_COLOR).shape[:2]


def _read(path, how):
    pixels = cv2.imread(str(path), how)
    if pixels is None:
        raise DataError(f"{path}: cannot be read as a picture; remove or replace it")
    return pixels
