"""More answers of language models: other notations, other languages, exceptions; and what is no answer."""

import pytest

from mmfusion_distill.annotation.annotation_parser import parse_annotation
from mmfusion_distill.annotation.annotation_types import AnnotationError
from mmfusion_distill.annotation.answers.denial import is_denied

#: Answer, and the types of its events.
ANSWERS = [
    # JSON: spelling of keys, labels, calls of functions, adjectives
    ('{"hazePresent": false, "lowLightPresent": true}', "low_light"),
    ('{"events":[{"eventType":"haze"},{"eventType":"lowLight"}]}', "haze low_light"),
    ('{"events":[{"eventType":"haze","isPresent":false},{"eventType":"motionBlur"}]}', "motion_blur"),
    ('{"is_hazy": true, "is_dark": false}', "haze"),
    ('{"events":[{"event_type":"haze","label":1},{"event_type":"low_light","label":0}]}', "haze"),
    ('{"event_type": null, "description": null}', "normal"),
    ('[{"name":"report_events","arguments":{"events":[{"event_type":"haze"}]}}]', "haze"),
    ('<tool_call>{"name":"report","arguments":{"events":["haze"]}}</tool_call>', "haze"),
    ('{"name":"report","arguments":"{\\"events\\":[\\"haze\\"]}"}', "haze"),
    ('{"name":"report","arguments":{"events":[]}}', "normal"),
    # lines: other signs behind a name, counted and lettered lists, brackets, roles
    ("Haze ....... yes\nLow light .... no", "haze"),
    ("Haze / Yes\nLow light / No", "haze"),
    ("Yes - haze\nNo - low light", "haze"),
    ("(1) haze (2) low light", "haze low_light"),
    ("a) haze\nb) low light", "haze low_light"),
    ("Event Type - low_light\nDescription - dark", "low_light"),
    ("Event type = low_light\nDescription = dark", "low_light"),
    ("Artifact type: haze", "haze"),
    ("events: [haze, low_light]", "haze low_light"),
    ("events: ['haze', 'low_light']", "haze low_light"),
    ("The degradations are: haze, low light and noise.", "haze low_light high_noise"),
    ("【低光照】道路暗\n【雾】无", "low_light"),
    ("assistant: Event Type: haze", "haze"),
    (r"\boxed{haze}", "haze"),
    ("&lt;think&gt;Event Type: low_light&lt;/think&gt;Event Type: haze", "haze"),
    ("Is there haze? No, the sky is clear. Is there low light? Yes, it is night.", "low_light"),
    ("Haze: high confidence\nLow light: no confidence", "haze"),
    ("Low light only.", "low_light"),
    # what is excepted from a denial
    ("No degradations other than low light.", "low_light"),
    ("No degradation besides haze and motion blur.", "haze motion_blur"),
    ("Except for low light, no degradation is visible.", "low_light"),
    ("Apart from haze the images are fine.", "haze"),
    # all is well
    ("Nothing to report.", "normal"),
    ("Clean pair.", "normal"),
    ("两幅图像均正常。", "normal"),
    ("Néant", "normal"),
    ("Nichts", "normal"),
    # other languages
    ("Kein Dunst, aber Rauschen.", "high_noise"),
    ("Nebel: weder im sichtbaren noch im Infrarotbild\nRauschen: ja", "high_noise"),
    ("कोहरा: हाँ\nशोर: नहीं", "haze"),
    ("Dimma: ja\nBrus: nej", "haze"),
    ("Mlha: ano\nŠum: ne", "haze"),
    ("หมอก: มี\nสัญญาณรบกวน: ไม่มี", "haze"),
]


@pytest.mark.parametrize(("answer", "types"), ANSWERS, ids=lambda value: repr(value)[:40])
def test_what_an_answer_asserts_is_an_event_and_what_it_denies_is_none(answer, types):
    assert " ".join(parse_annotation(answer).event_types) == types


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("There is no haze, however the image is dark (low light).", "no event found"),
        ("There is no haze. The lower half of the image is dark.", "no event found"),
        ("The visible image is dark, the infrared one is noisy.", "no event found"),
        ('{"error": "image too large", "events": []}', "the answer is an error: image too large"),
        ('{"error": {"message": "images not found"}}', "the answer is an error: .*images not found"),
    ],
)
def test_prose_and_errors_are_never_taken_for_normal(answer, message):
    with pytest.raises(AnnotationError, match=message):
        parse_annotation(answer)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("haze", "I don’t see it.|I can't find any.|Isn" + "t there.|It doesn" + "t appear.|Nothing hazy here."
         "|Neither present nor suspected.|false positive|False alarm.|I am unable to tell."
         "|weder hier noch dort|ni dans l'une ni dans l'autre"),
        ("ir_noise", "Noiseless.|The infrared image suffers from no visible noise."),
        ("over_exposure", "Nowhere are highlights clipped."),
    ],
)  # fmt: skip
def test_a_description_denies(name, texts):
    assert not [text for text in texts.split("|") if not is_denied(name, text)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("haze", "One cannot say that there is no haze."),
        ("haze", "It is not true that the image is free of haze."),
        ("low_light", "It is not that the image is not dark."),
        ("low_light", "Nothing but black in the lower half."),
        ("haze", "Not only in the distance."),
    ],
)
def test_a_denied_denial_asserts(name, text):
    assert not is_denied(name, text)
