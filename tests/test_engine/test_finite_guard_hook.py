"""A loss or gradient that is not finite ends a run before it reaches weights or a checkpoint."""

import pytest
import torch
from conftest import ROOT
from mmengine.config import Config
from mmengine.optim import AmpOptimWrapper, OptimWrapper
from mmengine.registry import OPTIM_WRAPPERS
from toy import saved, toy_runner

from mmfusion_distill.engine import FiniteGuardHook
from mmfusion_distill.user_errors import UserError


@OPTIM_WRAPPERS.register_module()
class ScaledOptimWrapper(AmpOptimWrapper):
    """mmengine's, on a processor."""

    def __init__(self, init_scale=4.0, **kwargs):
        OptimWrapper.__init__(self, **kwargs)
        self.loss_scaler = torch.amp.GradScaler("cpu", init_scale=init_scale)
        self._scale_update_param = self.cast_dtype = None

    optim_context = OptimWrapper.optim_context


@pytest.fixture
def train(tmp_path):
    def run(model=None, hook=None, bad=(), batch_size=1, count=6, **wrapper):
        hooks = dict(finite=dict(type="mmfusion.FiniteGuardHook") | (hook or {}))
        runner = toy_runner(tmp_path, model, bad, batch_size, count, hooks, wrapper)
        try:
            runner.train()
        finally:
            assert torch.isfinite(runner.model.weight).all()
            for path in tmp_path.glob("iter_*.pth"):
                assert torch.isfinite(torch.load(path)["state_dict"]["weight"]).all()
        return runner

    run.saved = lambda: saved(tmp_path)
    return run


def test_a_run_without_fault_is_left_alone(train):
    runner = train(clip_grad=dict(max_norm=1.0))
    assert train.saved() == [f"iter_{number}" for number in range(1, 7)]
    assert runner.model.weight.item() == pytest.approx(1 - 6 * 0.01)
    assert not runner.optim_wrapper.optimizer._optimizer_step_pre_hooks


@pytest.mark.parametrize("clip", [{}, {"clip_grad": dict(max_norm=1.0)}])
def test_a_picture_that_is_not_finite_names_its_pair_iteration_and_loss(train, clip):
    with pytest.raises(
        UserError, match=r"^iteration 2: loss_product is not finite \(pairs: pair_3\)"
    ) as error:
        train(bad=[3], batch_size=2, **clip)
    assert "\n" not in str(error.value) and str(error.value).endswith("iter_1.pth")
    assert train.saved() == ["iter_1"]


def test_a_loss_that_overflows_names_all_pairs_of_its_batch(train):
    with pytest.raises(
        UserError, match=r"iteration 1: loss_product .*pairs: pair_0, pair_1\).*no checkpoint yet"
    ):
        train(dict(overflows=[2.0]), batch_size=2)
    assert train.saved() == []


def test_a_gradient_that_is_not_finite_under_a_finite_loss(train):
    with pytest.raises(UserError, match=r"iteration 3: the gradient is not finite \(pairs: pair_2\).*lr"):
        train(dict(roots=[3.0]))
    assert train.saved() == ["iter_1", "iter_2"]


def test_an_accumulated_gradient_names_the_pairs_of_all_its_batches(train):
    with pytest.raises(UserError, match=r"iteration 4: the gradient .*pairs: pair_2, pair_3\)"):
        train(dict(roots=[3.0]), accumulative_counts=2)
    # The weights of the third iteration are those of the second.
    assert train.saved() == ["iter_1", "iter_2", "iter_3"]


def test_an_accumulated_loss_ends_the_run_at_once(train):
    with pytest.raises(UserError, match=r"iteration 3: loss_product .*pairs: pair_2\)"):
        train(bad=[2], accumulative_counts=2)


def test_steps_that_mixed_precision_leaves_out_do_not_count(train):
    # At this scale the gradient overflows until it was halved some times.
    runner = train(type="ScaledOptimWrapper", init_scale=1e38, count=8)
    assert train.saved()[-1] == "iter_8"
    assert runner.optim_wrapper.loss_scaler.get_scale() < 1e38
    assert 1 - 36 * 0.01 < runner.model.weight.item() < 1


def test_mixed_precision_that_leaves_out_every_step_ends(train):
    every = [float(value) for value in range(1, 9)]
    with pytest.raises(UserError, match="iteration 5: the gradient of 5 steps in a row is not finite"):
        train(dict(roots=every), count=8, type="ScaledOptimWrapper", hook=dict(max_skipped=5))


def test_mixed_precision_with_a_loss_that_is_not_finite_ends(train):
    with pytest.raises(UserError, match=r"iteration 2: loss_product .*pairs: pair_1\)"):
        train(dict(overflows=[2.0]), type="ScaledOptimWrapper")


@pytest.mark.parametrize("name", ["fusion_distill", "mix", "ablation"])
def test_every_config_has_it(name):
    for path in sorted((ROOT / "configs" / name).glob("*.py")):
        hooks = Config.fromfile(path).default_hooks
        assert hooks.finite.type == "mmfusion.FiniteGuardHook", path


def test_the_number_of_steps_left_out_is_checked():
    with pytest.raises(UserError, match="max_skipped is 0"):
        FiniteGuardHook(max_skipped=0)
