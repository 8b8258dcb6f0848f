"""The workarounds do what they say, and nothing where they are not needed."""

import os
import sys

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer

from mmfusion_distill import compat
from mmfusion_distill.zoo.config_files import read_config_file


@pytest.mark.skipif(not compat.placeholder_operators(), reason="a full mmcv is installed")
def test_a_placeholder_says_what_is_missing_and_how_to_get_it():
    from mmcv.ops import soft_nms

    with pytest.raises(compat.MissingOperatorError, match="'softnms' is not installed.*pip install"):
        soft_nms(torch.rand(3, 4), torch.rand(3), 0.5)


def test_mmengine_does_not_take_mmcv_for_complete():
    assert "mmcv._ext" not in sys.modules or not compat.placeholder_operators()


def test_numpy_keeps_its_own_bool8_or_gets_an_alias():
    compat.restore_numpy_bool8()
    if int(np.__version__.split(".")[0]) >= 2:
        assert np.bool8 is np.bool_


def test_a_checkpoint_with_histories_loads_without_executing_code(tmp_path):
    history = HistoryBuffer([1.0, 2.0], [1, 1])
    torch.save({"message_hub": {"loss": history}, "scalar": np.float64(3.0)}, tmp_path / "run.pth")
    loaded = torch.load(tmp_path / "run.pth", weights_only=True)
    assert loaded["message_hub"]["loss"].mean() == 1.5
    assert loaded["scalar"] == 3.0


class Malicious:
    def __reduce__(self):
        return (print, ("executed",))


def test_a_checkpoint_with_code_is_refused(tmp_path):
    torch.save({"state_dict": Malicious()}, tmp_path / "bad.pth")
    with pytest.raises(Exception, match="(?i)weights.only"):
        torch.load(tmp_path / "bad.pth")


def test_a_second_call_changes_nothing():
    from mmcv.utils import ext_loader

    before = ext_loader.load_ext
    compat.apply()
    assert ext_loader.load_ext is before


def test_an_empty_variable_is_none(configs, monkeypatch):
    monkeypatch.setenv("MMFUSION_DATA_ROOT", "")
    config = read_config_file(configs.parent / "_base_" / "datasets" / "roadscene-128x128.py")
    assert config.train_dataloader.dataset.data_root == "data/RoadScene"
    assert os.environ["MMFUSION_DATA_ROOT"] == ""
