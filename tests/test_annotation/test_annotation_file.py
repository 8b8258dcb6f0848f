"""Annotation files: what is written is read back, and what people and models write is understood."""

import contextlib
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmfusion_distill.annotation.annotation_file import (
    annotation_path,
    find_annotation,
    format_annotation,
    read_annotation,
    write_annotation,
)
from mmfusion_distill.annotation.annotation_parser import parse_annotation
from mmfusion_distill.annotation.annotation_types import Annotation, AnnotationError, Event
from mmfusion_distill.annotation.answers.denial import is_denied, without_yes
from mmfusion_distill.annotation.event_types import (
    EVENT_TYPES,
    MEDICAL_EVENT_TYPES,
    MEDICAL_NORMAL_EVENT,
    NORMAL_EVENT,
    canonical_event_type,
)

TWO_EVENTS = Annotation((Event("low_light", "Dark road."), Event("ir_noise", "Grain in the sky.")))

event_names = st.one_of(
    st.sampled_from(EVENT_TYPES + MEDICAL_EVENT_TYPES),
    st.text(min_size=1, max_size=30).filter(canonical_event_type),
)
# What is denied is no event, see tests/test_annotation/test_answers.py; nor does "normal" stand beside others.
events = st.builds(Event, event_names, st.text(max_size=80)).filter(
    lambda event: (
        not is_denied(event.type, event.description)
        and without_yes(event.description) == event.description
        and event.type not in (NORMAL_EVENT, MEDICAL_NORMAL_EVENT)
    )
)
annotations = st.builds(
    Annotation,
    events=st.lists(events, min_size=1, max_size=4),
    annotator=st.text(max_size=20),
    model=st.text(max_size=20),
    prompt_version=st.text(max_size=20),
)


@given(annotations)
@settings(deadline=None)
def test_parsing_a_formatted_annotation_gives_it_back(annotation):
    assert parse_annotation(format_annotation(annotation)) == annotation


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_gives_events_or_an_annotation_error(text):
    try:
        annotation = parse_annotation(text, source="a_a.txt")
    except AnnotationError as error:
        assert "a_a.txt" in str(error)
    else:
        assert annotation.events


@given(annotations, st.sampled_from(["\r\n", "\n\n", " \n  \n"]))
@settings(deadline=None)
def test_line_ends_blank_lines_and_spaces_do_not_matter(annotation, line_end):
    assert parse_annotation(format_annotation(annotation).replace("\n", line_end)) == annotation


@pytest.mark.parametrize(
    "text",
    [
        "Event Type: low_light\nDescription: Dark road.\n"
        "Event Type: ir_noise\nDescription: Grain in the sky.",
        "Event Type:low light\n\n  Description:  Dark road.\n\n\nevent type : Infrared Noise\n"
        "description: Grain in\nthe sky.",
        "1. **Event Type:** Low-Light\n   **Description:** Dark road.\n2. **Event Type:** *ir noise*\n"
        "   - **Description**: Grain in the sky.",
        "### Event 1\n- Event Type: `lowlight`\n- Description: Dark road.\n\n### Event 2\n"
        "- Event Type: IR_Noise\n- Description: Grain in the sky.",
        "Here is the analysis:\n```text\nEvent Type: low_ligth\nDescription: Dark road.\n\n"
        "Event Type: thermal noise\nDescription: Grain in the sky.\n```",
        "Event Type: underexposed, Description: Dark road.\n"
        "Event Type: ir_noise Description: Grain in the sky.",
        "**Event Type:**\nlow_light\n**Description:**\nDark road.\n\n**Event Type:**\nir_noise\n"
        "**Description:**\nGrain in the sky.",
        "- **Low light**: Dark road.\n- **Infrared noise**: Grain in the sky.",
        'Sure!\n```json\n{"events": [{"event_type": "low_light", "description": "Dark road."},\n'
        ' {"type": "IR noise", "description": "Grain in the sky."}]}\n```\nDone.',
        '[{"Event Type": "low light", "Description": "Dark road."},'
        ' {"Event Type": "ir_noise", "Description": "Grain in the sky."}]',
        '{"low_light": "Dark road.", "ir_noise": "Grain in the sky."}',
    ],
)
def test_many_forms_of_the_same_annotation(text):
    assert parse_annotation(text) == TWO_EVENTS


@pytest.mark.parametrize(
    ("wording", "name"),
    [
        ("Over Exposure", "over_exposure"),
        ("overexposed", "over_exposure"),
        ("Severe Low-Light Condition", "low_light"),
        ("motion blurr", "motion_blur"),
        ("Sensor Artefact (visible)", "sensor_artifact"),
        ("noise-suppresion", "noise_suppression"),
        ("no motion blur", "no_motion_blur"),
        ("Lens Flare!", "lens_flare"),
        ("眩光", "眩光"),
    ],
)
def test_wording_leads_to_the_event_name(wording, name):
    assert canonical_event_type(wording) == name


def test_several_known_events_on_one_line_share_the_description():
    annotation = parse_annotation("Event Type: low_light, motion blur and haze\nDescription: Bad night.")
    assert annotation.event_types == ("low_light", "motion_blur", "haze")
    assert {event.description for event in annotation.events} == {"Bad night."}


