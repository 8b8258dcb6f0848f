"""The data set of image pairs."""

import logging
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from mmengine.dataset import BaseDataset
from mmengine.logging import print_log

from ..annotation.annotation_file import read_annotation_of
from ..annotation.annotation_types import Annotation
from ..annotation.event_types import KNOWN_EVENT_TYPES, check_modality, is_known_event
from ..images.image_files import PairingError, read_name_list
from ..images.pairing import ImagePair, find_pairs, shorten
from ..registry import DATASETS, TRANSFORMS
from ..system.number_range import counted
from ..user_errors import UserError
from .missing_annotations import annotate_missing, on_main_process


@DATASETS.register_module()
class PairedFusionDataset(BaseDataset):
    """Pairs of registered images in two folders, with an annotation each if there are any.

    Images pair up by file name without extension; what has no partner is reported by name.

    Args:
        data_root (str): Folder that everything below is relative to. Default: ''.
        data_prefix (dict): Folders `img_a`, `img_b` and, optional, `annotation` (files
            `<nameA>_<nameB>.txt` or `<name>.txt`). Of recordings that are degraded, `target_a` and `target_b` are
            the folders of what losses compare with, under the same names.
        ann_file (str): List of names to use, one per line, with or without extension. Default: '', all pairs.
        pipeline (Sequence[dict | Callable]): Transforms. Default: ().
        require_annotation (bool): Whether every pair needs an annotation, as a guided network does.
            Default: False.
        annotator (str | dict, optional): Who annotates the pairs that have no annotation: 'statistics', or the
            config of an annotator. What it writes is kept in the cache folder (`$MMFUSION_CACHE`, by default
            `~/.cache/mmfusion_distill`), never in the data set. Default: None.
        modality (str): 'infrared-visible' or 'medical'. Default: 'infrared-visible'.
        pattern (Sequence[str], optional): How names pair up that differ, e.g. ('{name}_vis', '{name}_ir'); both
            folders may then be one. Default: None, equal names or the usual marks, see
            :func:`~mmfusion_distill.images.pairing.pair_folders`.
        **kwargs: Further arguments of mmengine's BaseDataset.

    Raises:
        PairingError: If folders are missing, nothing pairs up, or listed names are not there.
        UserError: If annotations are missing but required.
    """

    METAINFO = dict(dataset_type="paired_fusion_dataset", task_name="image_fusion")

    def __init__(
        self,
        data_root: str = "",
        data_prefix: dict | None = None,
        ann_file: str = "",
        pipeline: Sequence[dict | Callable] = (),
        require_annotation: bool = False,
        annotator: str | dict | None = None,
        modality: str = "infrared-visible",
        pattern: Sequence[str] | None = None,
        **kwargs: Any,
    ) -> None:
        data_prefix = dict(data_prefix or {})
        missing = {"img_a", "img_b"} - set(data_prefix)
        if missing:
            raise UserError(f"PairedFusionDataset: data_prefix lacks {', '.join(sorted(missing))}")
        check_modality(modality, "PairedFusionDataset")
        self.require_annotation = require_annotation
        self.annotator = annotator
        self.modality = modality
        self.pattern = pattern
        # Built here, so that MMagic's transforms are found outside a runner too.
        transforms = [TRANSFORMS.build(step) if isinstance(step, dict) else step for step in pipeline]
        super().__init__(
            data_root=data_root, data_prefix=data_prefix, ann_file=ann_file, pipeline=transforms, **kwargs
        )

    def load_data_list(self) -> list[dict]:
        """List the pairs.

        Returns:
            list[dict]: Per pair `key`, `vis_name`, `img_a_path`, `img_b_path` and `annotation` (or None), and
            `target_a_path`, `target_b_path` if there are targets.
        """
        folder_a, folder_b = self.data_prefix["img_a"], self.data_prefix["img_b"]
        for folder in (folder_a, folder_b):
            if not Path(folder).is_dir():
                raise PairingError(
                    f"the folder {folder} does not exist: check data_root and data_prefix, or set MMFUSION_DATA_ROOT"
                )
        names = read_name_list(self.ann_file) if self.ann_file else None
        pairs, unmatched = find_pairs(folder_a, folder_b, names, self.pattern)
        if unmatched:
            print_log(
                f"{counted(len(unmatched), 'file')} without a partner left out: {shorten(unmatched)}",
                logger="current",
                level=logging.WARNING,
            )
        if self.annotator is None:
            annotations = self._find_annotations(pairs)
        else:
            # Looking for files counts too: another process might find what the first one just wrote.
            annotations = on_main_process(lambda: self._find_annotations(pairs))
        targets = self._find_targets(pairs)
        return [
            dict(
                key=pair.name,
                # MMagic's visualizer cuts names at the first dot, and makes no folders.
                vis_name=pair.name.replace(".", "_").replace("/", "_"),
                img_a_path=str(pair.path_a),
                img_b_path=str(pair.path_b),
                annotation=annotation,
                **paths,
            )
            for pair, annotation, paths in zip(pairs, annotations, targets)
        ]

    def prepare_data(self, idx: int) -> dict | None:
        """Load and transform a pair; a seeded index fixes its random augmentation.

        Raises:
            UserError: If a step of the pipeline wants an image that no step before it has loaded.
        """
        seed = getattr(idx, "seed", None)
        if seed is None:
            return self._prepared(idx)
        states = random.getstate(), np.random.get_state()
        random.seed(seed)
        np.random.seed(seed)
        try:
            return self._prepared(int(idx))
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])

    def _prepared(self, index: int) -> dict | None:
        try:
            return super().prepare_data(index)
        except KeyError as error:
            if error.args[:1] not in (("img_a",), ("img_b",)):
                raise
            raise UserError(
                f"a step of the pipeline wants {error}, which none before it has loaded: begin the pipeline with "
                "dict(type='LoadImagePair')"
            ) from error

    def _find_targets(self, pairs: list[ImagePair]) -> list[dict[str, str]]:
        folder_a, folder_b = (self.data_prefix.get(key) for key in ("target_a", "target_b"))
        if not (folder_a and folder_b):
            return [{}] * len(pairs)
        names = [pair.name for pair in pairs]
        found = {pair.name: pair for pair in find_pairs(folder_a, folder_b, names)[0]}
        return [
            dict(target_a_path=str(found[name].path_a), target_b_path=str(found[name].path_b))
            for name in names
        ]

    def _find_annotations(self, pairs: list[ImagePair]) -> list[Annotation | None]:
        folder = self.data_prefix.get("annotation")
        found = [read_annotation_of(pair, folder) if folder else None for pair in pairs]
        _name_unknown_events(found)
        missing = [index for index, annotation in enumerate(found) if annotation is None]
        if missing and self.annotator is not None:
            written = annotate_missing([pairs[index] for index in missing], self.annotator, self.modality)
            for index, annotation in zip(missing, written):
                found[index] = annotation
        elif missing and self.require_annotation:
            names = [pairs[index].name for index in missing]
            raise UserError(
                f"{len(missing)} of {len(pairs)} pairs have no annotation in {folder or 'any folder'}, which a "
                f"guided network needs: {shorten(names)}. Write them with `mmfusion annotate`, or set "
                "annotator='statistics' in the dataset"
            )
        return found


def _name_unknown_events(annotations: Sequence[Annotation | None]) -> None:
    """Say once which events no loss knows: a name in another language, or for something else altogether."""
    counts = Counter(
        name
        for annotation in annotations
        if annotation is not None
        for name in set(annotation.event_types)
        if not is_known_event(name)
    )
    if counts:
        names = [f"{name} ({count})" for name, count in counts.most_common()]
        print_log(
            f"no loss knows {counted(len(counts), 'event')} of the annotations: {shorten(names)}; a guided network "
            f"reads all as text. Known are {', '.join(KNOWN_EVENT_TYPES)}",
            logger="current",
            level=logging.WARNING,
        )
