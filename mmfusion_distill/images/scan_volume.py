"""A scanned volume in the patient, cut along its own planes or resampled to those of another."""

from dataclasses import dataclass

import numpy as np

from .image_source import ImageReadError
from .slice_grid import SliceGrid

#: Least share of a slice that another volume has to cover.
_LEAST_COVERED = 0.1


@dataclass(frozen=True)
class ScanVolume:
    """A volume and its place.

    Args:
        name (str): Its file, for messages.
        values (np.ndarray): (I, J, K) or (I, J, K, 3).
        affine (np.ndarray): (4, 4), from indices to millimetres to the left, the back and the head (LPS).
    """

    name: str
    values: np.ndarray
    affine: np.ndarray

    def axis_across(self, direction: np.ndarray) -> int:
        """The axis of the values that runs along a direction (3,) most."""
        steps = self.affine[:3, :3] / np.linalg.norm(self.affine[:3, :3], axis=0)
        return int(np.argmax(np.abs(direction @ steps)))

    def count(self, axis: int) -> int:
        """Slices along an axis."""
        return self.values.shape[axis]

    def cut(self, axis: int, index: int) -> tuple[np.ndarray, SliceGrid]:
        """A slice across an axis.

        Args:
            axis (int): Of the values.
            index (int): Along it, from where the patient's right, front or feet are.

        Returns:
            tuple[np.ndarray, SliceGrid]: (H, W) or (H, W, 3), and where it lies; not oriented.
        """
        step = self.affine[:3, axis]
        if step[int(np.argmax(np.abs(step)))] < 0:
            index = self.count(axis) - 1 - index
        across, down = [one for one in range(3) if one != axis]
        pixels = np.take(self.values, index, axis=axis).swapaxes(0, 1)
        place = np.zeros(4)
        place[axis], place[3] = index, 1
        grid = SliceGrid(
            (self.affine @ place)[:3],
            self.affine[:3, across],
            self.affine[:3, down],
            pixels.shape[:2],
            float(np.linalg.norm(step)),
        )
        return pixels, grid

    def index_near(self, axis: int, grid: SliceGrid) -> int | None:
        """Index for :meth:`cut` of the slice nearest to the middle of another; None if none is near."""
        middle = grid.origin + (grid.shape[1] - 1) / 2 * grid.right + (grid.shape[0] - 1) / 2 * grid.down
        place = (np.linalg.inv(self.affine) @ np.append(middle, 1))[axis]
        index = int(np.rint(place))
        if not 0 <= index < self.count(axis):
            return None
        step = self.affine[:3, axis]
        return index if step[int(np.argmax(np.abs(step)))] > 0 else self.count(axis) - 1 - index

    def resample(self, grid: SliceGrid) -> tuple[np.ndarray, np.ndarray]:
        """Values at the pixels of another slice, interpolated linearly.

        Returns:
            tuple[np.ndarray, np.ndarray]: (H, W) or (H, W, 3) float32, and (H, W) bool, where the volume has values.

        Raises:
            ImageReadError: If it has hardly any there.
        """
        from scipy.ndimage import map_coordinates

        points = np.concatenate([grid.points(), np.ones((*grid.shape, 1))], axis=-1)
        places = np.moveaxis(points @ np.linalg.inv(self.affine).T, -1, 0)[:3]
        lengths = np.array(self.values.shape[:3]).reshape(3, 1, 1)
        # A voxel reaches half its size around its centre.
        covered = ((places >= -0.5) & (places <= lengths - 0.5)).all(axis=0)
        if covered.mean() < _LEAST_COVERED:
            raise ImageReadError(
                f"{self.name} does not show the place of source A ({100 * covered.mean():.0f} % of it): give volumes "
                "of the same part of the patient, or another --slice"
            )
        places = np.clip(places, 0, lengths - 1)
        planes = self.values[..., None] if self.values.ndim == 3 else self.values
        values = [
            map_coordinates(planes[..., plane].astype(np.float32), places, order=1, mode="nearest")
            for plane in range(planes.shape[3])
        ]
        picture = np.stack(values, axis=-1)
        return (picture[..., 0] if self.values.ndim == 3 else picture), covered
