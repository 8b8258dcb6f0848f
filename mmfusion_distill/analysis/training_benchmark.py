"""Time that training steps take."""

from collections.abc import Callable, Mapping
from functools import partial

import torch
from mmagic.registry import MODELS
from torch import nn

from ..io.table import Table
from .networks_at_random import build_network, example_pair, random_text
from .stopwatch import conditions, time_in_turn


def training_table(
    networks: Mapping[str, dict],
    size: int = 64,
    batch: int = 4,
    repeats: int = 5,
    device: str = "cpu",
    with_bfloat16: bool = False,
    with_compile: bool = False,
) -> str:
    """Time steps of forward pass, fusion loss, backward pass and AdamW on random crops.

    Args:
        networks (Mapping[str, dict]): Configs by name.
        size (int): Side of the crops, a multiple of 64. Default: 64.
        batch (int): Crops of a step. Default: 4.
        repeats (int): Timed steps of each. Default: 5.
        device (str): Default: 'cpu'.
        with_bfloat16 (bool): A row of each under autocast to bfloat16 as well. Default: False.
        with_compile (bool): A row of each by `torch.compile` as well: minutes for the first step. Default: False.

    Returns:
        str: A Markdown table, milliseconds.
    """
    steps = {}
    for name, network in networks.items():
        step = partial(training_step, size=size, batch=batch, device=device)
        steps[name] = step(build_network(network, device))
        if with_bfloat16:
            steps[f"{name}, bfloat16"] = step(build_network(network, device), bfloat16=True)
        if with_compile:
            steps[f"{name}, torch.compile"] = step(build_network(network, device), compiled=True)
    times = time_in_turn(steps, repeats, device)
    first = next(iter(times.values())).seconds
    rows = [[name, f"{1e3 * one.seconds:.0f}", f"{one.seconds / first:.2f} x"] for name, one in times.items()]
    table = Table(["training step", "ms", "of the first"], rows).to_markdown()
    return f"{table}\n\nBatch {batch} of {size}x{size}, {conditions(repeats, device)}; random weights."


def training_step(
    network: nn.Module,
    size: int,
    batch: int,
    device: str = "cpu",
    bfloat16: bool = False,
    compiled: bool = False,
) -> Callable[[], None]:
    """A function that does one step; see :func:`training_table`."""
    loss = MODELS.build(dict(type="FusionLoss", use_events=False))
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    images = [image.expand(batch, -1, -1, -1) for image in example_pair(size, size, device)]
    text = random_text(network, device)
    text = None if text is None else text.expand(batch, -1)
    forward = torch.compile(network) if compiled else network

    def step() -> None:
        optimizer.zero_grad()
        with torch.autocast(torch.device(device).type, torch.bfloat16, enabled=bfloat16):
            fused = forward(*images, text)
        sum(loss(fused.float(), *images, events=None).values()).backward()
        optimizer.step()

    return step
