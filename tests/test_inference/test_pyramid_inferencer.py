"""'pyramid' takes the place of weights: the fusion without a network."""

import numpy as np
import pytest

from mmfusion_distill.evaluation import baseline_images
from mmfusion_distill.inference.fusion_inferencer import FusionInferencer
from mmfusion_distill.user_errors import UserError

RNG = np.random.default_rng(0)
IMG_A, IMG_B = RNG.integers(0, 256, (40, 48, 3), np.uint8), RNG.integers(0, 256, (40, 48), np.uint8)


@pytest.mark.parametrize("img_a", [IMG_A, IMG_A[:, :, 0]], ids=["colour", "gray"])
def test_it_is_the_pyramid_of_the_tables(img_a):
    fuse = FusionInferencer(weights="pyramid")
    fused = fuse.fuse(img_a, IMG_B)
    assert fused.dtype == np.uint8
    np.testing.assert_array_equal(fused, baseline_images(img_a, IMG_B)["pyramid"])
    assert (fuse.backend, fuse.guided) == ("numpy", False)
    batch = fuse([dict(img_a=img_a, img_b=IMG_B)] * 3, batch_size=2)["predictions"]
    assert len(batch) == 3


def test_it_reads_no_text():
    with pytest.raises(UserError, match="text"):
        FusionInferencer(weights="pyramid").fuse(IMG_A, IMG_B, text="low_light: dark")
