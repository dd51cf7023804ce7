# what explain prints, held against golden files; and findings that it can't use
. "$SOURCE/tests/cli/lib.sh" || exit 1
cd "$TEST_DATA" || exit 1
small=findings-small.jsonl

golden() { # NAME ARGUMENTS...
  local name=$1
  shift
  run 0 explain "$@" || { not_ok "$name"; return; }
  if [ -n "${UPDATE_GOLDEN:-}" ]; then cp "$work/out" "$TEST_DATA/explain-$name.golden"; fi
  if diff -u "$TEST_DATA/explain-$name.golden" "$work/out"; then ok "$name"; else not_ok "$name"; fi
}
golden list $small
golden campaign $small rc-5f1c09aa27d1e0b4
golden prefix $small rc-77
golden member $small --account acct_18
golden outside $small --account acct_99
golden escaped $small --account 'zoë "z"'
golden campaign-json $small rc-5f --format json
golden account-json $small --account acct_17 --format json
golden list-json $small --format json
for name in campaign-json account-json list-json; do
  check "$name is JSON" python3 -m json.tool "explain-$name.golden" /dev/null
done

refuses "no such campaign" "there is no campaign 'rc-6'" explain $small rc-6
refuses "an id that is not enough" "more than one campaign begins with 'rc'" explain $small rc
refuses "no such account" "there is no account 'nobody'" explain $small --account nobody
grep -v '"type":"account"' $small | sed 's/"all":true/"all":false/' >"$work/few.jsonl"
check "an account that only --all would name" run 0 explain "$work/few.jsonl" --account acct_99
check "is told so" prints "retort scan --all"
check "standard input" run 0 explain - rc-77 <$small

refuses "no such file" "No such file" explain "$work/none.jsonl"
: >"$work/empty.jsonl"
refuses "an empty file" "no findings" explain "$work/empty.jsonl"
line a 1 >"$work/log.jsonl"
refuses "a log instead of findings" "not a findings file" explain "$work/log.jsonl"
{ head -1 $small; echo '{"type":"campaign",'; } >"$work/broken.jsonl"
refuses "a broken line" "line 2" explain "$work/broken.jsonl"
sed 's/finding\/1/finding\/9/' $small >"$work/newer.jsonl"
refuses "a newer schema" "retort.finding/1" explain "$work/newer.jsonl"
{ head -1 $small; grep '"type":"member"' $small; } >"$work/orphan.jsonl"
refuses "a member without its campaign" "no line before it" explain "$work/orphan.jsonl" --account acct_17
finish
