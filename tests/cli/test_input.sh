# what can be wrong with what is read: each is said with file and line, counted by cause, and the run goes on
. "$SOURCE/tests/cli/lib.sh" || exit 1
cd "$work" || exit 1
for i in 1 2 3 4 5; do line "acct_$i" $i; done >good.jsonl

refused() { # CAUSE N - in the run line
  head -1 f.jsonl | python3 -c '
import json, sys
refused = json.load(sys.stdin)["refused"]
sys.exit(0 if refused.get(sys.argv[1]) == int(sys.argv[2]) else "  refused: %s" % refused)' "$1" "$2"
}
exchanges() { # N - in the run line
  head -1 f.jsonl | grep -q "\"exchanges\":$1," && return 0
  head -1 f.jsonl
  return 1
}
# bad NAME CAUSE - bad.jsonl holds a bad line between good ones
bad() {
  check "$1: goes on" run 0 scan mixed.jsonl --out f.jsonl
  check "$1: said with file and line" says "mixed.jsonl:3:"
  check "$1: counted as '$2'" refused "$2" 1
  check "$1: the others count" exchanges 5
  check "$1: --strict" run 2 scan --strict mixed.jsonl --out strict.jsonl
  check "$1: --strict leaves no findings" test ! -e strict.jsonl
}
mix() { # the bad line on standard input goes third
  { head -2 good.jsonl; cat; tail -3 good.jsonl; } >mixed.jsonl
}
echo '{"ts":1772409600,"account":"a"' | mix
bad "a broken line" "broken line"
echo 'plain words' | mix
bad "no JSON at all" "broken line"
echo '{"account":"a"}' | mix
bad "no time" "missing field"
echo '{"ts":1772409600}' | mix
bad "no account" "missing field"
echo '{"ts":1772409600,"account":{"id":1}}' | mix
bad "an account of another type" "wrong type"
echo '{"ts":"1970-01-01T00:00:00Z","account":"a"}' | mix
bad "a time in 1970" "bad time"
echo '{"ts":"2200-01-01T00:00:00Z","account":"a"}' | mix
bad "a time in 2200" "bad time"
echo '{"ts":1772409600000,"account":"a"}' | mix
bad "milliseconds" "bad time"
check "milliseconds: with a hint" grep -qi milli err
printf '{"ts":1772409600,"account":"a\xff"}\n' | mix
bad "invalid UTF-8" "invalid UTF-8"
printf '{"ts":1772409600,"account":"a\0b"}\n' | mix
bad "a NUL byte" "NUL byte"
python3 -c 'print("{\"ts\":1772409600,\"account\":\"a\",\"x\":" + "[" * 10000 + "]" * 10000 + "}")' | mix
bad "nesting 10,000 deep" "nested too deep"
echo '{"when":1,"who":"a"}' | mix
bad "an unknown dialect" "unknown dialect"
python3 -c 'print("{\"ts\":1772409600,\"account\":\"" + "a" * 2000 + "\"}")' | mix
bad "a name beyond the maximum" "name too long"

python3 -c '
import sys
sys.stdout.write("{\"ts\":1772409600,\"account\":\"big\",\"request\":{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" + "word " * 20000000 + "\"}]}}\n")' >big.jsonl
cat good.jsonl >>big.jsonl
check "100 MB in one string" run 0 scan big.jsonl --out f.jsonl
check "100 MB in one string: all count" exchanges 6
rm big.jsonl

# files
refuses "a missing file" "cannot read none.jsonl: No such file" scan good.jsonl none.jsonl --out f.jsonl
: >empty.jsonl
check "an empty file" run 0 scan empty.jsonl --out f.jsonl
check "an empty file is said" says "empty.jsonl: the file is empty"
check "an empty file has no exchanges" exchanges 0
yes 'no log at all' | head -100 >words.txt
check "nothing but bad lines" run 2 scan words.txt --out none-found.jsonl
check "nothing but bad lines: no findings" test ! -e none-found.jsonl
check "nothing but bad lines: said" says "no exchange could be read"

