# campaigns keep their ids, and what happened to them is said: in the table, in findings, by explain
. "$SOURCE/tests/state/lib.sh" || exit 1
world_in_days 4
ids() { grep '"type":"campaign"' "$1" | grep -o '"campaign":"rc-[0-9a-f]*"' | sort; }

run 0 scan day1.jsonl --accounts $facts --state s.rts --out day1.found
check "the first run has nothing to compare with" bash -c '! grep -q Since "$0"' "$work/out"
check "its campaigns are new" test "$(grep -c '"event":"new","accounts"' day1.found)" = 2
run 0 scan day2.jsonl --accounts $facts --state s.rts --out day2.found
check "the second says since when" prints "since 2026-03-02 23:59 UTC"
check "ids stay" test "$(ids day1.found)" = "$(ids day2.found)"

# the campaign's earliest member is in later days only: its own id would be another
member=$(grep '"type":"member"' day2.found | head -1 | grep -o 'acct_[0-9a-f]*')
grep -v "$member" day3.jsonl >part3.jsonl
rm s.rts
grep -v "$member" day2.jsonl >part2.jsonl
run 0 scan part2.jsonl --accounts $facts --state s.rts --out part2.found
run 0 scan day1.jsonl --accounts $facts --state s.rts --out grown.found
check "an account that came" prints "1 account came"
check "is in the history" grep -q '"event":"grew","accounts":1' grown.found
check "the id is that of the first run" test "$(ids part2.found)" = "$(ids grown.found)"
run 0 scan part2.jsonl day1.jsonl --accounts $facts --out plain.found
check "which a scan without memory would not give" test "$(ids plain.found)" != "$(ids grown.found)"
check "at the data's time, not the clock's" grep -q '"at":"2026-03-03T23:5' grown.found
campaign=$(grep '"event":"grew"' grown.found | grep -o 'rc-[0-9a-f]*' | head -1)
check "explain" run 0 explain grown.found "$campaign"
check "shows it" prints "What happened to it"
check "in words" prints "1 account came"
check "the summary as JSON has it" run 0 scan day1.jsonl --accounts $facts --state s.rts --format json
check "with since" prints '"since":"2026-03-03T23:5'
check "and nothing new" prints '"changes":[]'

# --previous: the same from findings alone
check "--previous" run 0 scan day1.jsonl part2.jsonl --accounts $facts --previous part2.found --out previous.found
check "keeps the ids" test "$(ids part2.found)" = "$(ids previous.found)"
check "and finds the same change" prints "1 account came"
check "byte for byte" cmp -s <(sed 1d grown.found) <(sed 1d previous.found)
check "twice" run 0 scan day1.jsonl part2.jsonl --accounts $facts --previous previous.found --out twice.found
check "changes nothing" cmp -s previous.found twice.found

rm -f new.rts
check "a new state with a past" run 0 scan day1.jsonl part2.jsonl --accounts $facts --previous part2.found --state new.rts --out past.found
check "says the same" cmp -s <(sed 1d previous.found) <(sed 1d past.found)
run 0 scan part2.jsonl --accounts $facts --state new.rts --out past.found
check "and remembers it" cmp -s <(sed 1d previous.found) <(sed 1d past.found)
sed 's/"until":"[^"]*",//' part2.found >older.found
check "findings that do not say how far they go" run 0 scan day1.jsonl part2.jsonl --accounts $facts --previous older.found
check "go as far as their campaigns" prints "Since 2026-03-03 23:5"

# a campaign whose accounts were closed, and newcomers
rm s.rts
run 0 scan part2.jsonl --accounts $facts --state s.rts --out part2.found
closed=$(grep '"type":"member"' part2.found | grep "$(grep '"event":"grew"' grown.found | grep -o 'rc-[0-9a-f]*' | head -1)" |
  sed -n 2p | grep -o 'acct_[0-9a-f]*')
sed "s/\(\"account\": *\"$closed\",\)/\1 \"closed\": \"2026-03-04T12:00:00Z\",/" $facts >closed.jsonl
check "one is closed" test "$(grep -c '"closed"' closed.jsonl)" = 1
run 0 scan day3.jsonl --accounts closed.jsonl --state s.rts --out replaced.found
check "closed, and replaced" prints "1 account closed, 1 came"
check "is in the history" grep -q '"event":"replaced","accounts":1,"closed":1' replaced.found

# what is found no more
rm s.rts
run 0 scan day1.jsonl --accounts $facts --state s.rts --out day1.found
grep -v -f <(grep '"type":"member"' day1.found | grep -o 'acct_[0-9a-f]*') day5.jsonl >honest.jsonl
run 0 scan honest.jsonl --accounts $facts --state s.rts --keep 1d --out gone.found
check "accounts that left the data leave their campaign" prints "found no more"
check "which is in no line" test "$(grep -c '"type":"campaign"' gone.found)" = 0
run 0 scan day5.jsonl --accounts $facts --state s.rts --keep 1d --out back.found
check "and is new when it comes again after its time" test "$(grep -c '"event":"new"' back.found)" = 2

# what a person has confirmed
rm s.rts
run 0 scan day1.jsonl --accounts $facts --state s.rts --out day1.found
campaign=$(ids day1.found | head -1 | grep -o 'rc-[0-9a-f]*')
cp $facts confirmed.jsonl
for account in $(grep '"type":"member"' day1.found | grep "$campaign" | grep -o 'acct_[0-9a-f]*' | head -5); do
  sed -i "s/\(\"account\": *\"$account\",\)/\1 \"confirmed\": \"rc-00000000000000aa\",/" confirmed.jsonl
done
check "five are confirmed" test "$(grep -c '"confirmed"' confirmed.jsonl)" = 5
run 0 scan day2.jsonl --accounts confirmed.jsonl --state s.rts --out confirmed.found
check "under an id that a person gave" grep -q '"campaign":"rc-00000000000000aa"' <(ids confirmed.found)
check "in which the one it was found under ends" prints "took in $campaign"
run 0 scan day3.jsonl --accounts confirmed.jsonl --state s.rts --out confirmed.found
check "once" prints "Nothing changed since"

# tenants: an account is its name within its tenant
sed 's/{/{"tenant":"north",/' part2.jsonl >north2.jsonl
sed 's/{/{"tenant":"north",/' day1.jsonl >north1.jsonl
run 0 scan north2.jsonl --accounts $facts --out north2.found
check "tenants, from findings" run 0 scan north1.jsonl north2.jsonl --accounts $facts --previous north2.found
check "are told again" prints "1 account came"

# bad input
refuses "findings that are not there" "cannot read nowhere" scan day1.jsonl --previous nowhere
refuses "no findings" "not a findings file" scan day1.jsonl --previous day1.jsonl
sed 's/"verdict":"[a-z]*"/"verdict":"guilty"/' part2.found >broken.found
refuses "a verdict that there is not" "no id or verdict of retort's" scan day1.jsonl --previous broken.found
sed 's/rc-[0-9a-f]*/rc-1/g' part2.found >broken.found
refuses "an id that is none" "no id or verdict of retort's" scan day1.jsonl --previous broken.found
(cat part2.found; grep '"type":"campaign"' part2.found) >broken.found
refuses "one campaign twice" "two campaigns have the same id" scan day1.jsonl --previous broken.found
refuses "a state that knows better" "leave --previous out" scan day1.jsonl --state s.rts --previous part2.found
sed 's/"event":"new"/"event":"rebranded"/' part2.found >later.found
check "an event that is not known is passed over" run 0 scan day1.jsonl --previous later.found
finish
