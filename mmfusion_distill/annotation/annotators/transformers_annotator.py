"""Annotations by a vision-language model on this machine."""

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np

from ...images.pairing import ImagePair
from ...system.number_range import at_least, check_numbers
from ...user_errors import UserFileError, check_choice, reason_of
from ..annotation_parser import parse_annotation
from ..annotation_types import Annotation
from ..prompting import Prompt, load_pictures, load_prompt
from .base import AnnotationResult, Annotator
from .worker_pool import map_unordered

_DTYPES = ("auto", "float32", "float16", "bfloat16")
_RANGES = dict.fromkeys(("batch_size", "workers", "max_size", "max_new_tokens"), at_least(1))


class TransformersAnnotator(Annotator):
    """Asks an image-text-to-text model of transformers that has a chat template, e.g. Qwen2-VL.

    Args:
        model (str): Name or folder of the model. Default: 'Qwen/Qwen2-VL-7B-Instruct', the published choice.
        batch_size (int): Pairs per forward pass. Default: 4.
        workers (int): Threads that read and shrink images. Default: 2.
        max_size (int): Longer side of the images that the model sees. Default: 768.
        montage (bool): Whether a third image shows both side by side. Default: False.
        max_new_tokens (int): Longest answer. Default: 512.
        dtype (str): 'auto', 'float32', 'bfloat16' ... Default: 'auto', as the model was saved.
        device_map (str | dict | None): 'auto' spreads a large model over GPUs (needs accelerate). Default: None,
            the first GPU if there is one, else the CPU.
        prompt_version (str): Which prompt of the package. Default: 'v1'.

    Raises:
        OSError: If there is no such model, or it is of another kind.
        OptionError: If a number is out of its range.
    """

    def __init__(
        self,
        model: str = "Qwen/Qwen2-VL-7B-Instruct",
        batch_size: int = 4,
        workers: int = 2,
        max_size: int = 768,
        montage: bool = False,
        max_new_tokens: int = 512,
        dtype: str = "auto",
        device_map: str | dict | None = None,
        prompt_version: str = "v1",
    ) -> None:
        check_numbers(type(self).__name__, _RANGES, locals())
        # Imported here: they take seconds, and the other annotators do without.
        import torch
        import transformers

        # The newer class exists from transformers 4.46 on.
        auto_class = (
            getattr(transformers, "AutoModelForImageTextToText", None) or transformers.AutoModelForVision2Seq
        )
        check_choice("TransformersAnnotator: dtype", dtype, _DTYPES)
        kind = dtype if dtype == "auto" else getattr(torch, dtype)
        try:
            self.processor = transformers.AutoProcessor.from_pretrained(model)
            # Answers are appended at the right: padding has to stand at the left.
            self.processor.tokenizer.padding_side = "left"
            network = auto_class.from_pretrained(model, torch_dtype=kind, device_map=device_map)
        except (AttributeError, OSError, ValueError) as error:
            raise UserFileError(
                f"the model {model} cannot be loaded ({reason_of(error)}): name an image-text-to-text model with a "
                "chat template, or the folder of one"
            ) from error
        self.network = network.eval()
        if device_map is None and torch.cuda.is_available():
            self.network.cuda()
        self.model = model
        self.batch_size = batch_size
        self.workers = workers
        self.max_size = max_size
        self.montage = montage
        self.max_new_tokens = max_new_tokens
        self.prompt_version = prompt_version

    def annotate(
        self, pairs: Iterable[ImagePair], modality: str = "infrared-visible"
    ) -> Iterator[AnnotationResult]:
        """Annotate pairs in batches, see :meth:`Annotator.annotate`."""
        prompt = load_prompt(modality, self.prompt_version)
        loaded = map_unordered(self._load, pairs, self.workers)
        while batch := list(islice(loaded, self.batch_size)):
            ready = [(pair, pictures) for pair, pictures, error in batch if not error]
            yield from (AnnotationResult(pair, None, error) for pair, _, error in batch if error)
            if ready:
                yield from self._annotate_batch(ready, prompt)

    def _load(self, pair: ImagePair) -> tuple[ImagePair, list[np.ndarray], str]:
        try:
            return pair, load_pictures(pair, self.max_size, self.montage, self.reader), ""
        except (OSError, ValueError) as error:
            return pair, [], str(error)

    def _annotate_batch(
        self, batch: list[tuple[ImagePair, list[np.ndarray]]], prompt: Prompt
    ) -> Iterator[AnnotationResult]:
        try:
            answers = self.answer([pictures for _, pictures in batch], prompt.text)
        except (RuntimeError, ValueError) as error:  # out of memory, or images the model cannot take
            if len(batch) > 1:
                for one in batch:
                    yield from self._annotate_batch([one], prompt)
            else:
                yield AnnotationResult(batch[0][0], None, f"{self.model} failed: {error}")
            return
        for (pair, _), answer in zip(batch, answers):
            yield self._result(pair, answer, prompt)

    def _result(self, pair: ImagePair, answer: str, prompt: Prompt) -> AnnotationResult:
        try:
            events = parse_annotation(answer, modality=prompt.modality).events
        except ValueError as error:
            return AnnotationResult(pair, None, f"unusable answer: {error}", answer)
        return AnnotationResult(pair, Annotation(events, type(self).__name__, self.model, prompt.version))

    def answer(self, pictures: list[list[np.ndarray]], question: str) -> list[str]:
        """Answers of the model, greedily decoded.

        Args:
            pictures (list[list[np.ndarray]]): Per question its images (H, W, 3), uint8, RGB; equally many.
            question (str): What is asked about each.

        Returns:
            list[str]: One answer per question.
        """
        import torch

        content = [{"type": "image"}] * len(pictures[0]) + [{"type": "text", "text": question}]
        text = self.processor.apply_chat_template(
            [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
        )
        inputs = self.processor(
            text=[text] * len(pictures), images=pictures, padding=True, return_tensors="pt"
        ).to(self.network.device)
        with torch.inference_mode():
            output = self.network.generate(**inputs, max_new_tokens=self.max_new_tokens, do_sample=False)
        return self.processor.batch_decode(
            output[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True
        )
