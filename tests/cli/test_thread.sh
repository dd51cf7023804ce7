# many threads at once: what the thread sanitizer watches
. "$SOURCE/tests/cli/lib.sh" || exit 1
cd "$work" || exit 1
tiny_world 5
check "scan" run 0 scan world/exchanges.jsonl --accounts world/accounts.jsonl --threads 4 --out f.jsonl
check "digest" run 0 digest world/exchanges.jsonl --threads 4 --out d.rtd
check "scan of both" run 0 scan d.rtd world/exchanges.jsonl --threads 4 --out g.jsonl
check "inspect" run 0 inspect world/exchanges.jsonl --threads 4
finish
