"""The network with one head for each set, and the loss of each task."""
from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.fcos import FCOSHead
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import FeaturePyramidNetwork, sigmoid_focal_loss

WIDTH = 64


class BoxesTask(nn.Module):
    """FCOS (Tian et al. 2019, torchvision's) on the finest map of stride 8, 16 and 32.

    The loss is a mean over pictures of what each says by itself, so that it does not depend on how a batch is shared out.
    """

    def __init__(self, taps, classes):
        super().__init__()
        self.taps = [tap["name"] for tap in taps]
        self.strides = [tap["stride"] for tap in taps]
        self.pyramid = FeaturePyramidNetwork([tap["channels"] for tap in taps], WIDTH)
        self.head = FCOSHead(WIDTH, 1, classes, num_convs=1)
        self.anchors = AnchorGenerator(tuple((s,) for s in self.strides), ((1.0,),) * len(taps))

    def forward(self, maps, size, targets):
        features = self.features(maps)
        outputs, anchors = self.head(features), self.places(features, size, len(targets))
        counts = [f.shape[2] * f.shape[3] for f in features]
        total = 0.0
        for number, (boxes, kinds) in enumerate(targets):
            own = {name: value[number:number + 1] for name, value in outputs.items()}
            matched = self._match(anchors[number], boxes, counts)
            losses = self.head.compute_loss([{"boxes": boxes, "labels": kinds}], own, [anchors[number]], [matched])
            total = total + sum(losses.values())
        return total / len(targets)

    def features(self, maps):
        return list(self.pyramid(OrderedDict((tap, maps[tap]) for tap in self.taps)).values())

    def places(self, features, size, count):
        return self.anchors(ImageList(features[0].new_zeros(count, 3, *size), [size] * count), features)

    def _match(self, anchors, boxes, counts):
        """Position of the box of each cell, -1 for none: cells near the middle, of the map whose stride fits (FCOS)."""
        if not len(boxes):
            return torch.full((len(anchors),), -1, dtype=torch.int64)
        middles, sizes = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
        places, side = (anchors[:, :2] + anchors[:, 2:]) / 2, anchors[:, 2] - anchors[:, 0]
        near = (places[:, None] - middles[None]).abs().max(2).values < 1.5 * side[:, None]
        reach = torch.cat([places[:, None] - boxes[None, :, :2], boxes[None, :, 2:] - places[:, None]], 2)
        lower, upper = side * 4, side * 8
        lower[:counts[0]] = 0
        upper[-counts[-1]:] = float("inf")
        fits = near & (reach.min(2).values > 0) & (reach.max(2).values > lower[:, None]) & (reach.max(2).values < upper[:, None])
        areas = torch.where(fits, sizes.prod(1)[None].expand(fits.shape), torch.inf)
        smallest, which = areas.min(1)
        return torch.where(torch.isfinite(smallest), which, -1)


class MasksTask(nn.Module):
    """What is wrong at each cell of the finest map of the pyramid: focal loss (Lin et al. 2017, torchvision's) against the marked share of it."""

    def __init__(self, taps):
        super().__init__()
        self.taps = [tap["name"] for tap in taps]
        self.pyramid = FeaturePyramidNetwork([tap["channels"] for tap in taps], WIDTH)
        self.logits = nn.Conv2d(WIDTH, 1, 1)
        nn.init.constant_(self.logits.bias, -2.0)

    def forward(self, maps, masks):
        finest = next(iter(self.pyramid(OrderedDict((tap, maps[tap]) for tap in self.taps)).values()))
        logits = self.logits(F.relu(finest))
        losses = sigmoid_focal_loss(logits, F.adaptive_avg_pool2d(masks, logits.shape[2:]), alpha=0.5)
        return losses.mean() * 20


class ClassesTask(nn.Module):
    """A class of the whole picture, linear on mean and deviation of every map; classes weigh by their effective number (Cui et al. 2019)."""

    def __init__(self, taps, counts):
        super().__init__()
        self.taps = [tap["name"] for tap in taps]
        width = 2 * sum(tap["channels"] for tap in taps)
        self.norm, self.linear = nn.LayerNorm(width), nn.Linear(width, len(counts))
        effective = (1 - 0.999 ** torch.tensor(counts, dtype=torch.float32)).clamp(min=1e-3)
        self.register_buffer("weights", effective.mean() / effective)

    def forward(self, maps, kinds):
        logits = self.linear(self.norm(described(maps, self.taps)))
        return (F.cross_entropy(logits, kinds, reduction="none", label_smoothing=0.05) * self.weights[kinds]).mean()


