#!/bin/bash
# retort simulate as people call it: the same bytes from the same words, files that agree with each
# other, and one clear message for every spec that cannot be.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fails=0
fail()
{
  echo "FAILED: $*"
  fails=$((fails + 1))
}
sim()
{
  "$RETORT" simulate "$@"
}
sum()
{
  cat "$@" | sha256sum | cut -c1-16
}

# ---- the same bytes, on every machine, with any number of threads
golden=e8aae7c0e5024351
sim --preset tiny --seed 7 --out "$work/a" -q --threads 1 || fail "tiny"
found=$(sum "$work"/a/{exchanges,accounts,events,labels}.jsonl)
[ "$found" = "$golden" ] || fail "tiny, seed 7 is $found, was $golden: worlds that were published have changed"
sim --preset tiny --seed 7 --out "$work/b" -q --threads 4 || fail "tiny, threads"
for f in exchanges accounts events labels; do
  cmp -s "$work/a/$f.jsonl" "$work/b/$f.jsonl" || fail "threads change $f"
done
[ "$(ls -A "$work/a" | wc -l)" = 4 ] || fail "left something beside the four files"
sim --preset tiny --seed 8 --out "$work/c" -q
cmp -s "$work/a/exchanges.jsonl" "$work/c/exchanges.jsonl" && fail "the seed changes nothing"

# ---- pipes
sim --preset tiny --seed 7 --stdout -q >"$work/pipe" || fail "stdout"
cmp -s "$work/pipe" "$work/a/exchanges.jsonl" || fail "--stdout differs from the file"
sim --preset tiny --seed 7 --stdout -q | head -n 3 >/dev/null
[ "${PIPESTATUS[0]}" = 0 ] || fail "a reader that stops early is no failure"

# ---- labels agree with exchanges, every account has facts
grep -o '"account":"[^"]*"' "$work/a/exchanges.jsonl" | sort | uniq -c | awk '{print $2" "$1}' >"$work/counted"
sed 's/.*\("account":"[^"]*"\).*"exchanges":\([0-9]*\)}/\1 \2/' "$work/a/labels.jsonl" | sort >"$work/labelled"
cmp -s "$work/counted" "$work/labelled" || fail "labels and exchanges disagree"
grep -o '"account":"[^"]*"' "$work/a/accounts.jsonl" | sort -u >"$work/facts"
cut -d' ' -f1 "$work/counted" | comm -23 - "$work/facts" | grep -q . && fail "an account without facts"
for kind in L0 L2 resale chat cron; do
  grep -q "\"kind\":\"$kind\"" "$work/a/labels.jsonl" || fail "tiny has no $kind"
done
grep -q '"event":"model_release"' "$work/a/events.jsonl" || fail "no release"

# ---- retort reads what it writes
"$RETORT" inspect "$work/a/exchanges.jsonl" >"$work/inspect" 2>&1 || fail "inspect: $(cat "$work/inspect")"
"$RETORT" scan "$work/a/exchanges.jsonl" --accounts "$work/a/accounts.jsonl" --events "$work/a/events.jsonl" \
  --strict --out "$work/findings" 2>"$work/err" >/dev/null || fail "scan --strict: $(head -n 3 "$work/err")"
head -n 1 "$work/findings" | grep -q "\"exchanges\":$(wc -l <"$work/a/exchanges.jsonl")," ||
  fail "scan did not read every exchange"

# ---- scale: accounts grow, exchanges per account stay
sim --preset tiny --seed 7 --scale 3 --out "$work/d" -q || fail "scale"
one=$(wc -l <"$work/a/labels.jsonl") three=$(wc -l <"$work/d/labels.jsonl")
[ "$three" -gt $((one * 5 / 2)) ] && [ "$three" -lt $((one * 7 / 2)) ] || fail "scale 3: $one to $three accounts"
x1=$(wc -l <"$work/a/exchanges.jsonl") x3=$(wc -l <"$work/d/exchanges.jsonl")
[ "$x3" -gt $((x1 * 3 / 2)) ] && [ "$x3" -lt $((x1 * 6)) ] || fail "scale 3: $x1 to $x3 exchanges"

# ---- rewording is measured and said
cat >"$work/l5.json" <<'J'
{"days": 2, "only_named": true, "campaigns": [{"level": "L5", "accounts": 10, "per_account": 40, "name": "hard"}]}
J
sim --spec "$work/l5.json" --stdout 2>"$work/err" >/dev/null || fail "L5"
share=$(sed -n 's/.*hard: \([0-9.]*\) % of .*/\1/p' "$work/err")
[ -n "$share" ] && awk "BEGIN{exit !($share <= 1)}" || fail "L5: $(cat "$work/err")"

# ---- texts and traces
printf '{"DOCS":["a paper that is nowhere else"],"CORPUS":{"x":["the only task"]}}' >"$work/texts.json"
sim --preset tiny --seed 7 --texts "$work/texts.json" --stdout -q >"$work/texted" || fail "texts"
grep -q "the only task" "$work/texted" || fail "texts are not used"
mkdir "$work/traces"
for i in $(seq 0 143); do echo "$((i * 600)),$((i % 7)),1.2,,0,0"; done >"$work/traces/a.csv"
sim --preset tiny --seed 7 --traces "$work/traces" --stdout -q >"$work/traced" || fail "traces"
cmp -s "$work/traced" "$work/a/exchanges.jsonl" && fail "traces change nothing"

# ---- what cannot be
refused() # message, arguments
{
  local want=$1 got status
  shift
  got=$(sim "$@" 2>&1 >/dev/null)
  status=$?
  [ "$status" = 2 ] || fail "$*: status $status, not 2"
  [ "$(echo "$got" | wc -l)" = 1 ] || fail "$*: more than one line"
  case $got in
  *"$want"*) ;;
  *) fail "$*: said '$got', not '$want'" ;;
  esac
}
spec()
{
  echo "$1" >"$work/bad.json"
}
refused "either --preset or --spec" --out "$work/x"
refused "either --preset or --spec" --preset tiny --spec "$work/l5.json" --out "$work/x"
refused "nowhere to write" --preset tiny
refused "there is no preset 'tinny'" --preset tinny --out "$work/x"
refused "cannot be opened" --spec "$work/none.json" --out "$work/x"
refused "scale" --preset tiny --scale -1 --out "$work/x"
refused "cannot open" --preset tiny --texts "$work/none" --out "$work/x"
refused "no .csv" --preset tiny --traces "$work/a" --out "$work/x"
echo "0,1" >"$work/traces/b.csv"
refused "line 1" --preset tiny --traces "$work/traces" --out "$work/x"
spec '{"days": 7, "benign": -4}'
refused "bad.json: benign: -4 is outside" --spec "$work/bad.json" --out "$work/x"
spec '{"days": 7, "benign": 10, "background": {"cron": {"share": 1.5}}}'
refused "bad.json: background.cron.share: 1.5 is outside" --spec "$work/bad.json" --out "$work/x"
spec '{"days": 7, "benign": 10, "campaigns": [{"level": "L9"}]}'
refused "bad.json: campaigns[0].level: unknown level" --spec "$work/bad.json" --out "$work/x"
spec '{"benign": 10}'
refused "bad.json: days: is missing" --spec "$work/bad.json" --out "$work/x"
spec '{"days": 7,'
refused "bad.json: JSON, line" --spec "$work/bad.json" --out "$work/x"
[ -e "$work/x" ] && fail "a refused spec left a folder"

# ---- a place that cannot be written
sim --preset tiny --out "$work/pipe/under-a-file" -q 2>/dev/null && fail "wrote below a file"

[ "$fails" = 0 ]
