# logs of other shapes: inspect says what it sees, a map says the rest, and scan and digest read by it
. "$SOURCE/tests/cli/lib.sh" || exit 1
feed=$TEST_DATA/feed

# ---- inspect
check "inspect names a dialect" run 0 inspect "$feed/litellm/payload.jsonl"
check "and its accounts" prints "litellm          3 records, 3 exchanges; account: "
check "what is there is not lost" test -z "$(grep "no text and no hash" "$work/out")"
check "inspect of a log without text" run 0 inspect "$feed/envoy/access.jsonl"
check "says what that costs" prints "content          no text and no hash of one"
check "and which family has nothing" prints "keys             no reasoning signatures"
check "inspect as JSON" run 0 inspect "$feed/otlp/spans.jsonl" --format json
check "names dialects too" prints '"dialects":{"otlp":{"records":1,"exchanges":3,'
check "and what was passed over" prints '"other call":3'
check "a file of many dialects" run 0 inspect "$feed/vertex/rows.jsonl" "$feed/bedrock/converse.jsonl" "$feed/truth.jsonl"
check "vertex among them" prints "vertex           3 records"
check "bedrock among them" prints "bedrock          3 records"
check "envelope among them" prints "envelope         3 records"
check "another account" run 0 inspect "$feed/litellm/payload.jsonl" --account-field metadata.user_api_key_hash
check "is said" prints "account: --account-field metadata.user_api_key_hash"

# ---- a shape that nobody knows
printf '{"when":"2026-03-01 10:00:0%d","who":{"id":%d},"q":"{\\"messages\\":[{\\"role\\":\\"user\\",\\"content\\":\\"hello\\"}]}","cost":"7"}\n' \
  0 17 1 18 2 17 >"$work/odd.jsonl"
check "a shape that nobody knows" run 0 inspect "$work/odd.jsonl"
check "is shown by its first bytes" prints 'no known shape: {"when":"2026-03-01 10:00:00","who"'
check "with the way to a map" prints "retort map --check MAP $work/odd.jsonl"
refuse_scan() { run 2 scan "$work/odd.jsonl" --out "$work/f" && says 'no known shape: {"when"' && says "a --map"; }
check "scan says so too" refuse_scan

# ---- maps
cat >"$work/good.map" <<'MAP'
{"ts": "/when", "account": "/who/id", "messages": ["/nothing", "/q/messages"], "provider": {"value": "own"}}
MAP
check "map --check" run 0 map --check "$work/good.map" "$work/odd.jsonl"
check "shows where a pointer leads" prints "account              /who/id                      in 3 of 3, first: 17"
check "and what is always the same" prints 'always "own"'
check "and an exchange as it would be read" prints '{"account":"17","ts":"2026-03-01T10:00:00Z","first_user":"hello"'
check "inspect by the map" run 0 inspect "$work/odd.jsonl" --map "$work/good.map"
check "reads all" prints "map              3 records, 3 exchanges"
check "scan by the map" run 0 scan "$work/odd.jsonl" --map "$work/good.map" --out "$work/f1"
check "digest by the map" run 0 digest "$work/odd.jsonl" --map "$work/good.map" --out "$work/odd.rtd"
check "scan of that digest" run 0 scan "$work/odd.rtd" --out "$work/f2"
tail -n +2 "$work/f1" >"$work/g1"
tail -n +2 "$work/f2" >"$work/g2"
check "finds the same" cmp -s "$work/g1" "$work/g2"

cat >"$work/bad.map" <<'MAP'
{"ts": "/when", "account": "/who/id", "model": "/nowhere", "input_tokens": "/q"}
MAP
check "a map of which half leads nowhere" run 1 map --check "$work/bad.map" "$work/odd.jsonl"
check "says which pointer leads nowhere" prints "model                /nowhere                     leads nowhere"
check "and which leads to a wrong type, with a sample" prints "WRONG TYPE         3 times a string, first in line 1: {"
check "and names the fields" says "lead nowhere, or to a wrong type: model, input_tokens"
check "a scan by it" run 0 scan "$work/odd.jsonl" --map "$work/bad.map" --out "$work/f3"
check "says it as well" says "the map's /nowhere for model leads nowhere in any of 3 lines"
check "with a sample of the wrong type" says "map: /q for input_tokens is a string"

echo '{"ts": "/when"}' >"$work/nobody.map"
check "a map without an account" run 2 scan "$work/odd.jsonl" --map "$work/nobody.map" --out "$work/f"
check "--account-field stands in" run 0 scan "$work/odd.jsonl" --map "$work/nobody.map" --account-field who.id --out "$work/f"
check "a map by --account-field can be tried" run 0 map --check "$work/nobody.map" --account-field who.id "$work/odd.jsonl"

echo '{"ts": "when"}' >"$work/slash.map"
refuses "a pointer without a slash" "slash" scan "$work/odd.jsonl" --map "$work/slash.map" --out "$work/f"
echo '{"ts": "/when", "acount": "/x"}' >"$work/typo.map"
refuses "a name that is none" '"acount"' scan "$work/odd.jsonl" --map "$work/typo.map" --out "$work/f"
printf '{"ts": "/when",\n "account" "/x"}' >"$work/broken.map"
refuses "a map that is no JSON" "broken.map:2" inspect "$work/odd.jsonl" --map "$work/broken.map"
refuses "a map that isn't there" "cannot read the map" digest "$work/odd.jsonl" --map "$work/none.map" --out "$work/f"
refuses "map without --check" "--check MAP" map "$work/odd.jsonl"
refuses "map without a sample" "sample" map --check "$work/good.map"
refuses "an empty account field" "needs a name" inspect "$work/odd.jsonl" --account-field ''
check "map --fields" run 0 map --fields
check "lists every name" test "$(wc -l <"$work/out")" -gt 40

# ---- by account
check "accounts by organisation" run 0 scan "$feed/litellm/who.jsonl" --account-field org --out "$work/f"
check "refuses those without one" says "3 lines refused: missing field"
finish
