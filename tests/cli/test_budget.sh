# --budget N: the accounts to look at, with what is expected of them, in either format
. "$SOURCE/tests/cli/lib.sh" || exit 1
cd "$work" || exit 1
tiny_world
for n in 0 -3 many 2000000; do
  refuses "--budget $n" "--budget takes" scan world/exchanges.jsonl "--budget=$n"
done
check "a table" run 0 scan world/exchanges.jsonl --budget 4 --out f.jsonl
check "of as many accounts" test "$(grep -c ' rc-' out)" = 4
check "with what is expected" grep -q 'innocent among them: [0-9.]* expected' out
check "lines of JSON" run 0 scan world/exchanges.jsonl --budget 4 --format json
cp out first
check "the same in every order" sh -c 'sort -r world/exchanges.jsonl | "$RETORT" scan - --budget 4 --format json | cmp - first'
check "that add up" python3 - first f.jsonl <<'PY'
import json, sys
head, *rows = [json.loads(line) for line in open(sys.argv[1])]
members = {m["account"]: m for m in map(json.loads, open(sys.argv[2])) if m["type"] == "member"}
assert head["schema"] == "retort.budget/1" and head["accounts"] == len(rows) == 4
assert abs(sum(1 - r["score"] for r in rows) - head["expected_innocent"]) < 0.01
worth = [r["score"] * r["exchanges"] for r in rows]
assert worth == sorted(worth, reverse=True)
for r in rows:
    m = members[r["account"]]
    assert m["score"] == r["score"] and m["exchanges"] == r["exchanges"] and m["role"] != "bystander"
least = min(worth)
assert all(m["score"] * m["exchanges"] <= least + 1 for a, m in members.items()
           if m["role"] != "bystander" and a not in {r["account"] for r in rows})
PY
finish
