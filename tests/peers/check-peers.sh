#!/bin/bash
# check-peers - real writers of logs against retort: the LiteLLM proxy, the OpenTelemetry SDK with instrumentations of
# OpenAI's client, ClickHouse with the statements of examples/maps, Apache Spark. They come from PyPI into build/peers/
# and talk to a stub model server on loopback, which writes down what it was asked: what retort reads of the writers'
# files has to be the same. Needs a network for pip and, for Spark, a Java runtime. Each step has a time limit.
#
#   BUILD=build tests/peers/check-peers.sh [litellm] [genai] [openinference] [traceloop] [maps] [spark]
#
# The last line is `N passed, N failed`.
set -u
build=${BUILD:-build}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
writers=$here/writers
peers=$root/build/peers
work=$(mktemp -d)
pids=()
passed=0
failed=0
[ -n "${KEEP:-}" ] || trap 'kill "${pids[@]}" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
mkdir -p "$peers"

ok() { echo "ok - $1"; passed=$((passed + 1)); }
not_ok() { echo "not ok - $1"; failed=$((failed + 1)); }
check() { # NAME COMMAND...
  local name=$1
  shift
  if "$@"; then ok "$name"; else not_ok "$name"; fi
}
note() { echo "# $1"; }
quiet() { # COMMAND... - what it says is shown only if it fails
  "$@" >"$work/quiet.log" 2>&1 || { tail -5 "$work/quiet.log"; return 1; }
}

# environment NAME REQUIREMENT... - a virtual environment of that name; made once
environment() {
  local name=$1 folder=$peers/$1
  shift
  [ "$(cat "$folder/made-of" 2>/dev/null)" = "$*" ] && return 0
  note "installing $*"
  rm -rf "$folder"
  python3 -m venv "$folder" && timeout 900 "$folder/bin/pip" install -q --disable-pip-version-check "$@" >"$work/pip.log" 2>&1 ||
    { tail -5 "$work/pip.log"; return 1; }
  echo "$*" >"$folder/made-of"
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# stub FOLDER - a stub server that writes FOLDER/truth and FOLDER/sink; its port in $port
stub() {
  mkdir -p "$1"
  python3 "$writers/stub_server.py" 0 "$1/truth" "$1/sink" >"$1/port" 2>"$1/stub.log" &
  pids+=($!)
  for _ in $(seq 100); do
    port=$(head -1 "$1/port" 2>/dev/null)
    [ -n "$port" ] && return 0
    sleep 0.1
  done
  return 1
}
build_probe() {
  local libs=()
  for lib in feed digest exchange base; do libs+=("$build/librt_$lib.a"); done
  cc -std=c11 -O1 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -I"$root/src" -I"$root/include" -I"$root/tests/feed" \
    "$writers/probe.c" "${libs[@]}" -lsimdjson -lstdc++ -lzstd -lz -lxxhash -lcrypto -lm -lpthread -o "$work/probe"
}
# same TRUTH FILES... -- OPTIONS... - what the probe reads of the files is what the stub saw
same() {
  local truth=$1 files=()
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do files+=("$1"); shift; done
  [ $# -gt 0 ] && shift
  "$work/probe" "${files[@]}" >"$work/exchanges" 2>"$work/said" || { cat "$work/said"; return 1; }
  python3 "$writers/compare.py" "$truth" "$work/exchanges" "$@" || { head -5 "$work/said"; return 1; }
}
# the scan as well: as many exchanges and accounts as the stub saw
scans() { # TRUTH FILES...
  local truth=$1
  shift
  "$build/retort" scan "$@" --out "$work/findings" >"$work/scan.log" 2>&1 || { tail -3 "$work/scan.log"; return 1; }
  python3 - "$truth" "$work/findings" <<'END'
import json, sys
truth = [json.loads(l) for l in open(sys.argv[1])]
run = json.loads(open(sys.argv[2]).readline())
want = (len(truth), len({t["user"] for t in truth}))
sys.exit(0 if (run["exchanges"], run["accounts"]) == want else f"  scan: {run['exchanges']} exchanges, {run['accounts']} accounts; wanted {want}")
END
}

# a comparison that can't object is none
objects() {
  local call='"user":"a","model":"m","status":200,"messages":[{"role":"user","content":"hi"}],"max_tokens":null,"temperature":null,"tools":null'
  echo '{"account":"a","model":"m","outcome":"ok","first_user":"hi","last_user":"hi","n_user":1,"tokens_in":5,"tokens_out":7}' >"$work/one"
  echo "{$call,\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}}" >"$work/right"
  echo "{$call,\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":8}}" >"$work/wrong"
  python3 "$writers/compare.py" "$work/right" "$work/one" >/dev/null && ! python3 "$writers/compare.py" "$work/wrong" "$work/one" >/dev/null 2>&1
}

# ---- LiteLLM: the proxy in front of the stub, its generic API callback posting to the stub's sink

