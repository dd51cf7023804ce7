#!/bin/bash
# The feed against a slow second opinion, on the samples and on random lines.
set -euo pipefail
dump=$(dirname "$RETORT")/tests/feed_test_golden
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export PYTHONIOENCODING=utf-8
for seed in 1 2; do
  python3 "$SOURCE/tests/feed/make_lines.py" 2000 $seed >"$dir/random$seed.jsonl"
done
python3 "$SOURCE/tests/feed/oracle.py" "$dump" "$TEST_DATA"/feed/{chat,responses,messages}.jsonl "$dir"/random*.jsonl
# an oracle that can't object is none
cat >"$dir/wrong" <<EOF
#!/bin/bash
"$dump" "\$@" | sed 's/rhyme/prose/'
EOF
chmod +x "$dir/wrong"
if python3 "$SOURCE/tests/feed/oracle.py" "$dir/wrong" "$TEST_DATA/feed/chat.jsonl" >/dev/null 2>&1; then
  echo "the oracle did not see a wrong text" >&2
  exit 1
fi
