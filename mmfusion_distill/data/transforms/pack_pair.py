"""Packing of a pair for the model."""

from mmagic.datasets.transforms.formatting import PackInputs
from mmagic.registry import TRANSFORMS

META_KEYS = ("key", "vis_name", "img_a_path", "img_b_path", "annotation", "target_annotation", "drop_text")
IMAGE_KEYS = ("img_a", "img_b", "target_a", "target_b")


@TRANSFORMS.register_module()
class PackPair(PackInputs):
    """MMagic's PackInputs with the keys of a pair, and the channel order noted as RGB.

    Args:
        meta_keys (tuple[str, ...]): Facts that go into the data sample besides; those that a sample lacks become
            None. Default: `META_KEYS`.
    """

    def __init__(self, meta_keys: tuple[str, ...] = META_KEYS) -> None:
        orders = [f"{key}_channel_order" for key in IMAGE_KEYS]
        super().__init__(keys=list(IMAGE_KEYS), meta_keys=[*meta_keys, *orders])

    def transform(self, results: dict) -> dict:
        """Pack one pair.

        Returns:
            dict: `inputs`, a dict of float tensors `img_a` (1 or 3, H, W) and `img_b` (1, H, W) in [0, 255] and, of
            a pair that went through `RandomDegradation`, `target_a` and `target_b` alike; and `data_samples`.
        """
        for key in IMAGE_KEYS:
            if key not in results:
                continue
            results[f"{key}_channel_order"] = "RGB" if results[key].shape[2] == 3 else "single"
        for key in self.meta_keys:
            results.setdefault(key, None)
        return super().transform(results)