start_proxy() { # FOLDER STUB_PORT
  proxy=$(free_port)
  cp "$writers/litellm_auth.py" "$1/"
  cat >"$1/config.yaml" <<END
model_list:
  - model_name: large
    litellm_params: {model: openai/m-large-2, api_base: http://127.0.0.1:$2/v1, api_key: none, max_retries: 0, allowed_openai_params: [user]}
litellm_settings: {callbacks: ["generic_api"], num_retries: 0, request_timeout: 20}
router_settings: {num_retries: 0, disable_cooldowns: true}
general_settings: {custom_auth: litellm_auth.user_api_key_auth}
END
  (cd "$1" && exec env LITELLM_MASTER_KEY="sk-$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')" LITELLM_TELEMETRY=False \
    LITELLM_LOCAL_MODEL_COST_MAP=True GENERIC_LOGGER_ENDPOINT="http://127.0.0.1:$2/sink" NO_PROXY=127.0.0.1 \
    timeout 600 "$peers/litellm/bin/litellm" --config config.yaml --host 127.0.0.1 --port "$proxy" >proxy.log 2>&1) &
  pids+=($!)
  for _ in $(seq 180); do
    python3 -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$proxy/health/liveliness', timeout=2)" 2>/dev/null && return 0
    sleep 1
  done
  tail -5 "$1/proxy.log"
  return 1
}
# the callback sends in batches: wait until as many payloads have come as calls were made
await_payloads() { # FOLDER
  for _ in $(seq 60); do
    local want have
    want=$(wc -l <"$1/truth")
    have=$(python3 -c 'import json, sys; print(sum(len(json.loads(l)) for l in open(sys.argv[1])))' "$1/sink" 2>/dev/null || echo 0)
    [ "$have" -ge "$want" ] && return 0
    sleep 1
  done
  echo "  $have payloads of $want calls"
  return 1
}
part_litellm() {
  local d=$work/litellm
  environment litellm 'litellm[proxy]==1.108.7' || { not_ok "LiteLLM can be installed"; return; }
  stub "$d" && start_proxy "$d" "$port" || { not_ok "the LiteLLM proxy starts"; return; }
  check "LiteLLM: calls through the proxy" timeout 120 python3 "$writers/litellm_client.py" "$proxy"
  check "LiteLLM: payloads arrive" await_payloads "$d"
  check "LiteLLM: the payloads say what the stub saw" same "$d/truth" "$d/sink"
  check "LiteLLM: scan" scans "$d/truth" "$d/sink"
  : >"$d/truth"
  : >"$d/sink"
  check "LiteLLM: redacted calls" timeout 120 python3 "$writers/litellm_client.py" "$proxy" redacted
  check "LiteLLM: redacted payloads arrive" await_payloads "$d"
  check "LiteLLM: redacted texts are missing, all else is the same" same "$d/truth" "$d/sink" -- --no-text \
    --without assistants --without users --without tools
}

# ---- OpenTelemetry

# run_otel ENVIRONMENT WRITER FOLDER [NAME=VALUE]...
run_otel() {
  local environment=$1 writer=$2 d=$3
  shift 3
  stub "$d" && env NO_PROXY=127.0.0.1 "$@" timeout 180 "$peers/$environment/bin/python" "$writers/otel_client.py" "$writer" "$port" "$d" \
    >"$d/client.log" 2>&1 || { tail -3 "$d/client.log"; return 1; }
}
part_genai() {
  local d latest=OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental capture=OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT
  environment genai opentelemetry-sdk==1.45.2 opentelemetry-exporter-otlp-proto-http==1.45.2 \
    opentelemetry-instrumentation-openai-v2==2.4b0 opentelemetry-util-genai==0.4b0 openai==2.54.0 httpx==0.28.1 ||
    { not_ok "the GenAI instrumentation can be installed"; return; }
  for mode in event_only span_only span_and_event; do
    d=$work/genai-$mode
    check "GenAI, $mode: calls" run_otel genai genai "$d" $latest $capture=$mode OTEL_INSTRUMENTATION_GENAI_EMIT_EVENT=true
    touch "$d/logs.jsonl"
    check "GenAI, $mode: spans and events say what the stub saw" same "$d/truth" "$d/spans.jsonl" "$d/logs.jsonl" -- --without tools --no-failures
    check "GenAI, $mode: events before spans" same "$d/truth" "$d/logs.jsonl" "$d/spans.jsonl" -- --without tools --no-failures
    check "GenAI, $mode: scan" scans "$d/truth" "$d/spans.jsonl" "$d/logs.jsonl"
  done
  check "GenAI, span_only: the console's spans" same "$work/genai-span_only/truth" "$work/genai-span_only/console.jsonl" -- --without tools --no-failures
  d=$work/genai-old
  check "GenAI of 1.30, one event a message: calls" run_otel genai genai "$d" $capture=true
  check "GenAI of 1.30: spans and events say what the stub saw" same "$d/truth" "$d/spans.jsonl" "$d/logs.jsonl" -- --without tools --no-failures
  d=$work/genai-none
  check "GenAI without content: calls" run_otel genai genai "$d" $latest
  check "GenAI without content: all but the texts" same "$d/truth" "$d/spans.jsonl" -- --no-text --without users --without assistants --without tools --no-failures
}
part_openinference() {
  local d=$work/openinference
  environment openinference opentelemetry-sdk==1.45.2 opentelemetry-exporter-otlp-proto-http==1.45.2 \
    openinference-instrumentation-openai==0.1.66 openai==3.54.0 || { not_ok "OpenInference can be installed"; return; }
  check "OpenInference: calls" run_otel openinference openinference "$d"
  check "OpenInference: spans say what the stub saw" same "$d/truth" "$d/spans.jsonl" -- --no-failures
  check "OpenInference: the console's spans" same "$d/truth" "$d/console.jsonl" -- --no-failures
  check "OpenInference: scan" scans "$d/truth" "$d/spans.jsonl"
}
part_traceloop() {
  local d=$work/traceloop
  environment traceloop opentelemetry-sdk==1.45.2 opentelemetry-exporter-otlp-proto-http==1.45.2 \
    opentelemetry-instrumentation-openai==0.62.4 openai==3.54.0 || { not_ok "OpenLLMetry can be installed"; return; }
  check "OpenLLMetry: calls" run_otel traceloop traceloop "$d"
  check "OpenLLMetry: spans say what the stub saw" same "$d/truth" "$d/spans.jsonl" -- --without tools --no-failures
  check "OpenLLMetry: scan" scans "$d/truth" "$d/spans.jsonl"
}

# ---- the statements of examples/maps in ClickHouse itself

part_maps() {
  environment clickhouse chdb==4.4.0 || { not_ok "ClickHouse can be installed"; return; }
  for name in langfuse helicone; do
    check "$name: its statement runs in ClickHouse" timeout 120 "$peers/clickhouse/bin/python" "$writers/clickhouse_rows.py" "$name" \
      "$root/examples/maps/$name.sql" "$work/$name.jsonl" "$root/tests/data/feed/truth.jsonl"
    check "$name: rows are those of the golden sample" cmp "$work/$name.jsonl" "$root/tests/data/feed/maps/$name.jsonl"
    "$build/retort" map --check "$root/examples/maps/$name.map" "$work/$name.jsonl" >"$work/map.log" 2>/dev/null
    check "$name: the map reads all of them" grep -q '^3 exchanges, 0 records refused, 0 read in part' "$work/map.log"
  done
}

# ---- Spark: digests of partitions, put together, against one plain scan

part_spark() {
  local d=$work/spark
  command -v java >/dev/null || { note "no Java runtime here: Spark is left out"; return; }
  environment spark pyspark==4.3.0 || { not_ok "Spark can be installed"; return; }
  check "Spark: a world" quiet "$build/retort" simulate --preset tiny --scale 1 --seed 5 --out "$d"
  split -n l/3 --additional-suffix=.jsonl "$d/exchanges.jsonl" "$d/logs-"
  check "Spark: digests of partitions" quiet env PATH="$peers/spark/bin:$PATH" PYSPARK_PYTHON="$peers/spark/bin/python" SPARK_LOCAL_IP=127.0.0.1 \
    timeout 400 spark-submit --master 'local[2]' "$root/examples/spark/digest_logs.py" "$d"/logs-*.jsonl "$d/digests" \
    --retort "$(realpath "$build/retort")" --partitions 7
  cat "$d"/digests/*.rtd >"$d/all.rtd" 2>/dev/null
  check "Spark: plain scan" quiet "$build/retort" scan "$d/exchanges.jsonl" --accounts "$d/accounts.jsonl" --out "$d/plain"
  check "Spark: scan of the digests" quiet "$build/retort" scan "$d/all.rtd" --accounts "$d/accounts.jsonl" --out "$d/pieces"
  check "Spark: the same bytes" cmp <(tail -n +2 "$d/plain") <(tail -n +2 "$d/pieces")
  check "Spark: the same run line but for its inputs" python3 -c '
import json, sys
a, b = (json.loads(open(p).readline()) for p in sys.argv[1:])
a.pop("inputs"), b.pop("inputs")
sys.exit(a != b)' "$d/plain" "$d/pieces"
  check "Spark: there is something to find" test "$(wc -l <"$d/plain")" -gt 3
}

[ -x "$build/retort" ] || { echo "check-peers: no $build/retort: run make first" >&2; exit 1; }
build_probe || { echo "check-peers: the probe does not build" >&2; exit 1; }
[ $# -gt 0 ] || set -- litellm genai openinference traceloop maps spark
check "the comparison sees a wrong count" objects
for part in "$@"; do
  "part_$part"
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
