"""Videos: reading, matching frames by time, fusing, writing."""

from .fuse_video import fuse_video
from .video_options import VideoOptions, VideoReport

__all__ = ["VideoOptions", "VideoReport", "fuse_video"]
