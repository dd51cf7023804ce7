"""A model server that is none: answers OpenAI chat completions on loopback from a list of words, and writes down what
was asked of it. It also takes what loggers post to /sink.

    stub_server.py PORT TRUTH SINK     writes one JSON line a request to TRUTH, posted bodies to SINK

The account of a request is in the field "user" of its body; the answer's token counts are made from the text, so that
they differ from request to request.
"""
import http.server
import json
import sys
import threading
import time

WORDS = "amber basin cedar delta ember fjord glade heron islet jetty".split()


def count(text):
    return len(text.split())


def text_of(content):
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text", "") for part in content or [])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lock = threading.Lock()
    made = 0

    def log_message(self, *args):
        pass

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def send(self, data, kind="application/json", status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.send(json.dumps({"object": "list", "data": [{"id": "m-large-2", "object": "model"}]}).encode())

    def do_POST(self):
        data = self.body()
        if self.path.startswith("/sink"):
            with self.lock, open(self.server.sink, "ab") as f:
                f.write(data + b"\n")
            return self.send(b"{}")
        request = json.loads(data)
        if not self.path.endswith("/chat/completions"):
            return self.send(json.dumps({"error": {"message": "no such thing", "type": "not_found"}}).encode(), status=404)
        return self.complete(request)

    def complete(self, request):
        with self.lock:
            Handler.made += 1
            number = Handler.made
        asked = " ".join(text_of(m.get("content")) for m in request["messages"])
        answer = " ".join(WORDS[(number + i) % len(WORDS)] for i in range(3 + number % 9))
        usage = {"prompt_tokens": 3 + count(asked), "completion_tokens": count(answer)}
        usage["total_tokens"] = sum(usage.values())
        if "please refuse" in asked:
            error = {"error": {"message": "too many requests", "type": "rate_limit_error", "code": "rate_limit_exceeded"}}
            self.note(request, number, None, 429)
            return self.send(json.dumps(error).encode(), status=429)
        self.note(request, number, usage, 200)
        common = {"id": f"chatcmpl-stub{number}", "created": int(time.time()), "model": request["model"]}
        if request.get("stream"):
            return self.stream(common, answer, usage)
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answer}}
        return self.send(json.dumps({**common, "object": "chat.completion", "choices": [choice], "usage": usage}).encode())

    def stream(self, common, answer, usage):
        chunks = [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]
        chunks += [{"index": 0, "delta": {"content": w + " "}, "finish_reason": None} for w in answer.split()]
        chunks += [{"index": 0, "delta": {}, "finish_reason": "stop"}]
        lines = [{**common, "object": "chat.completion.chunk", "choices": [c]} for c in chunks]
        lines.append({**common, "object": "chat.completion.chunk", "choices": [], "usage": usage})
        data = "".join(f"data: {json.dumps(l)}\n\n" for l in lines) + "data: [DONE]\n\n"
        self.send(data.encode(), "text/event-stream")

    def note(self, request, number, usage, status):
        line = {"number": number, "user": request.get("user"), "model": request["model"], "status": status,
                "usage": usage, "messages": request["messages"], "max_tokens": request.get("max_tokens"),
                "temperature": request.get("temperature"), "tools": request.get("tools"),
                "stream": bool(request.get("stream"))}
        with self.lock, open(self.server.truth, "a", encoding="utf-8") as f:
            f.write(json.dumps(line) + "\n")


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    server.truth, server.sink = sys.argv[2], sys.argv[3]
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
