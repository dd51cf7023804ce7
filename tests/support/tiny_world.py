#!/usr/bin/env python3
"""tiny_world DIR [SEED] - a small labelled world for the demo and the tests: five days, about 150 honest accounts of
six kinds and two campaigns. Writes exchanges.jsonl, accounts.jsonl and labels.jsonl; the same seed gives the same
bytes. All text is made from the word lists below; nothing here calls anybody."""
import json
import os
import random
import sys

DAY = 86400
DAYS = 5
START = 1772409600  # 2026-03-02T00:00:00Z

TRADES = {
    "garden": "tomato soil compost seedling trellis frost mulch pruning lavender slug greenhouse irrigation clay hedge "
              "rose bulb weeds shade fertiliser orchard apple grafting nursery aphid lawn".split(),
    "bakery": "dough sourdough oven crust yeast flour proofing croissant butter glaze hydration starter loaf rye "
              "baguette caramel meringue whisk batch display delivery supplier margin counter tray".split(),
    "law": "clause tenant lease notice deposit liability court filing appeal contract breach remedy witness statement "
           "deadline counsel settlement invoice arbitration evidence hearing claim statute owner dispute".split(),
    "travel": "ferry hostel itinerary luggage visa train museum island ticket border coach harbour sunrise hike guide "
              "market rental coast castle weather budget pass station transfer booking".split(),
    "code": "function loop parser socket thread cache query index migration exception test endpoint queue token "
            "deploy branch merge compiler pointer schema latency retry log config module".split(),
    "clinic": "patient appointment dosage referral nurse reminder allergy physio knee vaccine waiting insurance "
              "consent chart recovery discharge triage follow-up letter record pharmacy ward shift rota pain".split(),
    "music": "chord melody verse chorus drum tempo mixing vocal guitar reverb bass rehearsal lyric bridge piano "
             "track venue setlist microphone harmony scale practice cello tuning festival".split(),
    "school": "lesson worksheet pupil fraction spelling grade parent excursion homework reading class quiz "
              "marking syllabus term assembly essay feedback library project topic exam revision laboratory".split(),
    "shop": "order refund parcel stock size colour return voucher checkout cart shipping supplier review label "
            "barcode shelf season discount customer complaint exchange box courier delay receipt".split(),
    "energy": "panel inverter battery meter tariff grid roof wiring heat pump insulation boiler kilowatt fuse "
              "survey permit installer subsidy load outage voltage storage solar peak demand".split(),
    "sport": "training sprint marathon pace injury stretch coach league goal referee pitch squad season rest "
             "interval hydration race shoes recovery plan swim lane relay warm-up score".split(),
    "history": "empire treaty harbour archive letter siege census merchant map guild abbey charter revolt coin "
               "bishop canal chronicle ship port king war tax village road bridge".split(),
}
SHAPES = [
    "How do I deal with the {0} and the {1} when the {2} is already {adj}, and what would you change about the {3}?",
    "My {0} is {adj} since the {1} came in. Could the {2} be the reason, or should I look at the {3} first?",
    "Write a short note about our {0} for people who know the {1} but have never seen a {2} or a {3}.",
    "What is the difference between a {0} and a {1}, if the {2} stays {adj} and the {3} does not matter?",
    "We planned the {0} around the {1}; now the {2} is {adj}. Suggest two ways to keep the {3} as it is.",
    "Explain to a beginner why a {adj} {0} needs a {1}, and where the {2} and the {3} come into it.",
]
ADJ = "late early broken cheap heavy old new quiet urgent missing wet dry steep narrow busy empty strange".split()
FIRST = "Ana Ben Chloe Dan Eli Fay Gus Hana Ivo June Karl Lea Max Nora Otto Pia Quin Rosa Sam Tess".split()
THINGS = "crates tickets bottles chairs panels boxes books lamps keys cables stamps plates shirts coins tiles".split()

APP_TEMPLATE = ("You are Notewise, an assistant that turns rough notes into a tidy summary. Keep the order of the notes, "
                "name open questions at the end, never invent a fact. Answer in plain paragraphs without headings.")
