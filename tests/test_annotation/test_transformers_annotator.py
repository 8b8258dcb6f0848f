"""The local model's annotator with a tiny Qwen2-VL of random weights, built here."""

import numpy as np
import pytest
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.annotation.annotators.transformers_annotator import TransformersAnnotator
from mmfusion_distill.annotation.prompting import load_prompt
from mmfusion_distill.images.pairing import find_pairs

SPECIAL_TOKENS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part['text'] }}"
    "{% endif %}{% endfor %}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def byte_tokenizer():
    """Tokenizer of bytes, with Qwen2-VL's special tokens."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    core = Tokenizer(models.BPE(vocab={letter: index for index, letter in enumerate(letters)}, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    core.add_special_tokens(list(SPECIAL_TOKENS))
    return transformers.Qwen2TokenizerFast(
        tokenizer_object=core, pad_token="<|endoftext|>", eos_token="<|im_end|>"
    )


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny_qwen2_vl")
    tokenizer = byte_tokenizer()
    ids = dict(zip(SPECIAL_TOKENS, tokenizer.convert_tokens_to_ids(list(SPECIAL_TOKENS))))
    config = transformers.Qwen2VLConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        rope_scaling=dict(type="mrope", mrope_section=[1, 1, 2]),
        vision_config=dict(depth=1, embed_dim=16, num_heads=2, hidden_size=32, mlp_ratio=1),
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        bos_token_id=ids["<|endoftext|>"],
        eos_token_id=ids["<|im_end|>"],
        pad_token_id=ids["<|endoftext|>"],
    )
    torch.manual_seed(0)
    transformers.Qwen2VLForConditionalGeneration(config).save_pretrained(folder)
    images = transformers.Qwen2VLImageProcessor(min_pixels=28 * 28, max_pixels=56 * 56)
    transformers.Qwen2VLProcessor(images, tokenizer, chat_template=CHAT_TEMPLATE).save_pretrained(folder)
    return str(folder)


@pytest.fixture
def pairs(pair_folder):
    return find_pairs(pair_folder / "a", pair_folder / "b")[0]


def annotator(folder, **changes):
    return TransformersAnnotator(folder, **(dict(batch_size=4, max_new_tokens=6, dtype="float32") | changes))


def test_answers_of_random_weights_are_failures_that_keep_the_answer(model_folder, pairs):
    results = list(annotator(model_folder).annotate(pairs))
    assert sorted(result.pair.name for result in results) == [pair.name for pair in pairs]
    assert all("unusable answer: no event found" in result.error for result in results)
    assert all(result.answer for result in results)


def test_a_batch_of_different_sizes_gets_the_answers_of_single_questions(model_folder):
    rng = np.random.default_rng(0)
    sizes = [(28, 28), (56, 28), (56, 56)]
    pictures = [[rng.integers(0, 256, (*size, 3)).astype(np.uint8)] * 2 for size in sizes]
    one = annotator(model_folder)
    together = one.answer(pictures, "What degrades them?")
    assert together == [one.answer([single], "What degrades them?")[0] for single in pictures]
    assert len(set(together)) > 1


@pytest.mark.parametrize(("montage", "expected"), [(False, 2), (True, 3)])
def test_the_model_sees_two_pictures_or_three_with_the_montage(
    model_folder, pairs, montage, expected, monkeypatch
):
    asked = []

    def answer(pictures, question):
        asked.append(([len(of_pair) for of_pair in pictures], question))
        return ["Event Type: haze\nDescription: Thin."] * len(pictures)

    one = annotator(model_folder, montage=montage, max_size=20)
    monkeypatch.setattr(one, "answer", answer)
    results = list(one.annotate(pairs))
    assert [counts for counts, _ in asked] == [[expected] * 4, [expected] * 2]
    prompt = load_prompt("infrared-visible")
    assert asked[0][1] == prompt.text
    event = Event("haze", "Thin.")
    assert results[0].annotation == Annotation(
        (event,), "TransformersAnnotator", model_folder, "infrared-visible_v1"
    )


def test_a_batch_too_large_for_memory_is_asked_one_by_one(model_folder, pairs, monkeypatch):
    one = annotator(model_folder)

    def answer(pictures, question):
        if len(pictures) > 1:
            raise torch.cuda.OutOfMemoryError("out of memory")
        return ["Event Type: haze"]

    monkeypatch.setattr(one, "answer", answer)
    assert all(result.annotation for result in one.annotate(pairs))


def test_a_damaged_file_does_not_stop_the_others(model_folder, pairs, monkeypatch):
    pairs[1].path_b.write_bytes(b"no image")
    one = annotator(model_folder)
    monkeypatch.setattr(one, "answer", lambda pictures, question: ["Event Type: haze"] * len(pictures))
    failed = [result for result in one.annotate(pairs) if not result.annotation]
    assert [result.pair.name for result in failed] == ["pair_1"]
    assert "pair_1.png is damaged" in failed[0].error
