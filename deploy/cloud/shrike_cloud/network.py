"""A base (L0) as a PyTorch module, and what an adaptation (L1) changes in it."""
import math

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import nn

KINDS = ("full", "low-rank", "norm")


class Network(nn.Module):
    """The graph of an L0's fp32 form: convolutions, clips and sums, which is what folded bases are made of.

    Its initializers are frozen; what is trained is added to them, so that weight decay pulls towards the base (L2-SP, Li et al. 2018).

    `full`      every weight and bias
    `low-rank`  a product of rank `rank` for dense weights (LoRA, Hu et al. 2021), the small depthwise kernels and biases as they are
    `norm`      biases, and one factor a channel of depthwise kernels: what is left of normalization in a folded network
    """

    def __init__(self, path, kind="full", rank=8):
        super().__init__()
        if kind not in KINDS:
            raise ValueError(f"adaptation '{kind}': one of {', '.join(KINDS)} is known")
        graph = onnx.load(path).graph
        self.kind, self.input = kind, graph.input[0].name
        self.nodes = [(n.op_type, list(n.input), n.output[0], {a.name: onnx.helper.get_attribute_value(a) for a in n.attribute})
                      for n in graph.node]
        unknown = {n[0] for n in self.nodes} - {"Conv", "Clip", "Add", "Relu"}
        if unknown:
            raise ValueError(f"{path}: {', '.join(sorted(unknown))} cannot be trained here; bases of Conv, Clip, Relu and Add can")
        self.taps = [o.name for o in graph.output]
        self.frozen, self.changes = {}, nn.ParameterDict()
        for initializer in graph.initializer:
            value = torch.from_numpy(numpy_helper.to_array(initializer).copy())
            self.register_buffer("base:" + initializer.name.replace(".", ":"), value, persistent=False)
            self.frozen[initializer.name] = "base:" + initializer.name.replace(".", ":")
            for part, made in self._parts(value, rank):
                self.changes[initializer.name.replace(".", ":") + part] = nn.Parameter(made)

    def _parts(self, value, rank):
        is_depthwise = value.dim() == 4 and value.shape[1] == 1
        if self.kind == "norm":
            if value.dim() == 1:
                return [("|add", torch.zeros_like(value))]
            return [("|factor", torch.zeros(value.shape[0]))] if is_depthwise else []
        if self.kind == "low-rank" and value.dim() == 4 and not is_depthwise:
            rows, columns = value.shape[0], value[0].numel()
            r = min(rank, rows, columns)
            return [("|a", torch.randn(r, columns) / math.sqrt(columns)), ("|b", torch.zeros(rows, r))]
        return [("|add", torch.zeros_like(value))]

    def weight(self, name):
        base, key = getattr(self, self.frozen[name]), name.replace(".", ":")
        if key + "|add" in self.changes:
            return base + self.changes[key + "|add"]
        if key + "|factor" in self.changes:
            return base * (1 + self.changes[key + "|factor"]).view(-1, *[1] * (base.dim() - 1))
        if key + "|a" in self.changes:
            return base + (self.changes[key + "|b"] @ self.changes[key + "|a"]).view_as(base)
        return base

    def forward(self, pictures, changed=True):
        """Maps by tap, of pictures N x 3 x H x W that are scaled as the base wants them. `changed=False`: those of the base itself."""
        of = self.weight if changed else lambda name: getattr(self, self.frozen[name])
        values = {self.input: pictures}
        for kind, inputs, output, attributes in self.nodes:
            x = values[inputs[0]]
            if kind == "Conv":
                weight = of(inputs[1])
                bias = of(inputs[2]) if len(inputs) > 2 else None
                values[output] = _convolution(x, weight, bias, attributes)
            elif kind == "Clip":
                values[output] = x.clamp(attributes.get("min"), attributes.get("max"))
            elif kind == "Relu":
                values[output] = F.relu(x)
            else:
                values[output] = x + values[inputs[1]]
        return {tap: values[tap] for tap in self.taps}

    @torch.no_grad()
    def shrink(self, share, rank):
        """Goes back to `share` of the way from the base to what was trained, which keeps what the base is good at (WiSE-FT, Wortsman et al. 2022), and keeps
        dense changes to the first `rank` of their singular vectors; 0 keeps all."""
        for name, value in list(self.changes.items()):
            if not name.endswith("|a"):
                value.mul_(share)
            rows, columns = value.shape[0], value[0].numel()
            if rank and name.endswith("|add") and value.dim() == 4 and value.shape[1] > 1 and rank * (rows + columns) < rows * columns:
                u, strengths, v = torch.linalg.svd(value.flatten(1), full_matrices=False)
                root, key = strengths[:rank].sqrt(), name.removesuffix("|add")
                del self.changes[name]
                self.changes[key + "|a"] = nn.Parameter(root[:, None] * v[:rank])
                self.changes[key + "|b"] = nn.Parameter(u[:, :rank] * root)

    @torch.no_grad()
    def tensors(self):
        """What `adaptation.safetensors` holds, as half floats; only what changed."""
        found = {}
        for name in self.frozen:
            key = name.replace(".", ":")
            if key + "|a" in self.changes:
                found[name + ".low_rank_a"] = self.changes[key + "|a"]
                found[name + ".low_rank_b"] = self.changes[key + "|b"]
            elif key + "|add" in self.changes or key + "|factor" in self.changes:
                found[name + ".add"] = self.weight(name) - getattr(self, self.frozen[name])
        return {name: value.detach().half().contiguous() for name, value in found.items() if bool((value != 0).any())
                or name.endswith(("_a", "_b"))}


def _convolution(x, weight, bias, attributes):
    stride = attributes.get("strides", [1, 1])
    mode = attributes.get("auto_pad", b"NOTSET")
    if mode == b"SAME_UPPER":
        pads = []
        for size, kernel, step in ((int(x.shape[3]), weight.shape[3], stride[1]), (int(x.shape[2]), weight.shape[2], stride[0])):
            total = max((math.ceil(size / step) - 1) * step + kernel - size, 0)
            pads += [total // 2, total - total // 2]
        if any(pads):
            x = F.pad(x, pads)
    elif mode == b"NOTSET" and any(attributes.get("pads", [0])):
        top, left, bottom, right = attributes["pads"]
        x = F.pad(x, [left, right, top, bottom])
    return F.conv2d(x, weight, bias, stride=stride, groups=attributes.get("group", 1))


def adapted_network(path, tensors):
    """The ONNX network with an adaptation in it, as gateways make it."""
    model = onnx.load(path)
    for initializer in model.graph.initializer:
        value, name = numpy_helper.to_array(initializer).astype(np.float32), initializer.name
        if name + ".add" in tensors:
            value = value + tensors[name + ".add"].float().numpy()
        elif name + ".low_rank_a" in tensors:
            product = tensors[name + ".low_rank_b"].float() @ tensors[name + ".low_rank_a"].float()
            value = value + product.numpy().reshape(value.shape)
        initializer.CopyFrom(numpy_helper.from_array(value, name))
    return model
