"""Networks with random weights and random images: what is measured without anything being trained."""

from pathlib import Path

import torch
from torch import Tensor, nn

from ..registry import MODELS
from ..zoo.config_files import network_of, read_config


def network_config(config: str | Path) -> dict:
    """The network that a config of a model or of its distillation is about, in plain dicts, which pickle."""
    return network_of(read_config(config).model.to_dict())


def build_network(network: dict, device: str = "cpu") -> nn.Module:
    """A network with random weights, the same at every call."""
    torch.manual_seed(0)
    return MODELS.build(network).to(device).eval()


def random_text(net: nn.Module, device: str = "cpu") -> Tensor | None:
    """A random text embedding for a guided network, None for any other."""
    reader = getattr(net, "text_reader", None)
    return None if reader is None else torch.randn(1, reader.text_channels, device=device)


def example_pair(height: int, width: int, device: str = "cpu") -> tuple[Tensor, Tensor]:
    """Random images (1, 3, H, W) and (1, 1, H, W), the same at every call."""
    generator = torch.Generator().manual_seed(0)
    return tuple(
        torch.rand(1, channels, height, width, generator=generator).to(device) for channels in (3, 1)
    )
