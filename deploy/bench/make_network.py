"""Write a network of the shape of YOLOv8n, fp32 and int8: `make_network.py FOLDER CLIP...`

The graph is that of the public architecture (five stages of strided convolutions and C2f blocks, SPPF, a feature
pyramid up and down, a decoupled head with a distribution over box sides), 640x640, 80 classes, 8.7 GFLOP; and the same
weights at 640x384, the shape of 16:9 pictures, as exporters write it when asked for that size. Weights are
random from a seed; batch norm is calibrated on frames of the clips and folded, so activations have the spread of a
trained network's, and a few anchors a frame are over the threshold. It finds nothing of meaning: it costs what a real
one costs. Written from the published description
of the architecture; no code of another project.

int8: onnxruntime's static quantizer, QDQ, weights per channel, QUInt8 activations and QInt8 weights; the decoding of
boxes stays in float.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

import pictures

SIDE, WIDE_ROWS, CLASSES, BINS, SEED = 640, 384, 80, 16, 8
STRIDES = [8, 16, 32]
# A frame has about this many anchors over the usual threshold: findings are rare in inspection, but not free.
CANDIDATES, THRESHOLD = 3, 0.25


class Network:
    """A graph under construction. Every node runs at once on the calibration pictures, so that the next convolution can
    be normalized by what it really sees."""

    def __init__(self, images: np.ndarray):
        self.random = np.random.default_rng(SEED)
        self.nodes, self.constants, self.values = [], [], {"images": images}

    def constant(self, name: str, values, dtype=np.float32) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def add(self, kind: str, name: str, *inputs: str, outputs: int = 1, run: bool = True, **attributes) -> list[str]:
        names = [name] if outputs == 1 else [f"{name}/{i}" for i in range(outputs)]
        node = helper.make_node(kind, list(inputs), names, name=name, **attributes)
        self.nodes.append(node)
        if run:
            self.values |= dict(zip(names, self.evaluate(node)))
        return names

    def evaluate(self, node: onnx.NodeProto) -> list[np.ndarray]:
        inputs = [name for name in node.input if name in self.values]
        constants = [c for c in self.constants if c.name in node.input]
        infos = [helper.make_tensor_value_info(n, TensorProto.FLOAT, self.values[n].shape) for n in inputs]
        outputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in node.output]
        session = onnxruntime.InferenceSession(model([node], infos, outputs, constants).SerializeToString())
        return session.run(None, {n: self.values[n] for n in inputs})

    def conv(self, name: str, source: str, out: int, kernel: int, stride: int = 1, spread: float = 1, shift=None,
             detail: bool = False) -> str:
        """A convolution whose outputs have mean 0 and deviation `spread` a channel; `shift` maps them to a bias.
        With `detail` it sees differences between neighbors only."""
        width = self.values[source].shape[1]
        weights = self.random.standard_normal((out, width, kernel, kernel)).astype(np.float32)
        if detail:
            weights -= weights.mean((2, 3), keepdims=True)
        shape = dict(kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[kernel // 2] * 4)
        at = len(self.constants)
        self.constant(f"{name}.weight", weights)
        self.add("Conv", name, source, f"{name}.weight", **shape)
        raw = self.values[name]
        scale = spread / (raw.std((0, 2, 3)) + 1e-3)
        bias = -raw.mean((0, 2, 3)) * scale
        self.values[name] = raw * scale[:, None, None] + bias[:, None, None]
        if shift is not None:
            more = shift(self.values[name])
            bias, self.values[name] = bias + more, self.values[name] + np.float32(more)
        self.constants[at] = numpy_helper.from_array(weights * scale[:, None, None, None], f"{name}.weight")
        self.nodes[-1].input.append(self.constant(f"{name}.bias", bias))
        return name

    def block(self, name: str, source: str, out: int, kernel: int, stride: int = 1, detail: bool = False) -> str:
        """Convolution and SiLU."""
        plain = self.conv(f"{name}/conv", source, out, kernel, stride, detail=detail)
        gate = self.add("Sigmoid", f"{name}/gate", plain)[0]
        return self.add("Mul", name, plain, gate)[0]

    def c2f(self, name: str, source: str, out: int, repeats: int, shortcut: bool) -> str:
        half = out // 2
        halves = self.constant(f"{name}.halves", [half, half], np.int64)
        parts = self.add("Split", f"{name}/split", self.block(f"{name}/in", source, out, 1), halves, outputs=2, axis=1)
        for i in range(repeats):
            inner = self.block(f"{name}/{i}/a", parts[-1], half, 3)
            inner = self.block(f"{name}/{i}/b", inner, half, 3)
            parts.append(self.add("Add", f"{name}/{i}/sum", parts[-1], inner)[0] if shortcut else inner)
        return self.block(f"{name}/out", self.add("Concat", f"{name}/parts", *parts, axis=1)[0], out, 1)

    def sppf(self, name: str, source: str, out: int) -> str:
        parts = [self.block(f"{name}/in", source, out // 2, 1)]
        for i in range(3):
            parts += self.add("MaxPool", f"{name}/pool{i}", parts[-1], kernel_shape=[5, 5], strides=[1, 1], pads=[2] * 4)
        return self.block(f"{name}/out", self.add("Concat", f"{name}/parts", *parts, axis=1)[0], out, 1)

    def doubled(self, name: str, source: str) -> str:
        scales = self.constant(f"{name}.scales", [1, 1, 2, 2])
        return self.add("Resize", name, source, "", scales, mode="nearest", nearest_mode="floor",
                        coordinate_transformation_mode="asymmetric")[0]

    def joined(self, name: str, *sources: str) -> str:
        return self.add("Concat", name, *sources, axis=1)[0]


def model(nodes, inputs, outputs, constants) -> onnx.ModelProto:
    graph = helper.make_graph(nodes, "bench", inputs, outputs, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="shrike-bench")


def rare(logits: np.ndarray) -> np.float32:
    """The shift that leaves CANDIDATES anchors over the threshold in the middling picture, shared by the strides."""
    best = np.sort(logits.max(1).reshape(len(logits), -1), 1)
    return np.float32(np.log(THRESHOLD / (1 - THRESHOLD)) - np.median(best[:, -CANDIDATES // len(STRIDES)]))


def backbone_and_neck(net: Network) -> list[str]:
    x = net.block("stage1", "images", 16, 3, 2)
    x = net.c2f("stage2/c2f", net.block("stage2", x, 32, 3, 2), 32, 1, True)
    p3 = net.c2f("stage3/c2f", net.block("stage3", x, 64, 3, 2), 64, 2, True)
    p4 = net.c2f("stage4/c2f", net.block("stage4", p3, 128, 3, 2), 128, 2, True)
    x = net.c2f("stage5/c2f", net.block("stage5", p4, 256, 3, 2), 256, 1, True)
    p5 = net.sppf("sppf", x, 256)
    up4 = net.c2f("up4", net.joined("up4/join", net.doubled("up4/double", p5), p4), 128, 1, False)
    up3 = net.c2f("up3", net.joined("up3/join", net.doubled("up3/double", up4), p3), 64, 1, False)
    down4 = net.c2f("down4", net.joined("down4/join", net.block("down4/halve", up3, 64, 3, 2), up4), 128, 1, False)
    down5 = net.c2f("down5", net.joined("down5/join", net.block("down5/halve", down4, 128, 3, 2), p5), 256, 1, False)
    return [up3, down4, down5]


def anchor_count(rows: int) -> int:
    return sum((rows // s) * (SIDE // s) for s in STRIDES)


def head(net: Network, levels: list[str], rows: int) -> None:
    """Box sides as distributions and class scores of every anchor, decoded to [1, 84, anchors]; 8400 of a square."""
    flat = []
    for stride, level in zip(STRIDES, levels):
        name = f"head{stride}"
        sides = net.block(f"{name}/box/b", net.block(f"{name}/box/a", level, 64, 3), 64, 3)
        # Random features differ more between pictures than within one: without this, one picture has all findings.
        kinds = net.block(f"{name}/class/a", level, CLASSES, 3, detail=True)
        kinds = net.block(f"{name}/class/b", kinds, CLASSES, 3, detail=True)
        both = net.joined(f"{name}/both", net.conv(f"{name}/box/out", sides, 4 * BINS, 1, spread=2),
                          net.conv(f"{name}/class/out", kinds, CLASSES, 1, shift=rare))
        shape = net.constant(f"{name}.shape", [1, 4 * BINS + CLASSES, -1], np.int64)
        flat += net.add("Reshape", f"{name}/flat", both, shape, run=False)

    def add(kind, name, *inputs, **attributes):
        return net.add(kind, f"decode/{name}", *inputs, run=False, **attributes)

    anchors = anchor_count(rows)
    grids = [np.meshgrid(np.arange(SIDE // s) + 0.5, np.arange(rows // s) + 0.5) for s in STRIDES]
    middles = np.concatenate([np.stack(grid).reshape(2, -1) for grid in grids], 1)
    scale = np.concatenate([np.full(grid[0].size, s) for s, grid in zip(STRIDES, grids)])
    split = net.constant("decode.split", [4 * BINS, CLASSES], np.int64)
    sides, kinds = add("Split", "split", add("Concat", "all", *flat, axis=2)[0], split, outputs=2, axis=1)
    bins = add("Reshape", "bins", sides, net.constant("decode.bins", [1, 4, BINS, anchors], np.int64))[0]
    bins = add("Softmax", "softmax", add("Transpose", "last", bins, perm=[0, 2, 1, 3])[0], axis=1)[0]
    mean = add("Conv", "mean", bins, net.constant("decode.mean", np.arange(BINS).reshape(1, BINS, 1, 1)), kernel_shape=[1, 1])[0]
    far = add("Reshape", "far", mean, net.constant("decode.far", [1, 4, anchors], np.int64))[0]
    before, after = add("Split", "sides", far, net.constant("decode.sides", [2, 2], np.int64), outputs=2, axis=1)
    center = net.constant("decode.center", middles[None])
    low, high = add("Sub", "low", center, before)[0], add("Add", "high", center, after)[0]
    middle = add("Div", "middle", add("Add", "sum", low, high)[0], net.constant("decode.two", 2))[0]
    boxes = add("Concat", "boxes", middle, add("Sub", "size", high, low)[0], axis=1)[0]
    boxes = add("Mul", "pixels", boxes, net.constant("decode.strides", scale[None, None]))[0]
    net.add("Concat", "output0", boxes, add("Sigmoid", "scores", kinds)[0], axis=1, run=False)


def build(images: np.ndarray, rows: int) -> onnx.ModelProto:
    """The same weights whatever the rows: they come from the seed and from square pictures."""
    net = Network(images)
    head(net, backbone_and_neck(net), rows)
    network = model(
        net.nodes, [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, rows, SIDE])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 4 + CLASSES, anchor_count(rows)])], net.constants)
    helper.set_model_props(network, {"names": str({i: f"class{i}" for i in range(CLASSES)}), "stride": "32",
                                     "task": "detect", "imgsz": f"[{rows}, {SIDE}]"})
    onnx.checker.check_model(network)
    return network


class Calibration(CalibrationDataReader):
    def __init__(self, images: np.ndarray):
        self.batches = iter([{"images": image[None]} for image in images])

    def get_next(self):
        return next(self.batches, None)


def frames(clip: str, count: int) -> list[np.ndarray]:
    """Evenly spaced frames."""
    capture = cv2.VideoCapture(clip)
    step = int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) // count
    taken = []
    for number in range(step * count):
        there, frame = capture.read()
        if there and number % step == step // 2:
            taken.append(frame)
    return taken


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    clips = sys.argv[2:]
    taken = [frame for clip in clips for frame in frames(clip, 16 // len(clips))]
    square = inputs(taken, SIDE)
    for rows, suffix in ((SIDE, ""), (WIDE_ROWS, "-wide")):
        write(folder, suffix, build(square[::2], rows), inputs(taken, rows))


def inputs(taken: list[np.ndarray], rows: int) -> np.ndarray:
    return np.concatenate([pictures.blob(pictures.letterbox(frame, SIDE, rows)[0]) for frame in taken])


def write(folder: Path, suffix: str, network: onnx.ModelProto, images: np.ndarray) -> None:
    """Saves the network and its int8 form."""
    plain = folder / f"yolov8n-shaped{suffix}.onnx"
    onnx.save(network, plain)
    prepared = folder / "prepared.tmp.onnx"
    quant_pre_process(str(plain), str(prepared), skip_symbolic_shape=True)
    decoding = [node.name for node in onnx.load(prepared).graph.node
                if node.name.startswith("decode/") or node.output[0] == "output0"]
    quantized = folder / f"yolov8n-shaped-int8{suffix}.onnx"
    quantize_static(str(prepared), str(quantized), Calibration(images), quant_format=QuantFormat.QDQ, per_channel=True,
                    activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, nodes_to_exclude=decoding)
    prepared.unlink()
    int8 = onnx.load(quantized)
    helper.set_model_props(int8, {p.key: p.value for p in network.metadata_props})
    onnx.save(int8, quantized)
    for path in (plain, quantized):
        session = onnxruntime.InferenceSession(path)
        over = [int((session.run(None, {"images": i[None]})[0][0, 4:].max(0) > THRESHOLD).sum()) for i in images[1::4]]
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, anchors over {THRESHOLD} on four frames: {over}")


if __name__ == "__main__":
    main()
