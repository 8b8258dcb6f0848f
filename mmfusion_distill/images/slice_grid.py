"""Where the pixels of a slice lie in the patient, and the one way in which slices are shown."""

from dataclasses import dataclass, replace

import numpy as np

#: Steps of columns and rows of a slice as radiologists look at it, by the axis that it is cut across (left, back,
#: head): the patient's right is on the left, of slices from the side the front. The head, or else the front, is up.
_CONVENTION = {
    0: ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
    1: ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    2: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
}
_PLANES = ("sagittal", "coronal", "axial")
#: Share of a pixel, and of the distance between slices, by which equal grids may differ.
_TOLERANCE = 0.25


@dataclass(frozen=True)
class SliceGrid:
    """The pixels of a slice in the patient, in millimetres to the left, the back and the head (DICOM's LPS).

    Args:
        origin (np.ndarray): (3,), centre of the first pixel.
        right (np.ndarray): (3,), from a column to the next.
        down (np.ndarray): (3,), from a row to the next.
        shape (tuple[int, int]): Height and width.
        distance (float): Between neighbouring slices; 0: unknown. Default: 0.
    """

    origin: np.ndarray
    right: np.ndarray
    down: np.ndarray
    shape: tuple[int, int]
    distance: float = 0.0

    @property
    def spacing(self) -> tuple[float, float]:
        """Size of a pixel, across and down."""
        return float(np.linalg.norm(self.right)), float(np.linalg.norm(self.down))

    @property
    def normal(self) -> np.ndarray:
        """(3,), of length 1, across the slice."""
        normal = np.cross(self.right, self.down)
        return normal / np.linalg.norm(normal)

    @property
    def axis(self) -> int:
        """The axis that the slice is cut across: 0 sagittal, 1 coronal, 2 axial."""
        return int(np.argmax(np.abs(self.normal)))

    @property
    def plane(self) -> str:
        """Name of its plane."""
        return _PLANES[self.axis]

    def points(self) -> np.ndarray:
        """Centres of all pixels, (H, W, 3)."""
        rows, columns = np.mgrid[: self.shape[0], : self.shape[1]][..., None].astype(float)
        return self.origin + columns * self.right + rows * self.down

    def difference(self, other: "SliceGrid") -> str:
        """The difference between two grids, for a person; '' if they are equal."""
        if self.plane != other.plane:
            return f"A is {self.plane}, B {other.plane}"
        cosines = [
            float(np.dot(one, two) / np.linalg.norm(one) / np.linalg.norm(two))
            for one, two in ((self.right, other.right), (self.down, other.down))
        ]
        if min(cosines) < np.cos(np.radians(1)):
            return f"their directions differ by {np.degrees(np.arccos(min(cosines))):.1f} degrees"
        if np.abs(np.subtract(self.spacing, other.spacing)).max() * max(self.shape) > _TOLERANCE * min(
            self.spacing
        ):
            sizes = ["{:g}x{:g}".format(*(round(side, 4) for side in grid.spacing)) for grid in (self, other)]
            return f"pixels of A are {sizes[0]} mm, of B {sizes[1]} mm"
        offset = other.origin - self.origin
        across = abs(float(offset @ self.normal))
        within = float(np.linalg.norm(offset - (offset @ self.normal) * self.normal))
        if across > _TOLERANCE * max(self.distance, other.distance, min(self.spacing)):
            return f"the slices are {across:.1f} mm apart"
        if within > _TOLERANCE * min(self.spacing):
            return f"B lies {within:.1f} mm beside A"
        if self.shape != other.shape:
            sizes = [f"{grid.shape[1]}x{grid.shape[0]}" for grid in (self, other)]
            return f"A has {sizes[0]} pixels, B {sizes[1]}"
        return ""


def oriented(pixels: np.ndarray, grid: SliceGrid) -> tuple[np.ndarray, SliceGrid]:
    """Turn and flip a slice until it lies as radiologists look at it.

    Args:
        pixels (np.ndarray): (H, W) or (H, W, C).
        grid (SliceGrid): Of these pixels.

    Returns:
        tuple[np.ndarray, SliceGrid]: The same pixels in the other order, and their grid.
    """
    wanted = np.array(_CONVENTION[grid.axis])
    steps = np.array([grid.right, grid.down])
    lengths = np.linalg.norm(steps, axis=1, keepdims=True)
    cosines = np.abs(steps / lengths @ wanted.T)
    if cosines[0, 1] + cosines[1, 0] > cosines[0, 0] + cosines[1, 1]:
        pixels = pixels.swapaxes(0, 1)
        grid = replace(grid, right=grid.down, down=grid.right, shape=grid.shape[::-1])
    if grid.right @ wanted[0] < 0:
        pixels = pixels[:, ::-1]
        grid = replace(grid, origin=grid.origin + (grid.shape[1] - 1) * grid.right, right=-grid.right)
    if grid.down @ wanted[1] < 0:
        pixels = pixels[::-1]
        grid = replace(grid, origin=grid.origin + (grid.shape[0] - 1) * grid.down, down=-grid.down)
    return np.ascontiguousarray(pixels), grid
