# lib - what the scripts of this room share. A script sources it, calls `check` once a case and ends with `finish`.
# RETORT is the program, TEST_DATA and SOURCE are folders of the repository.
set -u
[ -x "${RETORT:-}" ] || {
  echo "not ok - RETORT is no program: ${RETORT:-}"
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

ok() {
  echo "ok - $1"
}
not_ok() {
  echo "not ok - $1"
  failures=$((failures + 1))
}
# check NAME COMMAND... - the command says by its status whether it holds
check() {
  local name=$1
  shift
  if "$@"; then ok "$name"; else not_ok "$name: $*"; fi
}
# run STATUS ARGUMENTS... - runs retort, keeps what it said in $work/out and $work/err, and compares its status
run() {
  local want=$1 got
  shift
  "$RETORT" "$@" >"$work/out" 2>"$work/err"
  got=$?
  [ $got = "$want" ] && return 0
  echo "  retort $*: status $got, wanted $want"
  sed 's/^/  | /' "$work/err"
  return 1
}
says() { # TEXT - on standard error
  grep -qF -- "$1" "$work/err" && return 0
  echo "  standard error lacks: $1"
  sed 's/^/  | /' "$work/err"
  return 1
}
prints() { # TEXT - on standard output
  grep -qF -- "$1" "$work/out" && return 0
  echo "  standard output lacks: $1"
  head -20 "$work/out" | sed 's/^/  | /'
  return 1
}
one_line() { # exactly one line of complaint, nothing on standard output
  [ "$(wc -l <"$work/err")" = 1 ] && [ ! -s "$work/out" ] && return 0
  echo "  more or less than one line"
  sed 's/^/  | /' "$work/err"
  return 1
}
# refuses NAME TEXT ARGUMENTS... - exit 2 with one line that holds the text
refuses() {
  local name=$1 text=$2
  shift 2
  if run 2 "$@" && one_line && says "$text"; then ok "$name"; else not_ok "$name"; fi
}
tiny_world() { # into $work/world
  python3 "$SOURCE/tests/support/tiny_world.py" "$work/world" "${1:-1}"
}
# a line of the contract's envelope: ACCOUNT SECONDS TEXT
line() {
  printf '{"ts":%s,"account":"%s","request":{"model":"m","messages":[{"role":"user","content":"%s"}]}}\n' \
    "$((1772409600 + $2))" "$1" "${3:-hello}"
}
finish() {
  [ $failures = 0 ]
  exit
}
