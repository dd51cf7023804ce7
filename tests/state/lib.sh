# lib - what the scripts on states share, beside tests/cli/lib.sh: a world in days, and findings without what a state adds.
. "$SOURCE/tests/cli/lib.sh" || exit 1
cd "$work" || exit 1
facts=world/accounts.jsonl

# the tiny world, as world/ and as day1.jsonl, day2.jsonl ... by UTC day
world_in_days() {
  tiny_world "${1:-4}"
  python3 - <<'EOF'
import json
days = {}
for line in open("world/exchanges.jsonl"):
    ts = json.loads(line)["ts"]
    days.setdefault(ts[:10] if isinstance(ts, str) else int(ts // 86400), []).append(line)
for n, day in enumerate(sorted(days), 1):
    open(f"day{n}.jsonl", "w").writelines(days[day])
EOF
}
# findings but for the run line and the histories
bare() {
  sed -e 1d -e 's/"history":\[[^]]*\]/"history":[]/' "$1"
}
# ... and with a campaign called after its first member instead of its id, lines in an order of their own
nameless() {
  python3 - "$1" <<'EOF'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])][1:]
name = {}
for o in lines:
    if o["type"] == "member":
        name[o["campaign"]] = min(o["account"], name.get(o["campaign"], "~"))
for o in lines:
    for key in ("campaign", "nearest"):
        if o.get(key):
            o[key] = name[o[key]]
    o.pop("history", None)
print("\n".join(sorted(json.dumps(o, sort_keys=True) for o in lines)))
EOF
}
# day ARGUMENTS... - a quiet scan with a state, which must end well
day() {
  run 0 scan "$@" --state s.rts --accounts $facts --all
}
