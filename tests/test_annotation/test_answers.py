"""Answers of language models, of every form: what they assert is an event, what they think or deny is none."""

import contextlib
import json
import time

import pytest

from mmfusion_distill.annotation.annotation_parser import parse_annotation
from mmfusion_distill.annotation.annotation_types import AnnotationError
from mmfusion_distill.annotation.answers.denial import is_denied
from mmfusion_distill.annotation.typed_text import annotation_of_text
from mmfusion_distill.data.degradations.degradation_kinds import DEGRADATION_TEXTS

#: Answer, and the types of its events.
ANSWERS = [
    # truth values, numbers, words as values
    ('{"low_light": false, "haze": true, "ir_noise": "none"}', "haze"),
    ('{"low_light": 0, "haze": 1}', "haze"),
    ('{"low_light": 0.1, "haze": 0.9}', "haze"),
    ('{"low_light": null, "haze": "far hills", "ir_noise": "", "motion_blur": []}', "haze"),
    ('{"low_light": "N", "haze": "Y"}', "haze"),
    ('{"low_light": false, "haze": false}', "normal"),
    ('{"低光照": false, "雾": true}', "haze"),
    # fields beside a name
    ('{"events":[{"event_type":"low_light","present":false},{"event_type":"haze","present":true}]}', "haze"),
    ('{"events":[{"event_type":"low_light","detected":"no"},{"event_type":"haze","detected":"yes"}]}', "haze"),
    ('{"events":[{"event_type":"low_light","severity":"none"},{"event_type":"haze","severity":"low"}]}', "haze"),
    ('{"events":[{"event_type":"low_light","confidence":0},{"event_type":"haze","confidence":0.8}]}', "haze"),
    ('{"events":[{"event_type":"low_light","absent":true},{"event_type":"haze","absent":false}]}', "haze"),
    ('{"events":[{"event_type":"no haze"},{"event_type":"ir_noise"}]}', "ir_noise"),
    ('{"haze": {"present": true, "description": "veil"}, "low_light": {"present": false}}', "haze"),
    ('{"haze": {"severity": 0.7}, "low_light": {"severity": 0}}', "haze"),
    ('{"visible": {"low_light": true}, "infrared": {"noise": true, "low_contrast": false}}', "low_light ir_noise"),
    # lists, and what stands beside them
    ('{"events": []}', "normal"),
    ("[]", "normal"),
    ("```json\n[]\n```", "normal"),
    ('{"result": []}', "normal"),
    ('{"events": null}', "normal"),
    ('{"events": "none"}', "normal"),
    ('Here you go: {"events": []} Both pictures are fine.', "normal"),
    ("events: []", "normal"),
    ("Detected events: none", "normal"),
    ('{"events": ["haze", "no noise"]}', "haze"),
    ('{"events": "haze, low light"}', "haze low_light"),
    ('{"present": ["haze"], "absent": ["low_light", "ir_noise"]}', "haze"),
    ('{"events":[{"type":"haze"}],"absent":[{"type":"low_light"}]}', "haze"),
    ('{"reasoning": {"low_light": true}, "events": [{"event_type": "haze"}]}', "haze"),
    ('[["haze","veil"],["low_light","none"]]', "haze"),
    ('{"event_type":"haze"}\n{"event_type":"ir_noise"}', "haze ir_noise"),
    ('{"events":[{"type":"low_light"}]} Correction: {"events":[{"type":"haze"}]}', "haze"),
    ('{"type":"object","properties":{"events":{"type":"array"}}} {"events":["haze"]}', "haze"),
    ('{"events":[["low_light",false],["haze",true]]}', "haze"),
    ('{"has_haze": true, "low_light_present": false}', "haze"),
    ('{"low_light": "not_present", "haze": "present"}', "haze"),
    ('{"event_type": "N/A", "description": "Both are clean."}', "normal"),
    # misspelt JSON
    ("{'events': [{'event_type': 'haze', 'present': True}, {'event_type': 'low_light', 'present': False}]}", "haze"),
    ('{"events": [{"event_type": "haze", "description": "veil"},]}', "haze"),
    ('{events: [{event_type: "haze"}]}', "haze"),
    ('{"events": [\n // none dark\n {"event_type": "haze"}]}', "haze"),
    (json.dumps('{"events": [{"event_type": "haze"}]}'), "haze"),
    # check lists
    ("- Low light: not present\n- Haze: none\n- Over exposure: no\n- IR noise: yes, fine grain", "ir_noise"),
    ("**Low light:** No\n**Haze:** Yes - veil", "haze"),
    ("1. Low light (absent)\n2. Haze (present)", "haze"),
    ("Low light? No.\nHaze? Yes, thick.", "haze"),
    ("- [ ] Low light\n- [x] Haze", "haze"),
    ("☐ Low light\n☑ Haze", "haze"),
    ("❌ Low light\n✅ Haze: thick veil", "haze"),
    ("low_light = false\nhaze = true", "haze"),
    ("low_light: 0\nhaze: 1\nir_noise: -", "haze"),
    ("~~Low light~~\nHaze: veil", "haze"),
    ("Haze is present over the hills.\nLow light is not present.", "haze"),
    ("Low light: The scene is well lit.\nHaze: A white veil.", "haze"),
    ("Present:\n- haze\n- ir noise\nNot present:\n- low light", "haze ir_noise"),
    ("Detected: haze, IR noise\nNot detected: low light, over exposure", "haze ir_noise"),
    ("Visible image: low light\nInfrared image: noise", "low_light ir_noise"),
    ("Visible: none\nInfrared: noise", "ir_noise"),
    ("- No haze\n- Low light: dark road", "low_light"),
    ("### 1. Haze\nA white veil covers the hills.\n\n### 2. Low light\nNot present.", "haze"),
    ("Low light is absent, haze is absent, but IR noise is present.", "ir_noise"),
    ("No low light, no haze. Only IR noise.", "ir_noise"),
    ("Haze: score 0\nIR noise: score 3", "ir_noise"),
    ("Haze: ⛔\nIR noise: 👍", "ir_noise"),
    # lines
    ("Event Type: low_light\nPresent: no\nDescription: Bright.\n\nEvent Type: haze\nDescription: veil", "haze"),
    ("Event Type: ir_noise - no grain visible, skip it.\nEvent Type: haze - white veil", "haze"),
    ("Event Type: low_light\nDescription: Not present.\n\nEvent Type: haze\nDescription: veil", "haze"),
    ("Event Type: low_light (not present)\nEvent Type: haze (visible)", "haze"),
    ("Event Type: low_light\nSeverity: none\nEvent Type: haze\nSeverity: strong", "haze"),
    ("Event Type: low_light\nDescription: No.\nEvent Type: haze\nDescription: None.", "normal"),
    ("Event Type: none\nDescription: Both pictures are clean.", "normal"),
    ("No degradation is visible in either image.", "normal"),
    ("I do not see any degradations.", "normal"),
    ("None.", "normal"),
    # markup
    ("| Event Type | Description |\n|---|---|\n| low_light | The road is black. |\n| ir_noise | Grain. |",
     "low_light ir_noise"),
    ("| # | Event | Present | Where |\n|:-:|---|---|---|\n|1|Low light|No|-|\n|2|Haze|Yes|hills|\n|3|Blur|✗||",
     "haze"),
    ("| Low light | Haze |\n|---|---|\n| No | Yes |", "haze"),
    ("| Event | Severity |\n|--|--|\n| haze | strong |\n| low light | none |\n| ir_noise | 0 |", "haze"),
    ("| Event | Severity (0-3) |\n|--|--|\n| haze | 2 |\n| low light | 0 |", "haze"),
    ("| Event | Visible | Infrared |\n|-|-|-|\n| Low light | Yes | No |\n| Noise | No | Yes |", "low_light ir_noise"),
    ("low_light | no\nhaze | yes, thick", "haze"),
    ("<table><tr><th>Event</th><th>Present</th></tr><tr><td>haze</td><td>yes</td></tr>"
     "<tr><td>low_light</td><td>no</td></tr></table>", "haze"),
    ('event_type,description\nhaze,"white veil, far"\nir_noise,none', "haze"),
    ("<event><type>haze</type><description>veil</description></event>", "haze"),
    ('<event type="haze">white veil</event><event type="low_light">not present</event>', "haze"),
    ("events:\n  - event_type: haze\n    description: veil\n  - event_type: low_light\n    present: false", "haze"),
    # scores, at or below 0 for what is not there
    ("Haze: -1\nIR noise: 3", "ir_noise"),
    ('{"haze": {"severity": -1}, "ir_noise": {"severity": 2}}', "ir_noise"),
    ("| Event | Severity |\n|--|--|\n| haze | -1 |\n| ir_noise | 2 |", "ir_noise"),
    ("Event Type: haze\nScore: -1\n\nEvent Type: ir_noise\nScore: 3", "ir_noise"),
    ("Haze: 0.0 (none)\nIR noise: 0.8 (strong)", "ir_noise"),
    ("雾：0分\n低光照：3分", "low_light"),
    ('{"haze": [0, 0], "low_light": [1, 0]}', "low_light"),
    ("1) low_light: absent; 2) haze: present; 3) blur: absent", "haze"),
    ("low_light=0, haze=1, blur=0", "haze"),
    ("Haze (0/10), low light (7/10)", "low_light"),
    # ticks behind, in two columns, in colours
    ("- Haze ❌\n- Low light ✅", "low_light"),
    ("Haze [ ]\nLow light [x]", "low_light"),
    ("雾 ✗\n低光照 ✓", "low_light"),
    ("| Event | Yes | No |\n|---|---|---|\n| haze | | x |\n| low_light | x | |", "low_light"),
    ("| Event | Visible | Infrared |\n|-|-|-|\n| Noise | – | ✔️ |\n| Haze | – | – |", "ir_noise"),
    # sentences
    ("Event Type: haze\nDescription: Fails to appear.\n\nEvent Type: ir_noise\nDescription: grain", "ir_noise"),
    ("IR low contrast: People stand out clearly.\nHaze: veil", "haze"),
    ("Haze is ruled out. Low light is present on the road.", "low_light"),
    ("Present: low_light. Absent: haze, blur.", "low_light"),
    ("Yes: low_light\nNo: haze, blur", "low_light"),
    ("The only degradation is low light.", "low_light"),
    ("Only low_light is present.", "low_light"),
    ("The pair is clean.", "normal"),
    ("Everything looks fine in both images.", "normal"),
    ("Both images are of good quality with no notable degradation.", "normal"),
    ("图像质量良好，未发现明显退化。", "normal"),
    ("No hay degradaciones.", "normal"),
    ("Nebel: keiner vorhanden\nRauschen: ja, im Himmel", "high_noise"),
    ("Brouillard : on n'en voit pas.\nSous-exposition : oui", "low_light"),
    ("事件类型：雾\n描述：图像清晰，看不出有雾。\n\n事件类型：低光照\n描述：道路很暗。", "low_light"),
    # other languages
    ("事件类型：低光照\n描述：下半部分的道路几乎全黑。\n\n事件类型：雾\n描述：无", "low_light"),
    ("| 事件类型 | 描述 |\n|---|---|\n| 低光照 | 未见 |\n| 雾 | 远处有雾 |", "haze"),
    ("低光照：无\n雾：有，远处", "haze"),
    ("イベントタイプ：霧\n説明：白い。\n\nイベントタイプ：ノイズ\n説明：なし", "haze"),
    ("이벤트 유형: 안개\n설명: 흰 장막.\n이벤트 유형: 노이즈\n설명: 없음", "haze"),
    ("Ereignistyp: Dunst\nBeschreibung: Schleier.\n\nEreignistyp: Rauschen\nBeschreibung: Nicht vorhanden.", "haze"),
    ("Type d'événement : brume\nDescription : voile\n\nType d'événement : bruit\nDescription : aucun", "haze"),
    ("Tipo de evento: niebla\nDescripción: velo\nTipo de evento: ruido\nDescripción: no hay ruido", "haze"),
    ("Tipo de evento: névoa\nDescrição: véu branco", "haze"),
    ("Tipo di evento: foschia\nDescrizione: velo bianco", "haze"),
    ("Nevel: afwezig\nWeinig licht: ja", "low_light"),
    ("没有发现任何退化。", "normal"),
    ("Es sind keine Beeinträchtigungen erkennbar.", "normal"),
    ("Тип события: туман\nОписание: пелена\n\nТип события: шум\nОписание: отсутствует", "haze"),
    # parts of a message around the answer, comments, likelihoods, stars, questions
    ('[{"type": "text", "text": "Event Type: haze\\nDescription: veil"}]', "haze"),
    ('{"choices":[{"message":{"content":[{"type":"text","text":"- Haze: veil"}]}}]}', "haze"),
    ('{"events": ["haze", // sure\n {"event_type": "low_light", "present": "no"} /* out */ ]}', "haze"),
    ('{"events":[{"event_type":"haze","probability":0.02},{"event_type":"ir_noise","confidence":"90%"}]}',
     "ir_noise"),
    ('{"events":[{"event_type":"haze","confidence":"12 %"},{"event_type":"ir_noise","severity":0.2}]}', "ir_noise"),
    ("Event Type: haze\nConfidence: 12%\n\nEvent Type: ir_noise\nSeverity: 0.3", "ir_noise"),
    ("Low light ★★★☆☆\nHaze ☆☆☆☆☆", "low_light"),
    ("No low light but haze", "haze"),
    ("Haze, but no low light.", "haze"),
    ("1. Is there haze? No\n2. Is there any low light? Yes", "low_light"),
    ("Q: Is there haze?\nA: No.\nQ: Is there low light?\nA: Yes.", "low_light"),
    ("ضباب: لا\nضوضاء: نعم", "high_noise"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "types"), ANSWERS, ids=lambda value: repr(value)[:40])
