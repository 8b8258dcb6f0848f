"""How the sources of a pair are to be read."""

from dataclasses import dataclass
from pathlib import Path

from ..system.number_range import FINITE
from ..user_errors import OptionError, UserError


@dataclass(frozen=True)
class SourceOptions:
    """How the sources of a pair are to be read.

    Args:
        ir_range (tuple[float, float], optional): Stored values of source B (counts, degrees) that become black and
            white. Default: None, the percentiles of each picture where it is raw, else what its type holds.
        is_black_hot (bool): Whether warm things are dark in source B; it is inverted then, as networks are trained on
            white-hot pictures. Default: False.
        register (str): 'none', 'homography' or 'ecc': bring B to the view of A by their edges. Default: 'none'.
        calibration (str | Path, optional): File of `calibrate`, to do so without looking. Default: None.
        resize (bool): Resize B to the size of A where they differ. Default: False.
        slice_index (int, optional): Slice of volumes, from 0. Default: None, the middle one.

    Raises:
        UserError: If options contradict each other.
    """

    ir_range: tuple[float, float] | None = None
    is_black_hot: bool = False
    register: str = "none"
    calibration: str | Path | None = None
    resize: bool = False
    slice_index: int | None = None

    def __post_init__(self) -> None:
        if self.register not in ("none", "homography", "ecc"):
            raise UserError(f"register is '{self.register}': take none, homography or ecc")
        for value in self.ir_range or ():
            FINITE.check("the infrared range", value)
        if self.ir_range is not None and not self.ir_range[0] < self.ir_range[1]:
            raise OptionError(
                f"the infrared range {self.ir_range[0]:g} to {self.ir_range[1]:g} is none: give the lower value first"
            )
        if self.calibration is not None and (self.register != "none" or self.resize):
            raise UserError("a calibration says how B lies to A: leave --register and --resize out")
