"""What a pair may be given besides its sources: a description, and values of the network's prior."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..annotation.annotation_types import Annotation
from ..annotation.typed_text import annotation_of_text
from ..user_errors import UserError
from .event_priors import prior_of_events


def given_annotation(pair: Mapping[str, Any], text: str | None, guided: bool) -> Annotation | None:
    """The annotation that a pair is fused with.

    Args:
        pair (Mapping[str, Any]): Has `annotation` or not.
        text (str, optional): A description by hand, which comes first.
        guided (bool): Whether the network reads text.

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
