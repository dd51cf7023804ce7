"""Runs a statement of examples/maps in ClickHouse itself, over tables of Langfuse's and Helicone's columns.

    clickhouse_rows.py langfuse|helicone STATEMENT OUT TRUTH

The tables hold the calls of TRUTH (tests/data/feed/truth.jsonl); OUT gets what the statement returns.
"""
import datetime
import json
import sys

from chdb.session import Session

TABLES = {
    "langfuse": """
        CREATE TABLE traces (id String, timestamp DateTime64(3), name String, user_id Nullable(String),
            metadata Map(LowCardinality(String), String), project_id String, session_id Nullable(String),
            event_ts DateTime64(3), is_deleted UInt8)
        ENGINE = ReplacingMergeTree(event_ts, is_deleted) ORDER BY (project_id, id);
        CREATE TABLE observations (id String, trace_id String, project_id String, type LowCardinality(String),
            start_time DateTime64(3), end_time Nullable(DateTime64(3)), name String,
            metadata Map(LowCardinality(String), String), level LowCardinality(String), status_message Nullable(String),
            input Nullable(String), output Nullable(String), provided_model_name Nullable(String),
            model_parameters Nullable(String), usage_details Map(LowCardinality(String), UInt64),
            completion_start_time Nullable(DateTime64(3)), event_ts DateTime64(3), is_deleted UInt8)
        ENGINE = ReplacingMergeTree(event_ts, is_deleted) ORDER BY (project_id, type, id)""",
    "helicone": """
        CREATE TABLE request_response_rmt (response_id Nullable(UUID), latency Nullable(Int64), status Int64,
            completion_tokens Nullable(Int64), prompt_tokens Nullable(Int64), model String, request_id UUID,
            request_created_at DateTime64(3), user_id String, organization_id UUID, proxy_key_id Nullable(UUID),
            provider String, country_code Nullable(String), properties Map(LowCardinality(String), String),
            request_body String, response_body String, updated_at DateTime64(3))
        ENGINE = ReplacingMergeTree(updated_at) ORDER BY (organization_id, request_created_at, request_id)""",
}


def moment(ts, more_ms=0):
    when = datetime.datetime.fromisoformat(ts.replace("Z", "+00:00")) + datetime.timedelta(milliseconds=more_ms)
    return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def uuid(n):
    return f"00000000-0000-0000-0000-{n:012d}"


def langfuse_rows(n, call):
    request, answer = call["request"], call["response"]
    at, usage = moment(call["ts"]), answer["usage"]
    parts = {k: request[k] for k in ("messages", "tools") if k in request}
    base = {"trace_id": f"trace-{n}", "project_id": "p1", "start_time": at, "name": "g", "metadata": {}, "level": "DEFAULT",
            "status_message": None, "completion_start_time": None, "event_ts": at, "is_deleted": 0}
    yield "traces", {"id": f"trace-{n}", "timestamp": at, "name": "chat", "user_id": call["account"],
                     "metadata": {"ip": call["ip"], "user_agent": call["user_agent"]}, "project_id": "p1",
                     "session_id": None, "event_ts": at, "is_deleted": 0}
    yield "observations", {**base, "id": f"obs-{n}", "type": "GENERATION", "end_time": moment(call["ts"], call["latency_ms"]),
                           "input": json.dumps(parts, ensure_ascii=False), "provided_model_name": call["model"],
                           "output": json.dumps({"role": "assistant", "content": answer["choices"][0]["message"]["content"]}),
                           "model_parameters": json.dumps({k: request[k] for k in ("max_tokens", "temperature")}),
                           "usage_details": {"input": usage["prompt_tokens"], "output": usage["completion_tokens"],
                                             "total": usage["total_tokens"]}}
    yield "observations", {**base, "id": f"span-{n}", "type": "SPAN", "end_time": None, "input": "x", "output": "y",
                           "provided_model_name": None, "model_parameters": None, "usage_details": {}}


def helicone_rows(n, call):
    usage = call["response"]["usage"]
    yield "request_response_rmt", {
        "response_id": None, "latency": call["latency_ms"], "status": 200, "completion_tokens": usage["completion_tokens"],
        "prompt_tokens": usage["prompt_tokens"], "model": call["model"], "request_id": uuid(n),
        "request_created_at": moment(call["ts"]), "user_id": call["account"], "organization_id": uuid(99),
        "proxy_key_id": None, "provider": "OPENAI", "country_code": "SG", "properties": {"Helicone-Session-Id": f"s-{n}"},
        "request_body": json.dumps(call["request"], ensure_ascii=False), "response_body": json.dumps(call["response"]),
        "updated_at": moment(call["ts"])}


def main():
    name, statement, out, truth = sys.argv[1:5]
    session = Session()
    session.query("CREATE DATABASE peers ENGINE = Atomic")
    session.query("USE peers")
    for table in TABLES[name].split(";"):
        session.query(table)
    rows = langfuse_rows if name == "langfuse" else helicone_rows
    for n, line in enumerate(open(truth, encoding="utf-8"), 1):
        for table, row in rows(n, json.loads(line)):
            session.query(f"INSERT INTO {table} FORMAT JSONEachRow {json.dumps(row, ensure_ascii=False)}")
    answer = session.query(open(statement, encoding="utf-8").read(), "JSONEachRow",
                           params={"from": "2026-03-01 00:00:00", "to": "2026-03-02 00:00:00"})
    with open(out, "w", encoding="utf-8") as f:
        f.write(str(answer))


main()
