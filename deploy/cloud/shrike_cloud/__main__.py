"""`python -m shrike_cloud adapt` and `detector`: see the README."""
import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

from .bundle import FILE, BundleError, Store, replace
from .data import DataError, Loader, read_sets, size_of, sizes_of
from .detector import exported, unified, usual_size, write_scene
from .network import KINDS, adapted_network
from .page import page
from .train import Settings, adapt


def parity(path, tensors, network, size):
    """Largest relative difference of a tap between the exported network on ONNX Runtime and the trained one, on a picture of noise."""
    picture = np.random.default_rng(7).uniform(-1, 1, (1, 3, *size)).astype(np.float32)
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        onnx.save(adapted_network(path, tensors), file.name)
        session = onnxruntime.InferenceSession(file.name, providers=["CPUExecutionProvider"])
        exported = dict(zip(network.taps, session.run(network.taps, {network.input: picture})))
    with torch.no_grad():
        trained = network(torch.from_numpy(picture))
    return max(float(np.abs(exported[tap] - trained[tap].numpy()).max() / np.abs(exported[tap]).max()) for tap in network.taps)


def quantized(shrike, network, description, footage):
    """Shrike's own 8-bit form of an ONNX network, calibrated with footage, and its lowest mean cosine of a tap."""
    values = description["input"]
    with tempfile.TemporaryDirectory() as folder:
        onnx.save(network, f"{folder}/adapted.onnx")
        command = [shrike, "base", "import", "--onnx", f"{folder}/adapted.onnx", "--taps", ",".join(t["name"] for t in description["taps"]),
                   "--channels", values["channels"], "--input", f"{values['width']}x{values['height']}", "--name", "adapted", "--store", f"{folder}/store",
                   "--mean", ",".join(map(str, values["mean"])), "--scale", ",".join(map(str, values["scale"])), "--calibrate", footage, "--json"]
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except OSError as error:
            raise ValueError(f"{shrike}: cannot be started ({error.strerror}); --shrike names the program that makes the 8-bit form") from error
        if done.returncode:
            raise ValueError(f"the 8-bit form: {done.stderr.strip().splitlines()[-1]}")
        store = Store(f"{folder}/store")
        _, manifest = store.find("adapted:1")
        files = {layer["annotations"][FILE]: layer["digest"] for layer in manifest["layers"]}
        form = json.loads(store.blob(files["base.json"]).read_bytes())["weights"]["int8"]["file"]
        return store.blob(files[form]).read_bytes(), json.loads(done.stdout)


def card(arguments, sets, settings, log, difference):
    lines = [f"# {arguments.name}:{arguments.version}", "", f"An adaptation (L1) of {arguments.base}, kind {settings.kind}.", "",
             "| set | task | pictures | licence |", "|---|---|---|---|"]
    lines += [f"| {s.name} | {s.task} | {len(s.examples)} | {s.license or 'not stated'} |" for s in sets]
    lines += ["", f"Seed {settings.seed}, {settings.steps} steps of {settings.batch} pictures, share {arguments.share:g}, "
              f"{f'dense changes of rank {arguments.compress}' if arguments.compress else 'all changes kept'}. The exported network differs from the trained one by at most "
              f"{difference:.1e} of a tap's largest value.", ""]
    return "\n".join(lines)


def settings_of(arguments):
    return Settings(**{f.name: getattr(arguments, f.name) for f in dataclasses.fields(Settings)})


def is_first():
    return int(os.environ.get("RANK", 0)) == 0


def say(text):
    if is_first():
        print(text, file=sys.stderr, flush=True)


def detector(arguments):
    begin, out = time.monotonic(), Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    base = Store(arguments.store).network(arguments.base, out)
    sets = unified(read_sets(arguments.sets), arguments.objectness)
    settings = settings_of(arguments)
    if not settings.sizes:
        height, width = usual_size([size_of(e.path) for s in sets for e in s.examples])
        settings.sizes = f"{width}x{height}"
    adapter, log = adapt(base, sets, settings, out, say, shares_boxes=True)
    if not is_first():
        return
    folder, size, classes = out / arguments.name, sizes_of(settings.sizes)[-1], sets[0].classes
    folder.mkdir(exist_ok=True)
    difference = exported(adapter, base[2], size, classes, folder / f"{arguments.name}.onnx")
    write_scene(folder, arguments.name, arguments.version, classes)
    facts = {"from": arguments.base, "input": f"{size[1]}x{size[0]}", "classes": ", ".join(classes), "steps": settings.steps,
             "seconds of training": round(log[-1]["seconds"]), "exported against trained": f"{difference:.1e}"}
    replace(out / "result.html", page(f"{arguments.name}:{arguments.version}", facts, sets, log, Loader(base[2], settings.seed, sizes=settings.sizes, keeps_shape=True)).encode())
    print(f"{folder}: a detector of {len(classes)} classes on {size[1]}x{size[0]} pixels, {time.monotonic() - begin:.0f} s; exported within {difference:.1e}\n"
          f"page {out}/result.html; next: shrike evaluate --scene {folder} --data DATA, shrike bundle pack {folder} --version {arguments.version} --golden PICTURES")


