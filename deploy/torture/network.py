"""Networks that fail: A6, A7, A8."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.request

from bench import Agent, Broker, Ear, Lines, Skipped, Workshop, wait_for


def unrouted(_):
    """A6: nobody listens: the broker says so, and it is counted; end to end the alert stays."""
    with Workshop() as shop:
        broker = Broker(f"{shop.path}/broker").start()
        figures = []
        for delivery in ("broker", "e2e"):
            agent = Agent(f"{shop.path}/{delivery}", broker, [("flight", Workshop.video())],
                          broker_lines=[f"delivery: {delivery}"])
            run = agent.start()
            wait_for(lambda r=run: r.has("all sources have ended"), 60, "the footage was inspected")
            decided = agent.committed()

            def metric(port=agent.port):
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                    lines = answer.read().decode().split("\n")
                return sum(float(line.split()[-1]) for line in lines if line.startswith("shrike_alerts_delivered_total") and 'routed="false"' in line)
            if delivery == "broker":
                wait_for(lambda: metric() >= decided, 60, "unrouted alerts are counted")
            else:
                time.sleep(5)
            counted = int(metric())
            run.kill(signal.SIGTERM)
            with sqlite3.connect(f"{agent.state}/outbox.sqlite") as db:
                kept = db.execute("SELECT COUNT(*) FROM alert").fetchone()[0]
            db.close()
            figures.append((delivery, decided, counted, kept))
        broker.kill()
    held = figures[0][3] == 0 and figures[1][3] == figures[1][1] > 0
    return held, "; ".join(f"{name}: of {decided} alerts {counted} counted as taken while nobody listened, {kept} kept"
                           for name, decided, counted, kept in figures)


class Proxy:
    """Between agent and broker: passes on, goes silent, or cuts."""

    def __init__(self, target):
        self.target, self.is_silent, self.cuts_after, self.served, self.standing = target, False, None, 0, 0
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.served += 1
            threading.Thread(target=self._pass, args=(peer,), daemon=True).start()

    def _pass(self, peer):
        try:
            other = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            peer.close()
            return
        # In a list: both directions see the same.
        threading.Thread(target=self._pump, args=(other, peer, 0), daemon=True).start()
        self.standing = self.served
        self._pump(peer, other, self.cuts_after)
        self.standing = 0

    def _pump(self, source, sink, cut):
        begin = time.monotonic()
        try:
            source.settimeout(0.05)
            while not (cut and time.monotonic() > begin + cut):
                try:
                    data = source.recv(65536)
                except TimeoutError:
                    continue
                if not data:
                    break
                if not self.is_silent:
                    sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()


def silence(long):
    """A8: a connection that swallows everything; and many reconnections."""
    rounds = 1000 if long else 8
    with Workshop() as shop:
        broker = Broker(f"{shop.path}/broker").start()
        proxy = Proxy(broker.port)
        drop = f"{shop.path}/drop"
        os.mkdir(drop)
        agent = Agent(f"{shop.path}/agent", proxy, [("drop", f"watch:{drop}")])
        run = agent.start()
        wait_for(lambda: run.has("connected"), 60, "the agent is connected")
        proxy.is_silent = True
        begin = time.monotonic()
        wait_for(lambda: any("lost" in line for moment, line in list(run.lines) if moment > begin), 120, "the silence is noticed")
        noticed = time.monotonic() - begin
        proxy.is_silent = False
        wait_for(lambda: any("connected" in line for moment, line in list(run.lines) if moment > begin + noticed), 120, "connected again")

        def held_open():
            pid = run.process.pid
            with open(f"/proc/{pid}/status", encoding="utf-8") as f:
                threads = next(int(line.split()[1]) for line in f if line.startswith("Threads"))
            return len(os.listdir(f"/proc/{pid}/fd")), threads
        time.sleep(3)
        before = held_open()
        # A connection that stood for 5 s makes the next delay a short one again, so that a thousand take an hour and a half.
        proxy.cuts_after, first = 5.5 if long else 0.3, proxy.served
        # The connection that stands is cut by the broker's end.
        broker.kill()
        broker.start()
        wait_for(lambda: proxy.served >= first + rounds, 60 + rounds * 20, "that many reconnections")
        proxy.cuts_after = None
        # The connection that stands is still cut; the one after it stays.
        last, since, over = 0, time.monotonic(), time.monotonic() + 300
        while last == 0 or time.monotonic() - since < 12:
            assert time.monotonic() < over, "no connection stays"
            time.sleep(0.2)
            if proxy.standing != last:
                last, since = proxy.standing, time.monotonic()
        after = held_open()
        run.kill(signal.SIGTERM)
        broker.kill()
    keepalive = 20
    held = noticed <= 1.5 * keepalive + 5 and abs(after[0] - before[0]) <= 2 and abs(after[1] - before[1]) <= 2
    return held, (f"silence noticed after {noticed:.0f} s; {rounds} reconnections: open files {before[0]} to {after[0]}, "
                  f"threads {before[1]} to {after[1]}")


def weak(long):
    """A7: three of ten packets lost both ways, then 256 kbit/s with evidence on the way."""
    seconds = 600 if long else 30
    for tool in ("ip", "nft", "tc"):
        if not shutil.which(tool) and not shutil.which(f"/usr/sbin/{tool}"):
            raise Skipped(f"{tool} is not installed")
    name = f"shrike{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode:
        raise Skipped("this system allows no network namespace")
    inside = ["ip", "netns", "exec", name]
    try:
        with Workshop() as shop:
            # Packets as on a wire: a bucket of 16 kB passes none of 64 kB.
            subprocess.run([*inside, "ip", "link", "set", "lo", "up", "mtu", "1500"], check=True)
            broker = Broker(f"{shop.path}/broker")
            broker.port = 18830
            with open(f"{shop.path}/broker/mosquitto.conf", encoding="utf-8") as f:
                lines = f.read().split("\n")
            # The ear hears outside of the namespace, through a socket of the file system's.
            lines[0] = f"listener {broker.port} 127.0.0.1\nlistener 0 {shop.path}/ear.socket"
            with open(f"{shop.path}/broker/mosquitto.conf", "w", encoding="utf-8") as f:
                f.write("\n".join(lines))
            broker.process = subprocess.Popen([*inside, "mosquitto", "-c", f"{shop.path}/broker/mosquitto.conf"],
                                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_for(lambda: os.path.exists(f"{shop.path}/ear.socket"), 20, "mosquitto listens")
            ear = Ear.__new__(Ear)
            ear.read, ear.heard, ear.ids, ear.numbers, ear.copies, ear.unmarked = 0, [], set(), set(), 0, 0
            ear.sub = Lines(["stdbuf", "-oL", "mosquitto_sub", "--unix", f"{shop.path}/ear.socket", "-V", "5", "-q", "1", "-i", "ear",
                             "-c", "-x", "3600", "-t", "shrike/v1/+/+/alert/#", "-d", "-F", "%t\t%p"])
            wait_for(lambda: ear.sub.has("SUBACK"), 20, "the ear subscribed")
            drop, pictures = f"{shop.path}/drop", f"{shop.path}/pictures"
            os.mkdir(drop)
            os.mkdir(pictures)
            subprocess.run(["ffmpeg", "-v", "error", "-i", Workshop.video(), "-q:v", "3", f"{pictures}/%03d.jpg"], check=True)
            agent = Agent(f"{shop.path}/agent", broker, [("drop", f"watch:{drop}")], sections=["http: {enabled: false}"])
            run = agent.start(wrapper=inside)
            wait_for(lambda: run.has("connected"), 60, "the agent is connected")
            names = sorted(os.listdir(pictures))
            count = 0

            def feed(until):
                nonlocal count
                while time.monotonic() < until:
                    with open(f"{pictures}/{names[count % len(names)]}", "rb") as f:
                        data = f.read() + count.to_bytes(4, "big")
                    with open(f"{drop}/.{count}", "wb") as f:
                        f.write(data)
                    os.rename(f"{drop}/.{count}", f"{drop}/{count:05}.jpg")
                    count += 1
                    time.sleep(2)
            rules = ("add table inet weak; add chain inet weak in { type filter hook input priority 0; }; add rule inet weak in "
                     f"tcp dport {broker.port} numgen random mod 100 < 30 drop; add rule inet weak in tcp sport {broker.port} "
                     "numgen random mod 100 < 30 drop")
            subprocess.run([*inside, "nft", rules], check=True)
            feed(time.monotonic() + seconds)
            subprocess.run([*inside, "nft", "flush ruleset"], check=True)
            wait_for(lambda: len(ear.account()[1]) >= agent.committed(), 180, "what was decided under loss arrived")
            lossy = agent.committed()
            subprocess.run([*inside, "tc", "qdisc", "add", "dev", "lo", "root", "tbf", "rate", "256kbit", "burst", "16kb", "latency",
                            "2s"], check=True)
            slow_from = time.monotonic()
            feed(slow_from + seconds / 2)
            wait_for(lambda: len(ear.account()[1]) >= agent.committed(), 180, "what was decided at 256 kbit/s arrived")
            committed = {int(l.split("seq=")[1].split()[0]): m for m, l in list(run.lines) if "alert_id=" in l}
            arrival = {document["seq"]: moment for moment, document in reversed(ear.messages())}
            delays = sorted(max(0.0, arrival[s] - m) for s, m in committed.items() if m > slow_from)
            lost = len(set(committed) - set(arrival))
            run.kill(signal.SIGTERM)
            ear.sub.kill()
            broker.kill()
    finally:
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
    p95 = delays[int(0.95 * (len(delays) - 1))] if delays else 0.0
    return lost == 0 and bool(delays) and p95 <= 5, (
        f"{lossy} alerts under 30 % loss in {seconds} s, {len(delays)} at 256 kbit/s: {lost} lost, p95 there {p95:.1f} s")
