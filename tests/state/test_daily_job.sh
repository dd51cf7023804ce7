# examples/daily: the script for three days of a small world, the units, the crontab
. "$SOURCE/tests/state/lib.sh" || exit 1
world_in_days 4
job=$SOURCE/examples/daily
export RETORT_HOME=$work/home RETORT_ACCOUNTS=$work/$facts RETORT_FINDINGS=2
# nightly LOG... - status and output kept as by run
nightly() {
  sh "$job/retort-daily" "$@" >"$work/out" 2>"$work/err"
}
for n in 1 2 3; do
  zstd -q day$n.jsonl
  check "night $n" nightly day$n.jsonl.zst
  cp home/state.rts after$n.rts
done
check "prints the table" prints "distillation"
check "with what changed" prints "Nothing changed since 2026-03-03 23:59 UTC."
check "and where to look further" prints "retort explain $work/home/findings/2026-03-04.jsonl rc-"
check "and nothing else" test ! -s "$work/err"
check "the last two findings stay" test "$(ls home/findings)" = "$(printf '2026-03-03.jsonl\n2026-03-04.jsonl')"
run 0 scan day1.jsonl day2.jsonl day3.jsonl --accounts $facts --out all.jsonl
check "they are those of one scan" cmp -s <(bare all.jsonl) <(bare home/findings/2026-03-04.jsonl)
check "the state as it was before is there" cmp -s home/before.rts after2.rts
check "nobody else may read any of it" test -z "$(find home -perm /077 -type f)"
check "nothing is left half done" test -z "$(find home -name '*.tmp')"

check "the same night again" nightly day3.jsonl.zst
check "changes nothing" cmp -s home/state.rts after3.rts
check "not even the number of findings" test "$(ls home/findings | wc -l)" = 2

nightly nowhere.jsonl
check "a log that is not there: status 2" test $? = 2
check "is said" says "nowhere.jsonl"
check "the state stays" cmp -s home/state.rts after3.rts
head -c 3000 day1.jsonl.zst >cut.jsonl.zst
nightly cut.jsonl.zst day3.jsonl.zst
check "a log that breaks off: status 1" test $? = 1
check "what could be read was" prints "distillation"
nightly
check "no log: status 2" test $? = 2
(flock -n 8 && nightly day3.jsonl.zst) 8>home/daily.lock
check "another run: status 75" test $? = 75

# the settings are a shell's and systemd's
check "settings" sh -c "set -a; . '$job/retort-daily.conf'; test \"\$RETORT_KEEP\" = 90d"
check "cron: five times, a user, a command, percent signs escaped" bash -c \
  'line=$(grep -v -e "^#" -e "^[A-Z_]*=" "$0"); [[ $line =~ ^([0-9*/,-]+\ ){5}retort\  ]] && ! grep -q "[^\\]%" <<<"$line"' \
  "$job/retort-daily.crontab"
command=$(sed -n 's/^15 3 \* \* \* retort //p' "$job/retort-daily.crontab" | sed 's/\\%/%/g')
check "cron's command is one" sh -n -c "$command"
if command -v systemd-analyze >/dev/null; then
  mkdir units
  sed "s|/usr/local/bin/retort-daily|$job/retort-daily|; s|^User=.*|User=root|" "$job/retort-daily.service" >units/retort-daily.service
  cp "$job/retort-daily.timer" units/
  check "systemd takes the units" bash -c \
    'SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no --recursive-errors=no units/retort-daily.service units/retort-daily.timer >units/said 2>&1'
  check "and complains of nothing" test ! -s units/said
  check "the timer's time is one" bash -c "systemd-analyze calendar '*-*-* 03:15:00 UTC' >/dev/null"
else
  echo "ok - (no systemd-analyze here: units not checked)"
fi
finish
