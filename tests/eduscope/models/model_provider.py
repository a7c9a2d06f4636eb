"""A provider of models on loopback that speaks OpenAI's and Anthropic's protocols, answers at once or in pieces, and
fails as it is told.
"""

import json
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

PROMPT = "Why is my essay about grandmother Ilse so bad?"
ANSWER = "Because Ilse deserves a better ending."


class Failure(NamedTuple):
    """What the provider does instead of answering, and after how long."""

    status: int = 200
    after_seconds: float = 0.0
    after_pieces: int = -1
    """After how many pieces of a stream it hangs up."""


class ModelProvider:
    """Fails with `then` in their order, and answers after."""

    def __init__(self) -> None:
        self.then: deque[Failure] = deque()
        self.requests: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                provider.requests.append(request)
                failure = provider.then.popleft() if provider.then else Failure()
                time.sleep(failure.after_seconds)
                try:
                    if failure.status != 200:
                        self._say(failure.status, _error(request))
                    elif request.get("stream"):
                        self._stream(_pieces(self.path, request), failure.after_pieces)
                    else:
                        self._say(200, _answer(self.path, request))
                except OSError:
                    self.close_connection = True  # the client had waited long enough

            def _say(self, status: int, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def _stream(self, pieces: list[dict[str, Any]], after_pieces: int) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for number, piece in enumerate(pieces):
                    if number == after_pieces:
                        self.close_connection = True
                        return
                    named = f"event: {piece['type']}\n" if "type" in piece else ""
                    self._send(f"{named}data: {json.dumps(piece)}\n\n")
                    time.sleep(0.002)
                if self.path.endswith("/chat/completions"):
                    self._send("data: [DONE]\n\n")
                self._send("")

            def _send(self, text: str) -> None:
                """One chunk; an empty one ends the body, so that a body without it was cut off."""
                data = text.encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class' own name
                return

        return Handler


def _error(request: dict[str, Any]) -> dict[str, Any]:
    """Providers' errors repeat the prompt."""
    words = f"cannot answer {PROMPT!r}"
    return {
        "type": "error",
        "error": {"message": words, "type": "invalid_request_error", "code": "bad_prompt"},
    }


CHAT_USAGE = {
    "prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19,
    "prompt_tokens_details": {"cached_tokens": 8}, "completion_tokens_details": {"reasoning_tokens": 2},
}  # fmt: skip
RESPONSE_USAGE = {
    "input_tokens": 12, "output_tokens": 7, "total_tokens": 19,
    "input_tokens_details": {"cached_tokens": 8, "cache_write_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 2},
}  # fmt: skip
MESSAGE_USAGE = {
    "input_tokens": 4, "output_tokens": 1, "cache_read_input_tokens": 8, "cache_creation_input_tokens": 2,
}  # fmt: skip


def _answer(path: str, request: dict[str, Any]) -> dict[str, Any]:
    model = f"{request['model']}-2026-11"
    if path.endswith("/chat/completions"):
        choice = {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": ANSWER},
        }
        return {
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model, "choices": [choice],
            "usage": CHAT_USAGE,
        }  # fmt: skip
    if path.endswith("/embeddings"):
        vector = {"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}
        usage = {"prompt_tokens": 12, "total_tokens": 12}
        return {"object": "list", "data": [vector], "model": model, "usage": usage}
    if path.endswith("/responses"):
        return _response(model, "completed")
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": model, "stop_reason": "end_turn",
        "stop_sequence": None, "content": [{"type": "text", "text": ANSWER}],
        "usage": MESSAGE_USAGE | {"output_tokens": 7},
    }  # fmt: skip


def _response(model: str, status: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": ANSWER, "annotations": []}]
    item = {"type": "message", "id": "m1", "role": "assistant", "status": status, "content": content}
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "model": model, "status": status,
        "output": [item] if status == "completed" else [], "parallel_tool_calls": True, "tool_choice": "auto",
        "tools": [], "usage": RESPONSE_USAGE if status == "completed" else None,
    }  # fmt: skip


def _pieces(path: str, request: dict[str, Any]) -> list[dict[str, Any]]:
    model = f"{request['model']}-2026-11"
    words = [f"{word} " for word in ANSWER.split()]
    if path.endswith("/chat/completions"):
        return _chat_pieces(model, words, usage=bool(request.get("stream_options")))
    if path.endswith("/responses"):
        return [
            {"type": "response.created", "sequence_number": 0, "response": _response(model, "in_progress")},
            {"type": "response.output_item.added", "sequence_number": 0, "output_index": 0,
             "item": {"type": "message", "id": "m1", "role": "assistant", "status": "in_progress", "content": []}},
            {"type": "response.content_part.added", "sequence_number": 0, "output_index": 0, "content_index": 0,
             "item_id": "m1", "part": {"type": "output_text", "text": "", "annotations": []}},
            *(
                {"type": "response.output_text.delta", "sequence_number": n, "delta": word, "item_id": "m1",
                 "output_index": 0, "content_index": 0, "logprobs": []}
                for n, word in enumerate(words, 1)
            ),
            {"type": "response.completed", "sequence_number": 9, "response": _response(model, "completed")},
        ]  # fmt: skip
    message = _answer(path, request) | {"content": [], "stop_reason": None, "usage": MESSAGE_USAGE}
    return [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
            for word in words
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
         "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
    ]  # fmt: skip


def _chat_pieces(model: str, words: list[str], *, usage: bool) -> list[dict[str, Any]]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model}
    deltas: list[tuple[dict[str, str], str | None]] = [({"role": "assistant", "content": ""}, None)]
    deltas += [({"content": word}, None) for word in words]
    deltas += [({}, "stop")]
    pieces = [
        head | {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        for delta, reason in deltas
    ]
    return [*pieces, head | {"choices": [], "usage": CHAT_USAGE}] if usage else pieces
