"""Fitting the layer that reads events out of a student's prior, when all else is trained."""

from typing import NamedTuple
from zlib import crc32

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import Dataset

from ..annotation.event_types import READ_EVENTS
from ..user_errors import UserError

#: Weight of the mean squared coefficient beside the cross-entropy, so that rare events do not get huge ones.
_RIDGE = 1e-3
_STEPS = 200


class ReadOutFit(NamedTuple):
    """Binary cross-entropies on about a third of the samples, of pairs that the fit has not seen.

    Attributes:
        before (float): With the layer as it was.
        after (float): With the fitted layer.
        base_rates (float): If every event had its share among the other samples, whatever the pair.
    """

    before: float
    after: float
    base_rates: float


def fit_read_out(network: nn.Module, dataset: Dataset, samples: int, seed: int = 0) -> ReadOutFit:
    """Fit `network.prior.read_out` by logistic regression; nothing else of the network changes.

    In training a linear layer of small gradients does not come far, though the prior that it reads knows what is
    wrong with a pair. This is the best such layer for the prior that there is.

    Args:
        network (nn.Module): A :class:`FusionUNet` whose prior reads no text, on the CPU.
        dataset (Dataset): Training pairs, as their pipeline degrades them; those without annotation are left out.
        samples (int): How many to draw.
        seed (int): Of the draw and of the degradations. Default: 0.

    Returns:
        ReadOutFit: How well it names the events of pairs that it has not seen.

    Raises:
        UserError: If the network has no such prior, or too few samples are annotated.
    """
    if getattr(network, "prior", None) is None or network.prior.reads_text:
        raise UserError(
            "events are read out of the prior of a student: this network has none, or reads a text"
        )
    priors, wanted, is_held = _look(network, dataset, samples, seed)
    if len(priors) < 30:
        raise UserError(f"{len(priors)} of {samples} samples are annotated: take more, or annotate the pairs")
    layer = network.prior.read_out
    before = _entropy(layer(priors[is_held]), wanted[is_held])
    trial = _fitted(layer, priors[~is_held], wanted[~is_held])
    shares = wanted[~is_held].mean(dim=0).clamp(1e-3, 1 - 1e-3).logit()
    fit = ReadOutFit(
        before,
        _entropy(trial(priors[is_held]), wanted[is_held]),
        _entropy(shares.expand_as(wanted[is_held]), wanted[is_held]),
    )
    layer.load_state_dict(_fitted(layer, priors, wanted).state_dict())
    return fit


@torch.no_grad()
def _look(network: nn.Module, dataset: Dataset, samples: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Of annotated samples: priors (N, num_values), events (N, len(READ_EVENTS)), and which are held back, (N,)."""
    np.random.seed(seed)
    torch.manual_seed(seed)
    priors, wanted, is_held = [], [], []
    network.eval()
    for index in np.random.randint(0, len(dataset), samples):
        sample = dataset[int(index)]
        annotation = sample["data_samples"].metainfo.get("annotation")
        if annotation is None:
            continue
        images = [sample["inputs"][name][None].float() / 255 for name in ("img_a", "img_b")]
        priors.append(network(*images, return_prior=True)[1])
        # By the pair, of which several samples may be drawn.
        is_held.append(crc32(str(sample["data_samples"].metainfo["key"]).encode()) % 3 == 0)
        wanted.append([float(event in annotation.event_types) for event in READ_EVENTS])
    return torch.cat(priors) if priors else torch.empty(0), torch.tensor(wanted), torch.tensor(is_held)


def _fitted(layer: nn.Linear, priors: Tensor, wanted: Tensor) -> nn.Linear:
    fitted = nn.Linear(layer.in_features, layer.out_features)
    nn.init.zeros_(fitted.weight)
    nn.init.zeros_(fitted.bias)
    optimizer = torch.optim.LBFGS(fitted.parameters(), max_iter=_STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(fitted(priors), wanted)
        loss = loss + _RIDGE * fitted.weight.square().mean()
        loss.backward()
        return loss

    optimizer.step(closure)
    return fitted


def _entropy(logits: Tensor, wanted: Tensor) -> float:
    return float(F.binary_cross_entropy_with_logits(logits.detach(), wanted))
