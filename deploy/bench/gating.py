"""What `look: changes` saves and what it misses: called by `./deploy/bench/run gating [--data DIR]`.

Fixed views with rare motion are made, with the truth known: a still background under sensor noise, encoded as H.264 as a
camera would, into which things come now and then, cross or stay, and leave. An entry is missed where no frame is looked at
within a second of it. Then, where DIR holds them, the same with real thermal frames and their labelled people and cars
(`hit_uav`), the real clips of a fixed camera (`clips`; what the detector in `detectors` finds with and without), and a drone's
footage, of which little can be left out.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
from pathlib import Path

import cv2
import numpy as np

SHRIKE = ".build/release/shrike"
RATE = 10
# Of one clip: three things come in in five minutes.
FRAMES, ENTRIES = 3000, 3


class Video:
    """H.264 as a camera makes it."""

    def __init__(self, path: Path, width: int, height: int):
        self.process = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}", "-r", str(RATE),
             "-i", "-", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p", str(path)],
            stdin=subprocess.PIPE)

    def write(self, picture: np.ndarray) -> None:
        self.process.stdin.write(picture.tobytes())

    def close(self) -> None:
        self.process.stdin.close()
        if self.process.wait():
            sys.exit("bench: ffmpeg failed")


def fixed_view(path: Path, background: np.ndarray, things: list[np.ndarray], frames: int, entries: int, noise: float,
               drift: float, seed: int) -> list[int]:
    """Writes a clip; returns at which frames a thing comes into the picture."""
    rng, grain = random.Random(seed), np.random.default_rng(seed)
    height, width = background.shape[:2]
    video, truth, walks = Video(path, width, height), [], []
    for number in range(entries):
        thing = rng.choice(things)
        begin = frames * (2 * number + 1) // (2 * entries + 1) + rng.randrange(frames // (6 * entries))
        seconds, stays = rng.uniform(1, 3), rng.uniform(0, 20)
        y = rng.randrange(height - thing.shape[0])
        stop = rng.uniform(0.1, 0.8) * width
        walks.append((begin, begin + seconds * RATE, begin + (seconds + stays) * RATE, y, stop, thing))
        truth.append(begin)
    stock = [grain.normal(0, noise, background.shape).astype(np.float32) for _ in range(16)]
    for frame in range(frames):
        picture = background.astype(np.float32) + drift * np.sin(2 * np.pi * frame / frames)
        for begin, arrived, leaves, y, stop, thing in walks:
            gone = leaves + (arrived - begin)
            if not begin <= frame < gone:
                continue
            share = (frame - begin + 1) / (arrived - begin) if frame < arrived else 1 if frame < leaves else 1 - (frame - leaves) / (gone - leaves)
            x = int(min(1, share) * stop - thing.shape[1] * (1 - min(1, 4 * share)))
            left, right = max(0, x), min(width, x + thing.shape[1])
            if right > left:
                part = thing[:, left - x:right - x]
                mask = part[..., 3:].astype(np.float32) / 255
                spot = picture[y:y + thing.shape[0], left:right]
                spot += mask * (part[..., :3] - spot)
        video.write(np.clip(picture + stock[rng.randrange(16)], 0, 255).astype(np.uint8))
    video.close()
    return truth


def generated(folder: Path, seed: int) -> tuple[Path, list[int]]:
    """720p, things of 16 to 60 pixels that differ from what they pass by 25 to 90 grey levels, light that drifts."""
    rng, grain = random.Random(seed), np.random.default_rng(seed)
    texture = cv2.GaussianBlur(grain.normal(110, 60, (270, 480, 3)).astype(np.float32), (0, 0), 2)
    background = np.clip(cv2.resize(texture, (1280, 720), interpolation=cv2.INTER_CUBIC), 0, 255)
    things = []
    for _ in range(8):
        width, height = rng.randint(16, 60), rng.randint(16, 60)
        thing = np.zeros((height, width, 4), np.uint8)
        level = 110 + rng.choice((-1, 1)) * rng.uniform(25, 90)
        cv2.ellipse(thing, (width // 2, height // 2), (width // 2 - 1, height // 2 - 1), 0, 0, 360, (level, level, level, 255), -1)
        things.append(thing)
    path = folder / f"generated-{seed}.mp4"
    return path, fixed_view(path, background, things, FRAMES, ENTRIES, 3, 3, seed)


def labels(path: Path) -> list[tuple[int, int, int, int]]:
    boxes = []
    for found in xml.etree.ElementTree.parse(path).getroot().iter("object"):
        if found.findtext("name", "").lower() != "dontcare":
            boxes.append(tuple(int(float(found.find("bndbox").findtext(k))) for k in ("xmin", "ymin", "xmax", "ymax")))
    return boxes


def thermal(folder: Path, data: Path, seed: int) -> tuple[Path, list[int]]:
    """A real thermal frame as the background, real labelled people, bicycles and cars of other frames as what comes in."""
    rng = random.Random(seed)
    pictures = sorted((data / "hit_uav/images").glob("1_60_*.jpg"))
    background = cv2.imread(str(rng.choice(pictures)))
    things = []
    while len(things) < 8:
        path = rng.choice(pictures)
        boxes = labels(data / "hit_uav/labels" / f"{path.stem}.xml")
        if not boxes:
            continue
        left, top, right, bottom = rng.choice(boxes)
        crop = cv2.imread(str(path))[max(0, top):bottom, max(0, left):right]
        if min(crop.shape[:2]) < 4:
            continue
        mask = np.zeros((*crop.shape[:2], 1), np.uint8)
        cv2.ellipse(mask, (crop.shape[1] // 2, crop.shape[0] // 2), (crop.shape[1] // 2, crop.shape[0] // 2), 0, 0, 360, 255, -1)
        things.append(np.concatenate([crop, mask], 2))
    path = folder / f"thermal-{seed}.mp4"
    return path, fixed_view(path, background.astype(np.float32), things, FRAMES, ENTRIES, 2, 1, seed)


def replay(clip: Path, out: Path, look: str, scene: str, *more: str) -> dict:
    command = [SHRIKE, "replay", str(clip), "--scene", scene, "--out", str(out), "--fresh", "--look", look, "--no-clips", "--json", *more]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.splitlines()[-1])


def looks(out: Path) -> list[int]:
    """Numbers of the frames that were looked at, from the run's journal."""
    found = []
    for path in sorted((out / ".run").glob("*.ndjson")):
        for line in path.read_text().splitlines():
            event = json.loads(line)
            if "frame" in event:
                found.append(event["frame"]["_0"]["index"])
    return sorted(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--clips", type=int, default=10, help="of each kind")
    parser.add_argument("--first-seed", type=int, default=100, help="seeds below 100 were used to choose the settings")
    arguments = parser.parse_args()
    print("| footage | frames | looked at | fewer | entries | missed | seen after, frames: median, most |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds = {"generated, 1280x720": lambda seed: generated(folder, seed)}
        if arguments.data:
            kinds["thermal, 640x512, real things on real backgrounds"] = lambda seed: thermal(folder, arguments.data, seed)
        for kind, make in kinds.items():
            frames, seen, delays, missed = 0, 0, [], 0
            for seed in range(arguments.first_seed, arguments.first_seed + arguments.clips):
                clip, truth = make(seed)
                summary = replay(clip, folder / "out", "changes", "builtin:thermal-solar")
                looked = looks(folder / "out")
                assert len(looked) == summary["frames"]["analyzed"]
                frames, seen = frames + summary["frames"]["read"], seen + len(looked)
                for entry in truth:
                    after = [number - entry for number in looked if entry <= number <= entry + RATE]
                    delays += after[:1]
                    missed += not after
                clip.unlink()
            delays.sort()
            entries = missed + len(delays)
            print(f"| {kind} | {frames} | {seen} | {frames / seen:.1f}x | {entries} | {missed} | "
                  f"{delays[len(delays) // 2]}, {delays[-1]} |", flush=True)
        for clip in sorted((arguments.data / "clips").glob("*.mp4")) if arguments.data else []:
            scene = str(arguments.data / "detectors/yolox_nano_bigisland.onnx")
            replay(clip, folder / "every", "every", scene)
            summary = replay(clip, folder / "changes", "changes", scene, "--baseline", str(folder / "every"))
            compared = summary["comparison"]
            alerts = compared["alerts"].values()
            print(f"| {clip.name}: hardly ever still | {summary['frames']['read']} | {summary['frames']['analyzed']} | "
                  f"{summary['frames']['read'] / summary['frames']['analyzed']:.1f}x | "
                  f"{sum(a['matched'] + a['only_baseline'] for a in alerts)} alerts | {sum(a['only_baseline'] for a in alerts)}, "
                  f"{sum(a['only_new'] for a in alerts)} more | |", flush=True)
        if arguments.data:
            still = cv2.imread(str(arguments.data / "geo_stills/DJI_0018.JPG"))
            for speed in (0.25, 1, 4):
                video = Video(folder / "pan.mp4", 1280, 720)
                for frame in range(400):
                    x, grain = 100 + frame * speed, np.random.default_rng(frame)
                    view = cv2.warpAffine(still, np.float64([[1, 0, -x], [0, 1, -400]]), (1280, 720))
                    video.write(np.clip(view + grain.normal(0, 2, view.shape), 0, 255).astype(np.uint8))
                video.close()
                summary = replay(folder / "pan.mp4", folder / "out", "changes", "builtin:thermal-solar")["frames"]
                print(f"| a drone still, seen by a camera that moves {speed} pixels a frame | {summary['read']} | {summary['analyzed']} | "
                      f"{summary['read'] / summary['analyzed']:.1f}x | | | |", flush=True)
            for prefix in ("1_60_30_0", "1_60_50_0"):
                video = Video(folder / "drone.mp4", 640, 512)
                for path in sorted((arguments.data / "hit_uav/images").glob(f"{prefix}_*.jpg")):
                    video.write(cv2.imread(str(path)))
                video.close()
                summary = replay(folder / "drone.mp4", folder / "out", "changes", "builtin:thermal-solar")["frames"]
                print(f"| hit_uav {prefix}, a moving camera | {summary['read']} | {summary['analyzed']} | "
                      f"{summary['read'] / summary['analyzed']:.1f}x | | | |", flush=True)


if __name__ == "__main__":
    main()
