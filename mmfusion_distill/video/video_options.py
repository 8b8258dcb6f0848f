"""How two videos are to be fused, and what became of it."""

from dataclasses import dataclass, field

from ..images.source_options import SourceOptions
from ..system.number_range import FINITE, NumberRange, at_least
from ..user_errors import UserError

#: Where source A is in a stream that shows both: first or second half of which axis.
LAYOUTS = {"left-right": (1, 0), "right-left": (1, 1), "top-bottom": (0, 0), "bottom-top": (0, 1)}

#: Frames per second of a result.
RATE = NumberRange(0.1, 1000)
#: Seconds of smoothing and of waiting.
SECONDS = NumberRange(0, 1e4)


@dataclass(frozen=True)
class VideoOptions:
    """How two videos are to be fused.

    Args:
        sources (SourceOptions): Range, polarity and registration of source B; registration is found once, from the
            first frames. Default: unchanged.
        layout (str, optional): One of :data:`LAYOUTS`: A and B are halves of one stream, A named first.
            Default: None, two streams.
        match (str): 'time' takes for each frame of A the one of B nearest in time, 'frame' the one of the same
            number. Default: 'time'.
        offset (float): Seconds B started earlier than A. Default: 0.
        fps (float, optional): Frames per second of the result. Default: None, those of A.
        steady (float): Seconds over which brightness is smoothed that the network chooses by the whole image; 0
            leaves it unchanged. Default: 0.5.
        reconnect (float): Seconds for which a lost live source is opened again and again. Default: 0, not at all.
        max_frames (int, optional): End after so many of the result. Default: None.
        show (bool): Show them in a window; q ends. Default: False.
        overwrite (bool): Replace a video that is there. Default: False.
        text (str, optional): Description for a guided network. Default: None.

    Raises:
        UserError: If an option is none.
    """

    sources: SourceOptions = field(default_factory=SourceOptions)
    layout: str | None = None
    match: str = "time"
    offset: float = 0.0
    fps: float | None = None
    steady: float = 0.5
    reconnect: float = 0.0
    max_frames: int | None = None
    show: bool = False
    overwrite: bool = False
    text: str | None = None

    def __post_init__(self) -> None:
        if self.layout is not None and self.layout not in LAYOUTS:
            raise UserError(f"layout is '{self.layout}': take one of {', '.join(LAYOUTS)}")
        if self.match not in ("time", "frame"):
            raise UserError(f"match is '{self.match}': take time or frame")
        SECONDS.check("--steady", self.steady)
        SECONDS.check("--reconnect", self.reconnect)
        FINITE.check("--offset", self.offset)
        if self.fps is not None:
            RATE.check("--fps", self.fps)
        if self.max_frames is not None:
            at_least(1).check("--max-frames", self.max_frames)


@dataclass(frozen=True)
class VideoReport:
    """The outcome of fusing a video.

    Args:
        frames (int): Frames of the result.
        fused (int): How many of them were fused; the others repeat the one before, for the sake of time.
        seconds (float): Time taken from the first read to the last write.
        is_interrupted (bool): Whether Ctrl-C ended it before its time; live sources have none.
        notes (list[str]): What else a user should know.
        lost (list[str]): Sentences about live sources that ended the video by sending nothing more.
    """

    frames: int
    fused: int
    seconds: float
    is_interrupted: bool = False
    notes: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def fps(self) -> float:
        """Frames fused per second, end to end."""
        return self.fused / max(self.seconds, 1e-9)
