# a scan a day with a state finds what one scan of all days finds, whatever the order of days, threads and packing
. "$SOURCE/tests/state/lib.sh" || exit 1
world_in_days 4
check "one scan of everything" run 0 scan world/exchanges.jsonl --accounts $facts --all --out all.jsonl
check "it found both campaigns" test "$(grep -c '"verdict":"distillation"' all.jsonl)" = 2

for n in 1 2 3 4 5; do check "day $n" day day$n.jsonl --out day$n.found; done
check "the last day found the same" cmp -s <(bare all.jsonl) <(bare day5.found)
check "and says how far the data goes" grep -q '"until":"2026-03-06T23:59' <(head -1 day5.found)
check "only the first day had less" test "$(bare day1.found | cmp -s - <(bare all.jsonl) && echo same)" = ""
cp s.rts five.rts
check "the lock stays beside it, empty" test ! -s s.rts.lock
check "only its owner may read it" test "$(stat -c %a s.rts)" = 600

check "the same day again" day day5.jsonl --out again.found
check "changes no byte of the state" cmp -s s.rts five.rts
check "and none of the findings" cmp -s day5.found again.found
check "an earlier day again" day day2.jsonl --out again.found
check "changes no byte either" cmp -s s.rts five.rts
check "all days again" day world/exchanges.jsonl --out again.found
check "change no byte" cmp -s s.rts five.rts

rm s.rts
for n in 1 2 3 4 5; do day day$n.jsonl --threads 1 --out one.found || not_ok "day $n, one thread"; done
check "one thread: the same state" cmp -s s.rts five.rts
rm s.rts
for n in 1 2 3 4 5; do
  shuf --random-source=<(yes) day$n.jsonl | zstd -q >day.zst
  day day.zst --threads 2 --memory-limit 1M --out two.found || not_ok "day $n, two threads, shuffled"
  rm day.zst
done
check "two threads, little memory, shuffled lines, packed: the same state" cmp -s s.rts five.rts
check "and the same findings" cmp -s <(bare all.jsonl) <(bare two.found)
rm s.rts
for n in 4 1 5 3 2; do day day$n.jsonl --out mixed.found || not_ok "day $n"; done
check "days in any order: the same, but for ids" cmp -s <(nameless all.jsonl) <(nameless mixed.found)
check "the same digests" cmp -s <("$RETORT" digest s.rts --out -) <("$RETORT" digest five.rts --out -)

# digests from the edge, day by day
rm s.rts
for n in 1 2 3 4 5; do
  run 0 digest day$n.jsonl --out day.rtd && day day.rtd --out edge.found || not_ok "day $n from a digest"
done
check "digests instead of logs: the same state" cmp -s s.rts five.rts

# every command that takes digests takes a state
check "a state is a digest file, too" run 0 scan five.rts --accounts $facts --all --out other.jsonl
check "with the same findings" cmp -s <(bare all.jsonl) <(bare other.jsonl)

# exchanges without an id: a day that is read again must not count twice
sed -E 's/"id": ?"[^"]*", ?//' day1.jsonl >noid1.jsonl
sed -E 's/"id": ?"[^"]*", ?//' day2.jsonl >noid2.jsonl
check "they have none" test "$(grep -c '"id"' noid1.jsonl)" = 0
rm s.rts
day noid1.jsonl && day noid2.jsonl && cp s.rts once.rts && day noid2.jsonl && day noid1.jsonl || not_ok "days without ids"
check "read again, they change nothing" cmp -s s.rts once.rts
run 0 scan noid1.jsonl noid2.jsonl --accounts $facts --all --out all2.jsonl
day noid2.jsonl --out found2.jsonl
check "and are found as in one scan" cmp -s <(bare all2.jsonl) <(bare found2.jsonl)

# without --state there is no history and no state
check "a plain scan has no history" test "$(grep -c '"history":\[\]' all.jsonl)" = "$(grep -c '"type":"campaign"' all.jsonl)"
finish
