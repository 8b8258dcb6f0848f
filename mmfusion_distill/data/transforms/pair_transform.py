"""What the transforms of pairs have in common."""

from mmcv.transforms import BaseTransform


class PairTransform(BaseTransform):
    """A transform that keeps its arguments under their names, and shows them as its `repr`."""

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({arguments})"
