"""Reads a base (L0) out of a store of bundles, and writes an adaptation (L1) beside it; the format is ModelBundles' page."""
import hashlib
import json
import os
import shutil
from pathlib import Path

import onnx
from safetensors.torch import load, save

from .network import adapted_network

TYPES = {
    "manifest": "application/vnd.oci.image.manifest.v1+json",
    "artifact": "application/vnd.cncf.model.manifest.v1+json",
    "config": "application/vnd.cncf.model.config.v1+json",
    "weight": "application/vnd.cncf.model.weight.v1.raw",
    "doc": "application/vnd.cncf.model.doc.v1.raw",
}
FILE = "org.cncf.model.filepath"


class BundleError(Exception):
    """What is wrong, where, and what to do."""


def canonical(document) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Store:
    """An OCI layout on disk."""

    def __init__(self, path):
        self.path = Path(path)
        if not (self.path / "index.json").is_file():
            raise BundleError(f"no store of bundles: {path}; make one with `shrike base import`")

    def _index(self):
        return json.loads((self.path / "index.json").read_bytes())

    def blob(self, digest) -> Path:
        path = self.path / "blobs" / "sha256" / digest.removeprefix("sha256:")
        if not path.is_file() or f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" != digest:
            raise BundleError(f"{path}: missing or changed; pull the bundle again")
        return path

    def find(self, reference):
        """Digest and manifest of `name:version`."""
        names = {m["annotations"].get("org.opencontainers.image.ref.name"): m["digest"]
                 for m in self._index()["manifests"] if "annotations" in m}
        if reference not in names:
            raise BundleError(f"{reference} is not in {self.path}; it holds {', '.join(sorted(filter(None, names))) or 'nothing'}")
        return names[reference], json.loads(self.blob(names[reference]).read_bytes())

    def base(self, reference):
        """Digest, path of the fp32 network, and description of an L0."""
        digest, manifest = self.find(reference)
        if manifest["annotations"].get("dev.shrike.level") != "l0":
            raise BundleError(f"{reference} is no base (l0); name the base to adapt")
        files = self._files(manifest)
        description = json.loads(files["base.json"].read_bytes())
        return digest, files[description["weights"]["fp32"]["file"]], description

    def _files(self, manifest):
        return {layer["annotations"][FILE]: self.blob(layer["digest"]) for layer in manifest["layers"]}

    def network(self, reference, folder):
        """As `base`, of an L0 or an L1, whose network is made in `folder`."""
        digest, manifest = self.find(reference)
        if manifest["annotations"].get("dev.shrike.level") != "l1":
            return self.base(reference)
        parent, path, description = self.base(manifest["annotations"]["org.opencontainers.image.base.name"])
        if parent != manifest["annotations"]["org.opencontainers.image.base.digest"]:
            raise BundleError(f"{reference} rides on another base than {self.path} holds; pull it with its base")
        made = Path(folder) / "base.onnx"
        onnx.save(adapted_network(path, load(self._files(manifest)["adaptation.safetensors"].read_bytes())), made)
        return digest, made, description

    def _write(self, data: bytes, kind):
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        path = self.path / "blobs" / "sha256" / digest[7:]
        if not path.exists():
            replace(path, data)
        return {"digest": digest, "mediaType": kind, "size": len(data)}

    def write_adaptation(self, name, version, base, tensors, int8, card, data, metrics, licenses):
        """Writes an L1 on the base `(digest, reference)`; returns its digest. The same content gives the same digest.

        `int8`: the bytes of the adapted network's 8-bit form; None where there is none.
        """
        layers, files = [], [("adaptation.safetensors", save(tensors), "weight"), ("model-card.md", card.encode(), "doc")]
        if int8:
            files.insert(1, ("backbone-int8.onnx", int8, "weight"))
        for file, content, kind in files:
            layers.append(self._write(content, TYPES[kind]) | {"annotations": {FILE: file}})
        config = self._write(canonical({
            "config": {"format": "safetensors", "precision": "fp32"},
            "descriptor": {"licenses": licenses, "name": name, "version": version},
            "modelfs": {"diffIds": [layer["digest"] for layer in layers], "type": "layers"}}), TYPES["config"])
        annotations = {
            "dev.shrike.format": "1", "dev.shrike.level": "l1", "dev.shrike.name": name, "dev.shrike.version": version,
            "dev.shrike.precision": "fp32,int8" if int8 else "fp32", "dev.shrike.data": data, "dev.shrike.metrics": metrics,
            "org.opencontainers.image.base.digest": base[0], "org.opencontainers.image.base.name": base[1]}
        manifest = self._write(canonical({
            "annotations": annotations, "artifactType": TYPES["artifact"], "config": config, "layers": layers,
            "mediaType": TYPES["manifest"], "schemaVersion": 2}), TYPES["manifest"])
        index, reference = self._index(), f"{name}:{version}"
        index["manifests"] = [m for m in index["manifests"]
                              if m.get("annotations", {}).get("org.opencontainers.image.ref.name") != reference]
        index["manifests"].append(manifest | {
            "annotations": {"org.opencontainers.image.ref.name": reference}, "artifactType": TYPES["artifact"]})
        replace(self.path / "index.json", canonical(index))
        return manifest["digest"]

    def export(self, reference, folder):
        """The bundle alone, without its base, as an OCI layout; an earlier layout in the folder is replaced, nothing else."""
        digest, manifest = self.find(reference)
        folder = Path(folder)
        if folder.is_dir() and any(folder.iterdir()) and not (folder / "oci-layout").is_file():
            raise BundleError(f"{folder} holds something else; name a new folder for the layout")
        shutil.rmtree(folder / "blobs", ignore_errors=True)
        (folder / "blobs" / "sha256").mkdir(parents=True)
        for name in (digest, manifest["config"]["digest"], *(layer["digest"] for layer in manifest["layers"])):
            shutil.copyfile(self.blob(name), folder / "blobs" / "sha256" / name.removeprefix("sha256:"))
        shutil.copyfile(self.path / "oci-layout", folder / "oci-layout")
        index = self._index()
        index["manifests"] = [m for m in index["manifests"] if m["digest"] == digest]
        replace(folder / "index.json", canonical(index))


def replace(path, data: bytes):
    """The old content or the new one, whatever happens in between."""
    part = Path(f"{path}.part")
    with open(part, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(part.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
