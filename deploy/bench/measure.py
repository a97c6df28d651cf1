"""Run Shrike and the Python peers in turn and print ratios: called by `./deploy/bench/run`.

Every contender is a process that is given the clip and a broker. It runs twice a round: over one frame and over all.
The difference is the steady state: frames per second and CPU milliseconds a frame without start-up, measured from
outside, the same way for all. The one-frame run is "start to first result". Rounds are interleaved and ratios are
paired within a round, because clocks and neighbors drift; medians and the range over rounds are printed.
"""

import argparse
import json
import os
import platform
import random
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import cv2

HERE = Path(__file__).resolve().parent
SHRIKE = ".build/release/shrike"
PEERS = [(engine, style) for engine in ("openvino", "onnxruntime") for style in ("plain", "careful")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """A mosquitto of our own on loopback."""

    def __init__(self, home: Path):
        self.port = free_port()
        configuration = home / "mosquitto.conf"
        configuration.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nlog_type none\n")
        self.process = subprocess.Popen(["mosquitto", "-c", str(configuration)])
        for _ in range(50):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        sys.exit("bench: mosquitto did not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def measured(command: list[str]) -> dict:
    """Wall and CPU seconds and peak memory of one process, from its start to its end, as the kernel counted them."""
    with open(os.devnull) as nothing:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=nothing, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        output, errors = process.stdout.read(), process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"bench: {' '.join(command)} failed: {errors.decode()[-500:]}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "rss_mb": usage.ru_maxrss / 1024, "output": output}


def scene(network: Path) -> Path:
    """A scene of the network whose classes raise no alerts: random weights would raise one every other frame, and the
    picture of each costs more than the frame, while the peers make none. Detections are found and tracked all the same."""
    folder = network.with_suffix(".scene")
    folder.mkdir(exist_ok=True)
    if not (folder / network.name).exists():
        os.link(network, folder / network.name)
    classes = [{"code": f"class{n}", "alerts": False} for n in range(80)]
    (folder / "scene.json").write_text(json.dumps(
        {"format": 1, "name": "bench", "kind": "detector", "classes": classes, "detector": {"network": network.name}}))
    return folder


def contenders(arguments, clip: Path, network: Path, port: int) -> dict:
    """Name -> function from a number of frames to a command.

    The peers and `shrike` run the same square network; `shrike wide` runs the same weights exported for 16:9 pictures.
    """
    rate = cv2.VideoCapture(str(clip)).get(cv2.CAP_PROP_FPS)

    def shrike(network: Path):
        # `--to` is the media time up to which frames are read.
        return lambda frames: [
            SHRIKE, "replay", str(clip), "--scene", str(scene(network)), "--fresh", "--broker", f"mqtt://127.0.0.1:{port}",
            "--no-clips", "--out", str(arguments.home / "replay"), "--cache", str(arguments.home / "cache"), "--json",
            "--to", f"{(frames - 0.5) / rate:.3f}"]

    def peer(engine: str, style: str):
        return lambda frames: [sys.executable, str(HERE / "peer.py"), "--engine", engine, "--style", style, "--network",
                               str(network), "--clip", str(clip), "--frames", str(frames), "--port", str(port)]

    wide = network.with_stem(f"{network.stem}-wide")
    found = {} if arguments.peers_only else {"shrike": shrike(network), "shrike wide": shrike(wide)}
    return found | {f"python {engine} {style}": peer(engine, style) for engine, style in PEERS}


def analyzed(name: str, output: bytes) -> int:
    document = json.loads(output.splitlines()[-1])
    return document["frames"]["analyzed"] if name.startswith("shrike") else document["frames"]


def figures(name: str, command, frames: int) -> dict:
    first, whole = measured(command(1)), measured(command(frames))
    more = analyzed(name, whole["output"]) - analyzed(name, first["output"])
    return {"fps": more / (whole["wall"] - first["wall"]), "cpu_ms": 1000 * (whole["cpu"] - first["cpu"]) / more,
            "rss_mb": whole["rss_mb"], "first_s": first["wall"]}


def allowed(arguments, clip: Path, network: Path) -> dict:
    """The frame rate that decode and engine CPU time, each measured alone and summed, allow on all cores."""
    document = json.loads(measured([SHRIKE, "bench", "--footage", str(clip), "--scene", str(scene(network)), "--json",
                                    "--cache", str(arguments.home / "cache")])["output"])
    stages = {stage["name"]: stage["cpu_ms_per_frame"] for stage in document["stages"]}
    return {"decode_ms": stages["decode"], "engine_ms": stages["engine"],
            "fps": os.cpu_count() * 1000 / (stages["decode"] + stages["engine"])}


def spread(values: list[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} [{min(values):.{digits}f}-{max(values):.{digits}f}]"


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
                 platform.machine())
    return f"{os.cpu_count()} x {model}, load {os.getloadavg()[0]:.1f} at the start"


def table(title: str, rounds: list[dict], bounds: list[dict]) -> str:
    lines = [f"### {title}", "",
             "| pipeline | frames/s | CPU ms/frame | peak RSS MB | start to first result s | shrike : this | shrike wide : this |",
             "|---|---|---|---|---|---|---|"]
    for name in rounds[0]:
        column = {key: [one[name][key] for one in rounds] for key in rounds[0][name]}
        ratios = [spread([one[ours]["fps"] / one[name]["fps"] for one in rounds], 2)
                  if ours in rounds[0] and not name.startswith("shrike") else "-" for ours in ("shrike", "shrike wide")]
        lines.append(f"| {name} | {spread(column['fps'], 1)} | {spread(column['cpu_ms'], 1)} | "
                     f"{spread(column['rss_mb'], 0)} | {spread(column['first_s'], 2)} | {' | '.join(ratios)} |")
    if bounds:
        share = [one["shrike"]["fps"] / bound["fps"] for one, bound in zip(rounds, bounds)]
        lines += ["", f"Decode alone {spread([b['decode_ms'] for b in bounds], 1)} ms, engine alone "
                  f"{spread([b['engine_ms'] for b in bounds], 1)} ms CPU a frame: both cores allow "
                  f"{spread([b['fps'] for b in bounds], 1)} frames/s. Shrike reaches {spread(share, 2)} of that."]
    return "\n".join(lines)


def prepare(arguments) -> tuple[Path, dict]:
    """Clips and networks, made once."""
    clips, networks = arguments.home / f"clips-{arguments.frames}", arguments.home / "networks"
    if not (clips / "photo.mp4").exists():
        print("bench: making clips", file=sys.stderr)
        subprocess.run([sys.executable, HERE / "make_clips.py", clips, str(arguments.frames)], check=True)
    files = {"int8": networks / "yolov8n-shaped-int8.onnx", "fp32": networks / "yolov8n-shaped.onnx"}
    if not all(file.exists() and file.with_stem(f"{file.stem}-wide").exists() for file in files.values()):
        print("bench: making networks", file=sys.stderr)
        subprocess.run([sys.executable, HERE / "make_network.py", networks, clips / "photo.mp4"], check=True,
                       stdout=sys.stderr)
    return clips, files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--clips", default="photo", help="photo, pattern, or both with a comma")
    parser.add_argument("--precisions", default="int8", help="int8, fp32, or both with a comma")
    parser.add_argument("--peers-only", action="store_true", help="leave Shrike out")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the broker is stopped too
    folder, networks = prepare(arguments)
    report, where = {"machine": machine(), "frames": arguments.frames, "cases": []}, arguments.home / "results"
    texts = [f"{report['machine']}. {arguments.rounds} rounds of {arguments.frames} frames, 1080p H.264, 640x640 network "
             "(wide: 640x384); median [range]. The two columns at the right are ratios of frames per second."]
    for clip, precision in [(c, p) for c in arguments.clips.split(",") for p in arguments.precisions.split(",")]:
        with Broker(arguments.home) as broker:
            commands = contenders(arguments, folder / f"{clip}.mp4", networks[precision], broker.port)
            for name in commands.keys() & {"shrike", "shrike wide"}:
                measured(commands[name](1))  # fills the compiled-network cache
            rounds, bounds = [], []
            for number in range(arguments.rounds):
                order = random.Random(number).sample(sorted(commands), len(commands))
                print(f"bench: {clip} {precision}, round {number + 1} of {arguments.rounds}", file=sys.stderr)
                one = {name: figures(name, commands[name], arguments.frames) for name in order}
                rounds.append({name: one[name] for name in commands})
                if "shrike" in commands:
                    bounds.append(allowed(arguments, folder / f"{clip}.mp4", networks[precision]))
        report["cases"].append({"clip": clip, "precision": precision, "rounds": rounds, "bounds": bounds})
        texts.append(table(f"{clip}.mp4, {precision}", rounds, bounds))
    where.mkdir(exist_ok=True)
    (where / "bench.json").write_text(json.dumps(report, indent=1) + "\n")
    (where / "bench.md").write_text("\n\n".join(texts) + "\n")
    print("\n\n".join(texts))
    print(f"\nresults: {where}/bench.md and bench.json")


if __name__ == "__main__":
    main()
