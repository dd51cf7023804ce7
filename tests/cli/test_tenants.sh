# several tenants, from files: together is side by side, by logs, by digests, and where only the facts know of tenants
. "$SOURCE/tests/cli/lib.sh" || exit 1
cd "$work" || exit 1
python3 "$SOURCE/tests/support/tiny_world.py" one 1
python3 "$SOURCE/tests/support/tiny_world.py" two 2
tag() { # FILE TENANT - the same lines with a tenant
  python3 - "$1" "$2" <<'PY'
import json, sys
for line in open(sys.argv[1]):
    print(json.dumps(dict(json.loads(line), tenant=sys.argv[2])))
PY
}
for w in one two; do
  tag $w/exchanges.jsonl $w >$w.jsonl
  tag $w/accounts.jsonl $w >$w.facts.jsonl
done
cat one.facts.jsonl two.facts.jsonl >facts.jsonl
found() { # FILE... - campaigns, members and accounts, sorted
  cat "$@" | grep -v '"type":"run"' | sort
}
for w in one two; do
  check "tenant $w" run 0 scan $w.jsonl --accounts $w.facts.jsonl --all --out $w.f
done
check "both" run 0 scan one.jsonl two.jsonl --accounts facts.jsonl --all --out both.f
check "the run says so" grep -q '"type":"run".*"tenants":2' both.f
check "there is something to find" grep -q '"type":"campaign","campaign":"[^"]*","tenant":"one","verdict":"distillation"' both.f
found one.f two.f >apart
found both.f >together
check "side by side" cmp apart together

check "as digests" run 0 digest two.jsonl one.jsonl --out both.rtd
check "the same" run 0 scan both.rtd --accounts facts.jsonl --all --out again.f
found again.f >again
check "to the byte" cmp again together

check "nothing to warn of" test ! -s err
python3 -c 'import json, sys
for n, line in enumerate(open("one.jsonl")):
    d = json.loads(line)
    print(json.dumps(dict(d, tenant=d["account"][-2:])))' >many.jsonl
check "tenants of a few accounts" run 0 scan many.jsonl --out many.f
check "are warned of" says "accounts on average: nothing is linked across tenants"

# names are the same in both: only facts tell which is whose where the log does not
names() { python3 -c 'import json, sys
for n, w in enumerate(["one", "two"]):
    for line in open(w + "/" + sys.argv[1]):
        d = json.loads(line)
        print(json.dumps(dict(d, account="%s@%d" % (d["account"], n), tenant=w) if sys.argv[2] == "facts"
                         else dict(d, account="%s@%d" % (d["account"], n))))' "$1" "$2"; }
names exchanges.jsonl log >log.jsonl
names accounts.jsonl facts >log.facts.jsonl
check "tenants by facts alone" run 0 scan log.jsonl --accounts log.facts.jsonl --out facts.f
check "are two" grep -q '"tenants":2' facts.f
check "and share no campaign" python3 - facts.f <<'PY'
import json, sys
of = {}
for line in open(sys.argv[1]):
    d = json.loads(line)
    if d["type"] == "member":
        of.setdefault(d["campaign"], set()).add(d["account"][-1])
assert of and all(len(t) == 1 for t in of.values()), of
PY
finish
