"""Hostile and damaged footage: D1, D2. The corpus is generated, from a seed."""

import os
import random
import signal
import struct
import subprocess
import time
import zlib

from bench import BINARY, Agent, Lines, Workshop, wait_for


def children(process):
    """Decoder processes of an agent."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/status", encoding="utf-8") as f:
                status = f.read()
            with open(f"/proc/{name}/cmdline", "rb") as f:
                command = f.read()
        except OSError:
            continue
        if f"\nPPid:\t{process}\n" in status:
            found.append((int(name), command, status))
    return found


def seeds(folder):
    """One sound file of every kind that is read."""
    video = Workshop.video()
    quiet = ["ffmpeg", "-v", "error", "-y", "-i", video, "-frames:v", "12"]
    kinds = {
        "h264.mp4": ["-c:v", "libx264", "-bf", "2"], "h264.ts": ["-c:v", "libx264"], "h264.mkv": ["-c:v", "libx264"],
        "mjpeg.avi": ["-c:v", "mjpeg"], "h265.mp4": ["-c:v", "libx265", "-x265-params", "log-level=none"],
    }
    for name, codec in kinds.items():
        subprocess.run([*quiet, *codec, f"{folder}/{name}"], check=True)
    for name in ("still.jpg", "still.png", "still.tif"):
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", video, "-frames:v", "1", f"{folder}/{name}"], check=True)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", video, "-frames:v", "1", "-pix_fmt", "gray16be",
                    f"{folder}/counts.png"], check=True)
    return sorted(os.listdir(folder))


def damaged(data, rng):
    """One of: bits flipped at a ratio from 1e-4 to 5e-2, cut short, header overwritten, a piece repeated."""
    data = bytearray(data)
    way = rng.randrange(4)
    if way == 0:
        for _ in range(max(1, int(len(data) * 10 ** rng.uniform(-4, -1.3)))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif way == 1:
        del data[rng.randrange(len(data)):]
    elif way == 2:
        for _ in range(rng.randrange(1, 24)):
            data[rng.randrange(min(512, len(data)))] = rng.randrange(256)
    else:
        start = rng.randrange(len(data))
        piece = data[start:start + rng.randrange(1, 4096)]
        place = rng.randrange(len(data))
        data[place:place] = piece * rng.randrange(1, 4)
    return bytes(data)


def corpus(long):
    """D1: damaged footage; after each batch a sound file gives what it always gave."""
    count, batch = (2000, 40) if long else (80, 20)
    rng = random.Random(11)
    crashes = slow = changed = leaked = 0
    slowest = 0.0
    with Workshop() as shop:
        os.mkdir(f"{shop.path}/seeds")
        names = seeds(f"{shop.path}/seeds")
        sound = None

        def replay(footage, output):
            begin = time.monotonic()
            done = subprocess.run(
                [BINARY, "replay", *footage, "--scene", "builtin:thermal-solar", "--out", output, "--no-clips"],
                capture_output=True, check=False, timeout=900)
            return done, time.monotonic() - begin

        def calm():
            output = f"{shop.path}/calm-{time.monotonic_ns()}"
            done, _ = replay([Workshop.video()], output)
            with open(f"{output}/alerts.ndjson", "rb") as f:
                return done.returncode, f.read()

        sound = calm()
        files = 0
        while files < count:
            for _ in range(batch):
                name = rng.choice(names)
                with open(f"{shop.path}/seeds/{name}", "rb") as f:
                    data = damaged(f.read(), rng)
                path = f"{shop.path}/damaged-{files}-{name}"
                with open(path, "wb") as f:
                    f.write(data)
                files += 1
                done, seconds = replay([path], f"{shop.path}/out-{files}")
                # One clear line and status 1, or a result: never a signal.
                crashes += done.returncode not in (0, 1)
                slow += seconds > 10
                slowest = max(slowest, seconds)
                os.remove(path)
                subprocess.run(["rm", "-rf", f"{shop.path}/out-{files}"], check=False)
            changed += calm() != sound
        # The same through an agent that runs on, which must neither leak nor stop.
        drop = f"{shop.path}/drop"
        os.mkdir(drop)
        agent = Agent(f"{shop.path}/agent", None, [("drop", f"watch:{drop}")])
        run = agent.start()
        wait_for(lambda: run.has("shrike is running"), 60, "the agent runs")
        stills = [n for n in names if n.split(".")[1] in ("jpg", "png", "tif")]
        pictures = 400 if long else 40
        for number in range(pictures):
            name = rng.choice(stills)
            with open(f"{shop.path}/seeds/{name}", "rb") as f:
                data = damaged(f.read(), rng)
            with open(f"{drop}/.part", "wb") as f:
                f.write(data)
            os.rename(f"{drop}/.part", f"{drop}/{number:05}.{name.split('.')[1]}")
            time.sleep(0.02)
        time.sleep(5)
        alive = run.process.poll() is None
        leaked = sum("State:\tZ" in status for _, _, status in children(run.process.pid)) if alive else -1
        crashes += not alive or run.kill(signal.SIGTERM) != 0
    held = crashes == 0 and slow == 0 and changed == 0 and leaked == 0
    return held, (f"{files} damaged files and {pictures} pictures in a watched folder: {crashes} crashes, slowest verdict "
                  f"{slowest:.1f} s, {changed} changed results of a sound file, {leaked} zombies")


def png(width, height, row):
    """A picture of equal rows, packed small."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", data) + chunk(b"IEND", b""))


