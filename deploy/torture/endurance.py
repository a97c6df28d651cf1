"""Time, memory, I/O failures and hung stages: A2, B3, G1, G2, G3."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request

from bench import Agent, Broker, Ear, Skipped, Workshop, dies_with_us, free_port, undisturbed, wait_for
from cameras import Camera
from media import children


def traced(state, call, action):
    """Runs the agent so that a call on its database is interfered with: `error=EIO:when=3`, `signal=KILL:when=3+`."""
    if not shutil.which("strace"):
        raise Skipped("the package strace is not installed")
    files = [argument for name in ("outbox.sqlite", "outbox.sqlite-wal", "outbox.sqlite-shm") for argument in ("-P", f"{state}/{name}")]
    return ["strace", "-f", "-qq", "-o", f"{state}.trace", "-e", f"trace={call}", *files, "-e", f"inject={call}:{action}"]


def was_injected(state):
    with open(f"{state}.trace", encoding="utf-8", errors="replace") as f:
        text = f.read()
    return "INJECTED" in text or "killed by SIGKILL" in text


# Names differ from processor to processor; those that the kernel does not have are left out by strace's `?`.
WRITING = {"fdatasync": "?fdatasync", "pwrite": "?pwrite64", "ftruncate": "?ftruncate"}


def crash_points(long):
    """A2: kill -9 at the i-th call on the database that writes, truncates or syncs, for every i."""
    stride = {"fdatasync": 1, "pwrite": 1 if long else 29, "ftruncate": 1}
    kills = lost = repeated = unmarked = broken = 0
    with Workshop() as shop:
        expected = undisturbed(shop.path)
        for kind, call in WRITING.items():
            step = 1
            while True:
                broker = Broker(f"{shop.path}/broker").start()
                ear = Ear(broker)
                agent = Agent(f"{shop.path}/agent", broker, [("flight", Workshop.video())],
                              sections=["http: {enabled: false}", "outbox: {reserve_bytes: 0}"],
                              environment={"SHRIKE_DECODING": "in-process"})
                run = agent.start("--exit-when-done", wrapper=traced(agent.state, call, f"signal=KILL:when={step}"))
                run.end(120)
                is_over = not was_injected(agent.state)
                if not is_over:
                    kills += 1
                    assert agent.start("--exit-when-done").end() == 0
                wait_for(lambda e=ear: len(e.account()[0]) >= len(expected), 60, "all alerts after the kill")
                ids, heard, copies, bad = ear.account()
                lost += len(expected - ids) + len(ids - expected) + len(set(range(1, max(heard) + 1)) - heard)
                repeated, unmarked = repeated + copies, unmarked + bad
                with sqlite3.connect(f"{agent.state}/outbox.sqlite") as db:
                    broken += db.execute("PRAGMA integrity_check").fetchone()[0] != "ok"
                db.close()
                ear.sub.kill()
                broker.kill()
                shutil.rmtree(agent.folder)
                shutil.rmtree(f"{shop.path}/broker")
                if is_over:
                    break
                step += stride[kind]
    return lost == 0 and unmarked == 0 and broken == 0, (
        f"killed at {kills} places of writing: {lost} alerts lost or other, {repeated} repeated, {unmarked} unmarked, {broken} databases broken")


def failing_disk(long):
    """B3: the i-th call on the database fails, once or from then on."""
    kinds = [(call, error) for call in ("?fdatasync", "?pwrite64", "?ftruncate", "?openat") for error in ("EIO", "ENOSPC")]
    crashes = lost = broken = runs = stood = 0
    with Workshop() as shop:
        Workshop.video()
        for call, error in kinds:
            for for_ever in ("", "+"):
                step = 1
                while True:
                    agent = Agent(f"{shop.path}/agent", None, [("flight", Workshop.video())],
                                  sections=["http: {enabled: false}", "outbox: {reserve_bytes: 0}"],
                                  environment={"SHRIKE_DECODING": "in-process"})
                    run = agent.start("--exit-when-done", wrapper=traced(agent.state, call, f"error={error}:when={step}{for_ever}"))
                    try:
                        status = run.end(8)
                    except subprocess.TimeoutExpired:
                        # It waits for the disk, as it should; strace passes the signal on.
                        stood += 1
                        subprocess.run(["pkill", "-TERM", "-P", str(run.process.pid)], check=False)
                        try:
                            status = run.end(15)
                        except subprocess.TimeoutExpired:
                            status = run.kill()
                    runs += 1
                    # One clear line and status 1, or done: never a signal.
                    crashes += status not in (0, 1)
                    said = {line.split("alert_id=")[1].split()[0] for _, line in run.lines if "alert_id=" in line}
                    known = set()
                    if os.path.exists(f"{agent.state}/outbox.sqlite"):
                        with sqlite3.connect(f"{agent.state}/outbox.sqlite") as db:
                            broken += db.execute("PRAGMA integrity_check").fetchone()[0] != "ok"
                            if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'issued'").fetchone():
                                known = {row[0] for row in db.execute("SELECT alert_id FROM issued")}
                        db.close()
                    lost += len(said - known)
                    is_over = not was_injected(agent.state)
                    shutil.rmtree(agent.folder)
                    if is_over or step > (1000 if long else 40):
                        break
                    # Every place where a single call fails; of what fails from then on a few.
                    step = step + 1 if long and error == "EIO" and not for_ever else step * 3
    return crashes == 0 and lost == 0 and broken == 0, (
        f"{runs} runs with failing reads and writes of the database: {crashes} crashes, {lost} alerts lost, {broken} databases broken, {stood} "
        "waited for the disk")


def numbers(process):
    """MiB of anonymous memory, open files without those that hold decoded pictures, and threads."""
    with open(f"/proc/{process}/status", encoding="utf-8") as f:
        status = f.read()
    files = [target(f"/proc/{process}/fd/{number}") for number in os.listdir(f"/proc/{process}/fd")]
    return (int(status.split("RssAnon:")[1].split()[0]) / 1024, sum("memfd:shrike-pixels" not in f for f in files),
            int(status.split("Threads:")[1].split()[0]))


def target(link):
    """What a file descriptor of another process is; it may be gone by now."""
    try:
        return os.readlink(link)
    except OSError:
        return ""


def soak(long):
    """G1: four cameras for hours."""
    seconds = float(os.environ.get("SHRIKE_SOAK_SECONDS", 7200 if long else 60))
    settle = min(900, seconds / 3) if long else seconds / 2
    cameras = [Camera().start() for _ in range(4)]
    with Workshop() as shop:
        broker = Broker(f"{shop.path}/broker").start()
        ear = Ear(broker)
        agent = Agent(f"{shop.path}/agent", broker, [(f"cam{i}", f"{c.address()}\n    fps: 5") for i, c in enumerate(cameras)])
        run = agent.start()
        wait_for(lambda: run.has("shrike is running"), 60, "the agent runs")
        begin, points, decoders = time.monotonic(), [], []
        while time.monotonic() < begin + seconds and run.process.poll() is None:
            time.sleep(5 if long else 1)
            points.append((time.monotonic() - begin, *numbers(run.process.pid), os.getloadavg()[0]))
            decoders.append(sum(numbers(pid)[0] for pid, command, _ in children(run.process.pid) if b"decoder-process" in command))
        alive = run.process.poll() is None
        wal = max((os.path.getsize(f"{agent.state}/{name}") for name in os.listdir(agent.state) if name.endswith("-wal")), default=0)
        status = run.kill(signal.SIGTERM) if alive else -1
        ear.sub.kill()
        broker.kill()
    for camera in cameras:
        camera.kill()
    later = [p for p in points if p[0] > settle]
    mean_t, mean_m = (sum(p[i] for p in later) / len(later) for i in (0, 1))
    slope = 3600 * sum((p[0] - mean_t) * (p[1] - mean_m) for p in later) / max(1e-9, sum((p[0] - mean_t) ** 2 for p in later))
    # A picture of evidence is open for a moment: what counts is where the middle lies.
    quarter = max(1, len(later) // 4)
    files = abs(sorted(p[2] for p in later[-quarter:])[quarter // 2] - sorted(p[2] for p in later[:quarter])[quarter // 2])
    # Where it grew tells more than how fast: eight parts, with the machine's load.
    part = max(1, len(points) // 8)
    shape = ", ".join(f"{max(p[1] for p in points[n:n + part]):.1f} ({max(p[4] for p in points[n:n + part]):.0f})" for n in range(0, 8 * part, part))
    held = alive and status == 0 and files <= 2 and wal <= 16 << 20 and (not long or slope < 1)
    return held, (f"4 cameras, {seconds / 60:.0f} min: memory {later[0][1]:.1f} to {later[-1][1]:.1f} MiB, slope {slope:+.2f} MiB/h, decoders "
                  f"together {decoders[-1]:.0f} MiB, open files {files:+d}, WAL {wal >> 20} MiB; most by eighths (load): {shape}")


def overload(long):
    """G2: more frames than can be looked at, under a ceiling of memory."""
    seconds = 120 if long else 20
    clip = f"{Workshop.video()}.1080.mp4"
    if not os.path.exists(clip):
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=25,noise=alls=8:allf=t", "-t",
                        "12", "-c:v", "libx264", "-preset", "ultrafast", clip], check=True)
    server = os.path.join(os.path.dirname(__file__), "..", "bench", "rtsp_server.py")
    ports = [free_port() for _ in range(4)]
    servers = [subprocess.Popen(dies_with_us([sys.executable, server, str(port), clip]), stderr=subprocess.DEVNULL) for port in ports]
    for port in ports:
        def listens(port=port):
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", port)) == 0
        wait_for(listens, 30, "the camera listens")
    with Workshop() as shop:
        agent = Agent(f"{shop.path}/agent", None, [(f"cam{i}", f"rtsp://127.0.0.1:{p}/live") for i, p in enumerate(ports)])
        run = agent.start()
        wait_for(lambda: run.has("shrike is running"), 60, "the agent runs")
        begin, worst, child, together = time.monotonic(), 0.0, 0.0, 0.0
        while time.monotonic() < begin + seconds and run.process.poll() is None:
            time.sleep(0.2)
            own = numbers(run.process.pid)[0]
            theirs = []
            for pid, command, _ in children(run.process.pid):
                try:
                    theirs.append(numbers(pid)[0])
                except (OSError, IndexError):
                    pass
            worst, child, together = max(worst, own), max([child, *theirs]), max(together, own + sum(theirs))
        with urllib.request.urlopen(f"http://127.0.0.1:{agent.port}/metrics", timeout=10) as answer:
            lines = answer.read().decode().split("\n")
        total = {name: sum(float(line.split()[-1]) for line in lines if line.startswith(name))
                 for name in ("shrike_frames_analyzed_total", "shrike_frames_dropped_total")}
        alive = run.process.poll() is None
        run.kill(signal.SIGTERM)
    for process in servers:
        process.kill()
    analyzed, dropped = total["shrike_frames_analyzed_total"], total["shrike_frames_dropped_total"]
    held = alive and child <= 192 and together <= 768 and analyzed > 0
    return held, (f"4 cameras of 1080p at 25 frames/s: agent at most {worst:.0f} MiB, a decoder {child:.0f} MiB, together {together:.0f} MiB; "
                  f"{analyzed:.0f} frames analysed, {dropped:.0f} shed and counted")


def hung(_):
    """G3: a stage that hangs ends the signs of life that systemd waits for."""
    with Workshop() as shop:
        disk, image, address = f"{shop.path}/disk", f"{shop.path}/image", f"{shop.path}/notify"
        os.mkdir(disk)
        with open(image, "wb") as f:
            f.truncate(300 << 20)
        subprocess.run(["mkfs.ext4", "-q", image], check=True)
        if subprocess.run(["mount", "-o", "loop", image, disk], capture_output=True, check=False).returncode:
            raise Skipped("this system allows no loop mount")
        ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ear.bind(address)
        ear.settimeout(0.2)
        try:
            drop, pictures = f"{shop.path}/drop", f"{shop.path}/pictures"
            os.mkdir(drop)
            os.mkdir(pictures)
            subprocess.run(["ffmpeg", "-v", "error", "-i", Workshop.video(), "-q:v", "3", f"{pictures}/%03d.jpg"], check=True)
            agent = Agent(f"{shop.path}/agent", None, [("drop", f"watch:{drop}")],
                          sections=["http: {enabled: false}", "watchdog: {stuck_seconds: 5}"],
                          environment={"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "6000000"})
            with open(f"{agent.folder}/gateway.yaml", encoding="utf-8") as f:
                text = f.read().replace(agent.state, f"{disk}/state")
            with open(f"{agent.folder}/gateway.yaml", "w", encoding="utf-8") as f:
                f.write(text)
            run = agent.start()
            signs = []

            def listen(seconds, until=lambda: False):
                end = time.monotonic() + seconds
                while time.monotonic() < end and not until():
                    try:
                        signs.append((time.monotonic(), ear.recv(4096)))
                    except TimeoutError:
                        pass
            listen(30, lambda: any(b"READY" in s for _, s in signs))
            listen(8)
            calm = sum(b"WATCHDOG=1" in s for _, s in signs)
            subprocess.run(["fsfreeze", "-f", disk], check=True)
            try:
                for name in sorted(os.listdir(pictures)):
                    os.rename(f"{pictures}/{name}", f"{drop}/{name}")
                frozen_at = time.monotonic()
                listen(25)
            finally:
                subprocess.run(["fsfreeze", "-u", disk], check=True)
            last = max((moment for moment, s in signs if b"WATCHDOG=1" in s), default=0) - frozen_at
            told = any(b"hangs" in s for _, s in signs)
            thawed = time.monotonic()
            listen(20, lambda: any(b"WATCHDOG=1" in s and m > thawed for m, s in signs))
            again = any(b"WATCHDOG=1" in s and m > thawed for m, s in signs)
            run.kill(signal.SIGTERM)
        finally:
            subprocess.run(["umount", "-l", disk], check=False)
            ear.close()
    return calm > 0 and last <= 15 and told and again, (
        f"disk frozen: the last sign of life {last:.1f} s later, the stage {'named' if told else 'not named'}, signs "
        f"{'came' if again else 'did not come'} again when it thawed")
