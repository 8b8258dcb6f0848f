"""Files of visitors: which are let in, and where they lie."""

import hashlib
import re
import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..images.image_files import DATA_EXTENSIONS
from ..images.image_header import read_header
from ..images.image_source import ImageReadError
from ..images.source_reading import read_source_a, read_source_b
from ..system.number_range import ABOVE_ZERO
from ..system.regular_file import read_regular_file
from ..video.video_reader import VideoReader, VideoReadError

#: How AVI, MP4 and MKV begin. Others, playlists above all, could name further files or addresses to FFmpeg.
_CONTAINER = re.compile(rb"RIFF....AVI |\0\0[\0-\x04].ftyp|\x1aE\xdf\xa3", re.DOTALL)


@dataclass(frozen=True)
class Limits:
    """Limits of one uploaded image or video: pixels and bytes in millions, and frames; each above 0."""

    megapixels: float = 8
    megabytes: float = 25
    frames: int = 600

    def __post_init__(self) -> None:
        for option, value in vars(self).items():
            ABOVE_ZERO.check(f"--max-{option}", value)

    def check(self, path: Path, width: int, height: int, frames: int | None = None) -> None:
        """Refuse what is too large (:class:`ImageReadError`); `frames` is None where nothing tells."""
        size = f"{width}x{height} pixels, more than {self.megapixels:g} million"
        length = f"{frames} frames, more than {self.frames}"
        for value, text, option in (
            (width * height / 1e6, size, "megapixels"),
            (frames or 0, length, "frames"),
        ):
            if value > getattr(self, option):
                raise ImageReadError(
                    f"{path} has {text}: shrink or cut it, or start the page with a larger --max-{option}"
                )


class VisitorFiles:
    """Folders of files, those of each visit inside one; all are in the folder `root`, which is made."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()

    def folder(self, visit: str | None) -> Path:
        """A new folder for files of a visit, which the browser calls by any string."""
        folder = self.root / hashlib.sha256(str(visit).encode()).hexdigest()
        folder.mkdir(exist_ok=True)
        return Path(tempfile.mkdtemp(dir=folder))

    def keep(self, upload: Path, visit: str | None) -> Path:
        """Move an upload to its visit."""
        return upload.replace(self.folder(visit) / upload.name)

    def forget(self, visit: str | None) -> None:
        """Delete all files of a visit."""
        shutil.rmtree(self.folder(visit).parent, ignore_errors=True)

    def shown(self, text: str) -> str:
        """A text with the visitor's names of files, without folders of this machine."""
        return re.sub(re.escape(str(self.root)) + r"[/\\]\w+[/\\]\w+[/\\]", "", text)


def read_picture(path: Path, is_source_b: bool, limits: Limits) -> np.ndarray:
    """An uploaded image (H, W, 1 or 3) in [0, 255], RGB, as networks see it; refused before it is decoded."""
    header = read_header(read_regular_file(path))
    # The name decides what reads a file.
    if header is None or path.name.lower().endswith(DATA_EXTENSIONS):
        raise ImageReadError(f"{path} is no image: upload a PNG, JPEG, TIFF, BMP, GIF or WebP file")
    limits.check(path, header.width, header.height)
    return (read_source_b if is_source_b else read_source_a)(path).pixels


def check_film(path: Path, limits: Limits) -> str:
    """What an uploaded video is, in words; a :class:`UserError` if it cannot be used."""
    if not _CONTAINER.match(read_regular_file(path)):
        raise VideoReadError(f"{path} is no video: upload an AVI, MP4, MOV, MKV or WebM file")
    with closing(VideoReader(path)) as reader:
        limits.check(path, *reader.size, reader.total)
        return "{}x{} pixels, {:.3g} frames per second".format(*reader.size, reader.fps)
