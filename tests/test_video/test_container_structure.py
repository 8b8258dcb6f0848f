"""Films as phones and recorders write them: turned, and with sound that lasts longer than the frames."""

from fractions import Fraction

import numpy as np
import pytest
from clocks import BothClocks, clock_frame, read_clock, write_clock

from mmfusion_distill.video import VideoOptions, fuse_video
from mmfusion_distill.video.container_structure import is_whole
from mmfusion_distill.video.video_reader import VideoReader

#: Encodings of frames, of sound, and options, by the name of the film.
KINDS = {
    "a.mkv": ("mpeg4", "aac", {}),
    "a.webm": ("libvpx", "libopus", {}),
    "a.ts": ("libx264", "aac", {}),
    "a.flv": ("flv1", "aac", {}),
    "a.wmv": ("wmv2", "aac", {}),
    "fragmented.mp4": ("mpeg4", "aac", dict(movflags="frag_keyframe+empty_moov")),
}


def write_long_sound(path, seconds=1, sound=4):
    """A clock whose sound goes on after its last frame."""
    av = pytest.importorskip("av")
    encoding, of_sound, options = KINDS[path.name]
    unit, fps, rate = Fraction(1, 1000), 20, 48_000
    with av.open(str(path), "w", options=options) as film:
        shown, heard = film.add_stream(encoding, rate=fps), film.add_stream(of_sound, rate=rate)
        shown.width, shown.height, shown.pix_fmt = 64, 48, "yuv420p"
        shown.codec_context.time_base, heard.layout = unit, "mono"
        for index in range(seconds * fps):
            frame = av.VideoFrame.from_ndarray(clock_frame(index / fps), format="rgb24")
            frame.pts, frame.time_base = index * 1000 // fps, unit
            film.mux(shown.encode(frame.reformat(format="yuv420p")))
        film.mux(shown.encode(None))
        for start in range(0, sound * rate, 960):
            silence = np.zeros((1, 960), np.int16)
            part = av.AudioFrame.from_ndarray(silence, format="s16", layout="mono")
            part.sample_rate, part.pts, part.time_base = rate, start, Fraction(1, rate)
            film.mux(heard.encode(part))
        film.mux(heard.encode(None))
    return path


@pytest.mark.parametrize("name", KINDS)
def test_sound_that_lasts_longer_than_the_frames_is_no_damage(name, tmp_path):
    film, other = write_long_sound(tmp_path / name), write_clock(tmp_path / "b.avi", 20, 1)
    report = fuse_video(BothClocks(), film, other, tmp_path / "out.avi", VideoOptions(steady=0))
    assert report.notes == [] and report.frames == 20


@pytest.mark.parametrize("name", [name for name in KINDS if not name.endswith(".ts")])
def test_a_file_that_is_cut_off_is_not_whole(name, tmp_path):
    film = write_long_sound(tmp_path / name)
    assert is_whole(film)
    film.write_bytes(film.read_bytes()[:-300])
    assert is_whole(film) is False


@pytest.mark.parametrize("data", [b"\x1aE\xdf\xa3", b"FLV\1", b"\0\0\0\x08ftyp", b"\0", b"plain"])
def test_what_does_not_say_is_not_called_whole(data, tmp_path):
    (tmp_path / "a").write_bytes(data)
    assert not is_whole(tmp_path / "a")


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_film_is_turned_as_its_phone_was_held(turns, tmp_path):
    path = write_clock(tmp_path / "a.mp4", 10, 1, start=5)
    data, one = bytearray(path.read_bytes()), 0x10000
    # The matrix of the track: across and down, of the right and of the lower neighbour.
    right, down = {1: ((0, one), (-one, 0)), 2: ((-one, 0), (0, -one)), 3: ((0, -one), (one, 0))}[turns]
    at = data.find(b"tkhd") + 44
    for place, value in zip((0, 4, 12, 16), (*right, *down)):
        data[at + place : at + place + 4] = value.to_bytes(4, "big", signed=True)
    path.write_bytes(data)
    reader = VideoReader(path)
    frame = next(iter(reader))
    assert reader.size == frame.pixels.shape[1::-1] == ((48, 64) if turns % 2 else (64, 48))
    assert read_clock(np.rot90(frame.pixels, turns)) == 5
