"""Distillation of a student from a teacher."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from mmagic.registry import MODELS
from mmagic.structures import DataSample
from mmengine.model import BaseModel
from torch import Tensor, nn

from ...user_errors import UserError, check_choice
from ...zoo.shipped_weights import shipped_weights
from ..weight_files.checkpoints import load_network
from .image_fusor import PREPROCESSOR, ImageFusor, targets_of

SIDES = ("student", "teacher")
TEACHER_INPUTS = ("degraded", "clean")


@MODELS.register_module()
class FusionDistiller(BaseModel):
    """Train a student without text to fuse as a teacher with text does.

    Two :class:`ImageFusor` do the fusing. Only the student is trained, tested and saved, under the names that it has
    by itself, so that its checkpoint loads into an :class:`ImageFusor`; the teacher with its text encoder is in no
    checkpoint and no optimizer. Its file is read at the first training step, or by :meth:`load_teacher`: building
    the model and testing the student need none.

    Args:
        student (dict): Config of the student network.
        teacher (dict): Config of the teacher network.
        teacher_checkpoint (str): The teacher's weights: a file, the work folder of its run, whose best checkpoint is
            taken, or the name of weights that come with the package.
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
        text_encoder (dict, optional): Config of the teacher's text encoder. Default: None.
        text_cache (str | None): As for :class:`ImageFusor`. Default: 'default'.
        test_cfg (dict, optional): As for :class:`ImageFusor`. Default: None.
        init_cfg (dict, optional): As in mmengine. Default: None.
        data_preprocessor (dict, optional): As for :class:`ImageFusor`. Default: None.

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
        text_encoder: dict | None = None,
        text_cache: str | None = "default",
        test_cfg: dict | None = None,
        init_cfg: dict | None = None,
        data_preprocessor: dict | None = None,
    ) -> None:
        check_choice("connector_side", connector_side, SIDES)
        check_choice("teacher_input", teacher_input, TEACHER_INPUTS)
        super().__init__(MODELS.build(data_preprocessor or PREPROCESSOR), init_cfg)
        self.student = ImageFusor(student, fusion_loss, test_cfg=test_cfg)
        guide = ImageFusor(teacher, text_encoder=text_encoder, text_cache=text_cache)
        self.teacher = _Frozen(guide)
        self.teacher_checkpoint = teacher_checkpoint
        self._teacher_loaded = False
        self.feature_loss = MODELS.build(feature_loss)
        self.result_loss = MODELS.build(result_loss)
        self.connector_side = connector_side
        self.teacher_input = teacher_input
        ours, theirs = self.student.generator, guide.generator
        #: Indices of the student's and the teacher's features that have the same stride.
        self.matched_levels = match_strides(ours.feature_strides, theirs.feature_strides)
        self.connectors = self._build_connectors(connector, ours.feature_channels, theirs.feature_channels)
        self._register_state_dict_hook(_leave_out_whose)
        self._register_load_state_dict_pre_hook(_say_whose)

    @property
    def reads_annotations(self) -> bool:
        """Whether the teacher is guided by text: events weigh nothing in a distillation."""
        return getattr(self.teacher.module.generator, "guidance", None) is not None

    def load_teacher(self) -> None:
        """Read the teacher's weights unless that is done.

        Raises:
            CheckpointError: If they are missing or do not fit.
        """
        if not self._teacher_loaded:
            load_network(self.teacher.module.generator, shipped_weights(self.teacher_checkpoint))
            self._teacher_loaded = True

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
        """Losses of a training step: the fusion terms, `loss_feature` and `loss_result`."""
        self.load_teacher()
        seen, field = inputs, "annotation"
        if self.teacher_input == "clean" and "target_a" in inputs:
            seen, field = dict(zip(("img_a", "img_b"), targets_of(inputs))), "target_annotation"
        text_emb = self.teacher.module.embed_texts(data_samples, seen["img_a"], field=field)
        target, target_features = self.teacher(seen, text_emb=text_emb, return_features=True)
        fused, features = self.student(inputs, return_features=True)
        ours = [features[index] for index, _ in self.matched_levels]
        theirs = [target_features[index] for _, index in self.matched_levels]
        if self.connector_side == "student":
            ours = [connect(feature) for connect, feature in zip(self.connectors, ours)]
        else:
            theirs = [connect(feature) for connect, feature in zip(self.connectors, theirs)]
        losses = self.student.pixel_loss(fused, *targets_of(inputs))
        losses["loss_feature"] = self.feature_loss(ours, theirs)
        losses["loss_result"] = self.result_loss(fused, target)
        return losses

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

    def _apply(self, fn: Callable[[torch.Tensor], torch.Tensor], recurse: bool = True) -> nn.Module:
        # Moves to a device reach the teacher although it is no submodule.
        self.teacher.module._apply(fn)
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


class _Frozen:
    """Keeps a network in evaluation mode, without gradients, and out of the model that uses it.

    Because it is no module itself, the network is in no checkpoint, optimizer or average of that model.

    Args:
        module (nn.Module): The network.
    """

    def __init__(self, module: nn.Module) -> None:
        self.module = module.requires_grad_(False).eval()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the network without gradients."""
        with torch.no_grad():
            return self.module(*args, **kwargs)

    def __deepcopy__(self, memo: dict) -> "_Frozen":
        # A moving average copies the model: what never changes is shared.
        return self


#: What a checkpoint calls the student's parts, as its own checkpoint would.
_STUDENT = "student."
_STUDENTS_PARTS = ("generator.", "pixel_loss.")


def _leave_out_whose(model: nn.Module, state_dict: dict[str, Tensor], prefix: str, *_: object) -> None:
    _rename(state_dict, prefix, lambda name: name.removeprefix(_STUDENT))


def _say_whose(state_dict: dict[str, Tensor], prefix: str, *_: object) -> None:
    _rename(state_dict, prefix, lambda name: _STUDENT + name if name.startswith(_STUDENTS_PARTS) else name)


def _rename(state_dict: dict[str, Tensor], prefix: str, rename: Callable[[str], str]) -> None:
    """Rename what is below a prefix, and keep the order."""
    for key in [key for key in state_dict if key.startswith(prefix)]:
        state_dict[prefix + rename(key.removeprefix(prefix))] = state_dict.pop(key)
