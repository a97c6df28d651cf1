"""Pictures that cost a codec and a network what photographs cost: seeded, so every machine measures the same ones."""

import cv2
import numpy as np


def texture(width: int, height: int, seed: int) -> np.ndarray:
    """BGR picture with the spectrum of natural scenes (amplitude falls with frequency) and hard edges over it."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    frequency[0, 0] = 1
    planes = []
    shared = rng.standard_normal((height, width))
    for _ in range(3):
        # Colors of a scene go together: each channel is mostly the shared field.
        field = np.fft.irfft2(np.fft.rfft2(shared + 0.4 * rng.standard_normal((height, width))) / frequency, (height, width))
        planes.append(128 + 45 * (field - field.mean()) / field.std())
    picture = np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)
    for _ in range(width * height // 60_000):
        size = rng.integers(20, 220, 2)
        corner = rng.integers(0, [width, height])
        points = cv2.boxPoints((corner.astype(float).tolist(), size.astype(float).tolist(), float(rng.uniform(0, 90))))
        color = [int(c) for c in rng.integers(0, 256, 3)]
        cv2.polylines(picture, [points.astype(int)], True, color, int(rng.integers(1, 6)), cv2.LINE_AA)
        if rng.random() < 0.3:
            cv2.fillPoly(picture, [points.astype(int)], color, cv2.LINE_AA)
    return picture


def letterbox(picture: np.ndarray, side: int, rows: int | None = None) -> tuple[np.ndarray, float, int, int]:
    """The picture scaled to fit a gray square, or `rows` x `side`, with the scale and the offsets that lead back."""
    height, width = picture.shape[:2]
    rows = rows or side
    scale = min(rows / height, side / width)
    w, h = round(width * scale), round(height * scale)
    x, y = (side - w) // 2, (rows - h) // 2
    boxed = np.full((rows, side, 3), 114, np.uint8)
    boxed[y:y + h, x:x + w] = cv2.resize(picture, (w, h), interpolation=cv2.INTER_LINEAR)
    return boxed, scale, x, y


def blob(boxed: np.ndarray) -> np.ndarray:
    """[1, 3, rows, columns] RGB 0..1"""
    return cv2.dnn.blobFromImage(boxed, 1 / 255, swapRB=True)
