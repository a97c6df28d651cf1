"""Cameras that come and go, stall, refuse and freeze: E1, E2, E3."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

from bench import Agent, Skipped, Workshop, dies_with_us, free_port, wait_for
from media import children

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "camera.py")


class Camera:
    """A real RTSP server as a process that can be stopped and killed."""

    def __init__(self, *credentials):
        if subprocess.run([sys.executable, "-c", "import gi; gi.require_version('GstRtspServer', '1.0')"],
                          capture_output=True, check=False).returncode:
            raise Skipped("python3-gi with gir1.2-gst-rtsp-server-1.0 is not installed")
        self.port, self.credentials, self.process = free_port(), credentials, None

    def address(self, path="live", user=""):
        return f"rtsp://{user}127.0.0.1:{self.port}/{path}"

    def start(self):
        self.process = subprocess.Popen(
            dies_with_us([sys.executable, PROGRAM, str(self.port), "320", "240", "10", *self.credentials]), stderr=subprocess.DEVNULL)

        def listens():
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", self.port)) == 0
        wait_for(listens, 30, "the camera listens")
        return self

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait(10)


def states(run, source):
    """Moments and texts of a source's changes."""
    return [(moment, line.split("source is ")[1]) for moment, line in list(run.lines)
            if "source is " in line and f"source={source} " in line]


def flapping(long):
    """E1: cameras that are up and down for 1 to 20 seconds, killed or silent."""
    count, seconds = (4, 1800) if long else (2, 40)
    cameras = [Camera().start() for _ in range(count)]
    returns = [[] for _ in cameras]
    # A camera dies with the thread that started it.
    over = threading.Event()
    with Workshop() as shop:
        agent = Agent(f"{shop.path}/agent", None, [(f"cam{i}", c.address()) for i, c in enumerate(cameras)])
        run = agent.start()
        for i in range(count):
            wait_for(lambda i=i: any(s.startswith("up") for _, s in states(run, f"cam{i}")), 60, "the camera is up")
        end = time.monotonic() + seconds

        def flap(i):
            rng = random.Random(i)
            longest = 20 if long else 8
            while time.monotonic() < end:
                time.sleep(rng.uniform(1, longest))
                is_silent = rng.random() < 0.5
                # The agent may hear of it before we are done.
                down = time.monotonic()
                if is_silent:
                    cameras[i].signal(signal.SIGSTOP)
                else:
                    cameras[i].kill()
                time.sleep(rng.uniform(1, longest))
                # Pictures may come before we hear that the camera listens.
                earliest = time.monotonic()
                if is_silent:
                    cameras[i].signal(signal.SIGCONT)
                else:
                    cameras[i].start()
                returns[i].append((down, earliest, time.monotonic()))
            done.release()
            over.wait()
        done = threading.Semaphore(0)
        threads = [threading.Thread(target=flap, args=(i,)) for i in range(count)]
        for thread in threads:
            thread.start()
        for _ in threads:
            done.acquire()
        time.sleep(12)
        delays, missing, unnoticed = [], 0, 0
        for i in range(count):
            changes = states(run, f"cam{i}")
            for number, (down, earliest, back) in enumerate(returns[i]):
                later = returns[i][number + 1][0] if number + 1 < len(returns[i]) else float("inf")
                between = [(m, s) for m, s in changes if down < m < later]
                if not any(not s.startswith("up") for _, s in between):
                    unnoticed += 1
                    continue
                up = [m for m, s in between if s.startswith("up") and m >= earliest]
                if up:
                    delays.append(max(0.0, up[0] - back))
                elif later - back > 10:
                    missing += 1
                    print(f"E1: cam{i} was away for {back - down:.1f} s and there for {later - back:.1f} s, but not seen: "
                          + ", ".join(f"{m - back:+.1f} s {s}" for m, s in between), file=sys.stderr)
        alive = run.process.poll() is None
        run.kill(signal.SIGTERM)
    over.set()
    for camera in cameras:
        camera.kill()
    delays.sort()
    p95 = delays[int(0.95 * (len(delays) - 1))] if delays else 0.0
    held = alive and missing == 0 and bool(delays) and p95 <= 5 and delays[-1] <= 10
    return held, (f"{count} cameras, {sum(map(len, returns))} outages ({unnoticed} too short to be seen): first frame after the "
                  f"return p95 {p95:.1f} s, at most {delays[-1] if delays else 0:.1f} s, {missing} never came back")


