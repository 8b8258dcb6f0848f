"""A model of one weight, and pairs of one number, for runs that take no time."""

import torch
from mmagic.structures import DataSample
from mmengine.model import BaseModel
from mmengine.registry import MODELS
from torch import nn

from mmfusion_distill.engine import FusionRunner


class Pairs(torch.utils.data.Dataset):
    """Pairs of the values 1, 2, 3 ...; whether A becomes NaN can be said."""

    def __init__(self, count=6, bad=()):
        self.count, self.bad = count, bad

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        value = torch.tensor([float("nan") if index in self.bad else index + 1.0])
        return dict(inputs=dict(img_a=value), data_samples=DataSample(metainfo=dict(key=f"pair_{index}")))


@MODELS.register_module()
class WeightTimesInput(BaseModel):
    """Losses `loss_product` and `loss_root`, of which the second can be given an infinite gradient.

    Args:
        roots (tuple[int, ...]): Inputs for which the gradient of `loss_root`, but not its value, is infinite.
        overflows (tuple[int, ...]): Inputs for which the loss is.
    """

    def __init__(self, roots=(), overflows=(), data_preprocessor=None):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.roots, self.overflows = roots, overflows

    def forward(self, inputs, data_samples=None, mode="loss"):
        values = torch.stack(inputs["img_a"])
        seen = set(values.flatten().tolist())
        product = (self.weight * values).sum() * (float("inf") if seen & set(self.overflows) else 1)
        root = (
            (self.weight - self.weight.detach()).abs().sqrt() if seen & set(self.roots) else 0 * self.weight
        )
        return dict(loss_product=product, loss_root=root.sum())


def toy_runner(work_dir, model=None, bad=(), batch_size=1, count=6, hooks=None, wrapper=None, **settings):
    """A runner that writes a checkpoint after every iteration.

    Args:
        work_dir (Path): Folder of the run.
        model (dict): Arguments of the model, or another one.
        bad (Sequence[int]): See :class:`Pairs`.
        batch_size (int): Pairs of a batch.
        count (int): How many pairs there are; each is seen once.
        hooks (dict): Hooks beside the checkpoint's.
        wrapper (dict): Arguments of the optimizer's wrapper.
        **settings: Of the runner.
    """
    loader = dict(
        dataset=Pairs(count, bad),
        batch_size=batch_size,
        num_workers=0,
        sampler=dict(type="DefaultSampler", shuffle=False),
    )
    return FusionRunner(
        model=dict(type="WeightTimesInput") | (model or {}),
        work_dir=str(work_dir),
        train_dataloader=settings.pop("train_dataloader", loader),
        optim_wrapper=dict(type="OptimWrapper", optimizer=dict(type="SGD", lr=0.01)) | (wrapper or {}),
        train_cfg=settings.pop("train_cfg", dict(by_epoch=False, max_iters=count // batch_size)),
        default_hooks=dict(
            checkpoint=dict(type="CheckpointHook", by_epoch=False, interval=1, max_keep_ckpts=-1)
        )
        | (hooks or {}),
        default_scope="mmfusion",
        experiment_name="toy",
        **settings,
    )


def saved(work_dir):
    """Names of the checkpoints in a folder."""
    return sorted(path.stem for path in work_dir.glob("iter_*.pth"))
