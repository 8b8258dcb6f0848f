"""Values of public evaluators on three RoadScene pairs (tests/data/golden_metrics.json)."""

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmfusion_distill.evaluation import compute_metrics

GOLDEN = json.loads((Path(__file__).parents[1] / "data" / "golden_metrics.json").read_text())
DATA_ROOT = os.environ.get("MMFUSION_DATA_ROOT")

pytestmark = pytest.mark.skipif(
    not (DATA_ROOT and (Path(DATA_ROOT) / "RoadScene").is_dir()),
    reason="needs RoadScene under the folder in MMFUSION_DATA_ROOT",
)


@pytest.mark.parametrize("name", sorted(GOLDEN["pairs"]))
def test_values_of_public_evaluators(name):
    root = Path(DATA_ROOT) / "RoadScene"
    visible = cv2.imread(str(root / "crop_LR_visible" / name))[:, :, ::-1]
    infrared = cv2.imread(str(root / "cropinfrared" / name), cv2.IMREAD_GRAYSCALE)
    gray = cv2.cvtColor(np.ascontiguousarray(visible), cv2.COLOR_RGB2GRAY)
    fused = ((gray.astype(int) + infrared + 1) // 2).astype(np.uint8)

    expected = GOLDEN["pairs"][name]
    scores = compute_metrics(visible, infrared, fused, metrics=list(expected))

    for metric, value in expected.items():
        assert scores[metric] == pytest.approx(value, rel=1e-4, abs=1e-6), metric
