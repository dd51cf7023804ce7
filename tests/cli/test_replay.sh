# `scan --replay`: a moment for each campaign, the same findings otherwise, and what `eval` makes of it.
. "$SOURCE/tests/cli/lib.sh" || exit 1
cd "$work" || exit 1
check "a world" run 0 simulate --preset tiny --seed 5 --quiet --out world
logs="world/exchanges.jsonl --accounts world/accounts.jsonl --events world/events.jsonl"

check "scan" run 0 scan $logs --out plain.jsonl
check "scan with --replay" run 0 scan $logs --replay --out replay.jsonl
campaigns=$(grep -c '"type":"campaign"' plain.jsonl)
check "there are campaigns" test "$campaigns" -gt 0
check "none has a moment without it" test "$(grep -c flaggable_at plain.jsonl)" = 0
check "each has one with it" test "$(grep -c '"type":"campaign".*"flaggable_at":"' replay.jsonl)" = "$campaigns"
check "nothing else differs" cmp -s plain.jsonl <(sed 's/"flaggable_at":"[^"]*",//' replay.jsonl)
check "one thread" run 0 scan $logs --replay --threads 1 --out other.jsonl
check "gives the same" cmp -s replay.jsonl other.jsonl

check "eval" run 0 eval --labels world/labels.jsonl --findings replay.jsonl
check "says what got away" prints "before it could be flagged"
check "in hours, over all" prints "hours_to_flag"
check "eval without it" run 0 eval --labels world/labels.jsonl --findings plain.jsonl
check "says nothing of that" test "$(grep -c 'before it could be flagged' out)" = 0

check "digests go to disk where memory is short" run 0 scan $logs --memory-limit 1M
check "a replay needs memory" run 1 scan $logs --memory-limit 1M --replay
check "and says so" says "a replay needs the digests once more"
finish
