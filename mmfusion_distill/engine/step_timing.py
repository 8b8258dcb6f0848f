"""How long a training takes, by a few of its steps."""

import time
from collections.abc import Callable

import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.device import get_device
from mmengine.model import BaseModel

from ..registry import DATASETS, METRICS, MODELS


def time_training(cfg: Config) -> tuple[float, float]:
    """Take a step of a training and score a pair, without changing anything.

    Returns:
        tuple[float, float]: Seconds of a step, without its reading, which other processes do, and of a validation.
    """
    model = _untrained(cfg)
    return _step_of(model, cfg), _validation_of(model, cfg)


def time_step(cfg: Config) -> float:
    """Seconds of a step of a training, without its reading; see :func:`time_training`."""
    return _step_of(_untrained(cfg), cfg)


def _untrained(cfg: Config) -> BaseModel:
    """The model without weights, which do not matter for the time and, of a teacher, need not be there yet."""
    model = MODELS.build(cfg.model).to(get_device())
    model.is_init = True
    return model


def _step_of(model: BaseModel, cfg: Config) -> float:
    train = DATASETS.build(cfg.train_dataloader.dataset)
    batch = pseudo_collate([train[index % len(train)] for index in range(cfg.train_dataloader.batch_size)])

    def step() -> None:
        data = model.data_preprocessor(batch, True)
        loss, _ = model.parse_losses(model(**data, mode="loss"))
        loss.backward()
        model.zero_grad(set_to_none=True)

    model.train()
    return _shortest(step)


def _validation_of(model: BaseModel, cfg: Config) -> float:
    val = DATASETS.build(cfg.val_dataloader.dataset)
    metrics = [METRICS.build(metric) for metric in cfg.val_evaluator.metrics]
    pair = pseudo_collate([val[0]])

    def validate() -> None:
        with torch.no_grad():
            samples = model.val_step(pair)
        for metric in metrics:
            metric.process(pair, [sample.to_dict() for sample in samples])

    model.eval()
    # The first one also scores the pyramid, which is kept.
    return _shortest(validate) * len(val)


def _shortest(work: Callable[[], None]) -> float:
    """Seconds of the quicker of two calls."""
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        work()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return min(seconds)
