"""What the page does, without the page."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..annotation.annotation_types import Event
from ..annotation.annotators.statistics_annotator import StatisticsAnnotator
from ..inference.fusion_inferencer import FusionInferencer
from ..user_errors import UserError
from ..video import VideoOptions
from ..zoo.shipped_weights import list_models
from .films import Film, FusedFilm, fuse_films
from .uploads import Picture

#: Longest description that is read.
MAX_TEXT = 2000
#: Seconds that the end waits for what is being fused.
_PATIENCE = 30


@dataclass(frozen=True)
class Outcome:
    """A fused pair.

    Args:
        fused (np.ndarray): (H, W, 3) or (H, W) uint8, RGB.
        events (tuple[Event, ...]): What the statistics annotator sees in the sources.
        seconds (float): Time of the network, without annotator and transfers.
    """

    fused: np.ndarray
    events: tuple[Event, ...]
    seconds: float


class _SharedInferencer(FusionInferencer):
    """A network that fuses the frames of videos, one at a time: others use it in between.

    Args:
        weights (str): Its weights.
        device (str | None): Where it computes.
        lock (threading.Lock): Whoever computes holds this.
        ended (threading.Event): Once it is set no more frames are fused.
    """

    def __init__(
        self, weights: str, device: str | None, lock: threading.Lock, ended: threading.Event
    ) -> None:
        super().__init__(weights=weights, device=device)
        self._lock, self._ended = lock, ended

    def fuse_loaded(self, batch: Sequence[dict]) -> list[np.ndarray]:
        """Fuse pairs of equal size.

        Raises:
            UserError: If the page has ended.
        """
        with self._lock:
            if self._ended.is_set():
                raise UserError("the page has ended")
            return super().fuse_loaded(batch)


class FusionService:
    """Fuses pairs with a choice of networks, one pair at a time.

    Args:
        weights (Sequence[str | Path]): Files of weights offered beside those that come with the package. Default: ().
        device (str, optional): Default: None, the GPU if there is one.

    Raises:
        CheckpointError: If weights cannot be read.
        UserError: If two files have the same name, or the device cannot be used.
    """

    def __init__(self, weights: Sequence[str | Path] = (), device: str | None = None) -> None:
        #: Held while a network computes, and while videos are fused.
        self._lock, self._films = threading.Lock(), threading.Lock()
        self._ended = threading.Event()
        self._networks: dict[str, _SharedInferencer] = {}
        for source in dict.fromkeys([*map(str, weights), *list_models()]):
            # The page shows no folder of this machine.
            name = Path(source).name
            if name in self._networks:
                raise UserError(f"two files of weights are called {name}: rename one of them")
            self._networks[name] = _SharedInferencer(source, device, self._lock, self._ended)
        self._annotator = StatisticsAnnotator()

    @property
    def names(self) -> list[str]:
        """Names of the networks, the preferred one first."""
        return list(self._networks)

    def is_guided(self, name: str) -> bool:
        """Whether a network reads text."""
        return self._network(name).guided

    def fuse(
        self,
        img_a: Picture | None,
        img_b: Picture | None,
        name: str,
        text: str = "",
        modality: str = "infrared-visible",
    ) -> Outcome:
        """Fuse a pair.

        Args:
            img_a (Picture | None): Source A.
            img_b (Picture | None): Source B.
            name (str): One of :attr:`names`.
            text (str): For a guided network; if it is empty, such a network is told the events. Default: ''.
            modality (str): Kind of the pair, as the annotator knows it. Default: 'infrared-visible'.

        Returns:
            Outcome: The result.

        Raises:
            UserError: If a source is missing, the sizes differ, or the text is too long or for a network that
                reads none; one sentence.
        """
        network = self._network(name)
        if img_a is None or img_b is None:
            missing = " and ".join(label for label, image in (("A", img_a), ("B", img_b)) if image is None)
            raise UserError(f"source {missing} is missing: upload it, or take the sample pair")
        if img_a.size != img_b.size:
            raise UserError(
                f"the two sources differ in size: {img_a.name} is {img_a.size}, {img_b.name} is {img_b.size}; "
                "register and crop them to the same view first"
            )
        words = self.check_text(name, text)
        annotation = self._annotator.annotate_arrays(img_a.pixels * 255, img_b.pixels * 255, modality)
        pair = dict(img_a=img_a.pixels, img_b=img_b.pixels)
        if network.guided and words is None:
            pair["annotation"] = annotation
        with self._lock:
            start = time.perf_counter()
            fused = network(pair, text=words)["predictions"][0]
            seconds = time.perf_counter() - start
        return Outcome(fused, annotation.events, seconds)

    def fuse_films(
        self, film_a: Film | None, film_b: Film | None, name: str, options: VideoOptions
    ) -> FusedFilm:
        """Fuse two videos, or one that shows both sources; pairs are fused in between.

        Args:
            film_a (Film | None): Source A; with a layout the one that shows both.
            film_b (Film | None): Source B; not looked at with a layout.
            name (str): One of :attr:`names`.
            options (VideoOptions): How.

        Returns:
            FusedFilm: The result.

        Raises:
            UserError: If a source is missing, they cannot be fused, or the page has ended; one sentence.
        """
        network = self._network(name)
        with self._films:
            return fuse_films(network, film_a, film_b, options)

    def end(self) -> None:
        """Give up what is being fused, and wait until its files are gone."""
        self._ended.set()
        for lock in (self._films, self._lock):
            if lock.acquire(timeout=_PATIENCE):
                lock.release()

    def check_text(self, name: str, text: str | None, wanted: str | None = None) -> str | None:
        """The text as a network is given it.

        Args:
            name (str): One of :attr:`names`.
            text (str | None): What was typed.
            wanted (str, optional): What to do where a guided network gets none. Default: None, it needs none.

        Returns:
            str | None: None where there is none.

        Raises:
            UserError: If it is too long, missing, or for a network that reads none.
        """
        text = (text or "").strip()
        is_guided = self.is_guided(name)
        if len(text) > MAX_TEXT:
            raise UserError(f"the text has {len(text)} characters: shorten it to {MAX_TEXT}")
        if text and not is_guided:
            raise UserError(f"the network {name} is not guided by text: leave the text out")
        if wanted and is_guided and not text:
            raise UserError(f"the network {name} is guided by text: {wanted}")
        return text or None

    def _network(self, name: str) -> _SharedInferencer:
        # Never a path: what a visitor names is not opened.
        if name not in self._networks:
            raise UserError(f"there is no network of that name: choose from {', '.join(self._networks)}")
        return self._networks[name]
