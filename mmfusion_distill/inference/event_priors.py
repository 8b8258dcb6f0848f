"""Steering a network that takes no text: the priors of the known events, as its teacher's text would say them."""

import json
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np

from ..annotation.event_types import read_event_types
from ..user_errors import OptionError

#: Written by `export.event_priors`; by the events' names, two of them joined by '+' in the order of `READ_EVENTS`.
PRIORS = Path(__file__).parents[1] / "weights" / "event_priors.json"


@cache
def _priors() -> dict[str, np.ndarray]:
    values = json.loads(PRIORS.read_text())["priors"]
    return {name: np.array(numbers, np.float32) for name, numbers in values.items()}


def prior_of_events(events: Sequence[str]) -> np.ndarray:
    """The prior that says that a pair has some events, and no others.

    Args:
        events (Sequence[str]): Their names, however spelt; at least one.

    Returns:
        np.ndarray: (num_values,) in (-1, 1): of one or two events what the teacher makes of their texts; of more
        the mean over every two of them, taken before the tanh that ends a prior.

    Raises:
        OptionError: If an event is not known, or events of street scenes and medical events are mixed.
    """
    ordered = read_event_types(events)
    keys = ["+".join(two) for two in combinations(ordered, 2)] or ordered
    priors = _priors()
    if any(key not in priors for key in keys):
        raise OptionError(f"events: {', '.join(ordered)} are of different modalities: name those of one")
    values = np.stack([priors[key] for key in keys])
    return np.tanh(np.arctanh(values.clip(-0.999, 0.999)).mean(axis=0)).astype(np.float32)
