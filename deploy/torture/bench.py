"""What every torture needs: a broker, an agent, an ear, footage. Standard library only."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

BINARY = os.environ["SHRIKE_BINARY"]


class Skipped(Exception):
    """The machine cannot do this; why."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


def dies_with_us(arguments):
    return ["setpriv", "--pdeathsig", "KILL"] + arguments


class Lines:
    """A process whose lines are kept, with the moment at which each came."""

    def __init__(self, arguments, stream="stdout", environment=None):
        env = dict(os.environ, **(environment or {}))
        self.process = subprocess.Popen(
            dies_with_us(arguments), env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if stream == "stdout" else subprocess.DEVNULL,
            stderr=subprocess.PIPE if stream == "stderr" else subprocess.DEVNULL)
        self.lines = []
        self.reader = threading.Thread(target=self._read, args=(getattr(self.process, stream),), daemon=True)
        self.reader.start()

    def _read(self, pipe):
        for raw in pipe:
            self.lines.append((time.monotonic(), raw.decode("utf-8", "replace").rstrip("\n")))

    def has(self, text):
        return any(text in line for _, line in list(self.lines))

    def kill(self, number=signal.SIGKILL, seconds=30):
        """Sends a signal and waits for the end; returns the exit status."""
        self.process.send_signal(number)
        return self.end(seconds)

    def end(self, seconds=120):
        status = self.process.wait(seconds)
        self.reader.join(10)
        return status


class Broker:
    """mosquitto on loopback; durable as the one we ship, or as Debian configures it."""

    def __init__(self, folder, durable=True):
        self.port = free_port()
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        lines = [f"listener {self.port} 127.0.0.1", "allow_anonymous true", "persistence true",
                 f"persistence_location {folder}/"]
        if durable:
            lines += ["autosave_interval 1", "autosave_on_changes true", "max_queued_messages 0"]
        if os.geteuid() == 0:
            lines.append("user root")
        with open(f"{folder}/mosquitto.conf", "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")

    def start(self):
        self.process = subprocess.Popen(
            dies_with_us([shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", f"{self.folder}/mosquitto.conf"]),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.listens, 20, "mosquitto listens")
        return self

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait(20)


class Ear:
    """A durable subscriber that is not ours."""

    def __init__(self, broker, topic="shrike/v1/+/+/alert/#"):
        self.read, self.heard, self.ids, self.numbers, self.copies, self.unmarked = 0, [], set(), set(), 0, 0
        self.sub = Lines(["stdbuf", "-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", str(broker.port), "-V", "5", "-q", "1", "-i",
                          f"ear-{os.getpid()}-{random.randrange(1 << 30)}", "-c", "-x", "3600", "-t", topic, "-d",
                          "-F", "%t\t%p"])
        wait_for(lambda: self.sub.has("SUBACK"), 20, "the ear subscribed")

    def messages(self):
        """Documents with the moment of their arrival; each line is read once."""
        while self.read < len(self.sub.lines):
            moment, line = self.sub.lines[self.read]
            self.read += 1
            if not line.startswith("shrike/") or "\t" not in line:
                continue
            try:
                document = json.loads(line.split("\t", 1)[1])
            except ValueError:
                continue
            self.heard.append((moment, document))
            if document["alert_id"] in self.ids:
                self.copies += 1
                self.unmarked += not document["resend"]
            self.ids.add(document["alert_id"])
            self.numbers.add(document["seq"])
        return self.heard

    def account(self):
        """Ids heard, numbers heard, copies, copies that are not marked."""
        self.messages()
        return self.ids, self.numbers, self.copies, self.unmarked


class Agent:
    """A configuration, and the agent that runs it."""

    def __init__(self, folder, broker, sources, broker_lines=(), sections=(), environment=None):
        self.folder, self.state, self.environment = folder, f"{folder}/state", environment or {}
        os.makedirs(folder, exist_ok=True)
        self.port = free_port()
        lines = ["site: field", "gateway: north", f"state: {self.state}", "broker:",
                 f"  url: mqtt://127.0.0.1:{broker.port}" if broker else "  mode: off"]
        lines += [f"  {line}" for line in broker_lines]
        lines += list(sections) or [f"http: {{port: {self.port}}}"]
        lines += ["scenes:", "  - address: builtin:thermal-solar", "sources:"]
        for name, address in sources:
            lines += [f"  - id: {name}", f"    address: {address}"]
        with open(f"{folder}/gateway.yaml", "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")

    def start(self, *options, wrapper=()):
        self.run = Lines(list(wrapper) + [BINARY, "run", "--config", f"{self.folder}/gateway.yaml", *options],
                         stream="stderr", environment=self.environment)
        return self.run

    def committed(self):
        return sum("alert_id=" in line for _, line in list(self.run.lines))

    def rss(self):
        with open(f"/proc/{self.run.process.pid}/status", encoding="utf-8") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("RssAnon")) / 1024


class Workshop:
    """A folder for one torture, and footage that all share."""

    footage = None

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="shrike-torture-")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    @classmethod
    def video(cls):
        if cls.footage is None:
            cls.footage = tempfile.mkdtemp(prefix="shrike-torture-footage-")
            subprocess.run([BINARY, "generate", "solar", "--seconds", "4", "--fps", "8", "--out", cls.footage],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return f"{cls.footage}/solar.mp4"

    @classmethod
    def clear(cls):
        if cls.footage:
            shutil.rmtree(cls.footage, ignore_errors=True)


def undisturbed(path):
    """Ids of the footage's alerts when nothing goes wrong."""
    broker = Broker(f"{path}/calm-broker").start()
    ear = Ear(broker)
    agent = Agent(f"{path}/calm", broker, [("flight", Workshop.video())])
    run = agent.start("--exit-when-done")
    assert run.end() == 0, "the undisturbed run failed"
    decided = agent.committed()
    wait_for(lambda: len(ear.account()[0]) >= decided, 30, "the undisturbed alerts arrived")
    ids = ear.account()[0]
    ear.sub.kill()
    broker.kill()
    return ids


def sample_document(path):
    """One stored document of a real run."""
    import sqlite3
    agent = Agent(f"{path}/sample", None, [("flight", Workshop.video())])
    assert agent.start("--exit-when-done").end() == 0
    with sqlite3.connect(f"{agent.state}/outbox.sqlite") as db:
        return json.loads(db.execute("SELECT payload FROM alert ORDER BY seq LIMIT 1").fetchone()[0])


def fill_outbox(database, document, count, grade="general"):
    """Puts alerts into the outbox of an agent that does not run, as an outage would."""
    import sqlite3
    with sqlite3.connect(database) as db:
        last = db.execute("SELECT last FROM sequence").fetchone()[0]
        rows = []
        for number in range(last + 1, last + count + 1):
            copy = dict(document, seq=number, alert_id=f"{number:032x}", grade=grade)
            text = json.dumps(copy, sort_keys=True, separators=(",", ":"))
            rows.append((number, copy["alert_id"], f"shrike/v1/field/north/alert/{grade}/flight", text, grade, 0))
        db.executemany("INSERT INTO alert (seq, alert_id, topic, payload, grade, created_at) VALUES (?,?,?,?,?,?)", rows)
        db.executemany("INSERT INTO issued (alert_id, source, seq) VALUES (?, 'flight', ?)",
                       [(row[1], row[0]) for row in rows])
        db.execute("UPDATE sequence SET last = ?", (last + count,))
    db.close()
