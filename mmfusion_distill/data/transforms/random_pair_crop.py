"""Random crop of both sources at the same place."""

from mmagic.datasets.transforms.crop import FixedCrop
from mmagic.registry import TRANSFORMS

from ...user_errors import UserError


@TRANSFORMS.register_module()
class RandomPairCrop(FixedCrop):
    """MMagic's FixedCrop at a random place, with an error where an image is smaller than the crop.

    Args:
        crop_size (tuple[int, int]): Height and width.
        keys (list[str]): What is cropped alike. Default: ['img_a', 'img_b'].

    Raises:
        UserError: If an image is smaller than the crop.
    """

    def __init__(self, crop_size: tuple[int, int], keys: tuple[str, ...] = ("img_a", "img_b")) -> None:
        super().__init__(keys=list(keys), crop_size=crop_size)

    def transform(self, results: dict) -> dict:
        """Crop the images of `results`."""
        height, width = results[self.keys[0]].shape[:2]
        if height < self.crop_size[0] or width < self.crop_size[1]:
            raise UserError(
                f"{results.get('img_a_path', 'an image')} is {width}x{height}, smaller than the training crop of "
                f"{self.crop_size[1]}x{self.crop_size[0]}: use a smaller crop_size, or leave the pair out"
            )
        return super().transform(results)
