# bench/proof.py: one small row from the world to the table, worlds kept, and its small statistics against plain ones.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
fail() {
  echo "FAIL: $*"
  failed=1
}

row() {
  python3 "$SOURCE/bench/proof.py" lookalikes --kinds cron-team --sizes 6 --seeds "$1" --retort "$RETORT" --out "$dir/out" \
    --into "$dir/page.md" >"$dir/table" 2>"$dir/err" || fail "proof.py: $(tail -3 "$dir/err")"
}
printf 'before\n<!-- proof-lookalikes -->\nold\n<!-- /proof-lookalikes -->\nafter\n' >"$dir/page.md"
row 4
grep -q '^| 6 | 0 of 1; 0 |' "$dir/table" || fail "no row of the table: $(cat "$dir/table")"
grep -q '^| 6 | 0 of 1; 0 |' "$dir/page.md" && ! grep -q old "$dir/page.md" || fail "the document did not get the table"
grep -q '"view": "metadata"' "$dir/out/lookalikes.json" || fail "no results in lookalikes.json"
world=$dir/out/worlds/alone-cron-team-6-4
[ -s "$world/text.rtd" ] && [ -s "$world/metadata.rtd" ] && [ ! -e "$world/exchanges.jsonl" ] || fail "the world is not kept as digests"
touch -d @1000000000 "$world/text.rtd"
row 4
[ "$(stat -c %Y "$world/text.rtd")" = 1000000000 ] || fail "the same world was made again"
sed -i 's/tiny/other/; s/simulate/simulated/' "$world/stamp"
row 4
[ "$(stat -c %Y "$world/text.rtd")" != 1000000000 ] || fail "another world was taken for this one"
python3 "$SOURCE/bench/proof.py" nonsense >/dev/null 2>&1
[ $? = 2 ] || fail "an unknown row is no error"

cd "$SOURCE/bench" && python3 - <<'END' || failed=1
import proof
low, high = proof.wilson(5, 20)
for p in (low, high):  # where the score test is at its bar
    assert abs((.25 - p) / (p * (1 - p) / 20) ** .5) - 1.959964 < 1e-6
assert proof.wilson(0, 10)[0] < 1e-12 and proof.wilson(10, 10)[1] > 1 - 1e-12

# honest, solo, honest, solo by falling score; at a load of 1 in 200 the second honest one ends the list
labels = {"h1": {"world": "benign", "kind": "chat"}, "h2": {"world": "benign", "kind": "chat"},
          "s1": {"world": "campaign", "kind": "L0-solo"}, "s2": {"world": "campaign", "kind": "L0-solo"}}
findings = [{"type": "campaign", "campaign": c, "verdict": "suspect"} for c in labels]
findings += [{"type": "member", "campaign": a, "account": a, "score": s} for a, s in (("h1", .9), ("s1", .8), ("h2", .7), ("s2", .6))]
assert proof.at_review_load({"benign": 200}, findings, labels) == (1, 1)
assert proof.at_review_load({"benign": 400}, findings, labels) == (2, 2)
assert proof.at_review_load({"benign": 100}, findings, labels) == (0, 0)

kinds = {name: (most, daily) for name, most, daily in proof.kinds_table()}
assert len(kinds) > 35 and kinds["chat"][0] == 1 and kinds["own-gateway"][0] == 16 and "framed" not in kinds
assert proof.grown("own-gateway", 16, 30, 2000)["background"]["own-gateway"] == {"count": 2000, "group": 2000, "rate": .333}
assert proof.grown("friends", 5, 1, 200)["background"]["friends"] == {"count": 200}
assert proof.mean([]) is None and proof.fraction([{"recall": 1}, {"recall": 0}]) == "1 of 2 (0.500)"
END
exit $failed
