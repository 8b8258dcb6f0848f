"""How two cameras that are mounted together see: one homography, in a small file."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..images.image_source import ImageReadError
from ..system.regular_file import read_regular_file, write_text_atomically
from ..user_errors import UserError, reason_of
from .warping import corners_of, map_points

_FORMAT = "mmfusion_distill calibration 1"
_LARGEST_FILE = 100_000


@dataclass(frozen=True)
class CameraCalibration:
    """How source B lies to source A.

    Args:
        matrix (np.ndarray): (3, 3) float64, from pixels (x, y, 1) of B to pixels of A.
        size_a (tuple[int, int]): Height and width of A.
        size_b (tuple[int, int]): Height and width of B.
    """

    matrix: np.ndarray
    size_a: tuple[int, int]
    size_b: tuple[int, int]

    def describe(self) -> str:
        """How B lies to A, in words that can be checked by eye."""
        height, width = self.size_a
        corners = map_points(self.matrix, corners_of(self.size_b))
        across = (corners[1] + corners[2] - corners[0] - corners[3]) / 2
        middle = map_points(self.matrix, corners_of(self.size_b).mean(axis=0)[None])[0]
        right, down = middle - corners_of(self.size_a).mean(axis=0)
        return (
            f"source B shows {np.hypot(*across) / (width - 1):.2f} of the width of A, turned by "
            f"{np.degrees(np.arctan2(across[1], across[0])):.1f} degrees; its middle lies {abs(right):.1f} px "
            f"{'right' if right >= 0 else 'left'} and {abs(down):.1f} px {'down' if down >= 0 else 'up'} of that of A"
        )

    def write(self, path: str | Path) -> None:
        """Write it as JSON.

        Raises:
            OSError: If it cannot be written.
        """
        content = dict(
            format=_FORMAT,
            size_a=[int(side) for side in self.size_a[::-1]],
            size_b=[int(side) for side in self.size_b[::-1]],
            b_to_a=self.matrix.tolist(),
        )
        write_text_atomically(path, json.dumps(content, indent=1) + "\n")

    @classmethod
    def read(cls, path: str | Path) -> "CameraCalibration":
        """Read a file of :meth:`write`.

        Raises:
            UserError: If it cannot be read or is none.
        """
        try:
            content = _object_in(read_regular_file(path, _LARGEST_FILE))
            if content["format"] != _FORMAT:
                raise ValueError(f"its format is {str(content['format'])[:40]}")
            matrix = np.array(content["b_to_a"], np.float64)
            sizes = [tuple(int(side) for side in content[name])[::-1] for name in ("size_a", "size_b")]
            if matrix.shape != (3, 3) or not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-9:
                raise ValueError("its homography is none")
            if any(len(size) != 2 or min(size) < 1 for size in sizes):
                raise ValueError("its sizes are none")
        except OSError as error:
            raise UserError(
                f"the calibration {path} cannot be read ({error.strerror}): check --calibration"
            ) from error
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            reason = f"it lacks {error}" if isinstance(error, KeyError) else reason_of(error, 80)
            raise UserError(
                f"{path} is no calibration ({reason}): write one with `mmfusion calibrate`"
            ) from error
        (height_a, width_a), (height_b, width_b) = sizes
        return cls(matrix, (height_a, width_a), (height_b, width_b))

    def check_sizes(self, size_a: tuple[int, int], size_b: tuple[int, int], name: str) -> None:
        """Check that a pair has the sizes that were calibrated.

        Raises:
            ImageReadError: If it has others.
        """
        if (size_a, size_b) != (self.size_a, self.size_b):
            given, wanted = (
                " and ".join(f"{width}x{height}" for height, width in sizes)
                for sizes in ((size_a, size_b), (self.size_a, self.size_b))
            )
            raise ImageReadError(
                f"{name}: sources of {given} do not fit the calibration, which is for {wanted}: calibrate again"
            )


def _object_in(data: bytes) -> dict:
    """The object of JSON in a file."""
    try:
        content = json.loads(data)
    except ValueError as error:
        raise ValueError("it is no JSON") from error
    if not isinstance(content, dict):
        raise ValueError("it holds no object")
    return content
