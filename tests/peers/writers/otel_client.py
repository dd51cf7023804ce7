"""Calls through OpenAI's client with an instrumentation of it, and what the OpenTelemetry SDK makes of that.

    otel_client.py WRITER PORT DIR     WRITER: genai, openinference, traceloop

Writes DIR/spans.jsonl and DIR/logs.jsonl as OTLP/JSON (ids in hex, as its specification wants them) and
DIR/console.jsonl as the SDK's own console exporter writes spans.
"""
import base64
import json
import os
import sys

import openai
from google.protobuf.json_format import MessageToDict
from opentelemetry import _logs, context, trace
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from calls import calls

ACCOUNT = context.create_key("account")


def hex_ids(node):
    """protobuf's JSON has bytes in base 64, OTLP's has ids in hex"""
    if isinstance(node, dict):
        return {k: base64.b64decode(v).hex() if k in ("traceId", "spanId", "parentSpanId") else hex_ids(v) for k, v in node.items()}
    return [hex_ids(v) for v in node] if isinstance(node, list) else node


def append(path, text):
    with open(path, "a", encoding="utf-8") as f:
        f.write(text + "\n")


class WhoCalls(SpanProcessor):
    """what an application does that knows its user"""

    def on_start(self, span, parent_context=None):
        account = context.get_value(ACCOUNT, parent_context) or context.get_value(ACCOUNT)
        if account:
            span.set_attribute("enduser.id", account)


class Spans(SpanExporter):
    def __init__(self, folder):
        self.folder = folder

    def export(self, spans):
        append(f"{self.folder}/spans.jsonl", json.dumps(hex_ids(MessageToDict(encode_spans(spans)))))
        for span in spans:
            append(f"{self.folder}/console.jsonl", span.to_json(indent=None))
        return SpanExportResult.SUCCESS


class Logs:
    def __init__(self, folder):
        self.folder = folder

    def export(self, batch):
        append(f"{self.folder}/logs.jsonl", json.dumps(hex_ids(MessageToDict(encode_logs(batch)))))

    def shutdown(self):
        pass

    def force_flush(self, timeout_millis=0):
        return True


def set_up(folder):
    resource = Resource.create({"service.name": "harbour-chat", "service.version": "1.2"})
    tracing = TracerProvider(resource=resource)
    tracing.add_span_processor(WhoCalls())
    tracing.add_span_processor(SimpleSpanProcessor(Spans(folder)))
    trace.set_tracer_provider(tracing)
    logging = LoggerProvider(resource=resource)
    logging.add_log_record_processor(SimpleLogRecordProcessor(Logs(folder)))
    _logs.set_logger_provider(logging)


def instrument(writer):
    if writer == "genai":
        from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
    elif writer == "openinference":
        from openinference.instrumentation.openai import OpenAIInstrumentor
    else:
        from opentelemetry.instrumentation.openai import OpenAIInstrumentor
    OpenAIInstrumentor().instrument()


def main():
    writer, port, folder = sys.argv[1:4]
    set_up(folder)
    instrument(writer)
    client = openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="none", max_retries=0, timeout=20)
    tracer = trace.get_tracer("harbour-chat")
    for account, body in calls(parts=writer != "genai"):  # the GenAI instrumentation drops lists of parts
        token = context.attach(context.set_value(ACCOUNT, account))
        with tracer.start_as_current_span("POST /chat"):  # a span that is no call of a model
            try:
                answer = client.chat.completions.create(**body)
                if body.get("stream"):
                    for _ in answer:
                        pass
            except openai.OpenAIError:
                pass
        context.detach(token)


main()
