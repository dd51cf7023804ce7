# --sampled: a share, said in the run line and in the table
. "$SOURCE/tests/cli/lib.sh" || exit 1
cd "$work" || exit 1
tiny_world
for share in 0 1.5 -0.1 much nan; do
  refuses "--sampled $share" "--sampled takes" scan world/exchanges.jsonl "--sampled=$share"
done
check "a tenth" run 0 scan world/exchanges.jsonl --sampled 0.1 --out f.jsonl
check "is said in the table" prints "A sample of 10 % of all exchanges"
check "and in the run line" grep -q '"options":{[^}]*"sampled":0.1' f.jsonl
check "which explain reads back" run 0 explain f.jsonl
check "and says again" prints "A sample of 10 % of all exchanges"
check "all of them" run 0 scan world/exchanges.jsonl --sampled 1 --out g.jsonl
check "is nothing to be said" test "$(grep -c sampled g.jsonl out)" = "g.jsonl:0
out:0"
check "as if it had not been given" sh -c '"$RETORT" scan world/exchanges.jsonl --out h.jsonl >/dev/null && cmp g.jsonl h.jsonl'
finish
