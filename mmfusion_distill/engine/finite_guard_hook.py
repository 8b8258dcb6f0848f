"""Runs that end with one sentence: what is computed is not finite, or pairs are not packed."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from mmengine.hooks import Hook
from mmengine.optim import OptimWrapper
from mmengine.runner import Runner
from torch import Tensor
from torch.nn.utils import get_total_norm
from torch.optim import Optimizer

from ..models.weight_files.checkpoints import last_checkpoint
from ..registry import HOOKS
from ..user_errors import UserError

# Names of pairs that a message lists.
_LISTED = 8


@HOOKS.register_module()
class FiniteGuardHook(Hook):
    """End training when a loss or a gradient is not finite, before that reaches the weights or a checkpoint.

    The gradient is checked when the optimizer makes its step, once for all batches that it was accumulated over; a
    step with a gradient that is not finite changes nothing. Mixed precision leaves out steps by itself while it looks
    for a scale: only many of them in a row end the run.

    Args:
        max_skipped (int): Steps in a row that mixed precision may leave out. Default: 50, after which the scale is
            far below every loss.

    Raises:
        UserError: If `max_skipped` is below 1; in training, when something is not finite: it names pairs and
            iteration.
    """

    # Before anything writes, counts or averages.
    priority = "VERY_HIGH"

    def __init__(self, max_skipped: int = 50) -> None:
        if max_skipped < 1:
            raise UserError(f"FiniteGuardHook: max_skipped is {max_skipped}, wanted 1 or more")
        self.max_skipped = max_skipped

    def before_train(self, runner: Runner) -> None:
        """Look at every step of the optimizers from here on."""
        #: Pairs that the gradient is from, since the last step.
        self._pairs: list[str] = []
        self._skipped = 0
        self._has_stepped = self._has_bad_gradient = False
        self._handles = [
            optimizer.register_step_pre_hook(self._before_step)
            for optimizer in _optimizers(runner.optim_wrapper)
        ]

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: dict | None = None) -> None:
        """Note which pairs come in."""
        self._has_stepped = False
        self._pairs += _names(data_batch)

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: dict | None = None, outputs: dict | None = None
    ) -> None:
        """End the run if the losses or the gradient are not finite."""
        bad = [name for name, value in (outputs or {}).items() if not math.isfinite(float(value))]
        if bad:
            # The total is not finite because of the others.
            terms = [name for name in bad if name != "loss"] or bad
            self._fail(runner, " and ".join(terms), _with_bad_pictures(data_batch) or _names(data_batch))
        if self._has_bad_gradient:
            self._fail(runner, "the gradient", self._pairs)
        if self._has_stepped:
            self._pairs, self._skipped = [], 0
        elif getattr(runner.optim_wrapper, "should_update", lambda: False)():
            self._skipped += 1
            if self._skipped >= self.max_skipped:
                self._fail(runner, f"the gradient of {self._skipped} steps in a row", _names(data_batch))
            self._pairs = []

    def after_train(self, runner: Runner) -> None:
        """Leave the optimizers as they were."""
        for handle in self._handles:
            handle.remove()

    def _before_step(self, optimizer: Optimizer, *_: Any) -> None:
        gradients = [
            parameter.grad
            for group in optimizer.param_groups
            for parameter in group["params"]
            if parameter.grad is not None
        ]
        scaled_out = getattr(optimizer, "found_inf", None)
        if scaled_out is not None and float(scaled_out):
            # A fused optimizer leaves the step out by itself.
            return
        self._has_stepped = True
        if gradients and not math.isfinite(float(get_total_norm(gradients))):
            self._has_bad_gradient = True
            # Without gradients the step does nothing. The run ends when the losses are known too.
            optimizer.zero_grad(set_to_none=True)

    def _fail(self, runner: Runner, what: str, pairs: Sequence[str]) -> None:
        latest = last_checkpoint(runner.work_dir)
        kept = f"the last checkpoint is {latest}" if latest else "there is no checkpoint yet"
        named = ", ".join(pairs[:_LISTED]) + (f" and {len(pairs) - _LISTED} more" * (len(pairs) > _LISTED))
        raise UserError(
            f"iteration {runner.iter + 1}: {what} is not finite (pairs: {named or 'unknown'}), so training ended and "
            "the weights stay as they were before: look at these pairs, lower optim_wrapper.optimizer.lr or set "
            f"optim_wrapper.clip_grad.max_norm; {kept}"
        )


def _optimizers(wrapper: OptimWrapper | Mapping) -> Iterator[Optimizer]:
    if hasattr(wrapper, "optimizer"):
        yield wrapper.optimizer
    else:  # several, each with a name
        for part in wrapper.values():
            yield from _optimizers(part)


def _names(data_batch: Any) -> list[str]:
    """Names of the pairs of a batch: their keys, or their files with data sets of other toolboxes."""
    samples = data_batch.get("data_samples") if isinstance(data_batch, Mapping) else None
    if not isinstance(samples, Sequence):
        samples = [] if samples is None else [samples]
    names: list[str] = []
    for sample in samples:
        facts = getattr(sample, "metainfo", {})
        found = facts.get("key") or facts.get("img_path") or "?"
        names += map(str, found) if isinstance(found, (list, tuple)) else [str(found)]
    return names


def _with_bad_pictures(data_batch: Any) -> list[str]:
    """Names of the pairs of a batch whose own images are not finite."""
    names, inputs = _names(data_batch), data_batch.get("inputs") if isinstance(data_batch, Mapping) else None
    # By pair, by kind of image, or both: data sets of other toolboxes pack theirs in other ways.
    groups = list(inputs.values()) if isinstance(inputs, Mapping) else [inputs]
    bad = {
        index
        for group in groups
        if group is not None
        for index, item in enumerate(group)
        if not _is_finite(item)
    }
    return [name for index, name in enumerate(names) if index in bad]


def _is_finite(pictures: Tensor | Mapping) -> bool:
    if isinstance(pictures, Mapping):
        return all(map(_is_finite, pictures.values()))
    return bool(torch.isfinite(pictures).all())


#: What samples of :class:`PairedFusionDataset` hold until they are packed.
_UNPACKED = "img_a_path"


class PackedBatchHook(Hook):
    """Check that pairs are packed before a network gets them; :class:`FusionRunner` has this hook by itself.

    Raises:
        UserError: If they are not, as their pipeline ends before.
    """

    def _before_iter(
        self, runner: Runner, batch_idx: int, data_batch: Any = None, mode: str = "train"
    ) -> None:
        if isinstance(data_batch, dict) and _UNPACKED in data_batch:
            raise UserError(
                f"{mode}_dataloader gives pairs that are not packed: its pipeline must end with dict(type='PackPair')"
            )
