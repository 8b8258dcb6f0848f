"""Videos: reading, matching frames by time, fusing, writing."""

from .fuse_video import VideoReport, fuse_video
from .video_options import VideoOptions

__all__ = ["VideoOptions", "VideoReport", "fuse_video"]
