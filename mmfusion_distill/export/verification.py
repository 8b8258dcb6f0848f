"""Comparison of an exported network with PyTorch."""

from collections.abc import Sequence

import torch
from torch import nn

from ..inference.exported_fusion import ExportedFusion

#: Sizes that need no padding, much padding, and both orders of height and width.
SIZES = ((64, 64), (128, 192), (192, 128), (37, 101), (1, 1), (1, 200))


def largest_differences(
    network: nn.Module, exported: ExportedFusion, sizes: Sequence[tuple[int, int]] = SIZES
) -> dict[tuple[int, int], float]:
    """Largest difference between PyTorch and an exported file on random images, with text and without.

    Args:
        network (nn.Module): The network that was exported.
        exported (ExportedFusion): The exported file.
        sizes (Sequence[tuple[int, int]]): Heights and widths.

    Returns:
        dict[tuple[int, int], float]: By size.
    """
    generator = torch.Generator().manual_seed(0)
    differences = {}
    for height, width in sizes:
        img_a = torch.rand(1, 3, height, width, generator=generator)
        img_b = torch.rand(1, 1, height, width, generator=generator)
        texts = [None]
        if exported.text_channels is not None:
            texts = [torch.randn(1, exported.text_channels, generator=generator)]
            if network.text_reader.null is not None:
                texts.append(None)
        differences[height, width] = 0.0
        for text in texts:
            with torch.inference_mode():
                expected = network.eval()(img_a, img_b, text)
            arrays = [None if tensor is None else tensor.numpy() for tensor in (img_a, img_b, text)]
            difference = (torch.from_numpy(exported(*arrays)) - expected).abs().max().item()
            differences[height, width] = max(differences[height, width], difference)
    return differences
