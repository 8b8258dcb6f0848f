"""The same training for each input of a detector."""

from importlib.util import find_spec

import numpy as np
import pytest
from conftest import ROOT

from mmfusion_distill.analysis.detector_gain import (
    COLUMNS,
    INPUTS,
    detector_config,
    measure_detector_gain,
    to_markdown,
)

CONFIG = ROOT / "configs" / "mix" / "rtmdet-nano_fusionunet-frozen_1xb8-600i_night-128x160.py"


def test_trainings_differ_in_what_the_detector_is_given(tmp_path):
    configs = {name: detector_config(CONFIG, tmp_path, name, 50, 3) for name in INPUTS}
    preprocessors = {name: cfg.model.data_preprocessor for name, cfg in configs.items()}
    assert preprocessors["visible"].type == preprocessors["infrared"].type == "DetDataPreprocessor"
    assert preprocessors["pyramid"].network.type == "PyramidFusion"
    assert [preprocessors[name].get("trained", False) for name in INPUTS] == [False] * 4 + [True]
    sources = [cfg.train_dataloader.dataset.data_prefix.img for cfg in configs.values()]
    assert sources == [f"train/{'infrared' if name == 'infrared' else 'visible'}/" for name in INPUTS]
    for cfg in configs.values():
        cfg.model.data_preprocessor = cfg.experiment_name = None
        for loader in (cfg.train_dataloader, cfg.test_dataloader):
            loader.dataset.data_prefix = loader.dataset.pipeline[0] = None
    first = configs["visible"].to_dict()
    assert all(cfg.to_dict() == first for cfg in configs.values()), "all else is the same"


def test_an_unknown_input_is_refused(tmp_path):
    with pytest.raises(ValueError, match="'radar' is none of visible, infrared"):
        detector_config(CONFIG, tmp_path, "radar", 50, 0)


@pytest.mark.skipif(find_spec("mmdet") is None, reason='needs mmdet: run `pip install -e ".[detect]"`')
def test_a_training_gives_a_row(tmp_path):
    told = []
    results = measure_detector_gain(
        CONFIG, tmp_path, 2, 8, 4, inputs=["pyramid"], on_result=lambda *result: told.append(result)
    )
    assert results["pyramid"].shape == (1, len(COLUMNS))
    assert told[0][:2] == ("pyramid", 0) and set(told[0][2]) == set(COLUMNS)


def test_the_table_has_means_and_deviations_in_per_cent():
    scores = np.array([[0.30, 0.1, 0.2, 0.4], [0.34, 0.1, 0.2, 0.4]])
    assert "| pyramid | 30.0 | 10.0 | 20.0 | 40.0 |" in to_markdown({"pyramid": scores[:1]})
    assert to_markdown({"pyramid": scores}).endswith(
        "| pyramid | 32.0 ± 2.0 | 10.0 ± 0.0 | 20.0 ± 0.0 | 40.0 ± 0.0 |"
    )
