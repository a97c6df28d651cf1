"""Adapts a base by many sets at once: alone, or under `torchrun` on several processes, with the same losses."""
import dataclasses
import hashlib
import io
import json
import math
import os
import time
from pathlib import Path

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel
from torch.utils.tensorboard import SummaryWriter

from .bundle import replace
from .data import Loader, Plan
from .model import Adapter
from .network import Network


@dataclasses.dataclass
class Settings:
    kind: str = "full"
    rank: int = 8
    steps: int = 2000
    batch: int = 8
    rate: float = 3e-4
    head_rate: float = 2e-3
    decay: float = 1e-2
    heads_first: float = 0.0
    seed: int = 1
    save_every: int = 100
    sizes: str = ""


class Processes:
    """Who we are among the processes that train; one where nothing says otherwise (torchrun and Kubeflow set the variables)."""

    def __init__(self):
        self.rank, self.count = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        if self.count > 1 and not dist.is_initialized():
            dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")

    def mean(self, value):
        if self.count > 1:
            dist.all_reduce(value)
        return value / self.count

    def wait(self):
        if self.count > 1:
            dist.barrier()


class Checkpoint:
    """Where a run goes on after it was killed: network, heads and optimizer after a step. Everything else follows from the step."""

    def __init__(self, folder, identity):
        self.path, self.identity = Path(folder) / "checkpoint.pt", identity

    def save(self, step, adapter, optimizer):
        buffer = io.BytesIO()
        torch.save({"identity": self.identity, "step": step, "adapter": adapter.state_dict(), "optimizer": optimizer.state_dict()}, buffer)
        replace(self.path, buffer.getvalue())

    def load(self, adapter, optimizer):
        """Steps done, 0 where there is nothing of this run."""
        if not self.path.is_file():
            return 0
        stored = torch.load(self.path, weights_only=True)
        if stored["identity"] != self.identity:
            raise ValueError(f"{self.path} is of a run with other settings or sets; name another folder with --out, or remove it")
        adapter.load_state_dict(stored["adapter"])
        optimizer.load_state_dict(stored["optimizer"])
        return stored["step"]


def identity_of(digests, settings, sets):
    """Equal where base, teacher, settings and sets are."""
    words = [*digests, json.dumps(dataclasses.asdict(settings) | {"save_every": 0}, sort_keys=True)]
    words += [f"{s.name} {s.task} {s.classes} {s.sizes} {[(e.path.name, e.boxes, e.kind) for e in s.examples]}" for s in sets]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def rate_of(step, steps):
    """Linear for the first twentieth, then a half cosine down to 2 %."""
    warm = max(1, steps // 20)
    if step < warm:
        return (step + 1) / warm
    return 0.02 + 0.98 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm))) / 2


def batch_of(loader, plain, one, chosen, step, processes):
    """This process's part of a step's examples: every so many, so that any number of processes sees the same."""
    places = range(processes.rank, len(chosen), processes.count)
    loaded = [loader.load(one, chosen[p], step, p) for p in places]
    pictures = torch.stack([l[0] for l in loaded])
    if one.task == "boxes":
        return pictures, [(l[1], l[2]) for l in loaded], None
    if one.task == "masks":
        return pictures, torch.stack([l[3] for l in loaded]), None
    if one.task == "classes":
        return pictures, torch.tensor([one.examples[chosen[p]].kind for p in places]), None
    return pictures, None, torch.stack([plain.load(one, chosen[p], step, p)[0] for p in places])


def adapt(base, sets, settings, out, say=print, teacher=None, shares_boxes=False):
    """Trains; returns network with heads and the log, a list of documents. `base` and `teacher` are (digest, path, description) of a `Store`."""
    processes, out = Processes(), Path(out)
    if settings.batch % processes.count:
        raise ValueError(f"a batch of {settings.batch} cannot be shared evenly by {processes.count} processes; choose a multiple")
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(settings.seed)
    torch.use_deterministic_algorithms(True)
    network = Network(str(base[1]), settings.kind, settings.rank)
    larger = (Network(str(teacher[1]), "norm").eval(), teacher[2]) if teacher else None
    adapter = Adapter(network, base[2], sets, larger, shares_boxes)
    groups = [{"params": list(network.parameters()), "first": settings.rate}, {"params": list(adapter.heads.parameters()), "first": settings.head_rate}]
    optimizer = torch.optim.AdamW(groups, lr=settings.rate, weight_decay=settings.decay)
    checkpoint = Checkpoint(out, identity_of([base[0], teacher[0] if teacher else "", str(shares_boxes)], settings, sets))
    begin = checkpoint.load(adapter, optimizer)
    if begin and processes.rank == 0:
        say(f"goes on after step {begin}")
    # A step is of one set, so the others' heads have no part in it.
    model = DistributedDataParallel(adapter, find_unused_parameters=True) if processes.count > 1 else adapter
    loader = Loader(base[2], settings.seed, sizes=settings.sizes, keeps_shape=shares_boxes)
    # The base looks at the unvaried picture, a teacher at the very same one.
    plain = Loader((teacher or base)[2], settings.seed, bool(teacher), settings.sizes)
    plan = Plan(sets, settings.batch, settings.seed)
    log = [line for line in read_log(out) if line["step"] < begin]
    board = SummaryWriter(out / "tensorboard", purge_step=begin) if processes.rank == 0 else None
    clock, spent = time.monotonic(), log[-1]["seconds"] if log else 0.0
    for step in range(begin, settings.steps):
        which, chosen = plan.step(step)
        # Heads that know nothing would distort the features: they learn alone first (Kumar et al. 2022).
        alone = round(settings.heads_first * settings.steps)
        network.requires_grad_(step >= alone)
        for group, begins in zip(optimizer.param_groups, (alone, 0)):
            group["lr"] = group["first"] * rate_of(max(0, step - begins), settings.steps - begins)
        pictures, targets, unvaried = batch_of(loader, plain, sets[which], chosen, step, processes)
        optimizer.zero_grad(set_to_none=True)
        loss = model(which, pictures, targets, unvaried)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(adapter.parameters(), 5.0)
        optimizer.step()
        value = float(processes.mean(loss.detach().clone()))
        if not math.isfinite(value):
            raise ValueError(f"step {step}: the loss is {value}; lower --rate")
        log.append({"step": step, "set": sets[which].name, "loss": round(value, 6), "seconds": round(spent + time.monotonic() - clock, 2)})
        if processes.rank == 0:
            board.add_scalar(f"loss/{sets[which].name}", value, step)
            if (step + 1) % 20 == 0 or step + 1 == settings.steps:
                done, left = step + 1 - begin, settings.steps - step - 1
                remaining = (time.monotonic() - clock) / done * left
                say(f"step {step + 1} of {settings.steps}, {sets[which].name} {value:.3f}, {remaining:.0f} s left")
            if (step + 1) % settings.save_every == 0 or step + 1 == settings.steps:
                write_log(out, log)
                checkpoint.save(step + 1, adapter, optimizer)
    if board:
        board.close()
    processes.wait()
    return adapter, log


def read_log(out):
    path = Path(out) / "log.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []


def write_log(out, log):
    replace(Path(out) / "log.jsonl", "".join(json.dumps(line) + "\n" for line in log).encode())
