"""What a model says to itself before it answers, in the marks that the many models put around it."""

import re

from ..annotation_types import AnnotationError

_THOUGHT = (
    r"(?:\w+[:_-])?(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflections?|scratch_?pad|inner_\w+|cot"
    r"|monologue)"
)
_OPEN, _CLOSE = r"(?:<\|?|\[|◁|【)", r"(?:\|?>|\]|▷|】)"
#: `<think>`, `[THINK]`, `◁think▷`, `<seed:think>`, `<|begin_of_thought|>`, `<|START_THINKING|>`,
#: `<details type="reasoning">`, `<details><summary>Thoughts</summary>`, and a fence called so
_BEGINNING = (
    rf"{_OPEN}\s*(?:(?:begin|start)_(?:of_)?)?{_THOUGHT}{_CLOSE}|<details type=.?reasoning[^<>]{{0,100}}>"
    rf"|<details>\s{{0,9}}<summary>\W{{0,9}}{_THOUGHT}\b[^<>]{{0,100}}</summary>"
)
#: The last bracket may be cut off.
_ENDING = rf"{_OPEN}\s*(?:/\s*|(?:end)_(?:of_)?){_THOUGHT}\s*(?:{_CLOSE}|(?=\n))"
_FENCE = re.compile(
    rf"(?P<fence>```|~~~)[ \t]*{_THOUGHT}[ \t]*\n.*?(?:(?P=fence)|\Z)", re.DOTALL | re.IGNORECASE
)
_MARK = re.compile(rf"(?P<end>{_ENDING}|</details>)|(?P<begin>{_BEGINNING})", re.IGNORECASE)
#: Channels of a conversation: `<|channel|>analysis<|message|>...`, `<|channel>thought ... <channel|>`,
#: `<unused94>thought`.
_CHANNEL = re.compile(
    r"<\|?channel\|?>\s*(?P<channel>\w+)(?:\s*<\|?message\|?>)?|<unused94>\s*(?P<unused>thought)\b",
    re.IGNORECASE,
)
_CHANNEL_END = re.compile(r"<\|(?:end|return|start|call)\|>|<channel\|>|<unused95>", re.IGNORECASE)
_SPOKEN_CHANNELS = ("final", "answer", "commentary_final")
#: What is left of templates around an answer.
_TEMPLATE_TOKEN = re.compile(
    r"<\|(?:im_start|start|im_end|eot_id|endoftext|end|return|eom_id|begin_of_box|end_of_box|start_response"
    r"|end_response|begin_of_solution|end_of_solution)\|>(?:assistant\b)?|</?s>|<end_of_turn>|<eos>",
    re.IGNORECASE,
)
#: LaTeX around the answers of models that learned mathematics, and whose turn it is.
_BOX = re.compile(r"\\boxed\{(?:\\text\{)?([^{}]{0,300})\}{1,2}")
_ROLE = re.compile(r"\A\s*(?:assistant|ai|model)\s*[:：]\s*", re.IGNORECASE)
_ANSWER = re.compile(
    r"<(?P<tag>answer|response|output|final(?:_answer)?|result)>(?P<text>.*?)(?:</(?P=tag)>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
#: Headings over the answer of models that think in plain text.
_SPOKEN_HEADING = re.compile(
    r"^[ \t#>*_]*(?:here is my response|final answer|(?:my )?answer|response|final response|最终答案|答案|最終回答)"
    r"[\s*_]*[:：][\s*_]*",
    re.IGNORECASE | re.MULTILINE,
)
_FINAL_HEADING = re.compile(
    r"^[ \t#>*_]*(?:final (?:answer|output|response|result)|最终答案|最終回答)[\s*_]*[:：]?[\s*_]*",
    re.IGNORECASE | re.MULTILINE,
)
_THOUGHT_HEADING = re.compile(
    r"\A[\s#>*_]*(?:here is my thought process|thinking process|thinking|thoughts?|thought process"
    r"|reasoning|analysis"
    r"|chain of thought|思考过程|思考|推理过程|推理)[\s*_]*[:：]",
    re.IGNORECASE,
)


def without_thinking(text: str) -> str:
    """The answer of a model without its thoughts.

    Thoughts stand in marks of any kind (see above); an end without a beginning ends what the template of the model
    began. An answer in marks of its own, or below a heading behind a thought, is taken out of these.

    Args:
        text (str): What the model wrote.

    Returns:
        str: What it says.

    Raises:
        AnnotationError: If nothing follows the thoughts.
    """
    spoken = _without_channels(_without_marks(_FENCE.sub("", text)))
    answers = [match["text"] for match in _ANSWER.finditer(spoken)]
    if any(answer.strip() for answer in answers):
        spoken = "\n".join(answers)
    spoken = _ROLE.sub("", _BOX.sub(r"\1", _TEMPLATE_TOKEN.sub("\n", spoken)))
    if _THOUGHT_HEADING.match(spoken):
        # Without an answer behind it the "analysis" is the answer.
        spoken = _SPOKEN_HEADING.split(spoken)[-1]
    last = _FINAL_HEADING.split(spoken)[-1]
    spoken = last if last.strip() else spoken
    if text.strip() and not spoken.strip():
        raise AnnotationError(
            "the answer ends while the model is still thinking: give it more output tokens, or turn its thinking off"
        )
    return spoken


def _without_marks(text: str) -> str:
    parts, depth, position = [], 0, 0
    for match in _MARK.finditer(text):
        if match["begin"]:
            if depth == 0:
                parts.append(text[position : match.start()])
            depth += 1
        else:
            if depth == 0:
                if match["end"].lower() == "</details>":
                    continue
                # The beginning stood in the prompt: all before was thought.
                parts.clear()
            depth = max(depth - 1, 0)
        position = match.end()
    return "".join(parts) + ("" if depth else text[position:])


def _without_channels(text: str) -> str:
    """Only what is said in the final channel, if there are channels."""
    parts, position = [], 0
    while match := _CHANNEL.search(text, position):
        parts.append(text[position : match.start()])
        end = _CHANNEL_END.search(text, match.end())
        stop = end.start() if end else len(text)
        if (match["channel"] or "").lower() in _SPOKEN_CHANNELS:
            parts.append(text[match.end() : stop])
        position = end.end() if end else len(text)
    return "\n".join([*parts, text[position:]])
