"""Batches as a data loader gives them."""

import numpy as np

from mmfusion_distill.datasets import Annotation, Event, PackPair

DARK = Annotation((Event("low_light", "the road is dark"),))


def make_batch(annotations, size=(64, 64), channels_a=3):
    rng = np.random.default_rng(0)
    packer = PackPair()
    items = [
        packer(
            dict(
                img_a=rng.uniform(0, 255, (*size, channels_a)).astype(np.float32),
                img_b=rng.uniform(0, 255, (*size, 1)).astype(np.float32),
                key=f"pair_{index}",
                annotation=annotation,
            )
        )
        for index, annotation in enumerate(annotations)
    ]
    return dict(
        inputs=[item["inputs"] for item in items], data_samples=[item["data_samples"] for item in items]
    )
