# the whole way from text to a student that is measured, with what must be refused on it
. "$SOURCE/tests/cli/lib.sh" || exit 1
cd "$work" || exit 1

# sentences of a little language, the same every time
text() { # LINES SEED
  awk -v n="$1" -v s="$2" 'BEGIN {
    split("the a some every", d); split("cat dog bird child old-tree river", k);
    split("sees follows likes forgets answers", v);
    for (i = 0; i < n; i++) { s = (s * 1103515245 + 12345) % 2147483648; a = int(s / 65536);
      printf "%s %s %s %s %s.\n", d[a % 4 + 1], k[a % 6 + 1], v[a % 5 + 1], d[int(a / 7) % 4 + 1], k[int(a / 11) % 6 + 1] } }'
}
text 3000 1 >text.txt
text 400 77 >held.txt
text 300 5 | sed 's/^\([^ ]* [^ ]*\) \(.*\)$/{"prompt":"\1","completion":" \2"}/' >chat.jsonl
cat >student.conf <<'CONF'
# as small as it gets
layers = 2
d_model = 32
heads = 4
kv_heads = 2
d_ff = 64
context = 64
seq = 32
batch = 8
steps = 60
warmup = 5
rate = 0.01
save_every = 10
CONF

check "a teacher from scratch" run 0 distill train --text text.txt --student student.conf --set vocab=320 \
  --set steps=120 --threads 2 --out teacher
check "and its curves" test -s teacher/train.html
check "and its history" test -s teacher/metrics.jsonl
check "is exported as GGUF" run 0 distill export --run teacher --gguf teacher.gguf
check "and as safetensors" run 0 distill export --run teacher --hf teacher-hf
check "its answers are kept" run 0 distill cache --teacher teacher.gguf --text text.txt --seq 32 --out t.kdt
check "the folder's answers are the same" run 0 distill cache --teacher teacher-hf --text text.txt --seq 32 --out t2.kdt
check "a student learns them" run 0 distill train --targets t.kdt --student student.conf --set d_model=16 \
  --set heads=2 --set kv_heads=2 --set d_ff=32 --out student
check "with masks" run 0 distill cache --teacher teacher.gguf --text chat.jsonl --seq 32 --out chat.kdt
check "and learns those" run 0 distill train --targets chat.kdt --student student.conf --set steps=5 --out chat
check "a student starts from the teacher's layers" run 0 distill train --targets t.kdt --teacher teacher.gguf \
  --set start=teacher --set layers=1 --set batch=8 --set steps=10 --set rate=0.001 --out cut
check "by importance, with a live teacher and the reverse divergence" run 0 distill train --text text.txt \
  --teacher teacher.gguf --set start=teacher --set choose=importance --set layers=1 --set seq=32 --set steps=3 \
  --set loss=reverse --out live
check "student as a file" run 0 distill export --run student --gguf student.gguf --type F16
check "it is measured" run 0 distill eval --teacher teacher.gguf --student student.gguf --text held.txt --seq 32 \
  --format json
better() { # it learnt: far from the 320 words of chance
  python3 - "$work/out" <<'PY'
import json, sys
v = json.load(open(sys.argv[1]))
assert v["positions"] > 1000 and v["teacher_perplexity"] < 30 and v["student_perplexity"] < 60, v
assert v["kl"] < 2 and 0.2 < v["overlap"] <= 1 and 0 <= v["accepted"] <= 4, v
PY
}
check "and is good" better
check "the same weights in both forms" run 0 distill eval --teacher teacher.gguf --student teacher-hf --text held.txt \
  --seq 32 --format json
same() {
  python3 -c 'import json, sys; v = json.load(open(sys.argv[1])); assert v["kl"] < 1e-9 and v["agree"] == 1, v' "$work/out"
}
check "say the same" same

# ---- answers that another program wrote down: every word's log-probability, the same at each position
python3 - <<'PY'
import json, math
n = json.load(open("teacher-hf/config.json"))["vocab_size"]
p = [1 / (i + 1) ** 2 for i in range(n)]
p = [v / sum(p) for v in p]
row = [[i, math.log(v)] for i, v in enumerate(p)]
with open("logits.jsonl", "w") as f:
    for d in range(20):
        tokens = [(d * 7 + i * 13) % n for i in range(20)]
        f.write(json.dumps({"tokens": tokens, "top": [row] * 19 + [None]}) + "\n")
