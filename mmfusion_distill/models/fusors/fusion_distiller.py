"""Distillation of a student from a teacher."""

from collections.abc import Sequence
from typing import Any

import torch
from mmagic.structures import DataSample
from mmengine.model import BaseModel
from torch import Tensor, nn

from ...registry import MODELS
from ...user_errors import UserError, check_choice
from ...zoo.model_index import shipped_weights
from ..weight_files.checkpoints import load_network
from .image_fusor import PREPROCESSOR, ImageFusor
from .preprocessors import targets_of

SIDES = ("student", "teacher")
#: Where :class:`NameRandomEvents` leaves what it drew, and that with what the pair was degraded by.
_DRAWN, _OBEYED = "named_annotation", "obeyed_annotation"
TEACHER_INPUTS = ("degraded", "clean")


@MODELS.register_module()
class FusionDistiller(BaseModel):
    """Train a student without text to fuse as a teacher with text does.

    Two :class:`ImageFusor` do the fusing. Only the student is trained, tested and saved, under the names that it has
    by itself, so that its checkpoint loads into an :class:`ImageFusor`. The teacher is frozen, always in evaluation
    mode, and in no state dict. Its file is read by :meth:`init_weights`, which every runner calls before it trains:
    building the model and testing the student need none.

    Args:
        student (dict): Config of the student network.
        teacher (dict): Config of the teacher network.
        teacher_checkpoint (str): The teacher's weights: a file, the work folder of its run, whose best checkpoint is
            taken, or the name of weights that come with the package.
        fusion_loss (dict): Loss of the student's result against the sources. Default: :class:`FusionLoss` with
            the default weights for every pair.
        feature_loss (dict): Loss between features. Default: :class:`FeatureDistillationLoss`.
        result_loss (dict): Loss between results. Default: :class:`ResultDistillationLoss`.
        prior_loss (dict, optional): Loss between the student's prior and the one that the teacher makes of the text,
            e.g. :class:`PriorDistillationLoss`. Default: None.
        event_loss (dict, optional): As for :class:`ImageFusor`. Default: None.
        steered_share (float): Share of the samples whose student is given the teacher's prior in place of its own,
            with the teacher's result as its only target, so that it obeys texts. Half of them are given the events
            that :class:`NameRandomEvents` drew, where it did; their teacher also reads what they were degraded by,
            which a student sees without being told. Default: 0.0.
        gate (bool): Whether features and result pull only where the teacher's loss against the clean sources is below
            the student's. Wants a loss with `per_sample`, as :class:`LossSet`. Default: False.
        connector (dict): Config of the connectors between the widths; theirs are filled in.
            Default: :class:`ConvConnector`.
        connector_side (str): 'student' widens the student's features and trains the connectors with it.
            'teacher' is the published form: it narrows the teacher's features by connectors that keep their
            random weights (trained, they could collapse to a constant). Default: 'student'.
        teacher_input (str): What the teacher sees of pairs that :class:`RandomDegradation` degraded: 'degraded', what
            the student sees and the text that names it, or 'clean', the sources and the text from before.
            Default: 'degraded'.
        text_encoder (dict, optional): Config of the teacher's text encoder. Default: None.
        text_cache (str | None): As for :class:`ImageFusor`. Default: 'default'.
        test_cfg (dict, optional): As for :class:`ImageFusor`. Default: None.
        init_cfg (dict, optional): As in mmengine. Default: None.
        data_preprocessor (dict, optional): As for :class:`ImageFusor`. Default: None.

    Raises:
        UserError: If no features of the networks have the same stride, or their priors are not of one length where
            one is to be learned or given.
    """

    def __init__(
        self,
        student: dict,
        teacher: dict,
        teacher_checkpoint: str,
        fusion_loss: dict = dict(type="FusionLoss", use_events=False),  # noqa: B006  (configs are not changed)
        feature_loss: dict = dict(type="FeatureDistillationLoss"),  # noqa: B006
        result_loss: dict = dict(type="ResultDistillationLoss"),  # noqa: B006
        prior_loss: dict | None = None,
        event_loss: dict | None = None,
        steered_share: float = 0.0,
        gate: bool = False,
        connector: dict = dict(type="ConvConnector"),  # noqa: B006
        connector_side: str = "student",
        teacher_input: str = "degraded",
        text_encoder: dict | None = None,
        text_cache: str | None = "default",
        test_cfg: dict | None = None,
        init_cfg: dict | None = None,
        data_preprocessor: dict | None = None,
    ) -> None:
        check_choice("connector_side", connector_side, SIDES)
        check_choice("teacher_input", teacher_input, TEACHER_INPUTS)
        super().__init__(MODELS.build(data_preprocessor or PREPROCESSOR), init_cfg)
        self.student = ImageFusor(student, fusion_loss, event_loss, test_cfg=test_cfg)
        guide = ImageFusor(teacher, text_encoder=text_encoder, text_cache=text_cache)
        self.teacher_checkpoint = teacher_checkpoint
        self.feature_loss = MODELS.build(feature_loss)
        self.result_loss = MODELS.build(result_loss)
        self.prior_loss = MODELS.build(prior_loss) if prior_loss else None
        self.steered_share, self.gate = steered_share, gate
        self.connector_side = connector_side
        self.teacher_input = teacher_input
        ours, theirs = self.student.generator, guide.generator
        if self.prior_loss is not None or steered_share > 0:
            _check_priors(ours, theirs)
        #: Indices of the student's and the teacher's features that have the same stride.
        self.matched_levels = match_strides(ours.feature_strides, theirs.feature_strides)
        self.connectors = self._build_connectors(connector, ours.feature_channels, theirs.feature_channels)
        self.teacher = guide.requires_grad_(False).eval()
        self._register_state_dict_hook(_as_the_student)
        self._register_load_state_dict_pre_hook(_of_the_student, with_module=True)

    @property
    def reads_annotations(self) -> bool:
        """Whether the teacher is guided by text, or the student learns to name events."""
        return self.teacher.text_reader is not None or self.student.reads_annotations

    def init_weights(self) -> None:
        """Start as `init_cfg` says, and read the teacher's weights.

        Raises:
            CheckpointError: If these are missing or do not fit.
        """
        super().init_weights()
        load_network(self.teacher.generator, shipped_weights(self.teacher_checkpoint))

    def train(self, mode: bool = True) -> "FusionDistiller":
        """Switch the mode; the teacher stays in evaluation mode."""
        super().train(mode)
        self.teacher.eval()
        return self

    def forward(
        self,
        inputs: dict[str, Tensor],
        data_samples: DataSample | Sequence[DataSample] | None = None,
        mode: str = "tensor",
        **kwargs: Any,
    ) -> Tensor | list[DataSample] | dict[str, Tensor]:
        """Losses of a training step for mode 'loss', else what the student gives; see :meth:`ImageFusor.forward`."""
        if mode != "loss":
            return self.student(inputs, data_samples, mode, **kwargs)
        samples = DataSample.stack(data_samples) if isinstance(data_samples, Sequence) else data_samples
        return self.loss(inputs, samples)

    def loss(self, inputs: dict[str, Tensor], data_samples: DataSample) -> dict[str, Tensor]:
        """Losses of a training step: the fusion terms, `loss_feature`, `loss_result`, those of the prior."""
        if not self.is_init:
            raise UserError("the teacher has no weights yet: call init_weights() before the first step")
        seen, field = inputs, "annotation"
        if self.teacher_input == "clean" and "target_a" in inputs:
            seen, field = dict(zip(("img_a", "img_b"), targets_of(inputs))), "target_annotation"
        steered, named = self._steered(len(seen["img_a"]), seen["img_a"].device, data_samples)
        with torch.no_grad():
            target, target_features, target_prior = self._taught(seen, data_samples, field, named)
        given = None
        if target_prior is not None and steered.any():
            given = torch.where(steered[:, None], target_prior, torch.nan)
        fused, features, prior = self.student(inputs, prior=given, return_features=True, return_prior=True)
        targets = targets_of(inputs)
        # What is steered should do as its teacher does, whatever the sources say.
        if self.gate:
            values = self._own_values(fused, targets, steered)
            losses = self.student.pixel_loss.reduced(values)
            pull = self._pull(values, target, targets, steered)
        else:
            own = dict(weight=(~steered).to(fused.dtype)) if steered.any() else {}
            losses, pull = self.student.pixel_loss(fused, *targets, **own), {}
        ours, theirs = self._connected(features, target_features)
        losses["loss_feature"] = self.feature_loss(ours, theirs, **pull)
        losses["loss_result"] = self.result_loss(fused, target, **pull)
        if self.prior_loss is not None:
            told = _with_text(data_samples, prior, field) * ~named
            losses["loss_prior"] = self.prior_loss(prior, target_prior, told)
        if self.student.event_loss is not None:
            losses["loss_event"] = self.student.named_events_loss(prior, data_samples)
        return losses

    def _steered(self, samples: int, device: torch.device, data_samples: DataSample) -> tuple[Tensor, Tensor]:
        """Which samples are given the teacher's prior, and which of these with events that were drawn, (N,)."""
        steered, named = torch.rand(2, samples, device=device)
        steered = steered < self.steered_share
        if self.teacher.text_reader is None:
            return steered, torch.zeros_like(steered)
        drawn = data_samples.metainfo.get(_DRAWN, [None] * samples)
        has = torch.tensor([annotation is not None for annotation in drawn], device=device)
        return steered, steered & (named < 0.5) & has

    def _taught(
        self, seen: dict[str, Tensor], data_samples: DataSample, field: str, named: Tensor
    ) -> tuple[Tensor, list[Tensor], Tensor | None]:
        """The teacher's result, features and prior; where `named`, (N,), the prior is of the drawn events alone."""
        returned = dict(return_features=True, return_prior=True)
        text_emb = self.teacher.embed_texts(data_samples, seen["img_a"], field=field)
        if not named.any():
            return self.teacher(seen, text_emb=text_emb, **returned)
        drawn, obeyed = (
            self.teacher.embed_texts(data_samples, seen["img_a"], field=name) for name in (_DRAWN, _OBEYED)
        )
        text_emb = torch.where(named[:, None], obeyed, text_emb)
        target, features, prior = self.teacher(seen, text_emb=text_emb, **returned)
        told = self.teacher.generator.prior(drawn, None, None)
        return target, features, torch.where(named[:, None], told, prior)

    def _own_values(self, fused: Tensor, targets: Sequence[Tensor], steered: Tensor) -> dict[str, Tensor]:
        """Every loss against the sources, (N,); 0 for what is `steered`, which is left out."""
        asked = (~steered).nonzero()[:, 0]
        asked = asked if len(asked) else asked.new_zeros(1)  # For the names: all are logged.
        values = self.student.pixel_loss.per_sample(fused[asked], *(target[asked] for target in targets))
        empty = torch.zeros(len(steered), device=fused.device)
        return {name: empty.index_copy(0, asked, few) * ~steered for name, few in values.items()}

    def _pull(
        self, values: dict[str, Tensor], target: Tensor, targets: Sequence[Tensor], steered: Tensor
    ) -> dict[str, Tensor]:
        """The `weight` (N,) of samples in the losses of features and result, by `values`, the student's losses."""
        theirs = self._own_values(target, targets, steered)  # Without a gradient, as `target`.
        better = sum(theirs.values()) < sum(values.values())
        return dict(weight=(steered | better).to(target.dtype))

    def _connected(
        self, features: Sequence[Tensor], target_features: Sequence[Tensor]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Features of equal stride, brought to equal widths."""
        ours = [features[index] for index, _ in self.matched_levels]
        theirs = [target_features[index] for _, index in self.matched_levels]
        if self.connector_side == "student":
            ours = [connect(feature) for connect, feature in zip(self.connectors, ours)]
        else:
            theirs = [connect(feature) for connect, feature in zip(self.connectors, theirs)]
        return ours, theirs

    def parse_losses(self, losses: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """As :meth:`ImageFusor.parse_losses`."""
        return self.student.parse_losses(losses)

    def _build_connectors(self, connector: dict, ours: Sequence[int], theirs: Sequence[int]) -> nn.ModuleList:
        widths = [(ours[student], theirs[teacher]) for student, teacher in self.matched_levels]
        if self.connector_side == "teacher":
            widths = [width[::-1] for width in widths]
        connectors = nn.ModuleList(
            MODELS.build(dict(in_channels=given, out_channels=wanted, **connector))
            for given, wanted in widths
        )
        return connectors.requires_grad_(self.connector_side == "student")


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


def _check_priors(student: nn.Module, teacher: nn.Module) -> None:
    lengths = [0 if network.prior is None else network.prior.num_values for network in (student, teacher)]
    if 0 in lengths or lengths[0] != lengths[1]:
        raise UserError(
            f"the student's prior has {lengths[0]} values and the teacher's {lengths[1]}: prior_loss and "
            "steered_share want priors of one num_values in both"
        )


def _with_text(data_samples: DataSample, prior: Tensor, field: str) -> Tensor:
    """(N,) 1 for the samples whose teacher reads a text: the prior of no text says nothing of a pair."""
    annotations = data_samples.metainfo.get(field, [None] * len(prior))
    return torch.tensor([float(annotation is not None) for annotation in annotations]).to(prior)


#: What a checkpoint calls the student's parts, as its own checkpoint would.
_STUDENT = "student."
_STUDENTS_PARTS = ("generator.", "pixel_loss.")
_TEACHER = "teacher."


def _as_the_student(model: nn.Module, state_dict: dict[str, Tensor], prefix: str, *_: object) -> None:
    """Give a state dict the names of the student's own, without the teacher."""
    for key in [key for key in state_dict if key.startswith(prefix)]:
        value, name = state_dict.pop(key), key.removeprefix(prefix)
        if not name.startswith(_TEACHER):
            state_dict[prefix + name.removeprefix(_STUDENT)] = value


def _of_the_student(model: nn.Module, state_dict: dict[str, Tensor], prefix: str, *_: object) -> None:
    """Give a state dict that is loaded the model's names; the teacher keeps its weights."""
    for key in [key for key in state_dict if key.startswith(prefix)]:
        value, name = state_dict.pop(key), key.removeprefix(prefix)
        state_dict[prefix + (_STUDENT + name if name.startswith(_STUDENTS_PARTS) else name)] = value
    state_dict.update(model.teacher.state_dict(prefix=prefix + _TEACHER))
