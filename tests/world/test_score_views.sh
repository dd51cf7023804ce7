# The scripts around the scorer: views keep no text, rules and `make eval` run from start to end.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
fail() {
  echo "FAIL: $*"
  failed=1
}

mkdir -p "$dir/w"
cat >"$dir/w/exchanges.jsonl" <<'END'
{"id":"r1","ts":"2026-03-01T08:00:00Z","account":"a","ip":"203.0.113.9","user_agent":"x/1","prompt_hash":"SECRET0","status":200,"note":"SECRET1","request":{"model":"m","max_tokens":9,"temperature":0.5,"system":"SECRET2","tools":[{"name":"SECRET3"}],"tool_choice":"SECRET4","stop":["SECRET5"],"messages":[{"role":"user","content":[{"type":"text","text":"SECRET6"}]},{"role":"assistant","content":[{"type":"thinking","thinking":"SECRET7","signature":"SECRET8"}]}]},"response":{"usage":{"prompt_tokens":3},"choices":[{"finish_reason":"stop","message":{"content":"SECRET9"}}]}}
not json
{"id":"r2","ts":1772352000.5,"account":"b","request":{"model":"m","instructions":"SECRETa","input":"SECRETb","metadata":{"k":"SECRETc"},"reasoning":{"effort":"high"}},"response":{"output":[{"type":"message","content":"SECRETd"}],"error":{"code":"x","message":"SECRETe"}}}
END
echo '{"account":"a","payment":"pm_1"}' >"$dir/w/accounts.jsonl"
echo '{"account":"a","world":"benign","kind":"human","group":null}' >"$dir/w/labels.jsonl"

for kind in "" --blank; do
  "$SOURCE/scripts/make-view" metadata "$dir/w" "$dir/m" $kind 2>"$dir/err" || fail "make-view $kind"
  grep -q SECRET "$dir/m/exchanges.jsonl" && fail "text left in a metadata view $kind"
  grep -q '1 lines are not JSON' "$dir/err" || fail "a broken line is not counted"
  [ -e "$dir/m/accounts.jsonl" ] && fail "facts left in a metadata view"
  [ "$(grep -c . "$dir/m/exchanges.jsonl")" = 2 ] || fail "exchanges lost"
  for kept in '"max_tokens":9' '"temperature":0.5' '"prompt_tokens":3' '"finish_reason":"stop"' '"effort":"high"' 203.0.113.9; do
    grep -qF "$kept" "$dir/m/exchanges.jsonl" || fail "$kept is lost"
  done
done
grep -qF '{"role":"user","content":[{"type":"text","text":""}]}' "$dir/m/exchanges.jsonl" || fail "the shape is lost"
"$SOURCE/scripts/make-view" nofacts "$dir/w" "$dir/n" && cmp -s "$dir/n/exchanges.jsonl" "$dir/w/exchanges.jsonl" || fail "nofacts"
[ -e "$dir/n/accounts.jsonl" ] && fail "facts left without facts"
"$SOURCE/scripts/make-view" facts "$dir/w" "$dir/n" && cmp -s "$dir/n/accounts.jsonl" "$dir/w/accounts.jsonl" || fail "facts"
"$SOURCE/scripts/make-view" facts "$dir/w" "$dir/w" 2>/dev/null && fail "a view may overwrite its world"
"$SOURCE/scripts/make-view" facts "$dir/none" "$dir/x" 2>/dev/null && fail "a missing world is no error"
[ -s "$dir/w/exchanges.jsonl" ] || fail "the world is gone"

# from start to end on a toy world
"$RETORT" simulate --preset tiny --seed 3 --quiet --out "$dir/tiny" 2>"$dir/err" || fail "simulate: $(cat "$dir/err")"
python3 "$SOURCE/bench/eval.py" "$dir/tiny" --retort "$RETORT" --out "$dir/eval" >"$dir/page" 2>"$dir/err" ||
  fail "eval.py: $(tail -5 "$dir/err")"
for words in '### Three views' '### Simple rules beside it' 'switched off (metadata)' 'regular sessions'; do
  grep -qF "$words" "$dir/page" || fail "the page lacks: $words"
done
grep -q 'gave other findings' "$dir/page" && fail "digests gave other findings than logs"
for made in facts.json nofacts.html metadata.findings.jsonl facts-without-time.json rules.json summary.json; do
  [ -s "$dir/eval/$made" ] || fail "$made is missing"
done
exit $failed
