"""Writing the priors of the known events, which steer networks without a text encoder and without PyTorch."""

import json
from itertools import combinations
from pathlib import Path

import torch

from ..annotation.event_types import EVENT_TYPES, MEDICAL_EVENT_TYPES
from ..data.degradations.degradation_kinds import strong_annotation
from ..models.parts import TextPrior
from ..models.text import TextEmbedder
from ..system.regular_file import write_text_atomically


def write_event_priors(prior: TextPrior, embedder: TextEmbedder, path: str | Path) -> Path:
    """Write what a teacher's prior makes of the texts of every event, and of every two of one modality.

    Args:
        prior (TextPrior): The teacher's.
        embedder (TextEmbedder): Its text encoder.
        path (str | Path): The .json file, for :func:`~mmfusion_distill.inference.event_priors.prior_of_events`.

    Returns:
        Path: The file.
    """
    named = [
        events
        for kinds in (EVENT_TYPES, MEDICAL_EVENT_TYPES)
        for number in (1, 2)
        for events in combinations(kinds, number)
    ]
    texts = [[event.text for event in strong_annotation(events).events] for events in named]
    with torch.no_grad():
        values = prior(embedder(texts), None, None).tolist()
    priors = {"+".join(events): [round(number, 4) for number in row] for events, row in zip(named, values)}
    write_text_atomically(path, json.dumps({"priors": priors}) + "\n")
    return Path(path)
