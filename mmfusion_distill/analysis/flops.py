"""Size of networks and their operations: one convention for every tool, nothing is computed."""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.flop_counter import FlopCounterMode

from ..registry import MODELS
from .networks_at_random import random_text

#: What :func:`count_gflops` counts, for a person.
FLOPS_CONVENTION = "GFLOPs: a multiply-add counts 2"


def count_gflops(network: nn.Module | Mapping[str, Any], height: int, width: int) -> float:
    """Operations of a forward pass on one pair in 10^9, a multiply-add counted as 2.

    Those of whole maps, as in training. What inference computes twice where stripes or tiles meet does not count: it
    is a matter of the machine, and would make one network differ from itself. Nor does the encoding of text.

    Args:
        network (nn.Module | Mapping): The network or its config.
        height (int): Of the pair.
        width (int): Of the pair.

    Returns:
        float: As `torch.utils.flop_counter` counts them, on tensors without values.
    """
    # With gradients, maps are not cut into stripes.
    with torch.inference_mode(False), torch.enable_grad():
        # A copy, since a network may keep what it makes of a size.
        net = None if isinstance(network, Mapping) else copy.deepcopy(network)
        with FakeTensorMode(allow_non_fake_inputs=True), FlopCounterMode(display=False) as counter:
            net = net or MODELS.build(network)
            device = str(next(net.parameters()).device)
            pair = (torch.empty(1, channels, height, width, device=device) for channels in (3, 1))
            net(*pair, random_text(net, device))
    return counter.get_total_flops() / 1e9


def count_parameters(network: nn.Module | Mapping[str, Any]) -> int:
    """Parameters of a network or of its config; nothing is allocated."""
    if isinstance(network, Mapping):
        with torch.device("meta"):
            network = MODELS.build(network)
    return sum(parameter.numel() for parameter in network.parameters())
