# one clear line and exit 2 for every way to get arguments wrong
. "$SOURCE/tests/cli/lib.sh" || exit 1
line a 1 >"$work/x.jsonl"

refuses "unknown command" "there is no command 'frobnicate'" frobnicate
refuses "unknown long option" "unknown option '--frobnicate'" scan --frobnicate "$work/x.jsonl"
refuses "unknown letter" "unknown option '-z'" scan -z "$work/x.jsonl"
refuses "option without its value" "--out needs a value" scan "$work/x.jsonl" --out
refuses "letter without its value" "-o needs a value" scan "$work/x.jsonl" -o
refuses "flag with a value" "--all takes no value" scan --all=yes "$work/x.jsonl"
refuses "not a number" "--threads takes a whole number" scan --threads many "$work/x.jsonl"
refuses "negative" "--threads takes a whole number" scan --threads=-1 "$work/x.jsonl"
refuses "zero threads" "from 1 to" scan --threads 0 "$work/x.jsonl"
refuses "too many threads" "from 1 to" scan --threads 100000 "$work/x.jsonl"
refuses "number with a tail" "--threads takes a whole number" scan --threads 2x "$work/x.jsonl"
refuses "beyond 64 bits" "--threads takes a whole number" scan --threads 99999999999999999999999 "$work/x.jsonl"
refuses "unknown format" "--format takes table|json" scan --format xml "$work/x.jsonl"
refuses "unknown family" "--without takes" scan --without magic "$work/x.jsonl"
refuses "not a size" "--memory-limit takes a size" scan --memory-limit lots "$work/x.jsonl"
refuses "size beyond 64 bits" "--memory-limit takes a size" scan --memory-limit 99999999999T "$work/x.jsonl"
refuses "given twice" "--format is given twice" scan --format json --format table "$work/x.jsonl"
refuses "no operand" "something is missing" scan
refuses "too many operands" "what is 'c'?" explain a b c
refuses "digest without a target" "--out FILE is needed" digest "$work/x.jsonl"
refuses "campaign and account" "not both" explain "$TEST_DATA/findings-small.jsonl" rc-5 --account acct_17

check "sizes with units" run 0 scan --memory-limit 64MiB "$work/x.jsonl"
check "options behind operands" run 0 scan "$work/x.jsonl" --format json
check "-- ends options" run 2 scan -- --format
check "and the rest is files" says "cannot read --format"
check "families may be repeated" run 0 scan --without money --without time "$work/x.jsonl"
printf 'short' >"$work/short.key"
check "a key that is too short" run 2 scan --key-file "$work/short.key" "$work/x.jsonl"
check "a key that is not there" run 2 scan --key-file "$work/none.key" "$work/x.jsonl"
finish
