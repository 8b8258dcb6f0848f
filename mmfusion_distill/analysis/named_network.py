"""A network as a row of results."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mmengine.infer import BaseInferencer

from ..inference.exported_inferencer import is_exported
from ..models.weight_files.checkpoints import resolve_checkpoint
from ..models.weight_files.embedded_config import read_network_config
from ..user_errors import UserError
from ..zoo.shipped_weights import shipped_weights
from .flops import count_gflops, count_parameters
from .networks_at_random import network_config

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
