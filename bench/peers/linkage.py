"""Record linkage on account facts and network keys: Splink (Fellegi-Sunter, term frequencies, EM), one record an account.

u by random sampling, m by EM over two blockings; pairs from the blocking rules; an account's score is its largest match
weight with another account, the groups are the components above the bar.
"""
import logging
import pandas as pd
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI
from common import components

BLOCK_MAX = 60  # a key shared by more accounts is a carrier, a template or a popular client: too many pairs


def most(counter):
    known = {k: n for k, n in counter.items() if k}
    return max(known, key=lambda k: (known[k], repr(k))) if known else None


def record(x, a):
    ua, ja4 = most(a.clients) or (None, None)
    f = a.facts
    several = f.get("payments")
    payment = f.get("payment") or (several[0] if isinstance(several, list) and several else None)
    day = (f.get("created") or "")[:13] or None
    return {"unique_id": x, "ip": most(a.ips), "net": most(a.nets), "asn": str(most(a.asns) or "") or None, "agent": ua,
            "ja4": ja4, "knobs": repr(most(a.knobs)), "payment": payment, "card_bin": f.get("card_bin"),
            "email_domain": f.get("email_domain"), "country": f.get("country"), "plan": f.get("plan"), "created_hour": day,
            "created_day": day and day[:10]}


def table(accounts):
    df = pd.DataFrame([record(x, a) for x, a in sorted(accounts.items())])
    for key in ("ip", "net", "ja4", "payment", "created_hour"):
        often = df[key].map(df[key].value_counts())
        df["block_" + key] = df[key].where(often <= BLOCK_MAX)
    return df


def comparisons(df, facts):
    columns = ["net", "asn", "agent", "ja4", "knobs"]
    if facts:
        columns += ["payment", "card_bin", "email_domain", "plan"]
    out = [cl.ExactMatch(c).configure(term_frequency_adjustments=True) for c in columns if df[c].nunique() > 1]
    if facts and df["created_hour"].nunique() > 1:
        out.append(cl.ExactMatch("created_hour").configure(term_frequency_adjustments=True))
    return out


def linked(df, facts):
    keys = ["block_ip", "block_net", "block_ja4"] + (["block_payment", "block_created_hour"] if facts else [])
    settings = SettingsCreator(link_type="dedupe_only", comparisons=comparisons(df, facts),
                               blocking_rules_to_generate_predictions=[block_on(k) for k in keys])
    api = DuckDBAPI()
    linker = Linker(api.register(df), settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=7)
    for key in keys[:2] + keys[3:4]:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(key))
    p = linker.inference.predict(threshold_match_probability=0.01).as_pandas_dataframe()
    return sorted(zip(p["match_weight"], p["unique_id_l"], p["unique_id_r"]), reverse=True)


def run(accounts, view, judge):
    if view == "metadata":  # facts and network keys only: without facts it is the same in both poorer views
        return
    near, score = linked(table(accounts), view == "facts"), {}
    for w, a, b in near:
        score[a] = max(score.get(a, w), w)
        score[b] = max(score.get(b, w), w)
    judge.add("record linkage (Splink)", view, score, lambda bar: components((a, b) for w, a, b in near if w > bar))
