"""Mixed precision by one switch."""

import torch
from mmengine.config import Config

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
