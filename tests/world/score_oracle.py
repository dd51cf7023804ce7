"""The plain version of the scorer: every figure by its definition, slowly. Random small worlds are scored by it and by
`retort eval`, and each shared key must agree.

usage: score_oracle.py RETORT FOLDER [WORLDS]

With RETORT_SCORE_PY=FILE in the environment each world is scored by that program too (an independent scorer that takes
--labels, --findings and --json); all its keys must agree.
"""
import datetime, itertools, json, math, os, random, statistics, subprocess, sys

KINDS = ("human", "script", "popular-app", "agency")
LEVELS = ("L0", "L0-solo", "L1", "L2", "L3", "L4", "L5", "L6")


def random_world(rng):
    """labels, and findings that are sometimes right, sometimes split, merged, or wrong"""
    label = {}
    for g in range(rng.randint(0, 5)):
        kind = rng.choice(LEVELS)
        for i in range(1 if kind == "L0-solo" else rng.randint(1, 12)):
            label[f"c{g}_{i}"] = ("campaign", kind, f"c{g}-{kind}")
    for i in range(rng.randint(1, 40)):
        kind = rng.choice(KINDS)
        label[f"b{i}"] = ("benign", kind, rng.choice((None, f"{kind}-{rng.randint(0, 2)}")))
    for i in range(rng.randint(0, 6)):
        label[f"p{i}"] = ("pooled", "resale", f"pool-{rng.randint(0, 1)}")
    labels = [{"account": a, "world": w, "kind": k, "group": g, "exchanges": rng.randint(0, 50)}
              for a, (w, k, g) in label.items()]
    rng.shuffle(labels)
    if rng.random() < .2:
        labels.append(dict(rng.choice(labels), exchanges=7))
    return labels, random_findings(rng, list(label))


