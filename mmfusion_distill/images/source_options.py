"""How the sources of a pair are to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..system.number_range import FINITE
from ..user_errors import OptionError, UserError


@dataclass(frozen=True)
class SourceOptions:
    """How the sources of a pair are to be read.

    Args:
        ir_range (tuple[float, float] | str, optional): Stored values of source B (counts, degrees) that become black
            and white. Default: None or 'auto', the percentiles of each image where it is raw, else what its type
            holds.
        a_range (tuple[float, float] | str, optional): Likewise of source A; 'auto' takes the percentiles of each
            image. Default: None, what its type holds.
        is_black_hot (bool): Whether warm things are dark in source B; it is inverted then, as networks are trained on
            white-hot images. Default: False.
        register (str): 'none', 'homography' or 'ecc': bring B to the view of A by their edges. Default: 'none'.
        calibration (str | Path, optional): File of `calibrate`, to do so without looking. Default: None.
        resize (bool): Resize B to the size of A where they differ. Default: False.
        slice_index (int, optional): Slice of volumes, from 0. Default: None, the middle one of A, and of B that in
            the same place.
        resample (bool): Interpolate scan B at the pixels of scan A where their grids differ. Default: False.

    Raises:
        UserError: If options contradict each other.
    """

    ir_range: tuple[float, float] | str | None = None
    a_range: tuple[float, float] | str | None = None
    is_black_hot: bool = False
    register: str = "none"
    calibration: str | Path | None = None
    resize: bool = False
    slice_index: int | None = None
    resample: bool = False

    def __post_init__(self) -> None:
        if self.register not in ("none", "homography", "ecc"):
            raise UserError(f"register is '{self.register}': take none, homography or ecc")
        if self.ir_range == "auto":
            object.__setattr__(self, "ir_range", None)
        _check_range("--ir-range", self.ir_range)
        if self.a_range != "auto":
            _check_range("--a-range", self.a_range)
        if self.calibration is not None and (self.register != "none" or self.resize):
            raise UserError("a calibration says how B lies to A: leave --register and --resize out")
        if self.resample and (self.register != "none" or self.calibration is not None):
            raise UserError(
                "--resample brings scans together by their place in the patient: leave --register and --calibration "
                "out"
            )


def _check_range(name: str, given: object) -> None:
    if given is None:
        return
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != 2:
        raise OptionError(f"{name} {given!r} is no range: give two numbers, black and white")
    for value in given:
        FINITE.check(name, value)
    if not given[0] < given[1]:
        raise OptionError(f"{name} {given[0]:g} {given[1]:g} is no range: give the lower value first")
