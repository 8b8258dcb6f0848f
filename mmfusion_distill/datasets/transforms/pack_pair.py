"""Packing of a pair for the model."""

from mmagic.datasets.transforms.formatting import PackInputs
from mmagic.registry import TRANSFORMS

META_KEYS = ("key", "vis_name", "img_a_path", "img_b_path", "annotation", "drop_text")


@TRANSFORMS.register_module()
class PackPair(PackInputs):
    """MMagic's PackInputs with the keys of a pair, and the channel order noted as RGB.

    Args:
        meta_keys (tuple[str, ...]): Facts that go into the data sample besides; those that a sample lacks become
            None. Default: `META_KEYS`.
    """

    def __init__(self, meta_keys: tuple[str, ...] = META_KEYS) -> None:
        orders = ["img_a_channel_order", "img_b_channel_order"]
        super().__init__(keys=["img_a", "img_b"], meta_keys=[*meta_keys, *orders])

    def transform(self, results: dict) -> dict:
        """Pack one pair.

        Returns:
            dict: `inputs`, a dict of float tensors `img_a` (1 or 3, H, W) and `img_b` (1, H, W) in [0, 255], and
            `data_samples`.
        """
        for key in ("img_a", "img_b"):
            results[f"{key}_channel_order"] = "RGB" if results[key].shape[2] == 3 else "single"
        for key in self.meta_keys:
            results.setdefault(key, None)
        return super().transform(results)