PY
check "answers from elsewhere" run 0 distill cache --from-logits logits.jsonl --tokenizer teacher.gguf --top 32 --tail 8 \
  --out else.kdt
check "teach too" run 0 distill train --targets else.kdt --student student.conf --set steps=80 --out else
learnt() { # the divergence falls by far
  python3 - <<'PY'
import json
v = [json.loads(l) for l in open("else/metrics.jsonl")]
e = [x["loss"] for x in v if x["kind"] == "eval"]
assert e[0] > 0.1 and abs(e[-1]) < e[0] / 3, e
PY
}
check "and are learnt" learnt

# ---- any interruption
how="--text text.txt --tokenizer teacher.gguf --student student.conf"
check "a run without a break" run 0 distill train $how --out unbroken --threads 1
kills() {
  for wait in 0.2 0.35 0.15 0.3; do
    "$RETORT" distill train $how --out broken --threads 2 >"$work/out" 2>"$work/err" &
    sleep $wait
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
  done
  run 0 distill train $how --out broken --threads 2
}
check "a run with kills" kills
check "ends with the same bits" cmp unbroken/checkpoint.bin broken/checkpoint.bin
alone() { # while one is at work
  "$RETORT" distill train $how --set steps=100000 --out busy >/dev/null 2>&1 &
  sleep 1
  run 2 distill train $how --set steps=100000 --out busy && says "another run is at work"
  local said=$?
  kill -9 $!
  wait $! 2>/dev/null
  return $said
}
check "two runs don't share a folder" alone
stopped() {
  "$RETORT" distill train --text text.txt --tokenizer teacher.gguf --student student.conf --set steps=100000 \
    --set save_every=0 --out stop >"$work/out" 2>"$work/err" &
  sleep 1
  kill -TERM $!
  wait $!
  [ $? = 1 ] && says "the same command goes on" && test -s stop/checkpoint.bin
}
check "asked to stop, it keeps what it has" stopped

# ---- refusals
check "no word" run 2 distill
refuses "no text" "either --targets FILE or --text FILE" distill train --student student.conf --out x
refuses "both" "either --targets FILE or --text FILE" distill train --text text.txt --targets t.kdt --out x
refuses "an unknown word" "what is 'frobnicate'" distill frobnicate
refuses "a setting that isn't one" "there is no setting 'layer'" distill train --text text.txt --set layer=2 --out x
printf 'layers = 2\nheads = many\n' >bad.conf
refuses "a value that isn't one" "line 2: heads is a whole number" distill train --text text.txt --student bad.conf --out x
: >empty.txt
check "an empty text" run 2 distill cache --teacher teacher.gguf --text empty.txt --out x.kdt
check "is called that" says "the corpus is empty"
echo '{"messages":[]}' >messages.jsonl
check "messages" run 2 distill cache --teacher teacher.gguf --text messages.jsonl --out x.kdt
check "need a template" says "apply the chat template"
check "the reverse divergence on kept answers" run 2 distill train --targets t.kdt --student student.conf \
  --set loss=reverse --out x1
check "is refused with the reason" says "unbiased for cross entropy and kl only"
check "kept answers at another temperature" run 2 distill train --targets t.kdt --student student.conf \
  --set temperature=2 --out x2
check "are refused" says "was made at temperature 1"
check "another tokenizer" run 0 distill train --text held.txt --student student.conf --set vocab=300 --set steps=2 --out other
check "as a file" run 0 distill export --run other --gguf other.gguf
check "doesn't fit the targets" run 2 distill train --targets t.kdt --tokenizer other.gguf --student student.conf --out x3
check "nor the teacher" run 2 distill eval --teacher teacher.gguf --student other.gguf --text held.txt
check "and that is said" says "different tokenizers"
check "a run of other settings" run 2 distill train --text text.txt --tokenizer teacher.gguf --student student.conf \
  --set rate=0.02 --out unbroken
check "isn't overwritten" says "started with other settings"
check "more than memory" run 1 distill train --text text.txt --tokenizer teacher.gguf --student student.conf \
  --memory-limit 1M --out x4
head -c 5000 teacher.gguf >cut.gguf
check "a file cut short" run 2 distill cache --teacher cut.gguf --text text.txt --out x.kdt
check "a device that is full" run 1 distill export --run teacher --gguf /dev/full
finish
