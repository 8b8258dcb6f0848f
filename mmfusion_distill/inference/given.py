"""What a pair may be given besides its sources: a description, and values of the network's prior."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from ..annotation.annotation_types import Annotation
from ..annotation.event_types import read_event_types
from ..annotation.typed_text import annotation_of_text
from ..user_errors import OptionError, UserError

#: Written by `export.shipped_files`; by the events' names, two of them joined by '+' in the order of `READ_EVENTS`.
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


def given_annotation(pair: Mapping[str, Any], text: str | None, guided: bool) -> Annotation | None:
    """The annotation that a pair is fused with.

    Returns:
        Annotation | None: None for networks that read no text, and where none is given.

    Raises:
        UserError: If there is text for a network that reads none, or no word in it, or it is no text.
    """
    if text is not None and not isinstance(text, str):
        raise UserError(f"the text is a value of type {type(text).__name__}: give a str")
    annotation = pair.get("annotation")
    if not isinstance(annotation, (Annotation, type(None))):
        raise UserError(
            f"the annotation is a value of type {type(annotation).__name__}: give an Annotation, e.g. what "
            "read_annotation returns, or text"
        )
    if text is not None and not guided:
        raise UserError("the network is not guided by text: leave the text out")
    if text is not None:
        annotation = annotation_of_text(text)
        if not annotation.events:
            raise UserError("the text is empty: describe the images, or leave it out")
    return annotation if guided else None


def given_prior(pair: Mapping[str, Any], guided: bool) -> np.ndarray | None:
    """The values (num_values,) in place of the network's own prior where they are not NaN; None: all its own.

    Args:
        pair (Mapping[str, Any]): Has `prior`, `events`, which stand for theirs (:func:`prior_of_events`), or neither.
        guided (bool): Whether the network reads text.

    Raises:
        UserError: If they are no row of numbers, or the network reads events as text.
        OptionError: If an event is not known.
    """
    events, prior = pair.get("events"), pair.get("prior")
    if events:
        if guided:
            raise UserError("the network is guided by text: name the events in its text")
        return prior_of_events(events)
    if prior is None:
        return None
    values = np.asarray(prior, dtype=np.float32) if isinstance(prior, (np.ndarray, Sequence)) else None
    if values is None or values.ndim != 1:
        raise UserError("the prior is no row of numbers: give one of the length that the network has")
    return values


def stacked_priors(priors: Sequence[np.ndarray | None]) -> np.ndarray | None:
    """Those of a batch, (N, num_values), NaN for the pairs that are given none; None if no pair is."""
    length = next((len(prior) for prior in priors if prior is not None), None)
    if length is None:
        return None
    own = np.full(length, np.nan, np.float32)
    return np.stack([own if prior is None else prior for prior in priors])


def checked_rows(
    name: str, rows: np.ndarray | None, length: int | None, samples: int, path: Path
) -> np.ndarray | None:
    """Rows of numbers as an exported network takes them.

    Args:
        name (str): Of the argument, for messages.
        rows (np.ndarray, optional): (samples, length); of a prior (1, length) too.
        length (int, optional): Of a row; None: the network takes none.
        samples (int): Pairs.
        path (Path): Of the network, for messages.

    Returns:
        np.ndarray | None: float32, contiguous.

    Raises:
        UserError: If they do not fit.
    """
    if rows is None:
        return None
    if length is None:
        raise UserError(f"{path} takes no {name}: leave it out")
    if rows.shape != (samples, length) and (name != "prior" or rows.shape != (1, length)):
        raise UserError(f"{name} has shape {rows.shape}, {path} wants {(samples, length)}")
    return np.ascontiguousarray(rows, dtype=np.float32)
