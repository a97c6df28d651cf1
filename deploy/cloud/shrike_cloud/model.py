"""The network with one head for each set, and the loss of each task."""
from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.fcos import FCOSHead
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import FeaturePyramidNetwork

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
        features = list(self.pyramid(OrderedDict((tap, maps[tap]) for tap in self.taps)).values())
        outputs = self.head(features)
        anchors = self.anchors(ImageList(features[0].new_zeros(len(targets), 3, *size), [size] * len(targets)), features)
        counts = [f.shape[2] * f.shape[3] for f in features]
        total = 0.0
        for number, (boxes, kinds) in enumerate(targets):
            own = {name: value[number:number + 1] for name, value in outputs.items()}
            matched = self._match(anchors[number], boxes, counts)
            losses = self.head.compute_loss([{"boxes": boxes, "labels": kinds}], own, [anchors[number]], [matched])
            total = total + sum(losses.values())
        return total / len(targets)

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


class Adapter(nn.Module):
    """The network and the heads of all sets; a step is of one set."""

    def __init__(self, network, description, sets):
        super().__init__()
        self.network, self.sets = network, sets
        taps = description["taps"]
        by_stride = {tap["stride"]: tap for tap in taps}
        pyramid = [by_stride[s] for s in sorted(by_stride) if s >= 8]
        self.heads = nn.ModuleList()
        for one in sets:
            if one.task == "boxes":
                self.heads.append(BoxesTask(pyramid, len(one.classes)))
            elif one.task == "classes":
                counts = [sum(e.kind == k for e in one.examples) for k in range(len(one.classes))]
                self.heads.append(ClassesTask(taps, counts))
            else:
                self.heads.append(PicturesTask(taps))

    def forward(self, which, pictures, targets, unvaried=None):
        """Mean loss of the examples of set `which`."""
        maps, head = self.network(pictures), self.heads[which]
        if self.sets[which].task == "boxes":
            return head(maps, tuple(pictures.shape[2:]), targets)
        if self.sets[which].task == "classes":
            return head(maps, targets)
        with torch.no_grad():
            wanted = self.network(unvaried, changed=False)
        return head(maps, wanted)
