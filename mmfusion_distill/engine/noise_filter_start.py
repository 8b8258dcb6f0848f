"""Fitting the noise filter before the training begins, so that all else learns behind one that works."""

import torch
from mmengine.dist import broadcast
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import Dataset

from ..data.seeded_samplers import SeededIndex
from ..models.ops.color import rgb_to_gray
from ..models.ops.statistics import NUM_NOISES, median_of_medians, pair_statistics
from ..models.parts.source_tuning import NoiseFilter
from ..registry import HOOKS
from ..user_errors import UserError

_STEPS, _RATE, _DECAY = 2500, 3e-3, 1e-3
#: Gray levels of the root mean square of what the filter would take away, from which on a sample counts no more.
_LARGE = 20.0


@HOOKS.register_module()
class NoiseFilterStartHook(Hook):
    """Fit the noise filter of an untrained network to the training pairs before the first iteration.

    Left to the losses it stays shut: what it takes from clean pictures costs at once, what it takes from noisy ones
    pays only when the maps behind it know that it is gone. So it begins as the best filter by the statistics alone
    (:func:`fit_noise_filter`). A run that is resumed or starts from weights keeps their filter, a network without
    one is left as it is.

    Args:
        samples (int): Training samples to look at. Default: 2500, a minute and a half.

    Raises:
        UserError: If `samples` is below 50.
    """

    def __init__(self, samples: int = 2500) -> None:
        if samples < 50:
            raise UserError(f"NoiseFilterStartHook: samples is {samples}, wanted 50 or more")
        self.samples = samples

    def before_train(self, runner: Runner) -> None:
        """Fit it, for all processes alike."""
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        # That of a teacher, which is not trained, stays.
        found = next(
            (part for part in model.modules() if isinstance(part, NoiseFilter) and _learns(part)), None
        )
        if found is None or runner.iter > 0 or getattr(runner, "_has_loaded", False):
            return
        runner.logger.info(f"Fitting the noise filter to {self.samples} training samples")
        error, of_none = fit_noise_filter(found, runner.train_dataloader.dataset, self.samples, runner.seed)
        for parameter in found.parameters():
            broadcast(parameter.data)
        runner.logger.info(f"Mean squared error of its amounts: {error:.3f}, of no filter: {of_none:.3f}")


def _learns(part: nn.Module) -> bool:
    return all(parameter.requires_grad for parameter in part.parameters())


def fit_noise_filter(
    noise_filter: NoiseFilter, dataset: Dataset, samples: int, seed: int = 0
) -> tuple[float, float]:
    """Fit a filter by the statistics of noise to the amounts that bring degraded sources nearest to the clean ones.

    For a source x, its median m and the clean source c that amount is <c - x, m - x> / <m - x, m - x>, the least
    squares of x + amount (m - x) - c, cut to [0, 1]. Samples count by how much the filter would take away. What the
    filter reads of the prior begins at 0.

    Args:
        noise_filter (NoiseFilter): The filter; what it was is lost.
        dataset (Dataset): Training pairs, as their pipeline degrades them.
        samples (int): How many to draw.
        seed (int): Of the draw, of the degradations and of the fit. Default: 0.

    Returns:
        tuple[float, float]: Mean squared errors of the amounts on these samples: of the fitted filter, and of amounts
        of 0.
    """
    statistics, wanted, weights = _look(dataset, samples, seed)
    # Neither the training's random numbers nor those of its processes change by the fit.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        fitted = NoiseFilter(0, noise_filter.layers[0].out_features)
    layers = fitted.layers
    optimizer = torch.optim.AdamW(layers.parameters(), lr=_RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, _STEPS)
    with torch.enable_grad():
        for step in range(_STEPS):
            # At first amounts below 0 count as they are, so that no value is stuck there.
            amounts = (
                fitted(None, statistics)
                if step > _STEPS // 2
                else torch.tanh(F.leaky_relu(layers(statistics), 0.3))
            )
            optimizer.zero_grad()
            ((weights * (amounts - wanted).square()).sum() / weights.sum()).backward()
            optimizer.step()
            schedule.step()
    with torch.no_grad():
        _take_over(noise_filter.layers, layers)
        return float((fitted(None, statistics) - wanted).square().mean()), float(wanted.square().mean())


def _take_over(target: nn.Sequential, fitted: nn.Sequential) -> None:
    target[0].weight.zero_()
    target[0].weight[:, -2 * NUM_NOISES :] = fitted[0].weight
    target[0].bias.copy_(fitted[0].bias)
    target[2].load_state_dict(fitted[2].state_dict())


@torch.no_grad()
def _look(dataset: Dataset, samples: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Of every sample: statistics (N, 2 NUM_NOISES), best amounts and weights, (N, 2) each."""
    indices = torch.randint(len(dataset), (samples,), generator=torch.Generator().manual_seed(seed))
    statistics, wanted, weights = [], [], []
    for draw, index in enumerate(indices.tolist()):
        # Seeds that no draw of the training has: see SeededInfiniteSampler.
        inputs = dataset[SeededIndex(index, (seed + (2**31 + draw) * 0x9E3779B1) % 2**32)]["inputs"]
        images = {name: image[None].float() / 255 for name, image in inputs.items()}
        img_a, img_b = (rgb_to_gray(images[name]) for name in ("img_a", "img_b"))
        statistics.append(pair_statistics(img_a, img_b, img_a.shape[-2:]).noise)
        sources = torch.cat([img_a, img_b], dim=1)
        cleans = [rgb_to_gray(images.get(f"target_{name}", images[f"img_{name}"])) for name in "ab"]
        removed = median_of_medians(sources) - sources
        missing = torch.cat(cleans, dim=1) - sources
        energy = removed.square().sum(dim=(2, 3))
        wanted.append(((missing * removed).sum(dim=(2, 3)) / (energy + 1e-6)).clamp(0, 1))
        deviation = 255 * removed.square().mean(dim=(2, 3)).sqrt()
        weights.append(deviation.clamp(max=_LARGE) + 1)
    return torch.cat(statistics), torch.cat(wanted), torch.cat(weights)
