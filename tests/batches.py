"""Batches as a data loader gives them."""

import numpy as np

from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.data.transforms import PackPair, RandomDegradation

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


def make_degraded_batch(annotations, kind="low_light", named=None):
    """A batch in which every pair was degraded, with its sources as targets; `named` draws events beside."""
    rng = np.random.default_rng(0)
    degrade, packer = RandomDegradation(prob=1, kinds=[kind], strength=(1, 1), seed=0), PackPair()
    named = named or (lambda results: results)
    items = [
        packer(
            named(
                degrade(
                    dict(
                        img_a=rng.uniform(0, 255, (64, 64, 3)).astype(np.float32),
                        img_b=rng.uniform(0, 255, (64, 64, 1)).astype(np.float32),
                        key=f"pair_{index}",
                        annotation=annotation,
                    )
                )
            )
        )
        for index, annotation in enumerate(annotations)
    ]
    return {name: [item[name] for item in items] for name in ("inputs", "data_samples")}
