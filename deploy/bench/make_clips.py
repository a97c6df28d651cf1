"""Write the 1080p H.264 clips that the benchmark decodes: `make_clips.py FOLDER FRAMES`.

pattern.mp4   ffmpeg's test pattern with sensor noise: cheap motion, hard edges
photo.mp4     a window panned over a large generated texture with sensor noise: the spectrum of a photograph, every
              block moving, as from a drone
"""

import subprocess
import sys
from pathlib import Path

import cv2

import pictures

RATE = 25
# What cameras send: no B frames, a key frame every two seconds, 6 Mbit/s.
ENCODER = ("-c:v libx264 -preset veryfast -profile:v main -pix_fmt yuv420p -bf 0 -g 50 -b:v 6M -maxrate 8M -bufsize 12M "
           "-threads 1 -flags +bitexact -fflags +bitexact").split()


def encode(clip: Path, frames: int, *inputs: str) -> None:
    part = clip.with_suffix(".part.mp4")
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *inputs, "-frames:v", str(frames), "-r", str(RATE), *ENCODER, part],
                   check=True)
    part.rename(clip)


def main() -> None:
    folder, frames = Path(sys.argv[1]), int(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    encode(folder / "pattern.mp4", frames, "-f", "lavfi", "-i", f"testsrc2=s=1920x1080:r={RATE},noise=alls=6:allf=t")
    still = folder / "texture.png"
    cv2.imwrite(str(still), pictures.texture(4000, 3000, seed=1))
    # The loop filter keeps one decoded picture; ffmpeg's -loop would decode the file for every frame.
    pan = (f"loop=loop=-1:size=1,setpts=N/{RATE}/TB,crop=1920:1080:x='(in_w-out_w)*(0.5-0.5*cos(2*PI*n/{frames}))':y='(in_h-out_h)*n/{frames}',"
           "noise=alls=6:allf=t")
    encode(folder / "photo.mp4", frames, "-i", str(still), "-vf", pan)
    still.unlink()


if __name__ == "__main__":
    main()
