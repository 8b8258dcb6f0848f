"""DICOM files: frames of every colour model, in the patient."""

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from .dicom_place import FramePlace, along, place_of_frame, value_of
from .image_source import ImageReadError
from .value_range import check_package, check_volume_size, unreadable

#: The model that pydicom decodes in the same way, without conversion, by the one that a file names.
_DECODED_AS = {"YBR_PARTIAL_422": "YBR_FULL_422", "YBR_PARTIAL_420": "YBR_PARTIAL_420", "HSV": "RGB"}
#: Luminance and chroma of 8 bits in studio range (ITU-R BT.601): offset and extent.
_LUMA, _CHROMA = (16, 219), (128, 224)

#: Models that :func:`retired_rgb` reads.
RETIRED = tuple(_DECODED_AS)


def retired_rgb(dataset: Any, index: int | None) -> np.ndarray:
    """Pixels of a frame of a colour model of :data:`RETIRED`.

    Args:
        dataset (pydicom.Dataset): The file.
        index (int, optional): Frame; None if there is one.

    Returns:
        np.ndarray: (H, W, 3) uint8 RGB.
    """
    from pydicom.pixels import pixel_array

    model = str(dataset.PhotometricInterpretation)
    renamed = copy(dataset)
    renamed.PhotometricInterpretation = _DECODED_AS[model]
    pixels = pixel_array(renamed, index=index, raw=True)
    pixels = (pixels >> max(0, int(dataset.BitsStored) - 8)).astype(np.uint8)
    if model == "HSV":
        return cv2.cvtColor(pixels, cv2.COLOR_HSV2RGB_FULL)
    y, cb, cr = np.moveaxis(pixels.astype(np.float32), 2, 0)
    y = (y - _LUMA[0]) / _LUMA[1]
    cb, cr = (cb - _CHROMA[0]) / _CHROMA[1], (cr - _CHROMA[0]) / _CHROMA[1]
    rgb = np.stack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], axis=2)
    return np.clip(np.rint(255 * rgb), 0, 255).astype(np.uint8)