python3 "$SOURCE/tests/support/tiny_world.py" world 2
zstd -q world/exchanges.jsonl -o whole.zst
head -c 100000 whole.zst >cut.zst
check "a truncated zstd stream" run 1 scan cut.zst good.jsonl --out f.jsonl
check "is said" says "cut.zst"
check "the findings say so" grep -q '"broken":"truncated"' f.jsonl
check "and hold the rest" test "$(head -1 f.jsonl | sed 's/.*"exchanges":\([0-9]*\).*/\1/')" -gt 5
check "--strict" run 2 scan --strict cut.zst good.jsonl
gzip -c world/exchanges.jsonl | head -c 100000 >cut.gz
check "a truncated gzip stream" run 1 scan cut.gz --out f.jsonl
check "is said, too" says "cut.gz"
head -c 500000000 /dev/zero | tr '\0' ' ' | zstd -q -19 --long=27 - -o bomb.zst 2>/dev/null ||
  head -c 500000000 /dev/zero | zstd -q - -o bomb.zst
check "a zstd bomb" bash -c '"$1" scan bomb.zst good.jsonl --out f.jsonl 2>err >out; test $? = 1' bash "$RETORT"
check "is called one" says "bomb.zst"
rm bomb.zst

# digests
check "digests" run 0 digest world/exchanges.jsonl --out day.rtd
python3 - <<'PY'
data = bytearray(open("day.rtd", "rb").read())
data[len(data) // 2] ^= 1
open("flipped.rtd", "wb").write(data)
PY
check "a digest with a flipped bit" run 1 scan flipped.rtd --out f.jsonl
check "is said with the place" grep -Eq 'flipped.rtd: byte [0-9]+' err
check "what is lost is counted" grep -q '"damaged digests":[1-9]' f.jsonl
check "a flipped bit and --strict" run 2 scan --strict flipped.rtd
head -c 100 day.rtd >cut.rtd
check "a digest cut off at once" run 2 scan cut.rtd
head -c -100 day.rtd >cut.rtd
check "a digest cut short" run 1 scan cut.rtd --out f.jsonl
check "is said as well" says "cut.rtd"
python3 - <<'PY'
import ctypes
data = bytearray(open("day.rtd", "rb").read())
data[8] += 1
sum_of = ctypes.CDLL("libxxhash.so.0").XXH3_64bits
sum_of.restype, sum_of.argtypes = ctypes.c_uint64, [ctypes.c_char_p, ctypes.c_size_t]
data[24:32] = sum_of(bytes(data[:24]), 24).to_bytes(8, "little")
open("newer.rtd", "wb").write(data)
PY
check "a digest of a newer version" run 2 scan good.jsonl newer.rtd --out newer.jsonl
check "is refused with that word" grep -qi version err
check "and without findings" test ! -e newer.jsonl
echo 'a key of our own, long enough' >own.key
check "digests under another key" run 0 digest world/exchanges.jsonl --key-file own.key --out own.rtd
check "two keys are refused together" run 2 scan day.rtd own.rtd --out two.jsonl
check "with that word" grep -qi 'key' err
check "and no findings" test ! -e two.jsonl
check "with the right key" run 0 scan own.rtd --key-file own.key
cat day.rtd day.rtd >twice.rtd
check "digests put behind one another" run 0 scan twice.rtd --out f.jsonl

# account facts and events
cat >accounts.jsonl <<'EOT'
{"account":"acct_1","created":"2026-01-01T00:00:00Z"}
{"account":"acct_2","created":"last week"}
{"account":"acct_3"
EOT
check "bad lines of facts" run 0 scan good.jsonl --accounts accounts.jsonl --out f.jsonl
check "are said with file and line" says "accounts.jsonl:2: created"
check "all of them" says "accounts.jsonl:3:"
check "and counted" refused "account facts" 2
check "--strict and facts" run 2 scan --strict good.jsonl --accounts accounts.jsonl
refuses "facts that are not there" "No such file" scan good.jsonl --accounts none.jsonl --out none-found.jsonl
echo '{"ts":"2026-03-02T00:00:00Z","event":"model_release","model":"m"}' >events.jsonl
echo '{"ts":"2026-03-02T00:00:00Z","event":"birthday"}' >>events.jsonl
echo '{"event":"enforcement"}' >>events.jsonl
check "events" run 0 scan good.jsonl --events events.jsonl --out f.jsonl
check "a bad event is said" says "events.jsonl:3:"
check "and counted" refused "events" 1

# folders and standard input
mkdir logs
cp good.jsonl logs/b.jsonl
gzip -c world/exchanges.jsonl >logs/a.jsonl.gz
check "a folder" run 0 scan logs --out f.jsonl
check "standard input" bash -c '"$1" scan - --out g.jsonl <good.jsonl >out' bash "$RETORT"
finish
