# help, man pages and completion come from one table: they are there for every command and hold together
. "$SOURCE/tests/cli/lib.sh" || exit 1

check "no command is unusable, with help on standard error" run 2
check "and nothing on standard output" test ! -s "$work/out"
check "--help lists commands" run 0 --help
check "scan is among them" prints "  scan "
check "--version" run 0 --version
check "names a version" grep -Eq '^retort [0-9]+\.[0-9]+\.[0-9]+$' "$work/out"
check "help of a command that is none" run 2 help nonsense

commands=$("$RETORT" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
for command in $commands; do
  check "$command --help" run 0 "$command" --help
  check "$command --help shows usage" prints "Usage: retort $command"
  check "$command --help shows an example" grep -q "^Example:" "$work/out"
  cp "$work/out" "$work/long"
  check "help $command is the same" run 0 help "$command"
  check "byte for byte" cmp -s "$work/out" "$work/long"
  check "no line of it is too wide" awk 'length > 100 { bad = 1; print } END { exit bad }' "$work/out"
done

check "man pages are made" "$RETORT" --generate man "$work"
check "completion is made" "$RETORT" --generate bash "$work"
for command in $commands; do
  check "retort-$command.1 is there" test -s "$work/retort-$command.1"
done
if command -v man >/dev/null; then
  for page in "$work"/*.1; do
    check "$(basename "$page") has no fault" test -z "$(man --warnings -E UTF-8 -l -Tutf8 "$page" 2>&1 >/dev/null)"
  done
fi
check "no such folder to generate into" run 1 --generate man "$work/nowhere"
check "nothing else is generated" run 2 --generate soup "$work"

# completion, as bash would ask for it
complete_words() {
  bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _retort; printf "%s\n" "${COMPREPLY[@]}"' \
    bash "$work/retort" "$@"
}
check "completes commands" test "$(complete_words retort sca)" = scan
check "completes options" test "$(complete_words retort scan --ev)" = --events
check "completes choices" test "$(complete_words retort scan --format j)" = json
touch "$work/a-file.jsonl"
check "completes files" test "$(complete_words retort scan "$work/a-fi")" = "$work/a-file.jsonl"
finish