def random_findings(rng, names):
    out = [{"schema": "retort.finding/1", "type": "run", "version": "0", "view": "facts"}]
    ids = [f"rc-{i:016x}" for i in range(rng.randint(0, 7))]
    for c in ids:
        row = {"type": "campaign", "campaign": c, "verdict": rng.choice(("distillation", "distillation", "suspect", "pooled", "benign"))}
        if rng.random() < .8:
            row["score"] = rng.choice((0.0, 1.0, round(rng.random(), 3)))
        if rng.random() < .5:
            row.update(first_seen="2026-03-01T00:00:00Z", flaggable_at=f"2026-03-0{rng.randint(2, 9)}T06:00:00Z")
        out.append(row)
    for c in ids:
        style = rng.choice((names, [n for n in names if n[0] == "c"] or names, [n for n in names if n[:2] == "c0"] or names))
        for a in rng.sample(style, rng.randint(0, len(style))):
            row = {"type": "member", "campaign": c, "account": a, "score": round(rng.random(), 3)}
            if rng.random() < .7:
                row.update(exchanges=rng.randint(0, 40), first_seen=f"2026-03-0{rng.randint(1, 5)}T00:00:00Z",
                           last_seen=f"2026-03-0{rng.randint(5, 9)}T00:00:00Z")
            role = rng.choice(("harvest", "harvest", "cover", "bystander", None))
            out.append({**row, "role": role} if role else row)
    if ids and rng.random() < .3:
        out.append({"type": "member", "campaign": ids[0], "account": "stranger", "role": "harvest", "score": .5})
    for a in rng.sample(names, rng.randint(0, len(names) // 2)):
        out.append({"type": "account", "account": a, "score": round(rng.random(), 3)})
    return out


# ---- definitions

def wilson(p, n, z=1.96):
    if n == 0:
        return [0.0, 1.0]
    root = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = ((p + z * z / (2 * n) + s * root) / (1 + z * z / n) for s in (-1, 1))
    return [max(0.0, low), min(1.0, high)]


def mean(v):
    return sum(v) / len(v) if v else 0.0


def read(labels, findings):
    label = {r["account"]: r for r in labels}
    verdict, into = {}, {v: {} for v in ("distillation", "suspect", "pooled", "benign")}
    members = {}
    for f in findings:
        if f["type"] == "campaign":
            verdict[f["campaign"]] = f
        if f["type"] == "member" and f.get("role", "harvest") != "bystander":
            into[verdict[f["campaign"]]["verdict"]].setdefault(f["account"], f["campaign"])
            members.setdefault(f["campaign"], []).append(f)
    return label, verdict, into, members


def b_cubed(truth, cluster):
    """straight from the definition: for each item, over all items"""
    p = mean([mean([truth[y] == truth[x] for y in truth if cluster[y] == cluster[x]]) for x in truth])
    r = mean([mean([cluster[y] == cluster[x] for y in truth if truth[y] == truth[x]]) for x in truth])
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def rand_index(truth, cluster):
    """adjusted Rand index by counting pairs"""
    pairs = [(truth[x] == truth[y], cluster[x] == cluster[y]) for x, y in itertools.combinations(truth, 2)]
    if not pairs:
        return None
    a, b, both = sum(t for t, _ in pairs), sum(c for _, c in pairs), sum(t and c for t, c in pairs)
    chance = a * b / len(pairs)
    return 1.0 if (a + b) / 2 == chance else (both - chance) / ((a + b) / 2 - chance)


def calibration(points):
    """(n, Brier, ECE) of (score, came true)"""
    if not points:
        return 0, None, None
    bins = [[p for p in points if min(9, int(p[0] * 10)) == b] for b in range(10)]
    ece = sum(len(b) / len(points) * abs(mean([s for s, _ in b]) - mean([t for _, t in b])) for b in bins if b)
    return len(points), mean([(s - t) ** 2 for s, t in points]), ece


def when(t):
    return datetime.datetime.fromisoformat(t.replace("Z", "+00:00")).timestamp()


def firsts(findings, flagged):
    """the member line by which each account was flagged"""
    seen = set()
    for f in findings:
        if f["type"] == "member" and f.get("role") != "bystander" and flagged.get(f["account"]) == f["campaign"] and f["account"] not in seen:
            seen.add(f["account"])
            yield f


def leaked(member, campaign):
    """exchanges before the campaign could be flagged, spread evenly from the member's first to its last"""
    if "flaggable_at" not in campaign or "first_seen" not in member:
        return None
    first, last, flag = when(member["first_seen"]), when(member["last_seen"]), when(campaign["flaggable_at"])
    share = 1.0 if flag >= last else 0.0 if flag <= first else (flag - first) / (last - first)
    return share * member["exchanges"]


def score(labels, findings):
    label, verdict, into, members = read(labels, findings)
    flagged, suspect, pooled = into["distillation"], into["suspect"], into["pooled"]
    of = lambda world: {a: r for a, r in label.items() if r["world"] == world}
    bad, good, pool = of("campaign"), of("benign"), of("pooled")
    found = {a for a, r in bad.items() if a in flagged or r["kind"].endswith("solo") and a in suspect}
    groups = {}
    for a, r in bad.items():
        groups.setdefault(r["group"], []).append(a)
    share = {g: mean([a in found for a in m]) for g, m in groups.items()}
    exchanges = {g: (sum(bad[a]["exchanges"] for a in m if a in found), sum(bad[a]["exchanges"] for a in m)) for g, m in groups.items()}
    honest = {(r["kind"], r["group"]) if r["group"] else (a,) for a, r in good.items()}
    false, out = [a for a in good if a in flagged], {}
    false_campaigns = 0
    for c in set(flagged.values()):
        worlds = [label[a]["world"] if a in label else "?" for a, into_c in flagged.items() if into_c == c]
        false_campaigns += sum(w in ("benign", "pooled") for w in worlds) > len(worlds) / 2
    truth = {a: r["group"] for a, r in bad.items() if not r["kind"].endswith("solo")}
    cluster = {a: flagged.get(a, ("alone", a)) for a in truth}
    b3 = b_cubed(truth, cluster)
    no_l6 = {a: g for a, g in truth.items() if not bad[a]["kind"].startswith("L6")}
    right = sum(a in bad for a in flagged)
    review = sum(a in suspect or a in pooled for a in good)
    out.update(
        accounts=len(label), benign=len(good), benign_groups=len(honest), campaign_accounts=len(bad), campaigns=len(groups),
        pooled_accounts=len(pool), false_flags=len(false), false_campaigns=false_campaigns,
        benign_suspects=sum(a in suspect for a in good), benign_pooled=sum(a in pooled for a in good),
        campaigns_half_found=sum(s >= .5 for s in share.values()), relabelled_accounts=len(labels) - len(label),
        recall=len(found) / max(1, len(bad)), recall_macro=mean(list(share.values())), recall_worst=min(share.values(), default=0.0),
        recall_by_exchanges=sum(k for k, _ in exchanges.values()) / max(1, sum(n for _, n in exchanges.values())),
        recall_by_exchanges_macro=mean([k / n if n else 0 for k, n in exchanges.values()]),
        false_flag_rate=len(false) / max(1, len(good)), review_load=review / max(1, len(good)),
        pooled_found=sum(a in pooled for a in pool) / max(1, len(pool)),
        pooled_called_distillation=sum(a in flagged for a in pool) / max(1, len(pool)),
        precision=right / max(1, len(flagged)), b3_precision=b3[0], b3_recall=b3[1], b3_f1=b3[2],
        b3_f1_l0_l5=b_cubed(no_l6, {a: cluster[a] for a in no_l6})[2], ari=rand_index(truth, cluster),
        false_flags_per_1000_benign_groups=1000 * len(false) / len(honest) if honest else 0,
        false_campaigns_per_1000_benign_groups=1000 * false_campaigns / len(honest) if honest else 0,
        false_campaigns_per_30000_benign=30000 * false_campaigns / len(good) if good else 0)
    hours, leaks = [], []
    for g, m in groups.items():
        waits = [(when(verdict[flagged[a]]["flaggable_at"]) - when(verdict[flagged[a]]["first_seen"])) / 3600
                 for a in m if a in flagged and "flaggable_at" in verdict[flagged[a]]]
        hours += [min(waits)] if waits else []
        lost = [leaked(f, verdict[f["campaign"]]) for f in firsts(findings, flagged) if f["account"] in m]
        lost = [x for x in lost if x is not None]
        if lost and exchanges[g][0]:
            leaks.append(sum(lost) / exchanges[g][0])
    out["hours_to_flag"] = statistics.median(hours) if hours else None
    out["leaked_before_flag"] = mean(leaks) if leaks else None
    levels = sorted({bad[m[-1]]["kind"] for m in groups.values()})
    out["recall_by_level"] = {k: mean([share[g] for g, m in groups.items() if bad[m[-1]]["kind"] == k]) for k in levels}
    out["false_flag_interval"] = wilson(out["false_flag_rate"], len(good))
    out["intervals"] = {
        "recall": wilson(out["recall"], len(bad)), "recall_macro": wilson(out["recall_macro"], len(groups)),
        "false_flag_rate": out["false_flag_interval"], "review_load": wilson(out["review_load"], len(good)),
        "pooled_found": wilson(out["pooled_found"], len(pool)), "precision": wilson(out["precision"], len(flagged))}
    out["precision_at_prevalence"] = []
    for p in (.1, .01, .001):
        hit, alarm = p * out["recall"], (1 - p) * out["false_flag_rate"]
        out["precision_at_prevalence"].append({"prevalence": p, "precision": hit / (hit + alarm) if hit + alarm else 1.0})
    out["by_kind"] = [{"kind": k, "world": w, "accounts": len(m), "flagged": sum(a in flagged for a in m),
                       "groups": len({(label[a]["group"],) if label[a]["group"] else a for a in m})}
                      for w, k, m in ((w, k, [a for a, r in label.items() if (r["world"], r["kind"]) == (w, k)])
                                      for w, k in sorted({(r["world"], r["kind"]) for r in label.values()} - {(r["world"], r["kind"]) for r in bad.values()}))]
    out["calibration"] = {}
    want = {"distillation": "campaign", "suspect": "campaign", "pooled": "pooled", "benign": "benign"}
    points = [(f["score"], 2 * sum(label.get(m["account"], {}).get("world") == want[f["verdict"]] for m in members.get(c, [])) > len(members.get(c, [])))
              for c, f in verdict.items() if "score" in f]
    spoken = [f for f in findings if f["type"] == "account" or f["type"] == "member" and f.get("role") != "bystander"
              and verdict[f["campaign"]]["verdict"] == "distillation"]
    people = [(f["score"], f["account"] in bad) for f in spoken if f["account"] in label]
    for name, pts in (("campaigns", points), ("members", people)):
        n, brier, ece = calibration(pts)
        out["calibration"][name] = {"n": n, "brier": brier, "ece": ece}
    return out


# ---- comparison

def differences(want, got, path=""):
    """paths at which `got` lacks or contradicts what `want` says"""
    if isinstance(want, dict):
        return [d for k, v in want.items() for d in (differences(v, got[k], f"{path}.{k}") if isinstance(got, dict) and k in got else [f"{path}.{k} is missing"])]
    if isinstance(want, list):
        if not isinstance(got, list) or len(want) != len(got):
            return [f"{path}: {len(want)} entries, not {got!r}"]
        return [d for i, (v, g) in enumerate(zip(want, got)) for d in differences(v, g, f"{path}[{i}]")]
    if isinstance(want, (int, float)) and isinstance(got, (int, float)):
        return [] if abs(want - got) <= 1e-9 * max(1.0, abs(want)) else [f"{path}: {want!r}, not {got!r}"]
    return [] if want == got else [f"{path}: {want!r}, not {got!r}"]


def write(path, rows):
    with open(path, "w") as f:
        f.writelines(json.dumps(r) + "\n" for r in rows)


def main():
    retort, folder, worlds = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 150
    labels_file, findings_file = os.path.join(folder, "labels.jsonl"), os.path.join(folder, "findings.jsonl")
    files, other, failed = ["--labels", labels_file, "--findings", findings_file], os.environ.get("RETORT_SCORE_PY"), 0
    for seed in range(worlds):
        labels, findings = random_world(random.Random(seed))
        write(labels_file, labels)
        write(findings_file, findings)
        done = subprocess.run([retort, "eval", *files, "--format", "json"], capture_output=True, text=True)
        if done.returncode != 0:
            wrong = [f"exit status {done.returncode}: {done.stderr}"]
        else:
            got = json.loads(done.stdout)
            wrong = differences(score(labels, findings), got)
            if other:
                theirs = json.loads(subprocess.run([sys.executable, other, *files, "--json"], capture_output=True, text=True, check=True).stdout)
                wrong += [f"other scorer: {d}" for d in differences(theirs, got)]
        failed += bool(wrong)
        for d in wrong[:5]:
            print(f"world {seed}: {d}")
    print(f"{worlds} worlds, {failed} with differences")
    sys.exit(1 if failed else 0)


main()
