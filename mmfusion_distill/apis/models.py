"""Networks that come with the package, by name."""

from mmagic.registry import MODELS
from torch import nn

from ..io.shipped_weights import SHIPPED_WEIGHTS, shipped_weights
from ..models.checkpoints import load_network
from ..models.published_config import read_network_config
from ..user_errors import UserError


def list_models() -> list[str]:
    """Names that :func:`get_model` and `FusionInferencer(weights=...)` take, the default first."""
    return list(SHIPPED_WEIGHTS)


@MODELS.register_module()
def get_model(name: str, pretrained: bool = True) -> nn.Module:
    """A network that comes with the package, in evaluation mode on the CPU.

    In configs: `dict(type='mmagic.get_model', name='student')`.

    Args:
        name (str): One of :func:`list_models`.
        pretrained (bool): Whether to load its weights. Default: True.

    Returns:
        nn.Module: Called with `img_a` (N, 1 or 3, H, W) and `img_b` (N, 1, H, W) in [0, 1], a guided one also with
        `text_emb`, it gives (N, 3, H, W); see :class:`FusionUNet`.

    Raises:
        UserError: If there is no such network.
    """
    if name not in SHIPPED_WEIGHTS:
        raise UserError(f"no model '{name}' comes with the package: choose from {', '.join(SHIPPED_WEIGHTS)}")
    path = shipped_weights(name)
    network = MODELS.build(read_network_config(path)["generator"])
    if pretrained:
        load_network(network, path)
    return network.eval()
