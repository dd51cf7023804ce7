# states that are damaged, foreign, newer, older, in use; and runs that end in the middle
. "$SOURCE/tests/state/lib.sh" || exit 1
world_in_days 4
day day1.jsonl --out day1.found || not_ok "day 1"
cp s.rts one.rts
# refused NAME TEXT - a scan with s.rts exits 2, says the text, and leaves s.rts as it is
refused() {
  cp s.rts before.rts
  rm -f never.found
  refuses "$1" "$2" scan day2.jsonl --state s.rts --out never.found
  check "  nothing was written" test ! -e never.found
  check "  and nothing touched" cmp -s s.rts before.rts
}

# ---- damage
for size in 1 8 31 32 63 64 100 1000 -1; do
  head -c $size one.rts >s.rts
  refused "cut to $size bytes" "begin a new state from the logs"
done
: >s.rts
refused "empty" "it is empty; remove it to begin a new state"
cp day1.jsonl s.rts
refused "not a state" "not a digest file"
# flip OFFSET - one bit of one.rts, as s.rts
flip() {
  python3 - "$1" <<'EOF'
import sys
b = bytearray(open("one.rts", "rb").read())
at = int(sys.argv[1]) % len(b)
b[at] ^= 4
open("s.rts", "wb").write(b)
EOF
}
for at in 9 40 70 200 5000 100000 -40 -5; do
  flip $at
  refused "a bit at $at" "; "
done
cat one.rts one.rts >s.rts
refused "two states in one file" "begin a new state from the logs"
"$RETORT" digest day2.jsonl --out two.rtd && cat one.rts two.rtd >s.rts
refused "a digest file behind a state" "out of order"
rm s.rts && mkdir s.rts
refuses "a folder" "not a regular file" scan day2.jsonl --state s.rts
rmdir s.rts && mkfifo s.rts
refuses "a pipe" "not a regular file" scan day2.jsonl --state s.rts
rm s.rts
refuses "in a folder that is not there" "cannot open the lock" scan day2.jsonl --state no/where/s.rts

# ---- keys and versions
cp one.rts s.rts
head -c 32 /dev/urandom >key
cp s.rts before.rts
refuses "another key" "give the --key-file that the state was made with" scan day2.jsonl --state s.rts --key-file key
refuses "another key, to forget" "give the --key-file" forget acct --state s.rts --key-file key
check "leaves it" cmp -s s.rts before.rts
python3 "$SOURCE/tests/state/newer_state.py" one.rts s.rts state
refused "a state of a version to come" "state of version 3; this program knows up to version 2; use the newer retort"
python3 "$SOURCE/tests/state/newer_state.py" one.rts s.rts digests
refused "digests of a version to come" "use the newer retort that wrote it"

# ---- version 1: a plain digest file, in any order
run 0 digest day1.jsonl --out s.rts
check "a digest file as state" day day2.jsonl --out upgraded.found
check "is one then" bash -c 'cmp -s <(head -c 33 s.rts | tail -c 1) <(printf "\020")'
check "with the findings of both days" bash -c "$RETORT scan day1.jsonl day2.jsonl --accounts $facts --all --out both.found >/dev/null"
check "the same" cmp -s <(bare both.found) <(bare upgraded.found)
run 0 digest day2.jsonl --out a.rtd && run 0 digest day1.jsonl --out b.rtd && cat a.rtd b.rtd >s.rts
check "several, put behind one another" day day2.jsonl --out joined.found
check "give the same" cmp -s <(bare both.found) <(bare joined.found)
check "and the same state" bash -c 'rm s.rts; cp b.rtd s.rts'
run 0 digest day1.jsonl --key-file key --out s.rts
refused "a digest file under another key" "give the --key-file"

# ---- arguments
cp one.rts s.rts
refuses "the state as input" "is the state" scan s.rts day2.jsonl --state s.rts
refuses "the state as output" "is the state" scan day2.jsonl --state s.rts --out s.rts