def bombs(_):
    """D2: small files that unpack to much, and side-cars without end."""
    with Workshop() as shop:
        folder = f"{shop.path}/bombs"
        os.mkdir(folder)
        with open(Workshop.video(), "rb") as f:
            video = f.read()
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", Workshop.video(), "-frames:v", "1", f"{shop.path}/a.jpg"], check=True)
        with open(f"{shop.path}/a.jpg", "rb") as f:
            still = bytearray(f.read())
        frame = next(i for i in range(len(still)) if still[i] == 0xFF and still[i + 1] in (0xC0, 0xC2))
        still[frame + 5:frame + 9] = struct.pack(">HH", 65535, 65535)
        with open(f"{folder}/huge.jpg", "wb") as f:
            f.write(still)
        with open(f"{folder}/huge.png", "wb") as f:
            f.write(png(30_000, 30_000, b"\0" + b"\x80" * 30_000))
        with open(f"{folder}/promises-more.png", "wb") as f:
            data = bytearray(png(60, 60, b"\0" + b"\x80" * 60))
            data[16:24] = struct.pack(">II", 7_999, 7_999)
            data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
            f.write(data)
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "color=gray:s=64x64:r=1000", "-t", "0.2",
                        f"{folder}/fast.mp4"], check=True)
        cases = {name: [f"{folder}/{name}"] for name in ("huge.jpg", "huge.png", "promises-more.png", "fast.mp4")}
        cue = "1\n00:00:00,000 --> 00:00:00,033\n[latitude: 1.0] [longitude: 2.0] [rel_alt: 3.0 abs_alt: 4.0]\n\n"
        for name, text in (("cues", cue * 1_000_000), ("one-line", "1\n00:00:00,000 --> 00:00:00,033\n" + "x" * (50 << 20))):
            with open(f"{folder}/{name}.mp4", "wb") as f:
                f.write(video)
            with open(f"{folder}/{name}.SRT", "w", encoding="utf-8") as f:
                f.write(text)
            cases[name] = [f"{folder}/{name}.mp4"]
        crashes, worst, child, slowest, reasons = 0, 0.0, 0.0, 0.0, []
        for name, footage in cases.items():
            begin = time.monotonic()
            run = Lines([BINARY, "replay", *footage, "--scene", "builtin:thermal-solar", "--out", f"{shop.path}/{name}.out",
                         "--no-clips"], stream="stderr")
            while run.process.poll() is None and time.monotonic() < begin + 120:
                try:
                    with open(f"/proc/{run.process.pid}/status", encoding="utf-8") as f:
                        worst = max(worst, next(int(l.split()[1]) for l in f if l.startswith("RssAnon")) / 1024)
                except (OSError, StopIteration):
                    pass
                for _, _, status in children(run.process.pid):
                    if "RssAnon" in status:
                        child = max(child, int(status.split("RssAnon:")[1].split()[0]) / 1024)
                time.sleep(0.01)
            if run.process.poll() is None:
                run.kill()
                crashes += 1
                reasons.append(f"{name} takes over 120 s")
            elif run.end() not in (0, 1):
                crashes += 1
                reasons.append(f"{name} ended with {run.process.returncode}")
            slowest = max(slowest, time.monotonic() - begin)
    held = crashes == 0 and worst <= 256 and child <= 256
    return held, (f"{len(cases)} bombs: {crashes} crashes {' '.join(reasons)}, agent at most {worst:.0f} MiB, decoder "
                  f"{child:.0f} MiB, slowest {slowest:.1f} s")
