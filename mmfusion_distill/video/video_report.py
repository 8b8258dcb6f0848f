"""Report on a fused video."""

from dataclasses import dataclass, field


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
