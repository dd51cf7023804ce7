# progress is for terminals: there it is one line that goes away, elsewhere it is not
. "$SOURCE/tests/cli/lib.sh" || exit 1
cd "$work" || exit 1
tiny_world 6
python3 - "$RETORT" >seen <<'PY'
import os, pty, subprocess, sys
master, slave = pty.openpty()
p = subprocess.Popen([sys.argv[1], "scan", "world/exchanges.jsonl", "--out", "f.jsonl"], stdout=subprocess.DEVNULL, stderr=slave)
os.close(slave)
seen = b""
while True:
    try:
        piece = os.read(master, 65536)
    except OSError:
        break
    if not piece:
        break
    seen += piece
sys.stdout.buffer.write(seen)
sys.exit(p.wait())
PY
check "under a terminal it runs" test $? = 0
check "bytes and rate are shown" grep -aq 'MB, .* exchanges, .*/s' seen
check "so is what follows reading" grep -aq 'looking for campaigns' seen
check "the line is cleared at the end" test "$(tail -c 4 seen | od -An -c | tr -d ' ')" = '\r033[K'
check "elsewhere it runs" run 0 scan world/exchanges.jsonl
check "and says nothing on standard error" test ! -s err
finish
