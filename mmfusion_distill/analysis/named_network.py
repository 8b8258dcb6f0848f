"""Networks by name for analyses, also at random, and their size in multiplications and parameters."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from mmengine.infer import BaseInferencer
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.flop_counter import FlopCounterMode

from ..inference.exported_inferencer import is_exported
from ..models.weight_files.checkpoints import resolve_checkpoint
from ..models.weight_files.embedded_config import read_network_config
from ..registry import MODELS
from ..user_errors import UserError
from ..zoo.config_files import network_of, read_config
from ..zoo.model_index import shipped_weights

#: What :func:`count_gflops` counts, for a person.
FLOPS_CONVENTION = "GFLOPs: a multiply-add counts 2"


def count_gflops(network: nn.Module | Mapping[str, Any], height: int, width: int) -> float:
    """Operations of a forward pass on one pair in 10^9, a multiply-add counted as 2.

    Those of whole maps, as in training. What inference computes twice where stripes or tiles meet does not count: it
    is a matter of the machine, and would make one network differ from itself. Nor does the encoding of text.

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


def network_config(config: str | Path) -> dict:
    """The network that a config of a model or of its distillation is about, in plain dicts, which pickle."""
    return network_of(read_config(config).model.to_dict())


def build_network(network: dict, device: str = "cpu") -> nn.Module:
    """A network with random weights, the same at every call."""
    torch.manual_seed(0)
    return MODELS.build(network).to(device).eval()


def random_text(net: nn.Module, device: str = "cpu") -> Tensor | None:
    """A random text embedding for a guided network, None for any other."""
    reader = net.text_reader
    return None if reader is None else torch.randn(1, reader.text_channels, device=device)


def example_pair(height: int, width: int, device: str = "cpu") -> tuple[Tensor, Tensor]:
    """Random images (1, 3, H, W) and (1, 1, H, W), the same at every call."""
    generator = torch.Generator().manual_seed(0)
    return tuple(
        torch.rand(1, channels, height, width, generator=generator).to(device) for channels in (3, 1)
    )


#: Height and width that GFLOPs are given for.
FLOPS_SIZE = (480, 640)


@dataclass(frozen=True)
class NamedNetwork:
    """A network with weights, as a row.

    Args:
        name (str): Name of the row.
        inferencer (BaseInferencer): Fuses.
        weights (Path): File of the weights.
        parameters (int | None): None for an exported file.
        gflops (float | None): 10^9 operations at :data:`FLOPS_SIZE`, a multiply-add counted as 2.
    """

    name: str
    inferencer: BaseInferencer
    weights: Path
    parameters: int | None
    gflops: float | None


def load_named_network(
    text: str, load: Callable[..., BaseInferencer], device: str | None = None
) -> NamedNetwork:
    """Load the weights of an argument.

    Args:
        text (str): `NAME=WEIGHTS[:CONFIG]`, or the name of weights that come with the package.
        load (Callable): Makes an inferencer of config, weights and device: the class :class:`PyTorchInferencer`.
        device (str, optional): Default: None, the GPU if there is one.

    Returns:
        NamedNetwork: The network.

    Raises:
        UserError: If the name is missing, or the weights cannot be used.
    """
    name, equals, place = text.partition("=")
    if not name or (equals and not place):
        raise UserError(
            f"'{text}' names no weights: give NAME=WEIGHTS[:CONFIG], or the name of shipped weights"
        )
    weights, _, config = (place or name).partition(":")
    inferencer = load(config or None, weights, device)
    path = resolve_checkpoint(shipped_weights(weights))
    if is_exported(path):
        return NamedNetwork(name, inferencer, path, None, None)
    network = network_config(config) if config else read_network_config(path)["generator"]
    return NamedNetwork(name, inferencer, path, count_parameters(network), count_gflops(network, *FLOPS_SIZE))