def test_an_event_without_description_is_kept():
    assert parse_annotation("Event Type: haze") == Annotation((Event("haze"),))


def test_origin_is_recorded_above_the_published_form():
    text = format_annotation(Annotation((Event("haze", "Thin."),), "OpenAIAnnotator", "qwen", "v1"))
    assert text == (
        "# annotator: OpenAIAnnotator\n# model: qwen\n# prompt_version: v1\n\n"
        "Event Type: haze\nDescription: Thin.\n"
    )


def test_text_for_the_encoder_does_not_depend_on_the_origin():
    signed = Annotation(TWO_EVENTS.events, annotator="x", model="y")
    assert signed.text == TWO_EVENTS.text == "low light: Dark road.\nir noise: Grain in the sky."


@pytest.mark.parametrize("text", ["", "\n \n", "I help with that.", "# annotator: x\n", "{}"])
def test_nothing_parseable_names_the_source(text):
    with pytest.raises(AnnotationError, match=r"ann/x\.txt: no event found"):
        parse_annotation(text, source="ann/x.txt")


def test_json_that_breaks_off_is_refused_at_every_length():
    events = [{"type": e.type, "description": e.description} for e in TWO_EVENTS.events]
    whole = json.dumps({"events": events})
    assert parse_annotation(whole) == TWO_EVENTS
    for length in range(len(whole)):
        with pytest.raises(AnnotationError):
            parse_annotation(whole[:length])


@pytest.mark.parametrize("depth", [300, 900, 100_000])
def test_json_nested_without_end_is_refused(depth):
    with pytest.raises(AnnotationError):
        parse_annotation("[" * depth + "]" * depth)


def test_a_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "a_a.txt"
    path.write_bytes(b"Event Type: \xff\xfe")
    with pytest.raises(AnnotationError, match=r"a_a\.txt is not UTF-8 text"):
        read_annotation(path)


def test_writing_leaves_one_whole_file(tmp_path):
    path = tmp_path / "new" / "a_b.txt"
    write_annotation(path, TWO_EVENTS)
    write_annotation(path, TWO_EVENTS)
    assert read_annotation(path) == TWO_EVENTS
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a_b.txt"
    write_annotation(path, TWO_EVENTS)

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_annotation(path, Annotation((Event("haze"),)))
    assert read_annotation(path) == TWO_EVENTS
    assert list(tmp_path.iterdir()) == [path]


def test_annotations_are_found_under_both_names(tmp_path):
    assert find_annotation(tmp_path, "VIS1.png", "IR1.png") is None
    by_stem = tmp_path / "VIS1.txt"
    by_stem.write_text("Event Type: haze")
    assert find_annotation(tmp_path, "VIS1.png", "IR1.png") == by_stem
    by_pair = annotation_path(tmp_path, "VIS1", "IR1.png")
    by_pair.write_text("Event Type: haze")
    assert by_pair.name == "VIS1_IR1.txt"
    assert find_annotation(tmp_path, "VIS1.png", "IR1") == by_pair


def test_a_dot_in_a_name_is_no_extension(tmp_path):
    assert annotation_path(tmp_path, "scene.v2", "scene.v2.png").name == "scene.v2_scene.v2.txt"


UNITS = (
    " ",
    "\t",
    "*",
    "`",
    "_",
    ",",
    "-",
    "#",
    "1",
    "(1) ",
    '"',
    "[",
    "[1,",
    '{"a":',
    "a, ",
    " - ",
    ": ",
    "```",
    "\n",
)
FRAMES = (
    ("", "x"),
    ("```", "x"),
    ("Event Type: ", "x"),
    ("Event Type: haze\n", "=x"),
    ("Event Type: haze\nDescription: ", ""),
    ("- low light", "- x"),
)


@pytest.mark.parametrize("unit", UNITS)
def test_the_time_grows_no_faster_than_the_text(unit):
    # The only test of time: the text may be a server's answer, and doubling it must not take four times as long.
    for before, after in FRAMES:
        seconds = []
        for length in (10_000, 80_000):
            text = before + unit * (length // len(unit)) + after
            start = time.process_time()
            with contextlib.suppress(AnnotationError):
                parse_annotation(text)
            seconds.append(time.process_time() - start)
        # 8 times the text: 8 when linear, 64 when quadratic; what takes no time at all tells nothing.
        assert seconds[1] < max(0.2, 24 * seconds[0]), (before, after, seconds)


def test_a_text_of_endless_length_is_refused():
    with pytest.raises(AnnotationError, match="here: .* characters are no annotation"):
        parse_annotation("Event Type: haze\n" + "x" * 300_000, "here")


def test_a_name_repeated_in_one_line_counts_once():
    events = parse_annotation("Event Type: " + "low_light, ir_noise, " * 2000 + "\nDescription: dark").events
    assert [event.type for event in events] == ["low_light", "ir_noise"]


def test_quotes_within_quotes_are_removed_to_any_depth():
    assert Event("haze", '"' * 3000 + "*far*" + '"' * 3000).description == "far"
