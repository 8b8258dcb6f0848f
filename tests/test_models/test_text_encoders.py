"""Text encoders count tokens, drop whole events, and run once per text."""

import logging

import pytest
import torch
from transformers import CLIPTextConfig, CLIPTextModelWithProjection, CLIPTokenizer

from mmfusion_distill.models.text import TextEmbedder
from mmfusion_distill.registry import MODELS


@pytest.fixture
def sentence():
    return MODELS.build(dict(type="SentenceTextEncoder"))


@pytest.fixture
def clip_folder(tmp_path):
    """A tiny randomly initialised CLIP text model with a tokenizer of single letters."""
    folder = tmp_path / "clip"
    folder.mkdir()
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    tokens = letters + [f"{letter}</w>" for letter in letters] + ["<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(str({token: i for i, token in enumerate(tokens)}).replace("'", '"'))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = CLIPTokenizer(folder / "vocab.json", folder / "merges.txt", model_max_length=12)
    tokenizer.save_pretrained(folder)
    config = CLIPTextConfig(
        vocab_size=len(tokens),
        hidden_size=8,
        intermediate_size=16,
        projection_dim=6,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=12,
        bos_token_id=52,
        eos_token_id=53,
    )
    CLIPTextModelWithProjection(config).save_pretrained(folder)
    return folder


def test_the_installed_encoder_tells_meanings_apart(sentence):
    dark, darker, noise = sentence.encode(
        [["low light: the road is dark"], ["the street lies in darkness"], ["infrared noise: grainy sensor"]]
    )
    cosine = torch.nn.functional.cosine_similarity
    assert dark.shape == (384,) and sentence.channels == 384
    assert cosine(dark, darker, dim=0) > cosine(dark, noise, dim=0)


def test_padding_in_a_batch_does_not_change_an_embedding(sentence):
    short, long = ["haze"], ["low light: " + "a long description of a dark road " * 5]
    alone = sentence.encode([short])[0]
    torch.testing.assert_close(sentence.encode([short, long])[0], alone, atol=1e-5, rtol=1e-4)


def test_events_go_from_the_end_before_a_description_is_cut(caplog):
    encoder = MODELS.build(dict(type="SentenceTextEncoder", max_tokens=12))
    first, second = "low light: the road is dark", "haze: thick fog far away in the distance"
    with caplog.at_level(logging.WARNING):
        kept = encoder.encode([[first, second]])
    torch.testing.assert_close(kept, encoder.encode([[first]]))
    assert not torch.allclose(kept, MODELS.build(dict(type="SentenceTextEncoder")).encode([[first, second]]))


def test_events_that_just_fit_are_all_kept():
    events = ["low light: the road is dark", "haze: thick fog far away"]
    whole = MODELS.build(dict(type="SentenceTextEncoder"))
    expected = whole.encode([events])
    encoder = MODELS.build(
        dict(type="SentenceTextEncoder", max_tokens=whole._count_tokens("\n".join(events)))
    )
    torch.testing.assert_close(encoder.encode([events]), expected)


def test_a_text_that_is_too_long_keeps_its_beginning(clip_folder):
    sentence = MODELS.build(dict(type="SentenceTextEncoder", max_tokens=8))
    clip = MODELS.build(dict(type="CLIPTextEncoder", name=str(clip_folder)))
    for encoder, start, end, other in (
        (
            sentence,
            "the road is very dark at night and",
            "the sky behind it is bright",
            "fog hides all of the houses there",
        ),
        (clip, "abcdefghij", "klmnop", "qrstuv"),
    ):
        long, same, changed = encoder.encode([[f"{start} {end}"], [f"{start} {other}"], [f"{other} {end}"]])
        torch.testing.assert_close(long, same, atol=1e-5, rtol=1e-4)
        assert not torch.allclose(long, changed, atol=1e-3)


def test_pooling_over_events_keeps_long_descriptions():
    first, second = "low light: the road is dark", "haze: thick fog far away in the distance"
    encoder = MODELS.build(dict(type="SentenceTextEncoder", pool="events", max_tokens=20))
    expected = (encoder.encode([[first]]) + encoder.encode([[second]])) / 2
    torch.testing.assert_close(encoder.encode([[first, second]]), expected, atol=1e-5, rtol=1e-4)


def test_clip_gives_its_projected_embedding(clip_folder):
    encoder = MODELS.build(dict(type="CLIPTextEncoder", name=str(clip_folder)))
    assert encoder.channels == 6
    assert encoder.encode([["ab"], ["a very long text that is cut"]]).shape == (2, 6)
    assert encoder.max_tokens == 12


def test_a_model_that_is_not_there_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    encoder = MODELS.build(dict(type="CLIPTextEncoder", name=str(tmp_path / "nowhere")))
    assert encoder.channels is None
    with pytest.raises(FileNotFoundError, match="cannot be loaded.*SentenceTextEncoder"):
        encoder.encode([["low light"]])


class CountingEncoder:
    fingerprint = "counting"
    channels = 2
    pool = "annotation"

    def __init__(self):
        self.seen = []

    def encode(self, texts, device):
        self.seen += [tuple(events) for events in texts]
        return torch.tensor([[len("".join(events)), len(events)] for events in texts], dtype=torch.float32)


def test_no_text_is_encoded_twice_in_a_process_or_the_next(tmp_path):
    encoder = CountingEncoder()
    embedder = TextEmbedder(encoder, tmp_path / "cache" / "texts.sqlite")
    first = embedder([["a", "b"], ["ab"], ["a", "b"]])
    assert first.tolist() == [[2, 2], [2, 1], [2, 2]]
    embedder([["ab"]])
    assert sorted(encoder.seen) == [("a", "b"), ("ab",)]
    later = CountingEncoder()
    again = TextEmbedder(later, tmp_path / "cache" / "texts.sqlite")([["ab"], ["a", "b"]])
    assert again.tolist() == [[2, 1], [2, 2]]
    assert later.seen == []


def test_events_that_are_averaged_are_encoded_once_in_whatever_company(tmp_path):
    encoder = CountingEncoder()
    encoder.pool = "events"
    embedder = TextEmbedder(encoder, tmp_path / "texts.sqlite")
    assert embedder([["a", "bcd"], ["a"]]).tolist() == [[2, 1], [1, 1]]
    assert embedder([["bcd"], ["bcd", "a"]]).tolist() == [[3, 1], [2, 1]]
    assert sorted(encoder.seen) == [("a",), ("bcd",)]


def test_another_encoder_does_not_get_the_first_ones_embeddings(tmp_path):
    TextEmbedder(CountingEncoder(), tmp_path / "texts.sqlite")([["a"]])
    other = CountingEncoder()
    other.fingerprint = "other"
    TextEmbedder(other, tmp_path / "texts.sqlite")([["a"]])
    assert other.seen == [("a",)]


def test_a_damaged_cache_says_what_to_do(tmp_path):
    (tmp_path / "texts.sqlite").write_text("this is no database, and long enough to be seen as none" * 20)
    with pytest.raises(OSError, match="texts.sqlite cannot be used.*delete the file"):
        TextEmbedder(CountingEncoder(), tmp_path / "texts.sqlite")


def test_a_cache_that_is_damaged_later_says_what_to_do(tmp_path):
    embedder = TextEmbedder(CountingEncoder(), tmp_path / "texts.sqlite")
    (tmp_path / "texts.sqlite").write_bytes(bytes(4096))
    with pytest.raises(OSError, match="texts.sqlite cannot be used.*delete the file"):
        embedder([["a"]])


def test_unknown_pool_is_an_error():
    with pytest.raises(ValueError, match="pool 'max'"):
        MODELS.build(dict(type="SentenceTextEncoder", pool="max"))


def test_a_model_with_other_weights_of_equal_size_has_other_embeddings(clip_folder, tmp_path):
    cache = tmp_path / "cache.sqlite"

    def embed() -> torch.Tensor:
        encoder = MODELS.build(dict(type="CLIPTextEncoder", name=str(clip_folder)))
        return TextEmbedder(encoder, cache)([["ab"]])

    before = embed()
    model = CLIPTextModelWithProjection.from_pretrained(clip_folder)
    torch.nn.init.normal_(model.text_projection.weight)
    model.save_pretrained(clip_folder)
    assert not torch.allclose(embed(), before)
