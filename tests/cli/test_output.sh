# files appear when they are whole; a full disk is said; what is no regular file is written to directly
. "$SOURCE/tests/cli/lib.sh" || exit 1
line a 1 >"$work/x.jsonl"
line b 2 >>"$work/x.jsonl"
cd "$work" || exit 1
only() { # the folder holds what it should and no half-written file
  [ "$(ls -A out.d | tr '\n' ' ')" = "$1" ]
}
mkdir out.d

check "findings to a file" run 0 scan x.jsonl --out out.d/f.jsonl
check "nothing is left beside it" only "f.jsonl "
check "it ends with a newline" test -z "$(tail -c 1 out.d/f.jsonl)"
check "it may be read by others as the mask says" test "$(umask 022; "$RETORT" scan x.jsonl --out out.d/f2.jsonl >/dev/null && stat -c %a out.d/f2.jsonl)" = 644
chmod 600 out.d/f2.jsonl
check "an old file keeps its mode" test "$("$RETORT" scan x.jsonl --out out.d/f2.jsonl >/dev/null && stat -c %a out.d/f2.jsonl)" = 600
rm out.d/f2.jsonl

echo old >out.d/f.jsonl
echo broken >bad.jsonl
check "a run that fails" run 2 scan --strict x.jsonl bad.jsonl --out out.d/f.jsonl
check "leaves the old file" test "$(cat out.d/f.jsonl)" = old
check "and nothing beside it" only "f.jsonl "

check "a full device, findings" run 1 scan x.jsonl --out /dev/full
check "is said" says "cannot write /dev/full: No space left on device"
check "a full device, digests" run 1 digest x.jsonl --out /dev/full
check "is said, too" says "cannot write /dev/full"
for words in "scan x.jsonl" "--help" "explain $TEST_DATA/findings-small.jsonl" "inspect x.jsonl"; do
  # shellcheck disable=SC2086 # words on purpose
  "$RETORT" $words >/dev/full 2>err
  check "full standard output: $words" test $? = 1 -a -s err
done
# a limit on file size stands in for a disk that fills up while a file is written
echo old >out.d/f.jsonl
python3 "$SOURCE/tests/support/tiny_world.py" world 3
(ulimit -f 8; "$RETORT" digest world/exchanges.jsonl --out out.d/f.jsonl 2>err)
check "a disk that fills up: digests" test $? = 1
check "is said with the file" grep -q 'cannot write out.d/f.jsonl' err
check "the old file stays" test "$(cat out.d/f.jsonl)" = old
check "without a trace of the new one" only "f.jsonl "
(ulimit -f 1; "$RETORT" scan world/exchanges.jsonl --accounts world/accounts.jsonl --all --out out.d/f.jsonl >/dev/null 2>err)
check "a disk that fills up: findings" test $? = 1
check "the old file stays, again" test "$(cat out.d/f.jsonl)" = old
check "no trace of the new one, again" only "f.jsonl "

ln -s f.jsonl out.d/link
check "through a link" run 0 scan x.jsonl --out out.d/link
check "the link stays" test -L out.d/link
check "and points to the new file" grep -q retort.finding out.d/f.jsonl
rm out.d/link
check "a folder is no target" run 2 scan x.jsonl --out out.d
check "nor is what lies in no folder" run 2 scan x.jsonl --out nowhere/f.jsonl
mkfifo pipe
cat pipe >through &
check "a pipe is written to directly" run 0 scan x.jsonl --out pipe
wait
check "and is still a pipe" test -p pipe
check "with the findings in it" cmp -s through out.d/f.jsonl
check "- is standard output" run 0 scan x.jsonl --out -
check "with the same findings" cmp -s out out.d/f.jsonl
check "and the table elsewhere" says "exchanges of"

# ended by a signal while reading: no half-written file stays
rm out.d/*
"$RETORT" scan pipe --out out.d/f.jsonl >/dev/null 2>&1 &
pid=$!
exec 3>pipe
line a 1 >&3
for _ in $(seq 100); do [ -n "$(ls -A out.d)" ] && break; sleep 0.05; done
kill -TERM $pid
wait $pid
check "a signal ends it as signals do" test $? = 143
exec 3>&-
check "and takes the unfinished file along" only ""
finish