#: Colour models whose pixels pydicom makes gray, or RGB.
_GRAY = ("MONOCHROME1", "MONOCHROME2")
_COLOUR = ("RGB", "PALETTE COLOR", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")


@dataclass(frozen=True)
class DicomScan:
    """A DICOM file."""

    path: Path
    dataset: Any

    @cached_property
    def order(self) -> list[int]:
        """Frames from the patient's right, front or feet on; as stored where their places are not known."""
        places = [place_of_frame(self.dataset, index) for index in range(self.count)]
        if self.count < 2 or any(place is None or place.origin is None for place in places):
            return list(range(self.count))
        normal = np.cross(places[0].right, places[0].down)
        return sorted(range(self.count), key=[along(place, normal) for place in places].__getitem__)

    @property
    def count(self) -> int:
        """Frames."""
        return int(self.dataset.get("NumberOfFrames") or 1)

    def place(self, index: int) -> FramePlace | None:
        """Where a frame lies, by its place in :attr:`order`."""
        return place_of_frame(self.dataset, self.order[index])

    def frame(self, index: int) -> tuple[np.ndarray, np.ndarray | None]:
        """Pixels of a frame, by its place in :attr:`order`.

        Returns:
            tuple[np.ndarray, np.ndarray | None]: (H, W) float32 in the units of the file, or (H, W, 3) uint8 RGB; and
            (H, W) bool, where nothing was measured.

        Raises:
            ImageReadError: If they cannot be read.
        """
        try:
            return self._frame(self.order[index])
        except ImageReadError:
            raise
        except Exception as error:  # whatever pydicom and its decoders meet in a file that is none
            raise unreadable(self.path, "DICOM", error) from error

    def _frame(self, index: int) -> tuple[np.ndarray, np.ndarray | None]:
        from pydicom.pixels import apply_color_lut

        model = str(self.dataset.get("PhotometricInterpretation") or "MONOCHROME2")
        if model not in (*_GRAY, *_COLOUR, *RETIRED):
            raise ImageReadError(
                f"{self.path} has the colour model {model}, which is not read: convert it to RGB"
            )
        which = index if self.count > 1 else None
        if model in RETIRED:
            return retired_rgb(self.dataset, which), None
        pixels = self._aligned(which)
        if model == "PALETTE COLOR":
            colours = apply_color_lut(pixels, self.dataset)[..., :3]
            # Some files announce 16 bits for tables of 8.
            return _to_bytes(colours, 16 if colours.max(initial=0) > 255 else 8), None
        if pixels.ndim == 3:
            return _to_bytes(pixels[..., :3], int(self.dataset.BitsStored)), None
        values = self._in_units(pixels, index)
        table = self._table_of_brightness(index)
        values = values if table is None else _looked_up(values, table)
        return values, self._padding(pixels)

    def _aligned(self, index: int | None) -> np.ndarray:
        """Pixels as stored; those of files whose bits do not begin at the lowest one are shifted there."""
        from pydicom.pixels import pixel_array

        stored = int(self.dataset.get("BitsStored") or 0)
        shift = int(self.dataset.get("HighBit") or 0) + 1 - stored
        if shift <= 0 or not stored:
            return pixel_array(self.dataset, index=index)
        wider = copy(self.dataset)
        wider.BitsStored = stored + shift
        return pixel_array(wider, index=index) >> shift

    def _table_of_brightness(self, index: int) -> Any:
        """Table that takes the place of a window (VOI LUT); None where there is a window, or none."""
        if value_of(self.dataset, index, "FrameVOILUTSequence", "WindowCenter") is not None:
            return None
        tables = self.dataset.get("VOILUTSequence")
        return tables[0] if tables else None

    def _in_units(self, pixels: np.ndarray, index: int) -> np.ndarray:
        from pydicom.pixels import apply_modality_lut

        group = "PixelValueTransformationSequence"
        slope, intercept = (
            value_of(self.dataset, index, group, name) for name in ("RescaleSlope", "RescaleIntercept")
        )
        if self.dataset.get("ModalityLUTSequence"):
            return np.asarray(apply_modality_lut(pixels, self.dataset), np.float32)
        # Empty ones, and a slope of 0, stand for none.
        return pixels.astype(np.float32) * np.float32(slope or 1) + np.float32(intercept or 0)

    def _padding(self, pixels: np.ndarray) -> np.ndarray | None:
        padding, limit = (self.dataset.get(name) for name in ("PixelPaddingValue", "PixelPaddingRangeLimit"))
        if padding is None:
            return None
        low, high = sorted((int(padding), int(limit if limit is not None else padding)))
        return (pixels >= low) & (pixels <= high)

    def window(self, index: int) -> tuple[float, float] | None:
        """Values that become black and white by the first window of a frame; None if it has none.

        Raises:
            ImageReadError: If it is no window.
        """
        frame, group = self.order[index], "FrameVOILUTSequence"
        center, width = (
            value_of(self.dataset, frame, group, name) for name in ("WindowCenter", "WindowWidth")
        )
        if table := self._table_of_brightness(frame):
            return 0.0, float(2 ** int(table.LUTDescriptor[2]) - 1)
        if center is None or width is None:
            return None
        try:
            # A file may offer several; the first is the default.
            center, width = (
                float(v[0] if hasattr(v, "__len__") and not isinstance(v, str) else v)
                for v in (center, width)
            )
        except (TypeError, ValueError, IndexError) as error:
            raise unreadable(self.path, "DICOM", error) from error
        if width <= 0:
            # no window, as the standard has it
            return None
        if value_of(self.dataset, frame, group, "VOILUTFunction") == "LINEAR_EXACT":
            return center - max(width, 1e-3) / 2, center + max(width, 1e-3) / 2
        # part 3 of the standard, C.11.2.1.2
        half = max(width - 1, 1e-3) / 2
        return center - 0.5 - half, center - 0.5 + half

    @property
    def is_inverted(self) -> bool:
        """Whether low values are bright."""
        return self.dataset.get("PhotometricInterpretation") == "MONOCHROME1"


def read_dicom(path: Path) -> DicomScan:
    """Read a DICOM file but for its pixels.

    Raises:
        ImageReadError: If the file cannot be used, or pydicom is missing.
    """
    check_package("pydicom", path)
    import pydicom

    try:
        try:
            dataset = pydicom.dcmread(path)
        except pydicom.errors.InvalidDicomError:
            # Old files lack the beginning by which DICOM is told from other files.
            dataset = pydicom.dcmread(path, force=True)
            if "Rows" not in dataset:
                raise
            if "TransferSyntaxUID" not in dataset.file_meta:
                explicit, implicit = pydicom.uid.ExplicitVRLittleEndian, pydicom.uid.ImplicitVRLittleEndian
                is_implicit = dataset.original_encoding[0]
                dataset.file_meta.TransferSyntaxUID = implicit if is_implicit else explicit
        frames = int(dataset.get("NumberOfFrames") or 1)
        check_volume_size((int(dataset.Rows), int(dataset.Columns), frames), path)
    except ImageReadError:
        raise
    except Exception as error:  # whatever pydicom meets in a file that is none
        raise unreadable(path, "DICOM", error) from error
    return DicomScan(path, dataset)


def _looked_up(values: np.ndarray, table: Any) -> np.ndarray:
    """Values by a table whose entries may be bytes, or words of 16 bits whatever depth it names."""
    count, first, data = int(table.LUTDescriptor[0]) or 65_536, int(table.LUTDescriptor[1]), table.LUTData
    if isinstance(data, bytes):
        data = np.frombuffer(data, "u1" if len(data) < 2 * count else "<u2")
    places = np.clip(np.rint(values) - first, 0, min(count, len(data)) - 1).astype(np.int64)
    return np.asarray(data)[places].astype(np.float32)


def _to_bytes(pixels: np.ndarray, bits: int) -> np.ndarray:
    return (pixels >> max(0, bits - 8)).astype(np.uint8)
