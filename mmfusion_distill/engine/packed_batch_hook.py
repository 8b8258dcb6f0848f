"""A pipeline that ends too early is told of at its first batch."""

from typing import Any

from mmengine.hooks import Hook
from mmengine.runner import Runner

from ..user_errors import UserError

#: What samples of :class:`PairedFusionDataset` hold until they are packed.
_UNPACKED = "img_a_path"


class PackedBatchHook(Hook):
    """Check that pairs are packed before a network gets them; :class:`FusionRunner` has this hook by itself.

    Raises:
        UserError: If they are not, as their pipeline ends before.
    """

    def _before_iter(
        self, runner: Runner, batch_idx: int, data_batch: Any = None, mode: str = "train"
    ) -> None:
        if isinstance(data_batch, dict) and _UNPACKED in data_batch:
            raise UserError(
                f"{mode}_dataloader gives pairs that are not packed: its pipeline must end with dict(type='PackPair')"
            )