# ---- root works on the nightly job's state
if [ "$(id -u)" = 0 ]; then
  rm -f s.rts.lock
  chown 12345:12346 s.rts && chmod 640 s.rts
  check "root's run" day day2.jsonl
  check "leaves the state to its owner" test "$(stat -c %u:%g:%a s.rts)" = 12345:12346:640
  check "and the lock" test "$(stat -c %u:%g s.rts.lock)" = 12345:12346
  : >precious && rm s.rts.lock && ln precious s.rts.lock
  check "but gives nothing away" day day2.jsonl
  check "that has another name" test "$(stat -c %u precious)" = 0
  rm s.rts.lock
  cp one.rts s.rts
fi

# ---- links
mv s.rts real.rts && ln -s real.rts s.rts
check "a link" day day2.jsonl --out link.found
check "stays a link" test -L s.rts
check "to the new state" bash -c '! cmp -s real.rts one.rts'
rm s.rts

# ---- two at once: the first has its log from a pipe that does not end until it is told to
cp one.rts s.rts
mkfifo go
slow_day() { # back when it has the lock; to ask for it here could take it away
  rm -f s.rts.lock
  (cat day2.jsonl; read -r _ <go) | "$RETORT" scan - --state s.rts --accounts $facts --all --out slow.found >first.out 2>&1 &
  first=$!
  for _ in $(seq 100); do
    [ -e s.rts.lock ] && break
    sleep 0.1
  done
  sleep 0.3
}
slow_day
refuses "a second run" "another run is at work on this state" scan day2.jsonl --state s.rts
refuses "a second run, to forget" "another run is at work on this state" forget acct --state s.rts
refuses "a second run, to hold" "another run is at work on this state" hold acct --state s.rts
echo >go
check "the first ends well" wait $first
check "and the lock with it" run 0 hold --state s.rts
cp s.rts two.rts

# ---- killed in the middle: the old state, and the next run does what the killed one would have done
cp one.rts s.rts
slow_day
kill -9 $first
echo >go
wait $first 2>/dev/null
check "killed while it read: the old state" cmp -s s.rts one.rts
check "and no lock" run 0 hold --state s.rts
for pause in 0.02 0.05 0.1 0.15 0.2 0.25 0.3 0.4 0.5; do
  cp one.rts s.rts
  "$RETORT" scan day2.jsonl --state s.rts --accounts $facts --all --out any.found >/dev/null 2>&1 &
  first=$!
  sleep $pause
  { kill -9 $first; wait $first; } 2>/dev/null
  check "killed after $pause s: the old state or the new one" \
    bash -c 'cmp -s s.rts one.rts || cmp -s s.rts two.rts'
done
echo "half a state" >s.rts.new
cp one.rts s.rts
check "what a killed run left is no hindrance" day day2.jsonl --out next.found
check "and is gone" test ! -e s.rts.new
check "the state is what it should be" cmp -s s.rts two.rts

# ---- a disk that is full
cp one.rts s.rts
check "a limit on the size of files" bash -c "ulimit -f 100; trap '' XFSZ; ! $RETORT scan day2.jsonl --state s.rts --accounts $facts 2>full.err >/dev/null"
check "is said" grep -q "the old state stays as it was" full.err
check "and true" cmp -s s.rts one.rts
check "nothing is left beside it" test ! -e s.rts.new

# ---- the state of an account-less day, and of lines that cannot be read
rm -f s.rts
echo 'no json' >junk.jsonl
refuses_junk() { run 2 scan junk.jsonl --state s.rts; }
check "a day of which nothing could be read" refuses_junk
check "makes no state" test ! -e s.rts
: >nothing.jsonl
check "an empty day" run 0 scan nothing.jsonl --state s.rts
check "makes an empty one" test -s s.rts
check "which the next day fills" day day1.jsonl --out filled.found
check "with the same findings" cmp -s <(bare day1.found) <(bare filled.found)
check "a broken line" bash -c "(cat day2.jsonl; echo '{') >broken.jsonl; $RETORT scan broken.jsonl --state s.rts --accounts $facts >/dev/null 2>&1"
cp s.rts before.rts
check "--strict stops before the state" run 2 scan broken.jsonl --state s.rts --strict
check "which stays" cmp -s s.rts before.rts
finish
