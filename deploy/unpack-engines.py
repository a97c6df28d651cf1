#!/usr/bin/python3
"""Unpack from the engine wheels the few files that Shrike opens at run time: `unpack-engines.py WHEELS PREFIX`.

The layout inside the wheels is kept (`openvino/libs/...`, `onnxruntime/capi/...`), so a prefix and an installed
Python package look alike to the engine search. What is left out (GPU and NPU plugins, other frontends, Python
modules) is three quarters of the size.
"""

import re
import sys
import zipfile
from pathlib import Path

# wheel -> patterns of its members, each of which must match at least one; licenses travel with their libraries.
NEEDED = {
    "openvino": [
        r"openvino/libs/libopenvino_c\.so\.\d+",
        r"openvino/libs/libopenvino\.so\.\d+",
        r"openvino/libs/libopenvino_(intel|arm)_cpu_plugin\.so",
        r"openvino/libs/libopenvino_(onnx|ir)_frontend\.so\.\d+",
        r"openvino/libs/libtbb\.so\.\d+",
        r"openvino-[^/]+\.dist-info/licenses/.+",
    ],
    "onnxruntime": [
        r"onnxruntime/capi/libonnxruntime\.so\.[\d.]+",
        r"onnxruntime/(LICENSE|ThirdPartyNotices\.txt)",
    ],
}


def unpack(wheel: Path, patterns: list[str], prefix: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for pattern in patterns:
            members = [name for name in archive.namelist() if re.fullmatch(pattern, name)]
            if not members:
                sys.exit(f"shrike set-up: {wheel.name} has no file like {pattern}; mend NEEDED in {Path(__file__).name}")
            for member in members:
                archive.extract(member, prefix)


def main() -> None:
    wheels, prefix = Path(sys.argv[1]), Path(sys.argv[2])
    for name, patterns in NEEDED.items():
        unpack(next(wheels.glob(f"{name}-*.whl")), patterns, prefix)


if __name__ == "__main__":
    main()
