"""`deploy/cloud/test`: the trainer on a small base and made-up pictures; nothing is fetched."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import torch
import yaml
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import load

from shrike_cloud.bundle import FILE, TYPES, BundleError, Store, canonical
from shrike_cloud.data import DataError, Loader, Plan, read_sets, sizes_of
from shrike_cloud.network import KINDS, Network, adapted_network

PACKAGE = Path(__file__).resolve().parent.parent
SHRIKE = Path(os.environ.get("SHRIKE_BINARY", PACKAGE.parent.parent / ".build/release/shrike"))
TAPS = [("s2", 2, 8), ("s8", 8, 12), ("s16", 16, 16), ("s32", 32, 16)]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def small_base(path):
    """A folded network in the manner of EfficientNet-Lite: dense, depthwise and summed convolutions with SAME padding."""
    rng, nodes, weights = np.random.default_rng(3), [], []

    def conv(x, name, rows, columns, kernel, stride, groups=1):
        w = rng.normal(0, (2 / (columns // groups * kernel * kernel)) ** 0.5, (rows, columns // groups, kernel, kernel)).astype(np.float32)
        weights.extend([numpy_helper.from_array(w, name + ".weight"), numpy_helper.from_array(rng.normal(0, 0.1, rows).astype(np.float32), name + ".bias")])
        nodes.append(helper.make_node("Conv", [x, name + ".weight", name + ".bias"], [name + ".linear"], auto_pad="SAME_UPPER",
                                      kernel_shape=[kernel] * 2, strides=[stride] * 2, group=groups))
        nodes.append(helper.make_node("Clip", [name + ".linear"], [name], min=0.0, max=6.0))
        return name

    x, channels = "picture", 3
    for tap, stride, width in TAPS:
        for number in range({2: 1, 8: 2, 16: 1, 32: 1}[stride]):
            x = conv(conv(x, f"{tap}.{number}.wide", width, channels, 1, 1), f"{tap}.{number}.deep", width, width, 3, 2, width)
            channels = width
        nodes.append(helper.make_node("Add", [x, conv(x, f"{tap}.again", width, width, 3, 1)], [tap]))
        x = tap
    shape = [1, 3, "height", "width"]
    outputs = [helper.make_tensor_value_info(t, TensorProto.FLOAT, None) for t, _, _ in TAPS]
    graph = helper.make_graph(nodes, "small", [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)], outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 9)])
    model.ir_version = 8
    onnx.save(model, path)


def made_store(folder):
    store = folder / "store"
    (store / "blobs/sha256").mkdir(parents=True)
    (store / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    (store / "index.json").write_bytes(canonical({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}))
    small_base(folder / "base.onnx")
    made, network = Store(store), (folder / "base.onnx").read_bytes()
    weight = made._write(network, TYPES["weight"])
    description = canonical({
        "format": 1, "architecture": "small", "license": "MIT", "source": "tests",
        "input": {"name": "picture", "width": 64, "height": 64, "channels": "rgb", "fixed": False, "mean": [127] * 3, "scale": [128] * 3},
        "taps": [{"name": n, "stride": s, "channels": c} for n, s, c in TAPS],
        "weights": {"fp32": {"file": "backbone.onnx", "digest": weight["digest"]}}})
    layers = [weight | {"annotations": {FILE: "backbone.onnx"}},
              made._write(description, "application/vnd.cncf.model.weight.config.v1.raw") | {"annotations": {FILE: "base.json"}}]
    config = made._write(canonical({"config": {"format": "onnx"}, "descriptor": {"name": "small", "version": "1"},
                                    "modelfs": {"type": "layers", "diffIds": [l["digest"] for l in layers]}}), TYPES["config"])
    manifest = made._write(canonical({
        "schemaVersion": 2, "mediaType": TYPES["manifest"], "artifactType": TYPES["artifact"], "config": config, "layers": layers,
        "annotations": {"dev.shrike.format": "1", "dev.shrike.level": "l0", "dev.shrike.name": "small", "dev.shrike.version": "1"}}), TYPES["manifest"])
    (store / "index.json").write_bytes(canonical({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [manifest | {"artifactType": TYPES["artifact"], "annotations": {"org.opencontainers.image.ref.name": "small:1"}}]}))
    return store


def made_sets(folder):
    """Bright squares to box, two textures to tell apart, and pictures without labels."""
    rng = np.random.default_rng(5)
    images, labels = [], []
    for kind in ("boxes", "classes/plain", "classes/striped", "pictures", "masks/images"):
        (folder / "sets" / kind).mkdir(parents=True)
        for number in range(9):
            picture = rng.integers(60, 120, (72, 96, 3), dtype=np.uint8)
            if kind == "boxes":
                x, y, side = (int(v) for v in rng.integers(4, 40, 3))
                picture[y:y + side, x:x + side] = 230
                images.append({"id": number, "file_name": f"{number}.png", "width": 96, "height": 72})
                labels.append({"id": number, "image_id": number, "category_id": 1, "bbox": [x, y, min(side, 96 - x), min(side, 72 - y)]})
            if kind == "classes/striped":
                picture[::8] = 220
            if kind == "masks/images":
                mask = np.zeros((72, 96), np.uint8)
                mask[20:50, 10 + number:60] = 1
                picture[mask > 0] //= 2
                (folder / "sets/masks/masks").mkdir(exist_ok=True)
                cv2.imwrite(str(folder / f"sets/masks/masks/{number}.png"), mask)
            cv2.imwrite(str(folder / f"sets/{kind}/{number}.png"), picture)
    (folder / "sets/boxes/labels.json").write_text(json.dumps({"images": images, "annotations": labels, "categories": [{"id": 1, "name": "square"}]}))
    path = folder / "sets/sets.yaml"
    path.write_text("- {name: squares, boxes: boxes/labels.json, license: MIT}\n- {name: textures, classes: classes}\n- {name: plain, pictures: pictures}\n"
                    "- {name: stains, masks: masks, size: 96x64}\n")
    return path


class CloudTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.held = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.held.name)
        cls.store, cls.sets = made_store(cls.folder), made_sets(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.held.cleanup()

    def command(self, out, name, *more, processes=1, command="adapt", sets=None):
        program = ["-m", "shrike_cloud"] if processes == 1 else ["-m", "torch.distributed.run", f"--nproc-per-node={processes}", "--master-port=0",
                                                                "--standalone", "-m", "shrike_cloud"]
        return [sys.executable, *program, command, "--store", str(self.store), "--base", "small:1", "--sets", str(sets or self.sets), "--name", name,
                "--out", str(self.folder / out), "--batch", "4", "--steps", "12", *more]

    def run_it(self, *arguments, **options):
        return subprocess.run(self.command(*arguments, **options), cwd=PACKAGE, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, text=True)

    def log(self, out):
        return [json.loads(line) for line in (self.folder / out / "log.jsonl").read_text().splitlines()]

    def adaptation(self, name):
        store = Store(self.store)
        _, manifest = store.find(f"{name}:1")
        return load(store.blob(manifest["layers"][0]["digest"]).read_bytes())

    def test_the_module_gives_what_the_engine_gives(self):
        session = onnxruntime.InferenceSession(str(self.folder / "base.onnx"), providers=["CPUExecutionProvider"])
        for kind in KINDS:
            network = Network(str(self.folder / "base.onnx"), kind)
            for size in ((64, 64), (50, 77)):
                picture = np.random.default_rng(1).uniform(-1, 1, (1, 3, *size)).astype(np.float32)
                with torch.no_grad():
                    own = network(torch.from_numpy(picture))
                for tap, wanted in zip(network.taps, session.run(network.taps, {"picture": picture})):
                    self.assertLess(np.abs(own[tap].numpy() - wanted).max(), 1e-3 * np.abs(wanted).max(), (kind, size, tap))

    def test_what_is_exported_is_what_was_trained(self):
        for kind in KINDS:
            torch.manual_seed(2)
            network = Network(str(self.folder / "base.onnx"), kind, rank=3)
            with torch.no_grad():
                for value in network.changes.values():
                    value.add_(0.03 * torch.randn_like(value))
            tensors = network.tensors()
            weights = {i.name: numpy_helper.to_array(i) for i in adapted_network(str(self.folder / "base.onnx"), tensors).graph.initializer}
            for name, value in weights.items():
                np.testing.assert_allclose(value, network.weight(name).detach().numpy(), atol=2e-3, err_msg=f"{kind} {name}")

    def test_a_share_and_a_rank_shrink_what_changed(self):
        torch.manual_seed(2)
        path = str(self.folder / "base.onnx")
        network = Network(path, "full")
        with torch.no_grad():
            for value in network.changes.values():
                value.add_(0.03 * torch.randn_like(value))
        whole = {n: network.weight(n).clone() for n in network.frozen}
        network.shrink(0.5, 3)
        weights = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in adapted_network(path, network.tensors()).graph.initializer}
        ranks = []
        for name, value in weights.items():
            torch.testing.assert_close(value, network.weight(name).detach(), atol=2e-3, rtol=0)
            base = getattr(network, network.frozen[name])
            change, wanted = value - base, (whole[name] - base) / 2
            if name.replace(".", ":") + "|a" in network.changes:
                ranks.append(int((torch.linalg.svdvals(change.flatten(1)) > 3e-3).sum()))
                wanted = torch.linalg.svd(wanted.flatten(1), full_matrices=False)
                wanted = ((wanted.U[:, :3] * wanted.S[:3]) @ wanted.Vh[:3]).view_as(change)
            torch.testing.assert_close(change, wanted, atol=2e-3, rtol=0)
        self.assertGreater(len(ranks), 3)
        self.assertLessEqual(max(ranks), 3)

    def test_the_plan_shows_every_example_once_before_any_comes_again(self):
        plan = Plan(read_sets(self.sets), 4, seed=1)
        seen = {which: [] for which in range(len(plan.sets))}
        for number in range(60):
            which, chosen = plan.step(number)
            seen[which] += chosen
        for which, one in enumerate(plan.sets):
            size = len(one.examples)
            self.assertGreater(len(seen[which]), size)
            for first in range(0, len(seen[which]) // size * size, size):
                self.assertEqual(sorted(seen[which][first:first + size]), list(range(size)))

    def test_boxes_stay_on_what_they_mark(self):
        sets = read_sets(self.sets)
        loader, inside = Loader(Store(self.store).base("small:1")[2], seed=1), []
        for number in range(len(sets[0].examples)):
            for step in range(5):
                picture, boxes, kinds, _ = loader.load(sets[0], number, step, number)
                self.assertEqual(len(boxes), len(kinds))
                for left, top, right, bottom in boxes.int().tolist():
                    part = picture[:, top:bottom, left:right]
                    if part.numel():
                        inside.append(float(part.mean() - picture.mean()))
        self.assertGreater(np.median(inside), 0.2)

    def test_masks_stay_on_what_they_mark(self):
        sets = read_sets(self.sets)
        loader = Loader(Store(self.store).base("small:1")[2], seed=1)
        for number in range(9):
            picture, _, _, mask = loader.load(sets[3], number, 0, number)
            self.assertEqual(tuple(picture.shape[1:]), (64, 96))
            self.assertLess(picture[:, mask[0] > 0].mean(), picture[:, mask[0] == 0].mean() - 0.1)

    def test_a_larger_network_teaches_a_smaller_one(self):
        alone = self.folder / "sets/alone.yaml"
        alone.write_text("- {name: plain, pictures: pictures}\n")
        done = self.run_it("pupil", "pupil", "--teacher", "small:1", "--steps", "80", sets=alone)
        self.assertEqual(done.returncode, 0, done.stderr)
        losses = [line["loss"] for line in self.log("pupil")]
        self.assertLess(np.mean(losses[-5:]), 0.7 * np.mean(losses[:5]))
        only = self.folder / "sets/only.yaml"
        only.write_text("- {name: textures, classes: classes}\n")
        refused = self.run_it("refused", "refused", "--teacher", "small:1", sets=only)
        self.assertIn("add a set of `pictures`", refused.stderr)

    def detector(self, name, *more):
        sets = self.folder / "sets/squares.yaml"
        sets.write_text("- {name: squares, boxes: boxes/labels.json}\n")
        done = self.run_it(name, name, "--rate", "3e-3", "--batch", "8", "--steps", "150", *more, command="detector", sets=sets)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.folder / name / name

    def test_a_whole_detector_finds_what_it_was_taught(self):
        folder = self.detector("squarefinder")
        session = onnxruntime.InferenceSession(str(folder / "squarefinder.onnx"), providers=["CPUExecutionProvider"])
        self.assertEqual(session.get_modelmeta().custom_metadata_map["names"], "{0: 'square'}")
        found = 0
        for example in read_sets(self.sets)[0].examples:
            height, width = session.get_inputs()[0].shape[2:]
            picture = cv2.resize(cv2.imread(str(example.path)), (width, height))[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32) / 255
            values = session.run(None, {"images": picture})[0][0]
            x, y, w, h = values[:4, values[4].argmax()]
            left, top, right, bottom = example.boxes[0][:4]
            sx, sy = 96 / width, 72 / height
            inner = max(0, min((x + w / 2) * sx, right) - max((x - w / 2) * sx, left)) * max(0, min((y + h / 2) * sy, bottom) - max((y - h / 2) * sy, top))
            found += inner / (w * sx * h * sy + (right - left) * (bottom - top) - inner) > 0.5
        self.assertGreaterEqual(found, 7)

    @unittest.skipUnless(SHRIKE.is_file(), f"no binary at {SHRIKE}; build it with ./deploy/build")
    def test_shrike_finds_with_an_objectness(self):
        folder = self.detector("anything", "--objectness")
        self.assertEqual(json.loads((folder / "scene.json").read_text())["classes"][0]["code"], "defect")
        labels = json.loads((self.folder / "sets/boxes/labels.json").read_text())
        labels["categories"][0]["name"] = "defect"
        (self.folder / "sets/boxes/any.json").write_text(json.dumps(labels))
        told = subprocess.run([SHRIKE, "evaluate", "--scene", folder, "--data", self.folder / "sets/boxes/any.json", "--engine", "onnxruntime", "--json"],
                              capture_output=True, text=True)
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertGreater(json.loads(told.stdout)["metrics"]["total"]["map50"], 0.6)

    def test_a_detector_begins_at_an_adaptation_too(self):
        self.assertEqual(self.run_it("first", "first").returncode, 0)
        with tempfile.TemporaryDirectory() as made:
            _, path, description = Store(self.store).network("first:1", made)
            weights = {i.name: numpy_helper.to_array(i) for i in onnx.load(path).graph.initializer}
        expected = adapted_network(str(self.folder / "base.onnx"), self.adaptation("first"))
        self.assertEqual(len(description["taps"]), len(TAPS))
        for initializer in expected.graph.initializer:
            np.testing.assert_array_equal(numpy_helper.to_array(initializer), weights[initializer.name])

    def test_two_processes_train_as_one(self):
        more = ("--sizes", "64x64,96x64")
        one, two = self.run_it("alone", "alone", *more), self.run_it("together", "together", *more, processes=2)
        self.assertEqual((one.returncode, two.returncode), (0, 0), one.stderr + two.stderr)
        for a, b in zip(self.log("alone"), self.log("together"), strict=True):
            self.assertEqual((a["step"], a["set"]), (b["step"], b["set"]))
            self.assertLess(abs(a["loss"] - b["loss"]), 2e-3 * max(1, a["loss"]), (a, b))
        self.assertEqual({line["set"] for line in self.log("alone")}, {"squares", "textures", "plain", "stains"})

    def test_a_killed_run_goes_on_as_if_nothing_had_happened(self):
        self.assertEqual(self.run_it("whole", "whole", "--save-every", "2").returncode, 0)
        process = subprocess.Popen(self.command("killed", "killed", "--save-every", "2"), cwd=PACKAGE,
                                   env=os.environ | {"OMP_NUM_THREADS": "1"}, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        while not (self.folder / "killed/checkpoint.pt").exists():
            self.assertIsNone(process.poll(), "it was over before it could be killed")
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        again = self.run_it("killed", "killed", "--save-every", "2")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("goes on after step", again.stderr)
        whole, killed = self.adaptation("whole"), self.adaptation("killed")
        self.assertEqual(whole.keys(), killed.keys())
        for name in whole:
            self.assertTrue(torch.equal(whole[name], killed[name]), name)
        self.assertEqual([l["loss"] for l in self.log("whole")], [l["loss"] for l in self.log("killed")])

    def test_losses_fall_and_the_page_tells(self):
        done = self.run_it("longer", "longer", "--steps", "200", "--kind", "low-rank", "--rank", "4")
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("squares", "textures", "stains"):
            losses = [line["loss"] for line in self.log("longer") if line["set"] == name]
            # Batches differ in what they show, so a quarter of all is asked.
            self.assertLess(np.mean(losses[-len(losses) // 4:]), 0.9 * np.mean(losses[:4]), name)
        text = (self.folder / "longer/result.html").read_text()
        self.assertIn("<polyline", text)
        self.assertEqual(text.count("<img"), 12)

    @unittest.skipUnless(SHRIKE.is_file(), f"no binary at {SHRIKE}; build it with ./deploy/build")
    def test_shrike_takes_the_bundle(self):
        done = self.run_it("taken", "taken", "--kind", "norm", "--shrike", str(SHRIKE), "--calibrate", str(self.folder / "sets/boxes"),
                           "--layout", str(self.folder / "alone"))
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = subprocess.run([SHRIKE, "bundle", "verify", "taken:1", "--models", self.store], capture_output=True, text=True)
        self.assertEqual(shown.returncode, 0, shown.stdout + shown.stderr)
        store = Store(self.store)
        files = [layer["annotations"][FILE] for layer in store.find("taken:1")[1]["layers"]]
        self.assertEqual(files, ["adaptation.safetensors", "backbone-int8.onnx", "model-card.md"])
        listed = subprocess.run([SHRIKE, "base", "list", "--store", self.store], capture_output=True, text=True)
        self.assertRegex(listed.stdout, r"taken:1.*int8")
        # On a gateway that has the base, the bundle alone is enough.
        gateway = self.folder / "gateway"
        shutil.copytree(self.store, gateway)
        index = json.loads((gateway / "index.json").read_text())
        index["manifests"] = [m for m in index["manifests"] if m["annotations"]["org.opencontainers.image.ref.name"] == "small:1"]
        (gateway / "index.json").write_bytes(canonical(index))
        pulled = subprocess.run([SHRIKE, "bundle", "pull", f"oci:{self.folder}/alone", "--models", gateway], capture_output=True, text=True)
        self.assertEqual(pulled.returncode, 0, pulled.stderr)

    def pods(self, file):
        documents = [d for d in yaml.safe_load_all((PACKAGE / "kubernetes" / file).read_text())]
        if file == "indexed-job.yaml":
            return documents, [documents[1]["spec"]["template"]["spec"]]
        return documents, [r["template"]["spec"] for r in documents[0]["spec"]["pytorchReplicaSpecs"].values()]

    def test_every_volume_that_a_pod_mounts_is_there(self):
        for file in ("indexed-job.yaml", "pytorchjob.yaml"):
            for pod in self.pods(file)[1]:
                self.assertEqual([m["name"] for m in pod["containers"][0]["volumeMounts"]], [v["name"] for v in pod["volumes"]])

    def test_what_the_indexed_job_runs_trains_on_two_machines(self):
        documents, pods = self.pods("indexed-job.yaml")
        job = documents[1]["spec"]
        self.assertEqual((documents[0]["metadata"]["name"], job["completionMode"], job["completions"]), (pods[0]["subdomain"], "Indexed", job["parallelism"]))
        script = pods[0]["containers"][0]["args"][0]
        self.assertIn(f"--nnodes={job['completions']} ", script)
        for there, here in (("/store", self.store), ("/sets/sets.yaml", self.sets), ("/runs/surface", self.folder / "job"), ("efficientnet-lite0:1", "small:1"),
                            ("exec torchrun", f"exec {sys.executable} -m torch.distributed.run"), ("29500", free_port())):
            script = script.replace(there, str(here))
        script += " --batch 4 --steps 4"
        machines = [subprocess.Popen(["/bin/sh", "-c", script], cwd=PACKAGE, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
                                     env=os.environ | {"JOB_COMPLETION_INDEX": str(n), "MASTER_ADDR": "127.0.0.1", "OMP_NUM_THREADS": "1"}) for n in range(2)]
        errors = [m.communicate(timeout=300)[1] for m in machines]
        self.assertEqual([m.returncode for m in machines], [0, 0], errors)
        self.assertEqual(len(self.log("job")), 4)

    def test_what_the_operator_runs_trains_with_the_ranks_that_it_sets(self):
        documents, pods = self.pods("pytorchjob.yaml")
        self.assertEqual((documents[0]["apiVersion"], documents[0]["kind"]), ("kubeflow.org/v1", "PyTorchJob"))
        self.assertEqual({p["containers"][0]["name"] for p in pods}, {"pytorch"})
        container, port = pods[0]["containers"][0], str(free_port())
        there = {"/store": self.store, "/sets/sets.yaml": self.sets, "/runs/surface": self.folder / "operator", "efficientnet-lite0:1": "small:1"}
        arguments = [str(there.get(a, a)) for a in container["args"]] + ["--batch", "4", "--steps", "4"]
        machines = [subprocess.Popen([sys.executable, *container["command"][1:], *arguments], cwd=PACKAGE, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                     text=True, env=os.environ | {"RANK": str(n), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port,
                                                                  "OMP_NUM_THREADS": "1"}) for n in range(2)]
        errors = [m.communicate(timeout=300)[1] for m in machines]
        self.assertEqual([m.returncode for m in machines], [0, 0], errors)
        self.assertEqual(len(self.log("operator")), 4)

    def test_mistakes_are_told_in_one_line(self):
        for text, words in (("{}", "holds no list"), ("- {name: a}", "needs a name and one of"), ("- {name: a, boxes: no.json}", "there is no"),
                            ("- {name: a, pictures: pictures, colour: red}", "colour means nothing"), ("- [", "cannot be read")):
            path = self.folder / "sets/wrong.yaml"
            path.write_text(text)
            with self.assertRaisesRegex(DataError, words):
                read_sets(path)
        (self.folder / "sets/bad.json").write_text('{"images": []}')
        path.write_text("- {name: a, boxes: bad.json}")
        with self.assertRaisesRegex(DataError, "no COCO annotations"):
            read_sets(path)
        with self.assertRaisesRegex(BundleError, "holds something else"):
            Store(self.store).export("small:1", self.folder / "sets")
        self.assertTrue((self.folder / "sets/boxes/labels.json").is_file())
        with self.assertRaisesRegex(BundleError, "not in"):
            Store(self.store).base("other:1")
        for text in ("320", "320x330", "axb", "320x320x3"):
            with self.assertRaisesRegex(DataError, "multiples of 32"):
                sizes_of(text)
        uneven = self.run_it("uneven", "uneven", "--batch", "3", processes=2)
        self.assertNotEqual(uneven.returncode, 0)
        self.assertIn("cannot be shared evenly", uneven.stderr)


if __name__ == "__main__":
    unittest.main()
