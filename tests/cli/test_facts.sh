# docs/facts.md: its examples are read without a complaint, and no field is missing from it
. "$SOURCE/tests/cli/lib.sh" || exit 1
cd "$work" || exit 1
doc=$SOURCE/docs/facts.md
sed -n '/^```json$/,/^```$/p' "$doc" | grep '^{"account"' >accounts.jsonl
sed -n '/^```json$/,/^```$/p' "$doc" | grep '^{"ts"' >events.jsonl
check "examples of facts" test "$(wc -l <accounts.jsonl)" = 4
check "examples of events" test "$(wc -l <events.jsonl)" = 2
line acct_17 1 >x.jsonl
line acct_20 2 >>x.jsonl
check "are read" run 0 scan x.jsonl --strict --accounts accounts.jsonl --events events.jsonl --out f.jsonl
check "without a complaint" test ! -s err
check "and used" grep -q '"view":"facts"' f.jsonl
for field in $(grep -oE '\{"[a-z_]+", &f->' "$SOURCE/src/feed/facts.c" | cut -d'"' -f2) \
  $(grep -oE 'field\(r, "[a-z_]+"\)|get_(time|asn)\(r, "[a-z_]+"' "$SOURCE/src/feed/facts.c" | cut -d'"' -f2); do
  check "$field is in the page" grep -qE "\`$field\`|\"$field\"" "$doc"
done
for bad in '{"account":"a","cleared":"soon"}' '{"account":"a","payments":7}' '{"account":""}' '{"account":"a","cleared_at":"x"}' \
  '{"account":"a\u0000b"}'; do
  echo "$bad" >bad.jsonl
  check "counted: $bad" run 0 scan x.jsonl --accounts bad.jsonl --out f.jsonl
  check "as refused" grep -q '"refused":{"account facts":1}' f.jsonl
  check "or fatal" run 2 scan x.jsonl --strict --accounts bad.jsonl
done
finish
