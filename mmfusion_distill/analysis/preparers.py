"""Methods to time: networks, exported files and the cheapest fusions, prepared for a pair of images."""

import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import cv2
import torch
from torch import Tensor

from ..evaluation.functional.laplacian_pyramid import laplacian_pyramid_fusion
from ..system.memory import keep_host_memory
from ..user_errors import UserError
from .named_network import build_network, random_text

#: Makes, of a pair of images, what is timed. It pickles, for the process in which memory is measured.
Preparer = Callable[[Tensor, Tensor], Callable[[], object]]


def prepare_copy(img_a: Tensor, img_b: Tensor) -> Callable[[], object]:
    """NumPy's copy of A: the time that no fusion goes below."""
    return img_a.cpu().numpy().copy


def prepare_pyramid(img_a: Tensor, img_b: Tensor, color: bool = False) -> Callable[[], object]:
    """The Laplacian pyramid in OpenCV: of luminance, or of an 8-bit colour image to an 8-bit colour image."""
    sources = [image[0].permute(1, 2, 0).mul(255).round().byte().cpu().numpy() for image in (img_a, img_b)]
    if not color:
        sources = [
            cv2.cvtColor(sources[0], cv2.COLOR_RGB2GRAY).astype("float32"),
            sources[1].astype("float32"),
        ]
    return partial(laplacian_pyramid_fusion, *sources)


def prepare_network(img_a: Tensor, img_b: Tensor, network: dict) -> Callable[[], object]:
    """A network with random weights; a guided one gets a random text embedding: encoding is not part of the time."""
    if img_a.device.type == "cpu":
        # As the model around the network does.
        keep_host_memory()
    net = build_network(network, str(img_a.device))
    text = random_text(net, str(img_a.device))
    return partial(net, img_a, img_b, text)


def prepare_exported(img_a: Tensor, img_b: Tensor, path: str) -> Callable[[], object]:
    """An exported file in its runtime, with as many threads as PyTorch has."""
    # ONNX Runtime and OpenVINO are optional.
    from ..inference.exported_fusion import ExportedFusion

    device = "cpu" if img_a.device.type == "cpu" else str(img_a.device)
    exported = ExportedFusion(path, threads=torch.get_num_threads(), device=device)
    return partial(exported, img_a.cpu().numpy(), img_b.cpu().numpy())


def export_networks(
    networks: Mapping[str, dict], formats: Iterable[str], folder: str | Path
) -> tuple[dict[str, Path], list[str]]:
    """Export networks with random weights.

    Args:
        networks (Mapping[str, dict]): Configs by name.
        formats (Iterable[str]): Of :data:`~mmfusion_distill.inference.network_file.FORMATS`.
        folder (str | Path): Where the files go.

    Returns:
        tuple[dict[str, Path], list[str]]: Files by `name, format`; and a sentence for each network that has no file.
    """
    from ..export.export_network import export_network
    from ..inference.network_file import FORMATS

    files, problems = {}, []
    for index, (name, network) in enumerate(networks.items()):
        net = build_network(network)
        for file_format in formats:
            target = Path(folder) / f"{index}{FORMATS[file_format]}"
            try:
                with warnings.catch_warnings():
                    # Exporters warn of every shape that they take for a constant.
                    warnings.simplefilter("ignore")
                    files[f"{name}, {file_format}"] = export_network(net, target, file_format)
            except UserError as error:
                problems.append(f"No row for {name}, {file_format}: {error}.")
    return files, problems
