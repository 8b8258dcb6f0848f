"""Names of the published code's modules, and ours."""

import re
from collections.abc import Iterable, Iterator

from torch import Tensor

from .checkpoints import CheckpointError

#: Levels of the published networks.
_LEVELS = (1, 2, 3, 4)


def _beginnings() -> Iterator[tuple[str, str]]:
    """How names of the published code begin, and ours."""
    for side in ("A", "B"):
        ours = side.lower()
        yield f"encoder_{side}.patch_embed.proj.", f"encoder_{ours}.stem.conv."
        for level in _LEVELS:
            yield f"encoder_{side}.encoder_level{level}.", f"encoder_{ours}.levels.{level - 1}."
            yield f"encoder_{side}.down{level}_{level + 1}.", f"encoder_{ours}.downs.{level - 1}."
        for part in ("spatial_attn", "channel_attn", "fusion"):
            yield f"cross_attention.{part}_{side}.", f"neck.exchange.{part}_{ours}."
    for level in _LEVELS:
        yield f"feature_fusion_{level}.", f"neck.merges.{level - 1}."
        yield f"prompt_guidance_{level}.fc.", f"guidance.levels.{level - 1}."
        yield f"up{level + 1}_{level}.", f"ups.{level - 1}."
        yield f"reduce_chan_level{level + 1}.", f"reduces.{level - 1}."
        yield f"decoder_level{level}.", f"decoder_levels.{level - 1}."
    for part in ("refinement", "output"):
        yield f"{part}.", f"head.{part}."


_BEGINNINGS = tuple(_beginnings())


def rename_published_key(key: str) -> str | None:
    """Our name of a parameter of the published code; None if there is none."""
    for published, ours in _BEGINNINGS:
        if key.startswith(published):
            # Their LayerNorm is wrapped in a module called body.
            return ours + re.sub(r"^(\d+\.norm\d)\.body\.", r"\1.", key.removeprefix(published))
    return None


def convert_published_state_dict(state: dict[str, Tensor], wanted: Iterable[str]) -> dict[str, Tensor]:
    """Rename the parameters of the published code.

    Args:
        state (dict[str, Tensor]): Its state dict; the parameters of its CLIP model (`model_clip.*`) are dropped.
        wanted (Iterable[str]): Names of our network's parameters.

    Returns:
        dict[str, Tensor]: Our state dict.

    Raises:
        CheckpointError: If parameters are missing or left over; lists them all.
    """
    wanted = set(wanted)
    converted, left_over = {}, []
    for key, value in state.items():
        key = key.removeprefix("module.")
        if key.startswith("model_clip."):
            continue
        name = rename_published_key(key)
        if name in wanted:
            converted[name] = value
        else:
            left_over.append(key)
    missing = sorted(wanted - set(converted))
    if missing or left_over:
        raise CheckpointError(
            "this is no checkpoint of the published network of that role; "
            f"missing (our names): {', '.join(missing) or 'none'}; left over: {', '.join(left_over) or 'none'}"
        )
    return converted
