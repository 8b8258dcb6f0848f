"""Answers that say nothing about the images: refusals, and images that did not arrive."""

import re

from ..annotation_types import clean_text

_PICTURES = (
    r"(?:the |any |these |your |both |this |those |an? |actual |attached |provided )*(?:images?"
    r"|pictures?|photos?|attachments?)"
)
_REFUSAL = re.compile(
    rf"(?:i(?:'m| am) (?:sorry|unable to|not able to)(?! (?:see|find|detect) any (?!images?|pictures?))"
    rf"|sorry, (?:but )?i"
    rf"|i (?:can(?:'t|not)|won't|will not|do not|don't|am unable to) (?:help|assist|provide|identify|comply"
    rf"|answer|have access)"
    rf"|(?:can(?:'t|not)|unable to|don't|do not|couldn't|not able to) (?:see|view|access|open|process"
    rf"|receive|analy[sz]e|examine"
    rf"|interpret) {_PICTURES}|i must decline|i apologi[sz]e|as an ai\b|as a (?:large )?language model"
    rf"|(?:no|the|any) (?:images?|pictures?) (?:was|were|is|are) (?:not )?(?:provided|attached|visible"
    rf"|uploaded|included|given)"
    rf"|no (?:images?|pictures?) (?:provided|attached|uploaded|found)"
    rf"|(?:please|could you) (?:provide|upload|attach|share) {_PICTURES}"
    r"|抱歉|对不起|無法(?:查看|提供|看到|識別)|无法(?:查看|提供|帮助|分析|看到|识别)|申し訳|できません|죄송"
    r"|할 수 없습니다"
    r"|es tut mir leid|leider kann ich|je suis désolé|je ne peux pas|lo siento|no puedo|desculpe|não posso"
    r"|mi dispiace"
    r"|non posso|извините|к сожалению|не могу)"
)


def refusal_in(text: str) -> str:
    """The sentence by which a model refuses, or says that it sees no images; '' if it does not."""
    plain = clean_text(text[:4000]).replace("’", "'")
    match = _REFUSAL.search(plain.lower()) if len(plain) == len(plain.lower()) else None
    if match is None:
        return ""
    start = max(plain.rfind(end, 0, match.start()) for end in (". ", "! ", "? ", "。")) + 1
    return re.split(r"(?<=[.!?。])\s", plain[start:].strip(), maxsplit=1)[0][:200]
