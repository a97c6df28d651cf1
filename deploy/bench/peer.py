"""What a person writes in Python for the same job, for comparison: `peer.py --help`.

Decode (cv2.VideoCapture), letterbox, network (OpenVINO or onnxruntime, their Python API), class-wise NMS, one MQTT
message a frame (paho-mqtt, QoS 1, to a real broker). Prints one JSON document. Two styles:

plain    one loop, one frame at a time, library defaults: what tutorials show
careful  a decoding thread and two workers with one inference thread each, no spinning: what an expert writes
"""

import argparse
import json
import os
import queue
import resource
import threading
import time

import cv2
import numpy as np
import paho.mqtt.client as mqtt

import pictures

TOPIC = "bench/peer/frame"


def openvino_network(path: str, careful: bool):
    import openvino

    settings = {"PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": 2, "INFERENCE_NUM_THREADS": 2} if careful else {}
    compiled = openvino.Core().compile_model(path, "CPU", settings)
    local = threading.local()

    def infer(tensor):
        if not hasattr(local, "request"):
            local.request = compiled.create_infer_request()
        local.request.infer({0: tensor}, share_inputs=True)
        return local.request.get_output_tensor(0).data

    return infer


def onnxruntime_network(path: str, careful: bool):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    if careful:
        options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda tensor: session.run(None, {name: tensor})[0]


def findings(output: np.ndarray, scale: float, x: int, y: int, threshold: float) -> list[dict]:
    """Boxes of the source picture over the threshold, the weaker of two overlapping ones of a class removed."""
    rows = output[0].T
    scores = rows[:, 4:].max(1)
    keep = scores > threshold
    rows, scores = rows[keep], scores[keep]
    if not len(rows):
        return []
    kinds = rows[:, 4:].argmax(1)
    boxes = np.stack([(rows[:, 0] - rows[:, 2] / 2 - x) / scale, (rows[:, 1] - rows[:, 3] / 2 - y) / scale,
                      rows[:, 2] / scale, rows[:, 3] / scale], 1)
    chosen = cv2.dnn.NMSBoxesBatched(boxes.tolist(), scores.tolist(), kinds.tolist(), threshold, 0.45)
    return [{"box": boxes[i].tolist(), "score": float(scores[i]), "class": int(kinds[i])} for i in chosen]


class Pipeline:
    def __init__(self, arguments):
        self.arguments = arguments
        self.capture = cv2.VideoCapture(arguments.clip)
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        self.client.max_inflight_messages_set(1000)
        self.client.connect("127.0.0.1", arguments.port)
        self.client.loop_start()
        make = {"openvino": openvino_network, "onnxruntime": onnxruntime_network}[arguments.engine]
        self.infer = make(arguments.network, arguments.style == "careful")
        self.found, self.sent, self.lock = 0, [], threading.Lock()

    def frames(self):
        for number in range(self.arguments.frames):
            there, frame = self.capture.read()
            if not there:
                return
            yield number, frame

    def analyze(self, number: int, frame: np.ndarray) -> None:
        square, scale, x, y = pictures.letterbox(frame, 640)
        found = findings(self.infer(pictures.blob(square)), scale, x, y, self.arguments.threshold)
        sent = self.client.publish(TOPIC, json.dumps({"frame": number, "findings": found}), qos=1)
        with self.lock:
            self.found += len(found)
            self.sent.append(sent)

    def plain(self) -> None:
        for number, frame in self.frames():
            self.analyze(number, frame)

    def careful(self) -> None:
        waiting: queue.Queue = queue.Queue(4)

        def work():
            while (item := waiting.get()) is not None:
                self.analyze(*item)

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for item in self.frames():
            waiting.put(item)
        for worker in workers:
            waiting.put(None)
        for worker in workers:
            worker.join()

    def run(self) -> None:
        self.plain() if self.arguments.style == "plain" else self.careful()
        for sent in self.sent:
            sent.wait_for_publish(30)
        self.client.disconnect()
        self.client.loop_stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["openvino", "onnxruntime"], required=True)
    parser.add_argument("--style", choices=["plain", "careful"], default="plain")
    parser.add_argument("--network", required=True)
    parser.add_argument("--clip", required=True)
    parser.add_argument("--frames", type=int, default=1 << 30)
    parser.add_argument("--threshold", type=float, default=0.25)
    parser.add_argument("--port", type=int, required=True, help="of a broker on this machine")
    pipeline = Pipeline(parser.parse_args())
    began = time.perf_counter()
    pipeline.run()
    seconds = time.perf_counter() - began
    frames = len(pipeline.sent)
    print(json.dumps({"frames": frames, "loop_fps": round(frames / seconds, 2),
                      "findings_per_frame": round(pipeline.found / max(frames, 1), 2),
                      "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}), flush=True)
    # Engines tear their threads down for a second or more; that is nobody's work.
    os._exit(0)


if __name__ == "__main__":
    main()
