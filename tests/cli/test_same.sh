# the same findings, byte for byte, whatever the order of lines and files, threads, packing, disk, or digests instead
. "$SOURCE/tests/cli/lib.sh" || exit 1
cd "$work" || exit 1
tiny_world 4
w=world/exchanges.jsonl
facts=world/accounts.jsonl

# same NAME ARGUMENTS... - as the first run, but for what the run line says of inputs
bare() {
  sed '1s/"inputs":\[[^]]*\],//' "$1"
}
same() {
  local name=$1
  shift
  run 0 scan "$@" --accounts $facts --all --out other.jsonl || { not_ok "$name"; return; }
  check "$name" cmp -s <(bare first.jsonl) <(bare other.jsonl)
}
check "first" run 0 scan $w --accounts $facts --all --out first.jsonl
check "it found both campaigns" test "$(grep -c '"verdict":"distillation"' first.jsonl)" = 2
same "again" $w
check "again, run line included" cmp -s first.jsonl other.jsonl
same "one thread" $w --threads 1
same "two threads" $w --threads 2
same "seven threads" $w --threads 7
same "little memory, so a disk behind it" $w --memory-limit 1M
shuf --random-source=<(yes) $w >shuffled.jsonl
same "shuffled lines" shuffled.jsonl
shuf --random-source=<(yes) $facts >shuffled-facts.jsonl
check "shuffled facts" run 0 scan $w --accounts shuffled-facts.jsonl --all --out other.jsonl
check "give the same" cmp -s <(bare first.jsonl) <(bare other.jsonl)
split -n l/3 $w part.
same "three files" part.aa part.ab part.ac
cp first.jsonl keep.jsonl
run 0 scan part.aa part.ab part.ac --accounts $facts --all --out first.jsonl
run 0 scan part.ac part.aa part.ab --accounts $facts --all --out other.jsonl
check "files in another order, run line included" cmp -s first.jsonl other.jsonl
mv keep.jsonl first.jsonl
cat $w $w >doubled.jsonl
same "every line twice" doubled.jsonl
zstd -q $w -o w.zst
same "zstd" w.zst
gzip -c $w >w.gz
same "gzip" w.gz
run 0 scan - --accounts $facts --all --out other.jsonl <$w
check "standard input" cmp -s <(bare first.jsonl) <(bare other.jsonl)

check "digest" run 0 digest $w --out day.rtd
same "a digest instead of the log" day.rtd
check "digest of shuffled lines" run 0 digest shuffled.jsonl --threads 1 --out other.rtd
check "has the same bytes" cmp -s day.rtd other.rtd
check "digest in little memory" run 0 digest $w --memory-limit 1M --out other.rtd
check "has the same bytes, too" cmp -s day.rtd other.rtd
for part in aa ab ac; do run 0 digest part.$part --out $part.rtd; done
same "digests of three parts" aa.rtd ab.rtd ac.rtd
cat ac.rtd aa.rtd ab.rtd >joined.rtd
same "put behind one another" joined.rtd
same "a log and digests" part.ab aa.rtd ac.rtd
run 0 digest day.rtd --out other.rtd
check "a digest of a digest is itself" cmp -s day.rtd other.rtd
check "no name and no word stands in a digest" bash -c \
  '! grep -qaE "acct_|Notewise|sourdough|203\.0\.113" day.rtd'
LC_ALL=C.UTF-8 TZ=Asia/Tokyo run 0 scan $w --accounts $facts --all --out other.jsonl
check "another locale and time zone" cmp -s first.jsonl other.jsonl
finish