def adaptation(arguments):
    if not 0 < arguments.share <= 1 or arguments.compress < 0:
        raise ValueError("--share is above 0 and at most 1, --compress is 0 or a rank")
    store = Store(arguments.store)
    base, sets, settings = store.base(arguments.base), read_sets(arguments.sets), settings_of(arguments)
    teacher = store.base(arguments.teacher) if arguments.teacher else None
    if teacher and not any(s.task == "pictures" for s in sets):
        raise DataError(f"{arguments.sets}: a teacher is asked about pictures without labels; add a set of `pictures`")
    begin = time.monotonic()
    adapter, log = adapt(base, sets, settings, arguments.out, say, teacher)
    if not is_first():
        return
    network = adapter.network
    network.shrink(arguments.share, arguments.compress)
    tensors, values = network.tensors(), base[2]["input"]
    difference = parity(str(base[1]), tensors, network, (values["height"], values["width"]))
    text = card(arguments, sets, settings, log, difference)
    licenses = sorted({s.license for s in sets if s.license} | {base[2].get("license", "")} - {""})
    int8 = None
    if arguments.calibrate:
        say("making the 8-bit form")
        int8, told = quantized(arguments.shrike, adapted_network(str(base[1]), tensors), base[2], arguments.calibrate)
        text += f"8-bit form: {json.dumps(told['int8'])}\n"
    digest = store.write_adaptation(
        arguments.name, arguments.version, (base[0], arguments.base), tensors, int8, text,
        ", ".join(f"{s.name} ({len(s.examples)})" for s in sets), f"steps={settings.steps}", licenses)
    if arguments.layout:
        store.export(f"{arguments.name}:{arguments.version}", arguments.layout)
    size = sum(t.numel() * t.element_size() for t in tensors.values()) + len(int8 or b"")
    facts = {"bundle": digest, "size": f"{size / 1e6:.2f} MB", "kind": settings.kind, "steps": settings.steps, "share": arguments.share,
             "seconds of training": round(log[-1]["seconds"]), "exported against trained": f"{difference:.1e}"}
    replace(Path(arguments.out) / "result.html", page(f"{arguments.name}:{arguments.version}", facts, sets, log, Loader(base[2], settings.seed)).encode())
    print(f"{arguments.name}:{arguments.version} {digest}\n{len(sets)} sets, {sum(len(s.examples) for s in sets)} pictures, {size / 1e6:.2f} MB, "
          f"{time.monotonic() - begin:.0f} s; exported network within {difference:.1e}\npage {arguments.out}/result.html, curves {arguments.out}/tensorboard")


def main():
    parser = argparse.ArgumentParser(prog="deploy/cloud/run", description="Trains what is too much for a gateway.")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("adapt", help="adapt a base to the pictures of an industry")
    one.set_defaults(run=adaptation)
    one.add_argument("--base", required=True, metavar="NAME:VERSION")
    one.add_argument("--teacher", metavar="NAME:VERSION", help="a larger base of the store, which pictures without labels are learned from")
    one.add_argument("--share", type=float, default=1.0, help="how far to go from the base to what was trained, 0 to 1")
    one.add_argument("--compress", type=int, default=0, metavar="RANK", help="keep dense changes to this rank, for a smaller bundle; 0 keeps all")
    one.add_argument("--layout", metavar="FOLDER", help="writes the bundle there too, alone, as `shrike bundle pull oci:FOLDER` takes it")
    one.add_argument("--calibrate", metavar="FOOTAGE", help="adds an 8-bit form, made and measured with these pictures by `shrike base import`")
    one.add_argument("--shrike", default="shrike", help="the program that makes it")
    two = commands.add_parser("detector", help="train a whole detector end to end, for one scene or for anything that looks like a defect")
    two.set_defaults(run=detector)
    two.add_argument("--base", required=True, metavar="NAME:VERSION", help="where the weights begin: a base, or an adaptation of it")
    two.add_argument("--objectness", action="store_true", help="one class for everything: proposes boxes of defects whose kind it need not know")
    for command in (one, two):
        command.add_argument("--store", required=True, help="store of bundles that holds the base and gets the adaptation")
        command.add_argument("--sets", required=True, help="list of sets, YAML; see the README")
        command.add_argument("--name", required=True)
        command.add_argument("--version", default="1")
        command.add_argument("--out", required=True, help="folder for checkpoint, curves and page; the same command goes on where it was stopped")
        command.add_argument("--kind", choices=KINDS, default="full")
        for field in dataclasses.fields(Settings):
            if field.name != "kind":
                command.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    arguments = parser.parse_args()
    try:
        arguments.run(arguments)
    except (BundleError, DataError, ValueError) as error:
        sys.exit(f"shrike-cloud: {error}")


if __name__ == "__main__":
    main()
