# forget and hold: what leaves a state, what stays in it, and that both are so
. "$SOURCE/tests/state/lib.sh" || exit 1
world_in_days 4
for n in 1 2 3; do day day$n.jsonl --out found.jsonl || not_ok "day $n"; done
cp s.rts whole.rts
honest=$(grep '"type":"account"' found.jsonl | sed -n 3p | grep -o 'acct_[0-9a-f]*' | head -1)
member=$(grep '"type":"member"' found.jsonl | sed -n 3p | grep -o 'acct_[0-9a-f]*' | head -1)

# a state of days that never had the account
rm s.rts
for n in 1 2 3; do
  grep -v "$honest" day$n.jsonl >without$n.jsonl
  day without$n.jsonl --out without.found || not_ok "day $n without the account"
done
mv s.rts never.rts
cp whole.rts s.rts
check "forget" run 0 forget "$honest" --state s.rts
check "says how much it was" prints "$honest: $(cat day[123].jsonl | grep -c "$honest") exchanges removed"
check "and what stays" prints "read back: $(cat without[123].jsonl | wc -l) of"
check "the state is that of days without the account, byte for byte" cmp -s s.rts never.rts
refuses "it is not there any more" "nothing of account '$honest'" forget "$honest" --state s.rts
check "the state went on being one" day day3.jsonl --out again.found
check "a member" run 0 forget "$member" --state whole.rts
check "of whom no digest stays" cmp -s <("$RETORT" digest whole.rts --out -) \
  <(cat day[123].jsonl | grep -v "$member" | "$RETORT" digest - --out -)

# a plain digest file stays one
run 0 digest day1.jsonl --out plain.rtd
check "forget in a digest file" run 0 forget "$member" --state plain.rtd
check "leaves a digest file" cmp -s plain.rtd <(grep -v "$member" day1.jsonl | "$RETORT" digest - --out -)
cat day1.jsonl day2.jsonl >two.jsonl
run 0 digest day2.jsonl --out a.rtd && run 0 digest day1.jsonl --out b.rtd && cat a.rtd b.rtd >ab.rtd
check "also in one of several, put behind one another" run 0 forget "$member" --state ab.rtd
check "in order then" cmp -s ab.rtd <(grep -v "$member" two.jsonl | "$RETORT" digest - --out -)

# a hold
cp never.rts s.rts
check "nobody is held" run 0 hold --state s.rts
check "and nobody is listed" test ! -s "$work/out"
check "hold" run 0 hold "$member" --state s.rts
check "is listed" run 0 hold --state s.rts
check "by name" prints "$member"
cp s.rts held.rts
refuses "what is held is not forgotten" "under a legal hold" forget "$member" --state s.rts
check "the state is as it was" cmp -s s.rts held.rts
check "hold again" run 0 hold "$member" --state s.rts
check "changes nothing" cmp -s s.rts held.rts
run 0 scan day4.jsonl --state s.rts --accounts $facts --keep 1d || not_ok "a day with --keep"
held=$(cat without[123].jsonl day4.jsonl | grep -c "$member")
run 0 forget "$honest" --state s.rts || true
check "a hold outlives a day" run 0 hold --state s.rts
check "and names who is held" prints "$member"
check "release" run 0 hold --release "$member" --state s.rts
check "then it can be forgotten" run 0 forget "$member" --state s.rts
check "with all that was kept of it" prints "$member: $held exchange"
refuses "release of somebody who is free" "under no hold" hold --release "$member" --state never.rts
refuses "hold of somebody who is not there" "nothing of account 'nobody'" hold nobody --state never.rts
refuses "release of nobody" "release which account" hold --release --state never.rts

# --keep: what is older than the newest by more than that is not there
rm -f s.rts
for n in 1 2 3 4 5; do run 0 scan day$n.jsonl --state s.rts --accounts $facts --all --keep 2d --out kept.found; done
cat day4.jsonl day5.jsonl >last.jsonl
run 0 scan last.jsonl --accounts $facts --all --out last.found
check "findings are those of the last two days" cmp -s <(nameless last.found) <(nameless kept.found)
check "and so are the digests" cmp -s <("$RETORT" digest s.rts --out -) <("$RETORT" digest last.jsonl --out -)
run 0 scan day1.jsonl --state s.rts --accounts $facts --all --keep 2d --out late.found
check "what comes too late is not kept" cmp -s <(nameless last.found) <(nameless late.found)

# one clock that is years ahead must not empty the state, nor date what happens
(cat day5.jsonl; sed 's/"ts": *[^,]*,/"ts":"2099-01-01T00:00:00Z",/; s/"id": *"/&x/; 1q' day5.jsonl) >ahead.jsonl
check "a line of 2099" run 0 scan ahead.jsonl --state s.rts --accounts $facts --all --keep 2d --out ahead.found
check "leaves everything else where it was" test "$(grep -o '"exchanges":[0-9]*' ahead.found | head -1)" = \
  "\"exchanges\":$(($(grep -o '"exchanges":[0-9]*' kept.found | head -1 | cut -d: -f2) + 1))"
check "and the data goes as far as it did" grep -q '"until":"2026-03-06T23:59' ahead.found

# two tenants' accounts of one name are two accounts
rm -f t.rts
(sed 's/{/{"tenant":"north",/' day1.jsonl; sed 's/{/{"tenant":"south",/; s/"id": *"/&s/' day1.jsonl) >tenants.jsonl
run 0 scan tenants.jsonl --state t.rts || not_ok "a scan of two tenants"
n=$(grep -c "$member" day1.jsonl)
refuses "a name alone" "nothing of account '$member'" forget "$member" --state t.rts
check "hold one tenant's" run 0 hold "$member" --tenant north --state t.rts
check "is listed" run 0 hold --state t.rts
check "with its tenant" prints "$member (tenant north)"
check "the other's is free" run 0 forget "$member" --tenant south --state t.rts
check "and goes alone" prints "$member: $n exchange"
refuses "the first is held" "legal hold" forget "$member" --tenant north --state t.rts

# bad arguments
refuses "no state" "--state FILE is needed" forget acct
refuses "no account" "" forget --state s.rts
refuses "a state that is not there" "there is no state nowhere.rts" forget acct --state nowhere.rts
check "no lock was left for it" test ! -e nowhere.rts.lock
for bad in 0d d 5 5y 48h 99999999999999999999d -3d 1.5d ''; do
  refuses "--keep '$bad'" "is no number of days or weeks such as 90d" scan day1.jsonl --state s.rts --keep "$bad"
done
refuses "--keep without a state" "give --state, too" scan day1.jsonl --keep 3d
refuses "too long a name" "has 1 to 1024 bytes" forget "$(printf 'x%.0s' {1..1025})" --state s.rts
refuses "an empty name" "has 1 to 1024 bytes" forget "" --state s.rts
finish
