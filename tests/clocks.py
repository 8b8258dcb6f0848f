"""Videos that show what time it is, to see whether a fused video keeps time."""

import cv2
import numpy as np

#: Width and height of a frame.
SIZE = (64, 48)
_BITS, _STRIPE = 12, 5


def clock_frame(seconds: float) -> np.ndarray:
    """Image (48, 64, 3) of a time below 40 s in hundredths, as a binary number of black and white stripes."""
    image = np.full((*SIZE[::-1], 3), 128, np.uint8)
    for bit in range(_BITS):
        image[:, _STRIPE * bit : _STRIPE * (bit + 1)] = 255 * (round(seconds * 100) >> bit & 1)
    return image


def read_clock(image: np.ndarray) -> float:
    """The time that rows of a frame show."""
    bits = (image[:, _STRIPE * bit + 1 : _STRIPE * (bit + 1) - 1].mean() > 128 for bit in range(_BITS))
    return sum(shown << bit for bit, shown in enumerate(bits)) / 100


class BothClocks:
    """A network that shows the upper half of source A above the lower half of source B."""

    guided = False

    def load(self, pair, text=None):
        return pair["img_a"], pair["img_b"]

    def fuse_loaded(self, batch):
        ((img_a, img_b),) = batch
        half = img_a.shape[0] // 2
        return [np.concatenate([img_a[:half], np.repeat(img_b[half:], 3, axis=2)])]


def clocks_of(image: np.ndarray) -> tuple[float, float]:
    """The times of A and B in an image of :class:`BothClocks`."""
    half = image.shape[0] // 2
    return read_clock(image[: half - 2]), read_clock(image[half + 2 :])


def write_clock(path, fps, seconds, start=0.0):
    """A video of constant rate whose clock begins at a time."""
    encoding = {".avi": "MJPG"}.get(path.suffix, "mp4v")
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*encoding), fps, SIZE)
    for index in range(round(seconds * fps)):
        writer.write(clock_frame(start + index / fps))
    writer.release()
    return path


def write_clock_at(path, times, fps=30, start=0.0, stamp=0.0):
    """A video of variable rate, with frames at times; the first of them may have a late time stamp."""
    from fractions import Fraction

    import av

    with av.open(str(path), "w") as film:
        stream = film.add_stream("mpeg4", rate=fps)
        stream.width, stream.height = SIZE
        stream.pix_fmt, unit = "yuv420p", Fraction(1, 1000)
        stream.time_base = stream.codec_context.time_base = unit
        stream.bit_rate = 2_000_000
        for time in times:
            frame = av.VideoFrame.from_ndarray(clock_frame(start + time), format="rgb24")
            frame.pts, frame.time_base = round((stamp + time) / unit), unit
            film.mux(stream.encode(frame.reformat(format="yuv420p")))
        film.mux(stream.encode(None))
    return path
