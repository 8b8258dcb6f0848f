"""Videos that tests write."""

import cv2
import numpy as np

SIZE = (64, 48)


def write_video(path, levels, fps=25.0, size=SIZE, encoding="MJPG"):
    """Each frame of one gray level, and noise that is always the same, so that files are not tiny."""
    noise = np.random.default_rng(0).integers(-9, 10, (*size[::-1], 3))
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*encoding), fps, size)
    for level in levels:
        writer.write(np.clip(noise + level, 0, 255).astype(np.uint8))
    writer.release()
    return path
