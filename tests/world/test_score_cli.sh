# `retort eval` against the plain version in score_oracle.py, and what it says about unusable input.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
here=$SOURCE/tests/world

# expect STATUS WORDS COMMAND...: exit status, and words that must be in what is said
expect() {
  want=$1 words=$2
  shift 2
  "$@" >"$dir/out" 2>"$dir/err"
  got=$?
  if [ $got -ne "$want" ] || ! grep -qF -- "$words" "$dir/out" "$dir/err"; then
    echo "FAIL: $*: exit $got (not $want), or without '$words':"
    head -c 400 "$dir/err"
    failed=1
  fi
}

python3 "$here/score_oracle.py" "$RETORT" "$dir" 150 || failed=1

cat >"$dir/l" <<'END'
{"account":"a","world":"campaign","kind":"L1","group":"c","exchanges":4}
{"account":"b","world":"campaign","kind":"L1","group":"c","exchanges":6}

{"account":"h","world":"benign","kind":"human","group":null,"exchanges":5}
END
cat >"$dir/f" <<'END'
{"type":"run","schema":"retort.finding/1","accounts":3,"exchanges":15,"view":"nofacts"}
{"type":"campaign","campaign":"rc-1","verdict":"distillation","score":0.9}
{"type":"member","campaign":"rc-1","account":"a","role":"harvest"}
END
cat >"$dir/strangers" <<'END'
{"type":"campaign","campaign":"rc-1","verdict":"distillation"}
{"type":"member","campaign":"rc-1","account":"x"}
{"type":"member","campaign":"rc-1","account":"y"}
{"type":"member","campaign":"rc-1","account":"a"}
END
echo '{"type":"run","accounts":4000,"exchanges":9}' >"$dir/larger"
echo '{"type":"member","campaign":"rc-1","account":"a"}' >"$dir/orphan"
echo '{"account":"a","kind":"L1"}' >"$dir/noworld"
echo '[1]' >"$dir/array"
printf '{"account":"a","world":"benign","kind":"x"}\n{"account":' >"$dir/cut"
: >"$dir/empty"

expect 0 '"recall":0.5' "$RETORT" eval -l "$dir/l" -f "$dir/f" --format json
expect 0 '"recall_by_exchanges":0.4' "$RETORT" eval -l "$dir/l" -f "$dir/f" --format json
expect 0 'share of campaign accounts found' "$RETORT" eval -l "$dir/l" -f "$dir/f"
expect 2 '2 of the 3 accounts in the findings have no label (3 accounts are labelled)' \
  "$RETORT" eval -l "$dir/l" -f "$dir/strangers"
expect 2 'the scan read 4000 accounts, the labels name 3' "$RETORT" eval -l "$dir/l" -f "$dir/larger"
expect 2 'line 1: a member of a campaign that has no line before it' \
  "$RETORT" eval -l "$dir/l" -f "$dir/orphan"
expect 2 'line 1: "world" must be a string' "$RETORT" eval -l "$dir/noworld" -f "$dir/f"
expect 2 'line 1: not a JSON object' "$RETORT" eval -l "$dir/array" -f "$dir/f"
expect 2 'line 2:' "$RETORT" eval -l "$dir/cut" -f "$dir/f"
expect 2 'there are no labels' "$RETORT" eval -l "$dir/empty" -f "$dir/f"
expect 2 'No such file' "$RETORT" eval -l "$dir/missing" -f "$dir/f"
expect 2 '--labels FILE is needed' "$RETORT" eval -f "$dir/f"
expect 0 '"recall":0,' "$RETORT" eval -l "$dir/l" -f "$dir/empty" --format json

gzip -kc "$dir/l" >"$dir/l.gz"
zstd -qc "$dir/f" >"$dir/f.zst"
head -c 20 "$dir/f.zst" >"$dir/torn.zst"
expect 0 '"recall":0.5' "$RETORT" eval -l "$dir/l.gz" -f "$dir/f.zst" --format json
expect 2 'torn.zst' "$RETORT" eval -l "$dir/l.gz" -f "$dir/torn.zst"
expect 2 "what is 'more'?" "$RETORT" eval -l "$dir/l" -f "$dir/f" more

# a page that stands alone, and names that are no markup in it
printf '{"account":"a","world":"campaign","kind":"L1","group":"<script>&","exchanges":4}\n' >"$dir/markup"
expect 0 'recall_macro' "$RETORT" eval -l "$dir/markup" -f "$dir/f" --html "$dir/page.html"
if grep -q '<script' "$dir/page.html" || grep -Eq 'https?://|src=|href=' "$dir/page.html" ||
  ! grep -qF '&#60;script&#62;&#38;' "$dir/page.html"; then
  echo "FAIL: the page lets names through or needs something else"
  failed=1
fi
exit $failed