def test_what_an_answer_asserts_is_an_event_and_what_it_denies_is_none(answer, types):
    assert " ".join(parse_annotation(answer).event_types) == types


#: Thoughts around an answer, which is at the place of the sign.
THOUGHTS = [
    "<think>Event Type: low_light\nDescription: maybe</think>@",
    "Event Type: low_light, or is it?\n</think>\n@",
    "<thinking>low_light: yes</thinking>@",
    "[THINK]Event Type: low_light[/THINK]@",
    "◁think▷Event Type: low_light◁/think▷@",
    "<seed:think>Event Type: low_light</seed:think>@",
    "<thought>Event Type: low_light</thought>@",
    "<reasoning>Event Type: low_light</reasoning>\n<answer>@</answer>",
    "<|begin_of_thought|>low_light<|end_of_thought|><|begin_of_solution|>@<|end_of_solution|>",
    "<|START_THINKING|>Event Type: low_light<|END_THINKING|><|START_RESPONSE|>@<|END_RESPONSE|>",
    "<|channel|>analysis<|message|>low_light: yes<|end|><|start|>assistant<|channel|>final<|message|>@<"
    "|return|>",
    "<|channel>thought\nEvent Type: low_light<channel|>@",
    "<unused94>thought\nEvent Type: low_light<unused95>@",
    "<think>a<think>Event Type: low_light</think>b</think>@",
    '<think>{"events":[{"event_type":"low_light"}]} is wrong.</think>@',
    '<details type="reasoning" done="true"><summary>Thought</summary>\nEvent Type: low_light\n</details>\n@',
    "<details><summary>Thinking</summary>Event Type: low_light</details>\n@",
    "```thinking\nEvent Type: low_light\n```\n@",
    "Here is my thought process: Event Type: low_light?\nHere is my response:\n@",
    "**Thinking:** low_light?\n\n**Answer:**\n@",
    "Event Type: low_light was my first idea.\n\n## Final answer\n@",
    "<think>\n\n</think>\n\n@",
    "<think>low_light: yes</think\n@",
]


