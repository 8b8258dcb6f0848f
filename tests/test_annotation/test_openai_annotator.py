"""The server's annotator against a real server on loopback that misbehaves."""

import json
import re
import threading
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.annotation.annotators import chat_client
from mmfusion_distill.annotation.annotators.openai_annotator import OpenAIAnnotator
from mmfusion_distill.images.pairing import find_pairs

GOOD_TEXT = "Event Type: low_light\nDescription: The road is dark."
GOOD_JSON = json.dumps({"events": [{"event_type": "low light", "description": "The road is dark."}]})


def completion(text, reason="stop", **message):
    body = {
        "choices": [{"message": {"role": "assistant", "content": text, **message}, "finish_reason": reason}]
    }
    return 200, {}, json.dumps(body)


class Server:
    """Answers request i with `script[i]`, a (status, headers, body) or a function of it; then the last again."""

    def __init__(self):
        self.script, self.requests, self.paths, self.keys = [], [], [], []
        self.lock, self.released = threading.Lock(), threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with outer.lock:
                    reply = outer.script[min(len(outer.requests), len(outer.script) - 1)]
                    outer.requests.append(body)
                    outer.paths.append(self.path)
                    outer.keys.append(self.headers.get("Authorization"))
                status, headers, text = reply() if callable(reply) else reply
                try:
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(text.encode())))
                    self.end_headers()
                    self.wfile.write(text.encode())
                except OSError:
                    pass  # the client has given up, as it should on a hang

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, kwargs=dict(poll_interval=0.01), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_port}/v1"

    def hang(self):
        self.released.wait(10)
        return completion(GOOD_TEXT)


@pytest.fixture
def server():
    server = Server()
    yield server
    server.released.set()
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def pairs(pair_folder):
    return find_pairs(pair_folder / "a", pair_folder / "b")[0]


def annotator(server, **changes):
    options = dict(workers=1, timeout=5, retries=2, backoff=0.001, max_size=32)
    return OpenAIAnnotator("tiny-vl", server.url, **(options | changes))


def stream(*parts):
    chunks = [json.dumps(dict(choices=[dict(delta=dict(content=part))])) for part in parts]
    return 200, {}, "".join(f"data: {chunk}\n\n" for chunk in [*chunks, "[DONE]"])


@pytest.mark.parametrize(
    "reply",
    [
        completion([dict(type="text", text=GOOD_JSON)]),
        completion([dict(type="text", text=GOOD_JSON[:9]), GOOD_JSON[9:]]),
        completion(
            [
                dict(type="thinking", thinking=[dict(type="text", text="haze?")]),
                dict(type="output_text", text=GOOD_JSON),
            ]
        ),
        completion(dict(type="text", text=GOOD_JSON)),
        completion(json.loads(GOOD_JSON)),
        completion(json.loads(GOOD_JSON)["events"]),
        completion(None, tool_calls=[dict(function=dict(name="annotate", arguments=GOOD_JSON))]),
        completion(GOOD_JSON, reasoning_content="Event Type: haze"),
        completion(f"<think>Event Type: haze</think>{GOOD_JSON}"),
        (200, {}, json.dumps(dict(choices=[dict(text=GOOD_TEXT)]))),
        stream(GOOD_JSON[:20], GOOD_JSON[20:]),
    ],
    ids=range(11),
)
def test_an_answer_is_found_in_every_shape_of_a_reply(server, pairs, reply):
    server.script = [reply]
    (result,) = annotator(server, retries=0).annotate(pairs[:1])
    assert result.annotation is not None, result.error
    assert result.annotation.event_types == ("low_light",)


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        ({"error": {"message": "Vision add-on is not loaded"}}, "Vision add-on is not loaded"),
        ({"error": "model 'x' not found"}, "model 'x' not found"),
        ({"object": "error", "message": "no such model", "code": 404}, "no such model"),
        ({"detail": "unknown route"}, "unknown route"),
        ({"choices": [{"error": {"message": "no images taken", "code": 400}}]}, "no images taken"),
        ({"base_resp": {"status_code": 1004, "status_msg": "wrong key"}}, "wrong key"),
    ],
)
def test_an_error_with_status_200_is_final_and_says_what_the_server_says(server, pairs, reply, sentence):
    server.script = [(200, {}, json.dumps(reply))]
    (result,) = annotator(server).annotate(pairs[:1])
    assert result.error == f"the server answered with an error: {sentence}"
    assert len(server.requests) == 1