HARVEST_A = ("You are an expert tutor. Work through the task step by step, write down every intermediate result and the "
             "reason for it, check the result in a second way, and only then state the final answer on a line of its own.")
HARVEST_B = ("Act as a panel of three specialists. Each of them first writes out a complete line of thought about the "
             "request, then they compare notes, list what they disagree on and agree on one detailed answer.")
AGENTS = ["OpenAI/Python 1.61.0", "OpenAI/JS 4.85.1", "axios/1.7.9", "python-requests/2.32.3", "Go-http-client/2.0",
          "okhttp/4.12.0"]


class World:
    def __init__(self, folder, seed):
        self.rng = random.Random(seed)
        self.folder = folder
        self.exchanges, self.accounts, self.labels = [], [], []
        self.serial = 0

    # ---- parts

    def sentence(self, topic, loose=0.1):
        """a sentence about a topic (a list of words), now and then about something else"""
        r = self.rng
        words = [r.choice(TRADES[r.choice(list(TRADES))] if r.random() < loose else topic) for _ in range(4)]
        return r.choice(SHAPES).format(*words, adj=r.choice(ADJ))

    def notes(self, topic, loose=0.1):
        return " ".join(self.sentence(topic, loose) for _ in range(self.rng.randint(2, 4)))

    def topic(self, trade):
        """what one customer talks about: a part of a trade, and names that nobody else has"""
        r = self.rng
        names = ["".join(r.choice("bdfgklmnprstvz") + r.choice("aeiou") for _ in range(r.randint(2, 4)))
                 for _ in range(5)]
        return r.sample(TRADES[trade], 7) + names + names

    def task(self):
        """one task of a harvester's list: all trades, all shapes"""
        r = self.rng
        if r.random() < 0.5:
            a, b, k = r.randint(12, 900), r.randint(3, 60), r.randint(2, 9)
            one, two = r.sample(FIRST, 2)
            thing, other = r.sample(THINGS, 2)
            return (f"{one} has {a} {thing} and packs {k} of them into every parcel. {two} brings {b} {other} and takes "
                    f"{r.randint(2, 9)} {thing} for each. How many {thing} are left over after {r.randint(2, 12)} rounds?")
        return self.notes(TRADES[r.choice(list(TRADES))])

    def address(self, net=None):
        r = self.rng
        if net:
            return f"{net}.{r.randint(2, 250)}"
        return f"{r.randint(11, 99)}.{r.randint(0, 255)}.{r.randint(0, 255)}.{r.randint(2, 250)}"

    def account(self, world, kind, group=None, **facts):
        r = self.rng
        name = f"acct_{r.getrandbits(32):08x}"
        created = START - r.randint(3 * DAY, 300 * DAY)
        row = {"account": name, "created": stamp(created), "plan": r.choice(["free", "tier1", "tier2"]),
               "country": r.choice(["DE", "US", "FR", "IN", "BR", "GB", "PL", "JP"]),
               "email_domain": r.choice(["example.com", "example.net", "mail.example", "example.org"]),
               "payment": f"pm_{r.getrandbits(40):010x}", "card_bin": str(r.randint(400000, 400400)),
               "signup_ip": self.address(), "verified": r.random() < 0.8}
        row.update(facts)
        self.accounts.append(row)
        self.labels.append({"account": name, "world": world, "kind": kind, "group": group, "exchanges": 0})
        return {"name": name, "label": self.labels[-1], "ip": self.address(), "agent": r.choice(AGENTS),
                "ja4": f"t13d{r.getrandbits(40):010x}", "model": r.choice(["m-large-2", "m-small-2"]),
                "country": row["country"], "topic": self.topic(r.choice(list(TRADES))), "asn": r.randint(64500, 64600)}

    def send(self, who, when, messages, **over):
        r = self.rng
        self.serial += 1
        who["label"]["exchanges"] += 1
        size = sum(len(m["content"]) for m in messages)
        answer = max(16, int(r.lognormvariate(5.2, 0.6)))
        request = {"model": over.get("model", who["model"]), "messages": messages}
        request.update(over.get("knobs", {}))
        line = {"id": f"req_{self.serial:07d}", "ts": stamp(when), "account": who["name"],
                "ip": over.get("ip", who["ip"]), "asn": who["asn"], "country": who["country"],
                "user_agent": over.get("agent", who["agent"]), "ja4": over.get("ja4", who["ja4"]),
                "endpoint": "/v1/chat/completions", "status": 200, "request": request,
                "response": {"object": "chat.completion",
                             "choices": [{"index": 0, "finish_reason": "stop",
                                          "message": {"role": "assistant", "content": self.sentence(who["topic"])}}],
                             "usage": {"prompt_tokens": size // 4, "completion_tokens": answer}}}
        if "org" in over:
            line["org"] = over["org"]
        self.exchanges.append((when, line))

    def waking(self, zone):
        """a moment of a person's day"""
        hour = min(23.9, max(7.0, self.rng.gauss(15, 4)))
        return ((hour - zone) % 24) * 3600

    # ---- honest kinds

    def talk(self, who, when, loose=0.05, **over):
        """a conversation: the list of messages grows"""
        messages = []
        for _ in range(self.rng.randint(1, 5)):
            messages = messages + [{"role": "user", "content": self.sentence(who["topic"], loose)}]
            self.send(who, when, messages, **over)
            messages = messages + [{"role": "assistant", "content": self.sentence(who["topic"])}]
            when += self.rng.randint(20, 400)

    def people(self, n, kind="chat", **facts):
        for _ in range(n):
            who = self.account("benign", kind, **facts)
            zone = self.rng.choice([-5, 0, 1, 5, 9])
            for day in range(DAYS):
                for _ in range(self.rng.randint(0, 3)):
                    self.talk(who, START + day * DAY + self.waking(zone))

    def company(self, n):
        ip, org, card = self.address(), "org_harbour", f"pm_{self.rng.getrandbits(40):010x}"
        for _ in range(n):
            who = self.account("benign", "company", "org_harbour", payment=card, org=org, email_domain="harbour.example")
            who["ip"] = ip
            for day in range(DAYS):
                for _ in range(self.rng.randint(1, 3)):
                    self.talk(who, START + day * DAY + self.waking(0), org=org)

    def app_users(self, n):
        """strangers who run one popular template with keys of their own: everybody has a trade"""
        for _ in range(n):
            who = self.account("benign", "app")
            who["agent"] = "notewise/3.2"
            zone = self.rng.choice([-5, 0, 1, 5, 9])
            for day in range(DAYS):
                for _ in range(self.rng.randint(4, 18)):
                    self.send(who, START + day * DAY + self.waking(zone),
                              [{"role": "system", "content": APP_TEMPLATE},
                               {"role": "user", "content": self.notes(who["topic"])}],
                              knobs={"temperature": 0.3, "max_tokens": 700}, model="m-small-2")

    def clockwork(self, n):
        for _ in range(n):
            who = self.account("benign", "cron")
            prompt = "Report for the night shift. " + self.notes(who["topic"]) + " Figures of the last hour: "
            minute = self.rng.randint(0, 3599)
            for hour in range(24 * DAYS):
                self.send(who, START + hour * 3600 + minute + self.rng.uniform(0, 4),
                          [{"role": "user", "content": prompt + str(self.rng.randint(100, 9999))}],
                          knobs={"temperature": 0})

    def back_ends(self, n):
        for _ in range(n):
            who = self.account("benign", "backend")
            system = "You classify messages for our service desk. " + self.notes(who["topic"])
            busy = self.rng.randint(15, 50)
            for day in range(DAYS):
                for _ in range(busy):
                    self.send(who, START + day * DAY + self.waking(self.rng.choice([0, 1])),
                              [{"role": "system", "content": system},
                               {"role": "user", "content": self.sentence(who["topic"], 0.02)}],
                              knobs={"max_tokens": 64})

    def builders(self, n):
        """continuous integration: bursts from a fresh address each"""
        for _ in range(n):
            who = self.account("benign", "ci")
            who["topic"] = self.topic("code")
            system = "You are a code review agent. " + self.notes(who["topic"])
            for day in range(DAYS):
                for _ in range(self.rng.randint(2, 6)):
                    when, ip = START + day * DAY + self.waking(0), self.address()
                    messages = [{"role": "system", "content": system},
                                {"role": "user", "content": "Review: " + self.notes(who["topic"])}]
                    for _ in range(self.rng.randint(2, 6)):
                        self.send(who, when, messages, ip=ip)
                        messages = messages + [{"role": "assistant", "content": self.sentence(who["topic"])},
                                               {"role": "user", "content": self.sentence(who["topic"], 0)}]
                        when += self.rng.randint(4, 30)

    # ---- campaigns

    def round_robin(self, n, group):
        """one list of tasks dealt over the accounts in turn, from one hosting network, paid with three cards"""
        cards = [f"pm_{self.rng.getrandbits(40):010x}" for _ in range(3)]
        net = "203.0.113"
        pool = []
        for i in range(n):
            who = self.account("campaign", "L0", group, payment=cards[i % 3], email_domain="inbox.example",
                               created=stamp(START - 4 * DAY + i * 600))
            who.update(ip=self.address(net), agent="python-requests/2.32.3", ja4="t13d0000a1b2c3", model="m-large-2")
            pool.append(who)
        when, turn = START + 3 * 3600, 0
        while when < START + DAYS * DAY:
            self.send(pool[turn % n], when,
                      [{"role": "system", "content": HARVEST_A}, {"role": "user", "content": self.task()}],
                      knobs={"temperature": 0.7, "max_tokens": 2048})
            turn += 1
            when += self.rng.uniform(60, 110)

    def covered(self, n, group):
        """an address and a client for each account, half of the traffic is talk; the tasks still go round"""
        cards = [f"pm_{self.rng.getrandbits(40):010x}" for _ in range(n // 2)]
        pool = []
        for i in range(n):
            pool.append(self.account("campaign", "L3", group, payment=cards[i // 2 % len(cards)],
                                     created=stamp(START - 9 * DAY + i * 1800)))
            pool[-1]["model"] = "m-large-2"
        when, turn = START + 7200, 0
        while when < START + DAYS * DAY:
            who = pool[turn % n]
            self.send(who, when, [{"role": "user", "content": HARVEST_B + "\n\n" + self.task()}],
                      knobs={"max_tokens": 4096})
            turn += 1
            when += self.rng.uniform(120, 240)
        for who in pool:
            for day in range(DAYS):
                for _ in range(self.rng.randint(3, 6)):
                    self.talk(who, START + day * DAY + self.waking(2))

    # ---- files

    def write(self):
        os.makedirs(self.folder, exist_ok=True)
        self.exchanges.sort(key=lambda e: (e[0], e[1]["id"]))
        self.accounts.sort(key=lambda a: a["account"])
        self.labels.sort(key=lambda a: a["account"])
        for name, rows in (("exchanges", [e for _, e in self.exchanges]), ("accounts", self.accounts),
                           ("labels", self.labels)):
            with open(os.path.join(self.folder, name + ".jsonl"), "w", encoding="utf-8") as f:
                for row in rows:
                    f.write(json.dumps(row, separators=(",", ":")) + "\n")


def stamp(t):
    ms = int(round(t * 1000))
    s, ms = divmod(ms, 1000)
    days, rest = divmod(s, DAY)
    # civil date from days since 1970, so that no time zone of this machine has a say
    import datetime
    d = datetime.date(1970, 1, 1) + datetime.timedelta(days=days)
    return f"{d.isoformat()}T{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}.{ms:03d}Z"


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    w = World(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    w.people(60)
    w.company(15)
    w.app_users(25)
    w.clockwork(20)
    w.back_ends(20)
    w.builders(10)
    w.round_robin(16, "A")
    w.covered(14, "B")
    w.write()


main()