@pytest.mark.parametrize(
    "form", ["Event Type: haze\nDescription: veil", '{"events": [{"event_type": "haze"}]}']
)
@pytest.mark.parametrize("thought", THOUGHTS, ids=lambda value: repr(value)[:40])
def test_thoughts_are_no_answer_whatever_marks_them(thought, form):
    assert parse_annotation(thought.replace("@", form)).event_types == ("haze",)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("<think>Event Type: haze", "still thinking: give it more output tokens"),
        ("<think>Event Type: haze</think>", "still thinking"),
        ("I'm sorry, I can't help with identifying people.", "the model refused: I'm sorry"),
        ('I cannot see the images. {"events": []}', "the model refused: I cannot see the images"),
        ('{"events": [], "note": "No images were provided."}', "the model refused"),
        ("As an AI, I cannot view pictures.", "the model refused"),
        ("Sorry, but I can't analyze surveillance footage. Event Type: none", "the model refused: Sorry"),
        ("Lo siento, no puedo ver las imágenes.", "the model refused"),
        ("抱歉，我无法查看图片。", "the model refused"),
        ("Es tut mir leid, das kann ich nicht.", "the model refused"),
        ("I see two pictures of a street.", "no event found"),
        ("{}", "no event found"),
        ('{"events": [{"event_type": "haze"', "broken or cut off"),
    ],
)
def test_an_answer_without_any_says_why(answer, message):
    with pytest.raises(AnnotationError, match=f"^a.txt: .*{message}"):
        parse_annotation(answer, "a.txt")