def test_a_schema_that_is_rejected_with_status_200_is_left_out(server, pairs):
    rejected = (200, {}, '{"error": {"message": "response_format is not supported"}}')
    server.script = [rejected, completion(GOOD_TEXT)]
    (result,) = annotator(server).annotate(pairs[:1])
    assert result.annotation.event_types == ("low_light",)
    assert "response_format" not in server.requests[1]


def test_a_clean_pair_is_normal_and_asked_once(server, pairs):
    server.script = [completion('{"events": []}')]
    for modality, event in (("infrared-visible", "normal"), ("medical", "medical_normal")):
        (result,) = annotator(server).annotate(pairs[:1], modality)
        assert result.annotation.event_types == (event,)
    assert len(server.requests) == 2


@pytest.mark.parametrize("answer", [GOOD_TEXT, GOOD_JSON, f"Sure:\n```json\n{GOOD_JSON}\n```"])
def test_text_and_json_answers_become_annotations_that_tell_their_origin(server, pairs, answer):
    server.script = [completion(answer)]
    (result,) = annotator(server).annotate(pairs[:1])
    event = Event("low_light", "The road is dark.")
    assert result.annotation == Annotation((event,), "OpenAIAnnotator", "tiny-vl", "infrared-visible_v1")


def test_a_request_holds_two_small_pictures_the_question_and_a_schema(server, pairs, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    server.script = [completion(GOOD_TEXT)]
    list(annotator(server).annotate(pairs[:1], "medical"))
    (body,) = server.requests
    kinds = [part["type"] for part in body["messages"][0]["content"]]
    assert kinds == ["image_url", "image_url", "text"]
    assert body["messages"][0]["content"][0]["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert "MRI" in body["messages"][0]["content"][2]["text"]
    assert body["response_format"]["type"] == "json_schema"
    assert (server.paths, server.keys) == (["/v1/chat/completions"], ["Bearer secret"])


@pytest.mark.parametrize(
    "failure",
    [
        (429, {"Retry-After": "0"}, "slow down"),
        (500, {}, "boom"),
        (503, {"Retry-After": "soon"}, ""),
        (200, {}, "<html>garbage"),
        (200, {}, '{"choices": []}'),
        (200, {}, "[]"),
        completion(""),
        completion(None),
        completion("I see two pictures of a street."),
        completion(GOOD_JSON[:-20]),
        completion(GOOD_TEXT, reason="length"),
        completion(None, refusal="I cannot help with that."),
        completion("I'm sorry, I can't help with that."),
        completion("", reasoning_content=GOOD_TEXT),
        (200, {}, '{"error": {"code": 429, "message": "slow down"}}'),
        (200, {}, '{"choices": [{"error": {"code": "502", "message": "bad gateway"}}]}'),
        (200, {}, '{"error": "The model is loading, try again"}'),
    ],
)
def test_a_passing_failure_is_tried_again(server, pairs, failure):
    server.script = [failure, completion(GOOD_TEXT)]
    (result,) = annotator(server).annotate(pairs[:1])
    assert result.annotation.event_types == ("low_light",)
    assert len(server.requests) == 2


def test_a_hanging_server_is_left_after_the_timeout(server, pairs):
    server.script = [server.hang, completion(GOOD_TEXT)]
    (result,) = annotator(server, timeout=0.3).annotate(pairs[:1])
    assert result.annotation.event_types == ("low_light",)


@pytest.mark.parametrize(
    ("reply", "error", "answer"),
    [
        ((500, {}, "boom"), r"answered 500: boom \(after 3 tries\)", "boom"),
        (completion("no"), "unusable answer: no event found", "no"),
        (completion(GOOD_JSON[:-20]), "cut off", GOOD_JSON[:-20]),
        (completion(GOOD_TEXT, reason="length"), "raise max_tokens", GOOD_TEXT),
        (completion(None, refusal="I won't."), "the model refused: I won't.", "I won't."),
        (completion(" "), "the answer is empty", ""),
    ],
)
def test_a_lasting_failure_gives_up_and_keeps_the_answer(server, pairs, reply, error, answer):
    server.script = [reply]
    (result,) = annotator(server).annotate(pairs[:1])
    assert result.annotation is None
    assert re.search(error, result.error)
    assert answer in result.answer
    assert len(server.requests) == 3


def test_a_wrong_key_is_not_tried_again(server, pairs):
    server.script = [(401, {}, "wrong key")]
    (result,) = annotator(server).annotate(pairs[:1])
    assert result.error == "the server answered 401: wrong key"
    assert len(server.requests) == 1


def test_no_server_is_one_sentence(server, pairs):
    url = server.url
    server.http.server_close()
    (result,) = OpenAIAnnotator("m", url, retries=0, timeout=2).annotate(pairs[:1])
    assert url in result.error
    assert "cannot be reached" in result.error


def test_one_bad_pair_does_not_stop_the_others(server, pairs):
    pairs[2].path_a.write_bytes(b"")
    server.script = [completion(GOOD_TEXT)]
    results = list(annotator(server, workers=3).annotate(pairs))
    assert sorted(result.pair.name for result in results) == [pair.name for pair in pairs]
    (failed,) = [result for result in results if result.annotation is None]
    assert "pair_2.png is empty" in failed.error


def test_requests_run_at_the_same_time_but_no_more_than_workers(server, pairs):
    meeting, running, most = threading.Barrier(3), [0], [0]

    def reply():
        with server.lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        meeting.wait(5)  # breaks, and fails the request, unless three requests are there at once
        with server.lock:
            running[0] -= 1
        return completion(GOOD_TEXT)

    server.script = [reply]
    results = list(annotator(server, workers=3, retries=0).annotate(pairs))
    assert all(result.annotation for result in results)
    assert most == [3]


def test_a_server_without_structured_output_is_asked_for_text_from_then_on(server, pairs):
    server.script = [(400, {}, "unknown field response_format"), completion(GOOD_TEXT)]
    results = list(annotator(server).annotate(pairs[:2]))
    assert all(result.annotation for result in results)
    assert ["response_format" in body for body in server.requests] == [True, False, False]


@pytest.mark.parametrize(("asked", "waited"), [("7", 7.0), ("1000", 30.0)])
def test_the_pause_that_the_server_asks_for_is_kept_up_to_the_limit(
    server, pairs, monkeypatch, asked, waited
):
    pauses, sleep = [], chat_client.asyncio.sleep

    async def record(seconds):
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(chat_client.asyncio, "sleep", record)
    server.script = [(429, {"Retry-After": asked}, ""), completion(GOOD_TEXT)]
    (result,) = annotator(server, max_wait=30).annotate(pairs[:1])
    assert result.annotation
    assert waited in pauses


def test_retry_after_may_be_a_date_or_nonsense():
    date = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=60), usegmt=True)
    assert 50 < chat_client.retry_after_seconds(date) <= 60
    assert chat_client.retry_after_seconds("soon") is None
    assert chat_client.retry_after_seconds(None) is None


def test_stopping_early_leaves_nothing_running(server, pairs):
    server.script = [completion(GOOD_TEXT), server.hang]
    results = annotator(server, workers=2).annotate(pairs)
    assert next(results).annotation
    results.close()
    server.released.set()
    loops = [thread for thread in threading.enumerate() if "run_forever" in thread.name]
    assert loops == []