def stuck(_):
    """E2: why a camera gives no pictures is told apart, and a stuck decoder is killed."""
    silent, guarded = Camera().start(), Camera("shrike:s3cret").start()
    mute = socket.socket()
    mute.bind(("127.0.0.1", 0))
    mute.listen(8)
    with Workshop() as shop:
        agent = Agent(f"{shop.path}/agent", None, [
            ("silent", silent.address()), ("closed", f"rtsp://127.0.0.1:{free_port()}/live"),
            ("guarded", guarded.address(user="shrike:wrong@")), ("mute", f"rtsp://127.0.0.1:{mute.getsockname()[1]}/live")])
        run = agent.start()
        wait_for(lambda: any(s.startswith("up") for _, s in states(run, "silent")), 60, "the camera is up")
        time.sleep(2)
        decoders = {pid for pid, command, _ in children(run.process.pid) if b"decoder-process" in command}
        silent.signal(signal.SIGSTOP)
        begin = time.monotonic()
        wait_for(lambda: any(s.startswith("stalled") for m, s in states(run, "silent") if m > begin), 30, "stalled")
        stalled = time.monotonic() - begin
        wait_for(lambda: not decoders <= {pid for pid, _, _ in children(run.process.pid)}, 20, "the decoder is killed")
        killed = time.monotonic() - begin - stalled
        wait_for(lambda: any("auth" in s for _, s in states(run, "guarded")), 60, "credentials are refused")
        wait_for(lambda: any("nothing listens" in s for _, s in states(run, "closed")), 60, "a closed port is told")
        wait_for(lambda: any("retrying" in s for _, s in states(run, "mute")), 60, "a silent server is told")
        reasons = {name: next(s for _, s in reversed(states(run, name)) if not s.startswith("connecting"))
                   for name in ("closed", "guarded", "mute")}
        leaked = sum("s3cret" in line or "wrong" in line for _, line in run.lines)
        # A camera that was never there is looked for for ever.
        tries = len(states(run, "closed"))
        wait_for(lambda: len(states(run, "closed")) > tries, 90, "a camera that never was is tried again")
        silent.signal(signal.SIGCONT)
        back = time.monotonic()
        wait_for(lambda: any(s.startswith("up") and m > back for m, s in states(run, "silent")), 30, "up again")
        run.kill(signal.SIGTERM)
    for camera in (silent, guarded):
        camera.kill()
    mute.close()
    held = stalled <= 5 and killed <= 2 and leaked == 0
    return held, (f"stalled told after {stalled:.1f} s, decoder killed {killed:.1f} s later, passwords in the log: {leaked}; "
                  + "; ".join(f"{name}: {reason}" for name, reason in reasons.items()))


def frozen(long):
    """E3: pictures that come and never change."""
    seconds = 240 if long else 45
    camera = Camera().start()
    with Workshop() as shop:
        agent = Agent(f"{shop.path}/agent", None, [("cam0", camera.address("still"))])
        run = agent.start()
        wait_for(lambda: any(s.startswith("up") for _, s in states(run, "cam0")), 60, "the camera is up")
        begin = states(run, "cam0")[0][0]
        before = {pid for pid, _, _ in children(run.process.pid)}
        restarts = 0
        while time.monotonic() < begin + seconds:
            now = {pid for pid, _, _ in children(run.process.pid)}
            restarts += len(now - before)
            before |= now
            time.sleep(0.1)
        told = [m - begin for m, s in states(run, "cam0") if s.startswith("frozen")]
        run.kill(signal.SIGTERM)
    camera.kill()
    held = bool(told) and 25 <= told[0] <= 40 and restarts <= seconds / 60 + 1
    return held, f"frozen told after {told[0] if told else -1:.0f} s, {restarts} new connections in {seconds} s"