DENIED = {
    "haze": "no|No.|None|present = false|Present: no|5% likelihood|low probability|A: No.|"
    "Not present.|N/A|Absent in both images.|0/5|Not visible in either image."
    "|No visible haze."
    "|There are no signs of haze|I do not see any haze.|The image is not hazy.|Haze is absent."
    "|No, the air is clear."
    "|The scene is free of haze.|maybe? No, it is clear.|no fog or haze|Not an issue.|negligible|unknown"
    "|Not detected"
    "|The air is clear with no haze.|There does not appear to be any haze.|Neither image shows haze.|Unlikely"
    "|I see no evidence of this|this does not apply here|minimal to none|I would not call this hazy|undetected"
    "|there seems to be none|I do not think so|The air is clear.|visibility is good|not_present"
    "|Although the sky is gray, haze cannot be seen.|Fehlanzeige|il n'y en a pas|sin evidencia|non c'è"
    "|Haze: no|无|没有雾霾|图像中没有明显的雾|霧は見られない|안개가 보이지 않습니다|kein Nebel|nicht vorhanden"
    "|fails to appear|It fails to appear in either image.|does not show up|Nowhere to be seen.|Far from hazy."
    "|Ruled out by the crisp hills.|can be excluded|None whatsoever|not even slightly hazy"
    "|remains undetected|-1|-2/5"
    "|score: -1|0 (none)|no longer visible|escapes detection|plays no role|I couldn't spot any fog.|0.1"
    "|fog is not part of this scene|no evidence for it|distant hills are clearly visible|no such thing here"
    "|L’air est clair.|tritt nicht auf|L'air est clair.|n'apparaît pas|absente des deux images|no aparece"
    "|没有出现"
    "|Pas de brume visible|sin niebla|não há névoa|nessuna foschia|тумана нет|❌ Not present",
    "low_light": "The image is well lit.|The image is well-lit with no signs of low light.|Not dark."
    "|No underexposure.|there is nothing to suggest darkness|lighting is adequate|the picture is bright enough"
    "|the scene is in broad daylight|The street is well lit.|Lighting is good.|shot in daylight",
    "ir_noise": "smooth sky without grain|the signal is clean|No grain visible"
    "|The thermal image shows no noise.|no grain visible, skip it",
    "over_exposure": "highlights are not clipped|nothing is blown out|lamps do not bloom"
    "|the sky keeps its detail|No blown-out highlights"
    "|The exposure is well balanced.",
    "motion_blur": "edges are sharp|everything is in focus|The images are sharp."
    "|no visible motion blur in either image|license plates can be read|Edges stay sharp",
    "sensor_artifact": "No stripes or dead pixels.|None observed.",
    "ir_low_contrast": "The infrared image has good contrast.|contrast is good|no low contrast"
    "|People stand out clearly.|Pedestrians are easily seen against the road."
    "|targets contrast well with the background",
}
ASSERTED = {
    "haze": "A white veil covers the hills.|The scene isn't without haze.|not without haze|present: yes"
    "|No part of the image is free of haze.|Does not lack fog|85 % likelihood|"
    "Yes, thick|No detail is visible behind the veil.|Not severe.|low"
    "|Not absent.|No haze in the foreground, but thick fog veils the hills."
    "|The hills are not clear|Although the road is clear, fog hides the hills"
    "|The far hills are not visible.|Nothing can be seen."
    "|No doubt, thick fog.|Visible picture is veiled by fog, the infrared shows no haze."
    "|none of the hills can be seen"
    "|Pedestrians are not visible because of haze|没有细节可见，因为有雾|Dicht, keine Details sichtbar|80%"
    "|0.6|1/5"
    "|fails to lift|The hills can no longer be seen|the hills fail to appear behind the veil"
    "|Fog is part of the scene"
    "|Buildings are not clearly visible|A veil is clearly visible|cannot be ignored|no es despreciable",
    "low_light": "No lamps; the road is nearly black.|No light at all.|Lane lines are not visible."
    "|Not enough light"
    "|The image is bright at the top but the road is dark.|No visible details in the dark road."
    "|The road is not bright|No adequate lighting|Nothing is lit|nowhere lit"
    "|details are not clearly visible|Details fail to appear|People are clearly visible in the infrared image"
    "|Signs are clearly visible in the infrared only",
    "over_exposure": "The lamps are not free of glare.|The red signal flares, slight; infrared has no such glow."
    "|No detail in the sky, all burnt out.|The sky keeps no detail",
    "ir_noise": "Noise is visible in the sky; the visible picture shows no noise.|fine grain in the sky",
    "sensor_artifact": "Missing rows at the top|No signal in the lower rows"
    "|Faint striping, slight; do not copy it.",
    "motion_blur": "The infrared picture is sharp, the visible one smeared|No letter can be read, all smeared"
    "|edges are not crisp|plates fail to be readable",
    "ir_low_contrast": "No contrast between walkers and road.|Lack of contrast.|People do not stand out."
    "|people fail to stand out|People stand out clearly, but walls do not."
    "|Pedestrians are clearly visible in the RGB image",
}


