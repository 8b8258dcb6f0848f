"""Optimizers of other packages than PyTorch, by their names in configs."""

from collections.abc import Iterable
from typing import Any

from torch.optim import Optimizer

from ..registry import OPTIMIZERS
from ..user_errors import UserError


@OPTIMIZERS.register_module(name="SOAP")
def soap(params: Iterable, **kwargs: Any) -> Optimizer:
    """SOAP (Vyas et al., ICLR 2025): Adam in the eigenbasis of Shampoo's preconditioner.

    Args:
        params (Iterable): Parameters or groups of them.
        **kwargs: Arguments of `pytorch_optimizer.SOAP`.

    Raises:
        UserError: If pytorch-optimizer is not installed.
    """
    # Here, as its import takes a second and a half, which only trainings with it should wait for.
    try:
        from pytorch_optimizer import SOAP
    except ImportError as error:
        raise UserError(
            "optimizer SOAP needs pytorch-optimizer: pip install 'mmfusion_distill[train]'"
        ) from error
    return SOAP(params, **kwargs)
