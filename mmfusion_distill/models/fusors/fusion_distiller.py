"""Distillation of a student from a teacher."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from mmagic.registry import MODELS
from mmagic.structures import DataSample
from torch import Tensor, nn

from ...io.shipped_weights import shipped_weights
from ...user_errors import UserError
from ..checkpoints import load_network
from .frozen_module import FrozenModule
from .image_fusor import ImageFusor, targets_of

SIDES = ("student", "teacher")
TEACHER_INPUTS = ("degraded", "clean")


@MODELS.register_module()
class FusionDistiller(ImageFusor):
    """Train a student without text to fuse as a teacher with text does.

    The student is the model's `generator`: its checkpoint loads into an :class:`ImageFusor` as it is. Teacher and
    text encoder are in no checkpoint and no optimizer. Testing tests the student, and needs no file of the teacher:
    that is read at the first training step, or by :meth:`load_teacher`.

    Args:
        student (dict): Config of the student network.
        teacher (dict): Config of the teacher network.
        teacher_checkpoint (str): The teacher's weights: a file, or the work folder of its run, whose best
            checkpoint is taken, or the name of weights that come with the package.
        fusion_loss (dict): Loss of the student's result against the sources. Default: :class:`FusionLoss` with
            the default weights for every pair.
        feature_loss (dict): Loss between features. Default: :class:`FeatureDistillationLoss`.
        result_loss (dict): Loss between results. Default: :class:`ResultDistillationLoss`.
        connector (dict): Config of the connectors between the widths; theirs are filled in.
            Default: :class:`ConvConnector`.
        connector_side (str): 'student' widens the student's features and trains the connectors with it.
            'teacher' is the published form: it narrows the teacher's features by connectors that keep their
            random weights (trained, they could collapse to a constant). Default: 'student'.
        teacher_input (str): What the teacher sees of pairs that :class:`RandomDegradation` degraded: 'degraded', what
            the student sees and the text that names it, or 'clean', the sources and the text from before.
            Default: 'degraded'.
        **kwargs: Further arguments of :class:`ImageFusor`.

    Raises:
        UserError: If no features of the networks have the same stride.
    """

    def __init__(
        self,
        student: dict,
        teacher: dict,
        teacher_checkpoint: str,
        fusion_loss: dict = dict(type="FusionLoss", use_events=False),  # noqa: B006  (configs are not changed)
        feature_loss: dict = dict(type="FeatureDistillationLoss"),  # noqa: B006
        result_loss: dict = dict(type="ResultDistillationLoss"),  # noqa: B006
        connector: dict = dict(type="ConvConnector"),  # noqa: B006
        connector_side: str = "student",
        teacher_input: str = "degraded",
        **kwargs: Any,
    ) -> None:
        super().__init__(generator=student, pixel_loss=fusion_loss, **kwargs)
        if connector_side not in SIDES:
            raise UserError(f"connector_side '{connector_side}' is neither of {', '.join(SIDES)}")
        if teacher_input not in TEACHER_INPUTS:
            raise UserError(f"teacher_input '{teacher_input}' is neither of {', '.join(TEACHER_INPUTS)}")
        network = MODELS.build(teacher)
        self._check_text_channels(network)
        self.teacher = FrozenModule(network)
        self.teacher_checkpoint = teacher_checkpoint
        self._teacher_loaded = False
        self.feature_loss = MODELS.build(feature_loss)
        self.result_loss = MODELS.build(result_loss)
        self.connector_side = connector_side
        self.teacher_input = teacher_input
        #: Indices of the student's and the teacher's features that have the same stride.
        self.matched_levels = match_strides(self.generator.feature_strides, network.feature_strides)
        self.connectors = self._build_connectors(connector, network)

    @property
    def reads_annotations(self) -> bool:
        """Whether the teacher is guided by text: events weigh nothing in a distillation."""
        return getattr(self.teacher.module, "guidance", None) is not None

    def load_teacher(self) -> None:
        """Read the teacher's weights unless that is done.

        Raises:
            CheckpointError: If they are missing or do not fit.
        """
        if not self._teacher_loaded:
            load_network(self.teacher.module, shipped_weights(self.teacher_checkpoint))
            self._teacher_loaded = True

    def loss(self, inputs: dict[str, Tensor], data_samples: DataSample) -> dict[str, Tensor]:
        """Losses of a training step: the fusion terms, `loss_feature` and `loss_result`."""
        self.load_teacher()
        sources, seen, field = (inputs["img_a"], inputs["img_b"]), targets_of(inputs), "target_annotation"
        if self.teacher_input == "degraded" or "target_a" not in inputs:
            seen, field = sources, "annotation"
        text_emb = self.embed_texts(self.teacher.module, data_samples, seen[0], field=field)
        target, target_features = self.teacher(*seen, text_emb, return_features=True)
        fused, features = self.generator(*sources, return_features=True)
        ours = [features[index] for index, _ in self.matched_levels]
        theirs = [target_features[index] for _, index in self.matched_levels]
        if self.connector_side == "student":
            ours = [connect(feature) for connect, feature in zip(self.connectors, ours)]
        else:
            theirs = [connect(feature) for connect, feature in zip(self.connectors, theirs)]
        losses = self.pixel_loss(fused, *targets_of(inputs))
        losses["loss_feature"] = self.feature_loss(ours, theirs)
        losses["loss_result"] = self.result_loss(fused, target)
        return losses

    def _build_connectors(self, connector: dict, teacher: nn.Module) -> nn.ModuleList:
        ours, theirs = self.generator.feature_channels, teacher.feature_channels
        widths = [(ours[student], theirs[teacher]) for student, teacher in self.matched_levels]
        if self.connector_side == "teacher":
            widths = [width[::-1] for width in widths]
        connectors = nn.ModuleList(
            MODELS.build(dict(in_channels=given, out_channels=wanted, **connector))
            for given, wanted in widths
        )
        return connectors.requires_grad_(self.connector_side == "student")

    def _apply(self, fn: Callable[[torch.Tensor], torch.Tensor], recurse: bool = True) -> nn.Module:
        # Moves to a device reach the teacher although it is no submodule.
        self.teacher.apply(fn)
        return super()._apply(fn, recurse)


def match_strides(student: Sequence[int], teacher: Sequence[int]) -> list[tuple[int, int]]:
    """Indices of features of equal stride, of the student and of the teacher.

    Raises:
        UserError: If there are none.
    """
    matched = [
        (index, list(teacher).index(stride)) for index, stride in enumerate(student) if stride in teacher
    ]
    if not matched:
        raise UserError(
            f"the student has features of strides {list(student)} and the teacher of {list(teacher)}: none match, "
            "give both networks stems and levels that do"
        )
    return matched