@pytest.mark.parametrize(
    ("texts", "expected"), [(DENIED, True), (ASSERTED, False)], ids=["denied", "asserted"]
)
def test_a_description_denies_or_asserts(texts, expected):
    wrong = [
        (name, one)
        for name, joined in texts.items()
        for one in joined.split("|")
        if is_denied(name, one) != expected
    ]
    assert not wrong


def test_our_own_wordings_deny_nothing():
    for kind, texts in DEGRADATION_TEXTS.items():
        for text in texts:
            assert not is_denied(kind, text.format(strength="slight", place="in the sky")), text


@pytest.mark.parametrize(
    "name", ["no haze", "not hazy", "haze-free", "haze (not present)", "no_motion_blur", "无雾", "kein Nebel"]
)
def test_a_name_that_denies_is_no_event(name):
    assert is_denied(name)


@pytest.mark.parametrize(
    "name", ["non-uniformity", "no signal", "no thermal contrast", "haze (visible)", "lens flare", "none"]
)
def test_a_name_with_a_negation_of_its_own_is_an_event(name):
    assert not is_denied(name)


def test_what_stands_before_a_description_is_taken_off():
    (event,) = parse_annotation("- IR noise: yes, fine grain in the sky").events
    assert (event.type, event.description) == ("ir_noise", "fine grain in the sky")