class PicturesTask(nn.Module):
    """No labels: what the network says of a varied picture tells what the base says of it unvaried (feature distillation, Romero et al. 2015)."""

    def __init__(self, taps):
        super().__init__()
        self.taps = [tap["name"] for tap in taps]
        width = 2 * sum(tap["channels"] for tap in taps)
        self.predict = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 256), nn.GELU(), nn.Linear(256, width))

    def forward(self, maps, wanted):
        said, wanted = self.predict(described(maps, self.taps)), F.layer_norm(described(wanted, self.taps), (2 * self._width(wanted),))
        return (1 - F.cosine_similarity(said, wanted.detach(), dim=1)).mean()

    def _width(self, maps):
        return sum(maps[tap].shape[1] for tap in self.taps)


def described(maps, taps):
    return torch.cat([part for tap in taps for part in (maps[tap].mean((2, 3)), maps[tap].flatten(2).std(2))], 1)


class DistillTask(nn.Module):
    """No labels: every cell of the network's maps tells what a larger network, the teacher, says of that cell of the same varied picture.

    A linear layer a map makes up for their widths (FitNets, Romero et al. 2015; the same varied view for both: Beyer et al. 2022).
    """

    def __init__(self, taps, wanted):
        super().__init__()
        wider = {tap["stride"]: tap for tap in wanted}
        self.pairs = [(tap["name"], wider[tap["stride"]]["name"]) for tap in taps if tap["stride"] in wider]
        if not self.pairs:
            raise ValueError("the teacher has no map of a stride that the base has; take one of its family")
        self.layers = nn.ModuleList(nn.Conv2d(tap["channels"], wider[tap["stride"]]["channels"], 1) for tap in taps if tap["stride"] in wider)

    def forward(self, maps, wanted):
        total = 0.0
        for (own, theirs), layer in zip(self.pairs, self.layers):
            said = F.interpolate(layer(maps[own]), size=wanted[theirs].shape[2:], mode="bilinear", align_corners=False)
            total = total + (1 - F.cosine_similarity(said, wanted[theirs], dim=1)).mean()
        return total / len(self.pairs)


class Adapter(nn.Module):
    """The network and the heads of all sets; a step is of one set.

    `teacher`: a larger network and its description, which pictures without labels are learned from.
    `shares_boxes`: all sets with boxes have one head; their classes are the same.
    """

    def __init__(self, network, description, sets, teacher=None, shares_boxes=False):
        super().__init__()
        self.network, self.sets = network, sets
        # Not a part of what is trained, moved or kept.
        self.teacher = [teacher] if teacher else []
        taps = description["taps"]
        by_stride = {tap["stride"]: tap for tap in taps}
        pyramid = [by_stride[s] for s in sorted(by_stride) if s >= 8]
        self.heads = nn.ModuleList()
        for one in sets:
            if one.task == "boxes":
                known = [h for h in self.heads if isinstance(h, BoxesTask)] if shares_boxes else []
                self.heads.append(known[0] if known else BoxesTask(pyramid, len(one.classes)))
            elif one.task == "masks":
                self.heads.append(MasksTask(pyramid))
            elif one.task == "classes":
                counts = [sum(e.kind == k for e in one.examples) for k in range(len(one.classes))]
                self.heads.append(ClassesTask(taps, counts))
            elif teacher:
                self.heads.append(DistillTask(taps, teacher[1]["taps"]))
            else:
                self.heads.append(PicturesTask(taps))

    def forward(self, which, pictures, targets, unvaried=None):
        """Mean loss of the examples of set `which`."""
        maps, head = self.network(pictures), self.heads[which]
        if self.sets[which].task == "boxes":
            return head(maps, tuple(pictures.shape[2:]), targets)
        if self.sets[which].task in ("masks", "classes"):
            return head(maps, targets)
        with torch.no_grad():
            wanted = self.teacher[0][0](unvaried, changed=False) if self.teacher else self.network(unvaried, changed=False)
        return head(maps, wanted)
