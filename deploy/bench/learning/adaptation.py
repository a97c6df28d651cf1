#!/usr/bin/env python3
"""What an adaptation (L1) is worth to scenes that it never saw: `shrike scene new` on a base and on its adaptation, same pictures.

    SHRIKE_MODELS=STORE python3 adaptation.py --base efficientnet-lite0:1 --adapted rest:1 --sets SETS --set deeppcb >> lines
    SHRIKE_MODELS=STORE python3 adaptation.py --base efficientnet-lite0:1 --adapted rest:1 --folders PARTS --set modules >> lines
    python3 adaptation.py --table lines

SETS is what sets.py makes; PARTS holds `teach` and `report`, a folder for each class in both. Leave the set, and what is made of the same pictures, out of the
adaptation (deploy/cloud). Draws are those of boxes.py and of this file, by seed. Boxes: mAP50; classes: macro-F1.
"""
import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import types
from pathlib import Path


def boxes(options, base, count, seed):
    import boxes as bench

    teach, report = options.sets / options.set / "teach", options.sets / options.set / "report"
    pictures, labels = bench.load(teach)
    if count:
        pictures = bench.drawn([p for p in pictures if p[1]], count, seed, len(labels["categories"]))
    _, told = bench.shrike(types.SimpleNamespace(shrike=options.shrike, base=base, workers=options.workers), pictures, labels, teach, report)
    return told["metrics"]["total"]["map50"]


def classes(options, base, count, seed):
    with tempfile.TemporaryDirectory() as made:
        folder, store, order = Path(made) / "data", Path(made) / "store", random.Random(seed)
        shutil.copytree(os.environ["SHRIKE_MODELS"], store)
        for kind in sorted(p for p in (options.folders / "teach").iterdir() if p.is_dir()):
            (folder / kind.name).mkdir(parents=True)
            files = sorted(kind.iterdir())
            for file in order.sample(files, min(count, len(files))) if count else files:
                shutil.copy(file, folder / kind.name)
        normal = ["--normal-class", options.normal_class] if options.normal_class else []

        def run(*words):
            done = subprocess.run([options.shrike, *words, *normal], env={**os.environ, "SHRIKE_MODELS": str(store)}, capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(done.stderr)
            return done.stdout

        run("scene", "new", "bench", "--data", str(folder), "--base", base, "--workers", str(options.workers))
        return json.loads(run("evaluate", "--scene", "bench:1", "--data", str((options.folders / "report").resolve()), "--json"))["classification"]["macro_f1"]


def table(path):
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    gains = {}
    print("| left-out set | pictures a class | base | adapted | gain, points |\n|---|---|---|---|---|")
    for name, count in dict.fromkeys((l["set"], l["k"]) for l in lines):
        mine = [l for l in lines if (l["set"], l["k"]) == (name, count)]
        base, adapted = (statistics.mean(l[which] for l in mine) for which in ("base", "adapted"))
        gains.setdefault(count, []).append(100 * (adapted - base))
        print(f"| {name} | {count} ({len(mine)}) | {base:.3f} | {adapted:.3f} | {100 * (adapted - base):+.1f} |")
    for count, values in gains.items():
        print(f"| mean of {len(values)} sets | {count} | | | {statistics.mean(values):+.1f} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--table", type=Path, help="lines of earlier runs, as a table")
    parser.add_argument("--base")
    parser.add_argument("--adapted")
    parser.add_argument("--set")
    parser.add_argument("--sets", type=Path)
    parser.add_argument("--folders", type=Path)
    parser.add_argument("--normal-class")
    parser.add_argument("--pictures", type=int, nargs="+", default=[5, 10, 50], help="of each class; 0: all")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--shrike", default="shrike")
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    if options.table:
        return table(options.table)
    figure = classes if options.folders else boxes
    for count in options.pictures:
        for seed in options.seeds if count else [0]:
            base, adapted = (round(figure(options, which, count, seed), 4) for which in (options.base, options.adapted))
            print(json.dumps({"set": options.set, "k": count or "all", "seed": seed, "base": base, "adapted": adapted}), flush=True)


if __name__ == "__main__":
    main()
