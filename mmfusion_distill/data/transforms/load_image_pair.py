"""Loading of both sources."""


from ...registry import TRANSFORMS
from ...user_errors import UserError
from .pair_transform import PairTransform, pair_reader


@TRANSFORMS.register_module()
class LoadImagePair(PairTransform):
    """Load both sources of a pair, as every command reads them.

    Unlike MMagic's LoadImageFromFile it keeps 16 bits and names the file that is damaged.

    Required keys: `img_a_path`, `img_b_path`. Added keys: `img_a` (H, W, channels_a), `img_b` (H, W, 1), float32
    in [0, 255], RGB; `ori_img_shape`. Of a data set with targets (`target_a_path`, `target_b_path`) also `target_a`
    and `target_b` alike.

    Args:
        channels_a (int, optional): Channels of source A: 3 repeats gray files, 1 converts colour to luminance,
            None keeps each file's. Default: 3.
        sources (dict, optional): Fields of :class:`SourceOptions`, e.g. `dict(ir_range=(20, 60))`. Default: None.

    Raises:
        ImageReadError: If a file cannot be used, or the sizes differ.
        UserError: If an option is none.
    """

    def __init__(self, channels_a: int | None = 3, sources: dict | None = None) -> None:
        if channels_a not in (None, 1, 3):
            raise UserError(f"channels_a is {channels_a}, wanted 1, 3 or None")
        self.channels_a = channels_a
        self.sources = sources
        self._reader = pair_reader(sources, "LoadImagePair")

    def transform(self, results: dict) -> dict:
        """Load the two images into `results`."""
        for kind in ("img", "target") if "target_a_path" in results else ("img",):
            pair = self._reader.read(
                results[f"{kind}_a_path"], results[f"{kind}_b_path"], self.channels_a
            )
            results[f"{kind}_a"], results[f"{kind}_b"] = pair.img_a, pair.img_b
        results["ori_img_shape"] = results["img_a"].shape
        return results
