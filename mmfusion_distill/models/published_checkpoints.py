"""Names of the published code's modules, and ours."""

import re
from collections.abc import Iterable

from torch import Tensor

from .checkpoints import CheckpointError

# The published decoder goes up by these modules; ours are numbered from level 2 to 1 upwards.
_UPS = {"up4_3": 2, "up3_2": 1, "up2_1": 0}
_DOWNS = {"down1_2": 0, "down2_3": 1, "down3_4": 2}


def _level(match: re.Match) -> int:
    return int(match["level"]) - 1


#: (pattern of a published key, our key), the first that matches counts.
_RULES = (
    (r"encoder_(?P<side>[AB])\.patch_embed\.proj\.", lambda m: f"encoder_{m['side'].lower()}.stem.conv."),
    (
        r"encoder_(?P<side>[AB])\.encoder_level(?P<level>\d)\.",
        lambda m: f"encoder_{m['side'].lower()}.levels.{_level(m)}.",
    ),
    (
        r"encoder_(?P<side>[AB])\.(?P<down>down\d_\d)\.",
        lambda m: f"encoder_{m['side'].lower()}.downs.{_DOWNS[m['down']]}.",
    ),
    (
        r"cross_attention\.(?P<part>\w+)_(?P<side>[AB])\.",
        lambda m: f"neck.exchange.{m['part']}_{m['side'].lower()}.",
    ),
    (r"feature_fusion_(?P<level>\d)\.", lambda m: f"neck.merges.{_level(m)}."),
    (r"prompt_guidance_(?P<level>\d)\.fc\.", lambda m: f"guidance.levels.{_level(m)}."),
    (r"(?P<up>up\d_\d)\.", lambda m: f"ups.{_UPS[m['up']]}."),
    (r"reduce_chan_level(?P<level>\d)\.", lambda m: f"reduces.{int(m['level']) - 2}."),
    (r"decoder_level(?P<level>\d)\.", lambda m: f"decoder_levels.{_level(m)}."),
    (r"(?P<part>refinement|output)\.", lambda m: f"head.{m['part']}."),
)


def rename_published_key(key: str) -> str | None:
    """Our name of a parameter of the published code; None if there is none."""
    for pattern, target in _RULES:
        match = re.match(pattern, key)
        if match:
            try:
                prefix = target(match)
            except KeyError:  # a level that no network of ours has
                return None
            # Their LayerNorm is wrapped in a module called body.
            return prefix + re.sub(r"^(\d+\.norm\d)\.body\.", r"\1.", key[match.end() :])
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
