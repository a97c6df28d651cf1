"""Reference boxes for NetworkParityTests, by the detectors' own published pre- and post-processing and the engines' own
Python APIs. Needs: pip install openvino==2026.4.1 onnxruntime==1.31.1 opencv-python-headless numpy

    python parity_reference.py ENGINE KIND NETWORK OUT.json PICTURE...

ENGINE: openvino | onnxruntime.  KIND: fastestdet | yolox.  Boxes are left, top, right, bottom in pixels of the picture,
clipped to it, then score and class.
"""
import json
import sys

import cv2
import numpy as np

CONFIDENCE, IOU = 0.25, 0.45
cv2.setNumThreads(1)


def engine_run(engine, network):
    if engine == "openvino":
        import openvino

        core = openvino.Core()
        settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
        compiled = core.compile_model(core.read_model(network), "CPU", settings)
        return lambda x: compiled([x])[0], list(compiled.inputs[0].shape)
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda x: session.run(None, {name: x})[0], session.get_inputs()[0].shape


def suppress(boxes, scores, classes):
    """torchvision.ops.batched_nms: greedy, within classes."""
    kept = []
    for i in np.argsort(-scores, kind="stable"):
        b = boxes[i]
        keep = True
        for j in kept:
            if classes[j] != classes[i]:
                continue
            o = boxes[j]
            w = min(b[2], o[2]) - max(b[0], o[0])
            h = min(b[3], o[3]) - max(b[1], o[1])
            if w > 0 and h > 0:
                common = w * h
                whole = (b[2] - b[0]) * (b[3] - b[1]) + (o[2] - o[0]) * (o[3] - o[1]) - common
                keep = common / whole <= IOU
            if not keep:
                break
        if keep:
            kept.append(i)
    return kept


def fastestdet(picture, run, width, height):
    """dog-qiuqiu/FastestDet: test.py (linear resize, / 255) and utils/tool.py handle_preds."""
    x = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
    x = x.transpose(2, 0, 1)[None].astype(np.float32) / 255.0
    p = run(x)[0]
    _, rows, columns = p.shape
    scores = (p[0] * p[5:].max(0)).ravel()
    classes = p[5:].argmax(0).ravel()
    gy, gx = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    cx, cy = ((np.tanh(p[1]) + gx) / columns).ravel(), ((np.tanh(p[2]) + gy) / rows).ravel()
    w, h = sigmoid(p[3]).ravel(), sigmoid(p[4]).ravel()
    boxes = np.stack([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], 1)
    scale = np.array([picture.shape[1], picture.shape[0]] * 2)
    return boxes * scale, scores, classes


def yolox(picture, run, width, height):
    """Megvii YOLOX: data/data_augment.py preproc, utils/demo_utils.py demo_postprocess, utils/boxes.py postprocess."""
    padded = np.ones((height, width, 3), np.uint8) * 114
    r = min(height / picture.shape[0], width / picture.shape[1])
    size = (int(picture.shape[1] * r), int(picture.shape[0] * r))
    padded[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    p = run(np.ascontiguousarray(padded.transpose(2, 0, 1), np.float32)[None])[0].copy()
    grids, strides = [], []
    for stride in (8, 16, 32):
        xv, yv = np.meshgrid(np.arange(width // stride), np.arange(height // stride))
        grid = np.stack((xv, yv), 2).reshape(-1, 2)
        grids.append(grid)
        strides.append(np.full((len(grid), 1), stride))
    grids, strides = np.concatenate(grids), np.concatenate(strides)
    p[:, :2] = (p[:, :2] + grids) * strides
    p[:, 2:4] = np.exp(p[:, 2:4]) * strides
    boxes = np.concatenate([p[:, :2] - p[:, 2:4] / 2, p[:, :2] + p[:, 2:4] / 2], 1)
    return boxes / r, p[:, 4] * p[:, 5:].max(1), p[:, 5:].argmax(1)


def main():
    engine, kind, network, out, *pictures = sys.argv[1:]
    run, shape = engine_run(engine, network)
    detect = {"fastestdet": fastestdet, "yolox": yolox}[kind]
    results = []
    for path in pictures:
        picture = cv2.imread(path)
        boxes, scores, classes = detect(picture, run, shape[3], shape[2])
        above = scores >= CONFIDENCE
        boxes, scores, classes = boxes[above], scores[above], classes[above]
        kept = suppress(boxes, scores, classes)
        edges = np.array([picture.shape[1], picture.shape[0]] * 2)
        results.append([[*map(float, np.clip(boxes[i], 0, edges)), float(scores[i]), int(classes[i])] for i in kept])
    with open(out, "w") as file:
        json.dump(results, file)


if __name__ == "__main__":
    main()
