"""Measure how long an alert takes from capture to its broker and subscriber: called by `./deploy/bench/run latency`.

1080p H.264 cameras (`--cameras`, an RTSP server on loopback) send `--rate` frames a second each; the agent runs the benchmark's int8
detector on every frame. "Capture" is the moment the frame left the decoder's socket, `ts` of the alert; the agent's own histogram
counts until the broker's PUBACK, a paho subscriber until the message is there. The network's weights are random, so which
objects it finds has no meaning; one alert in motion costs what a real one costs.
"""

import argparse
import datetime
import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import paho.mqtt.client as mqtt

from measure import HERE, SHRIKE, Broker, free_port, machine, prepare


def camera_clip(source: Path, rate: int) -> Path:
    clip = source.with_name(f"camera-{rate}.mp4")
    if not clip.exists():
        part = clip.with_suffix(".part.mp4")
        subprocess.run(
            ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-stream_loop", "2", "-i", str(source), "-vf",
             f"setpts=N/{rate}/TB", "-r", str(rate), "-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", "20",
             "-b:v", "6M", str(part)], check=True)
        part.rename(clip)
    return clip


def configuration(home: Path, network: Path, broker: int, camera: int, cameras: int, http: int) -> Path:
    """One hit makes an alert, of three of the classes: a few a second, many more than an inspection gives."""
    folder = home / "latency.scene"
    folder.mkdir(exist_ok=True)
    (folder / network.name).unlink(missing_ok=True)
    (folder / network.name).hardlink_to(network)
    (folder / "scene.json").write_text(json.dumps(
        {"format": 1, "name": "latency", "kind": "detector", "detector": {"network": network.name},
         "persistence": {"hits": 1, "window": 1},
         "classes": [{"code": f"class{n}", "threshold": 0.25, "alerts": n < 3} for n in range(80)]}))
    sources = ", ".join(f'{{id: camera{n}, address: "rtsp://127.0.0.1:{camera}/live"}}' for n in range(cameras))
    file = home / "latency.yaml"
    file.write_text(f"""site: bench
gateway: bench
state: {home}/latency-state
broker: {{mode: external, url: "mqtt://127.0.0.1:{broker}"}}
http: {{port: {http}}}
log: {{level: warning}}
scenes: [{{address: {folder}, name: latency}}]
sources: [{sources}]
""")
    return file


def histogram(text: str) -> tuple[int, float]:
    """Alerts that the broker took, and the share of them within 250 ms of capture."""
    buckets = dict(re.findall(r'shrike_capture_to_puback_seconds_bucket\{le="([^"]+)"\} (\d+)', text))
    total = int(buckets.get("+Inf", 0))
    return total, int(buckets.get("0.25", 0)) / total if total else 0


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--cameras", type=int, default=1)
    parser.add_argument("--rate", type=int, default=10, help="frames a second of each camera")
    arguments = parser.parse_args()
    arguments.frames = 300
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder, networks = prepare(arguments)
    clip, camera, http, delays = camera_clip(folder / "photo.mp4", arguments.rate), free_port(), free_port(), []

    def arrived(_client, _data, message):
        sent = datetime.datetime.fromisoformat(json.loads(message.payload)["ts"])
        delays.append(time.time() - sent.timestamp())

    with Broker(arguments.home) as broker:
        listener = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        listener.on_message = arrived
        listener.connect("127.0.0.1", broker.port)
        listener.subscribe("shrike/v1/+/+/alert/#", 1)
        listener.loop_start()
        server = subprocess.Popen(["/usr/bin/python3", str(HERE / "rtsp_server.py"), str(camera), str(clip)])
        file = configuration(arguments.home, networks["int8"], broker.port, camera, arguments.cameras, http)
        agent = subprocess.Popen([SHRIKE, "run", "--config", str(file)])
        try:
            time.sleep(arguments.seconds)
            metrics = urllib.request.urlopen(f"http://127.0.0.1:{http}/metrics").read().decode()
        finally:
            agent.terminate()
            agent.wait()
            server.kill()
            listener.loop_stop()
    frames = sum(float(n) for n in re.findall(r"shrike_frames_analyzed_total\{[^}]*\} ([\d.]+)", metrics))
    shed = sum(float(n) for n in re.findall(r"shrike_frames_dropped_total\{[^}]*\} ([\d.]+)", metrics))
    by_camera = [int(n) for n in re.findall(r'shrike_frames_analyzed_total\{source="[^"]*"\} (\d+)', metrics)]
    total, within = histogram(metrics)
    if not delays:
        sys.exit("latency: no alert arrived; see the agent's messages above")
    print(f"{machine()}. {arguments.cameras} cameras of 1080p at {arguments.rate} frames/s: {frames:.0f} frames analyzed, "
          f"{min(by_camera)} to {max(by_camera)} of a camera, {shed:.0f} shed, {total} alert events.")
    print(f"capture to subscriber: p50 {1000 * percentile(delays, .5):.0f} ms, p95 {1000 * percentile(delays, .95):.0f} ms, "
          f"worst {1000 * max(delays):.0f} ms; capture to PUBACK within 250 ms: {100 * within:.1f} %")


if __name__ == "__main__":
    main()
