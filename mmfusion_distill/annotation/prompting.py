"""Images and prompts for vision-language models."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..images.pairing import ImagePair
from ..images.pixels import arrange_channels, shrink, to_uint8
from ..registration.pair_reader import PairReader
from ..user_errors import UserError
from .event_types import check_modality

_FOLDER = Path(__file__).parent / "prompts"


@dataclass(frozen=True)
class Prompt:
    """A question to a model.

    Args:
        text (str): The question.
        version (str): What an annotation records of it, e.g. ``infrared-visible_v1``.
        modality (str): Of the pairs that it is about. Default: 'infrared-visible'.
    """

    text: str
    version: str
    modality: str = "infrared-visible"


def load_prompt(modality: str, version: str = "v1") -> Prompt:
    """Read a prompt of the package.

    Args:
        modality (str): 'infrared-visible' or 'medical'.
        version (str): Which version of it. Default: 'v1'.

    Raises:
        UserError: If there is no such prompt; lists those that there are.
    """
    check_modality(modality)
    path = _FOLDER / f"{modality}_{version}.txt"
    if not path.is_file():
        versions = sorted(p.stem.removeprefix(f"{modality}_") for p in _FOLDER.glob(f"{modality}_*.txt"))
        raise UserError(f"no prompt version {version!r} for {modality}: there are {', '.join(versions)}")
    return Prompt(path.read_text(encoding="utf-8").strip(), path.stem, modality)


def load_pictures(
    pair: ImagePair, max_size: int, montage: bool = False, reader: PairReader | None = None
) -> list[np.ndarray]:
    """Images of a pair as a model gets them.

    Args:
        pair (ImagePair): The pair.
        max_size (int): Larger images are shrunk until their longer side has this many pixels.
        montage (bool): Whether a third image shows both side by side. Default: False.
        reader (PairReader, optional): Reads the pair by its options. Default: None, one without options.

    Returns:
        list[np.ndarray]: Two or three images (H, W, 3), uint8, RGB.

    Raises:
        ImageReadError: If a file cannot be read, or the sizes differ.
    """
    sources = (reader or PairReader(in_python=True)).read(pair.path_a, pair.path_b, channels_a=3)[:2]
    pictures = [shrink(arrange_channels(source, 3), max_size) for source in sources]
    if montage:
        pictures.append(shrink(np.hstack(pictures), max_size))
    return [to_uint8(picture) for picture in pictures]