def test_a_medical_pair_without_events_is_called_so():
    for answer in ('{"events": []}', "Event Type: none", '{"noise_suppression": false}'):
        assert parse_annotation(answer, modality="medical").event_types == ("medical_normal",)


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("no haze", "normal"),
        ("no haze; low light", "low_light"),
        ("haze: none; ir noise: grain", "ir_noise"),
        ("low light (none)", "normal"),
        ("kein Nebel", "normal"),
        ("Nebel", "haze"),
        ("low light, haze, no noise", "low_light haze"),
        ("low light", "low_light"),
        ("no haze but low light", "low_light"),
        ("low light without noise", "low_light"),
        ("dark, but not noisy", "low_light"),
        ("neither haze nor noise", "normal"),
        ("no fog and no noise", "normal"),
        ("there is no longer any haze", "normal"),
        ("the image is not dark", "normal"),
        ("haze? no", "normal"),
        ("haze=0", "normal"),
        ("kein Rauschen, aber dunkel", "low_light"),
        ("a street with lamps", "a_street_with_lamps"),
    ],
)
def test_what_a_user_denies_is_no_event_either(text, types):
    assert " ".join(annotation_of_text(text).event_types) == types


PARTS = (
    "noise ",
    "no ",
    "is not ",
    "<think>",
    "</think>",
    "<think",
    "| ",
    "a | b\n",
    "Low light: no\n",
    "{'a': ",
    "<a>",
    "- [ ] ",
    "无",
)


@pytest.mark.parametrize("part", PARTS)
def test_time_grows_no_faster_than_the_answer(part):
    # As in test_annotation_file.py: a server's answer must not be able to hold the program.
    seconds = []
    for length in (10_000, 80_000):
        start = time.process_time()
        with contextlib.suppress(AnnotationError):
            parse_annotation(part * (length // len(part)) + "x")
        seconds.append(time.process_time() - start)
    assert seconds[1] < max(0.3, 24 * seconds[0])
