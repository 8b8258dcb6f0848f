"""Networks of the configs and weights that come with the package, by name."""

from pathlib import Path

from torch import nn

from ..registry import MODELS
from ..user_errors import UserError
from ..zoo.config_files import network_of, read_config
from ..zoo.model_index import list_models, read_model_index
from .weight_files.checkpoints import load_network
from .weight_files.embedded_config import read_network_config


@MODELS.register_module()
def get_model(name: str, pretrained: bool = True) -> nn.Module:
    """A network that comes with the package, that of a config, or of a published file, in evaluation mode on the CPU.

    In configs: `dict(type='mmfusion.get_model', name='student')`.

    Args:
        name (str): One of :func:`list_models`, without `pretrained` also the name of a config; of a distillation's,
            it is the student. Or a file of `mmfusion publish`, ending in .safetensors.
        pretrained (bool): Whether to load its weights. Default: True.

    Returns:
        nn.Module: Called with `img_a` (N, 1 or 3, H, W) and `img_b` (N, 1, H, W) in [0, 1], a guided one also with
        `text_emb`, it gives (N, 3, H, W); see :class:`FusionUNet`.

    Raises:
        CheckpointError: If a file cannot be read, or names a part that nobody registered.
        UserError: If there is no such network, or no weights of it.
    """
    if Path(name).suffix == ".safetensors":
        return _of_file(Path(name), pretrained)
    entry = next((entry for entry in read_model_index() if name in (entry.alias, entry.name)), None)
    if entry is None:
        raise UserError(
            f"no model '{name}' comes with the package: choose from {', '.join(list_models())}, or name a config"
        )
    if entry.weights is None:
        if pretrained:
            raise UserError(
                f"no weights of {name} come with the package: train it, take pretrained=False, or choose from "
                f"{', '.join(list_models())}"
            )
        return MODELS.build(network_of(read_config(entry.config).model)).eval()
    return _of_file(entry.weights, pretrained)


def _of_file(path: Path, pretrained: bool) -> nn.Module:
    network = MODELS.build(read_network_config(path)["generator"])
    if pretrained:
        load_network(network, path)
    return network.eval()
