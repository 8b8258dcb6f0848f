"""Mixed precision: what is asked for, and the wrapper that computes in bfloat16."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper
from torch import nn

from ..registry import OPTIM_WRAPPERS
from ..user_errors import UserError


def use_mixed_precision(cfg: Config) -> None:
    """Switch a training config to mixed precision: float16 on a GPU, bfloat16 on a processor that has it.

    Raises:
        UserError: If this machine has neither, or the config has an optimizer wrapper that is none of mmengine's two.
    """
    kind = cfg.optim_wrapper.get("type", "OptimWrapper")
    if kind not in ("OptimWrapper", "AmpOptimWrapper"):
        raise UserError(f"--amp works with OptimWrapper, but the config has {kind}")
    if torch.cuda.is_available():
        cfg.optim_wrapper.type = "AmpOptimWrapper"
        cfg.optim_wrapper.setdefault("loss_scale", "dynamic")
    elif has_bfloat16_instructions():
        cfg.optim_wrapper.type = "mmfusion.BFloat16OptimWrapper"
    else:
        raise UserError(
            "--amp wants a GPU or a processor with bfloat16 instructions, else it is slower: leave it out on "
            "this machine"
        )


def has_bfloat16_instructions() -> bool:
    """Whether this processor multiplies in bfloat16; others convert back and forth, many times slower."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


@OPTIM_WRAPPERS.register_module()
class BFloat16OptimWrapper(OptimWrapper):
    """Forward passes in bfloat16 where autocast allows it, weights and losses in float32.

    mmengine's AmpOptimWrapper refuses to run without a GPU. bfloat16 has the range of float32, so that gradients need
    no scaling. Args are those of mmengine's OptimWrapper.
    """

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Enter autocast for a training step."""
        device = next(model.parameters()).device.type
        with super().optim_context(model), torch.autocast(device, torch.bfloat16):
            yield
