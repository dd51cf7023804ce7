#include "world/spec.h"

static const rt__preset presets[] = {
    {"tiny", "a toy world for demonstrations and tests: 300 honest accounts, two days",
     "{\"name\":\"tiny\",\"days\":2,\"benign\":300,\"release_day\":1.2,\"background\":{"
     "\"app-backend\":{\"count\":1},\"backend\":{\"rate\":0.5},\"heavy\":{\"count\":2},"
     "\"company\":{\"count\":8,\"group\":8},\"company-no-org\":{\"count\":6,\"group\":6},"
     "\"classroom\":{\"count\":12},\"viral-prompt\":{\"count\":15,\"group\":15},"
     "\"plugin-viral\":{\"count\":12,\"group\":12},\"evaluator\":{\"rate\":0.3},"
     "\"embedding\":{\"rate\":0.2},\"backfill\":{\"rate\":0.2}},\"campaigns\":["
     "{\"level\":\"L0\",\"accounts\":14,\"per_account\":30},"
     "{\"level\":\"L2\",\"accounts\":20,\"per_account\":20,\"ban\":0.2},"
     "{\"level\":\"resale\",\"accounts\":10,\"customers\":3}]}"},
    {"dev", "a week of 4,000 honest accounts, L0 to L4 in several shapes, three resold pools",
     "{\"name\":\"dev\",\"days\":7,\"benign\":4000,\"release_day\":4.4,\"campaigns\":["
     "{\"level\":\"L0\",\"accounts\":48,\"per_account\":100},"
     "{\"level\":\"L0-solo\"},"
     "{\"level\":\"L1\",\"accounts\":30,\"per_account\":180,\"shape\":\"agent\",\"api\":"
     "\"messages\"},"
     "{\"level\":\"L2\",\"accounts\":240,\"per_account\":4,\"from\":2.5,\"days\":1.2,\"ban\":0},"
     "{\"level\":\"L2\",\"accounts\":90,\"per_account\":45,\"pivot\":0.5},"
     "{\"level\":\"L3\",\"accounts\":50,\"per_account\":50},"
     "{\"level\":\"L4\",\"accounts\":40,\"per_account\":40},"
     "{\"level\":\"L4\",\"accounts\":24,\"per_account\":40,\"shape\":\"conversation\"},"
     "{\"level\":\"resale\",\"accounts\":30},{\"level\":\"resale\",\"accounts\":24,"
     "\"customers\":6},{\"level\":\"resale\",\"accounts\":16,\"ip\":\"hosting\"}]}"},
    {"mix", "as dev with other sizes and choices, L5 and L6",
     "{\"name\":\"mix\",\"days\":7,\"benign\":4000,\"release_day\":3.1,\"campaigns\":["
     "{\"level\":\"L0\",\"accounts\":12,\"per_account\":220,\"random\":0.1,\"samples\":4,"
     "\"system\":true},"
     "{\"level\":\"L0-solo\",\"per_account\":700},"
     "{\"level\":\"L1\",\"accounts\":26,\"per_account\":90,\"wording\":\"account\"},"
     "{\"level\":\"L1\",\"accounts\":40,\"per_account\":60,\"shape\":\"conversation\"},"
     "{\"level\":\"L2\",\"accounts\":8,\"per_account\":260},"
     "{\"level\":\"L2\",\"accounts\":120,\"per_account\":40,\"pivot\":0.5,\"probes\":120},"
     "{\"level\":\"L3\",\"accounts\":36,\"per_account\":70,\"random\":0.2,\"cover\":0.75},"
     "{\"level\":\"L4\",\"accounts\":18,\"per_account\":60},"
     "{\"level\":\"L4\",\"accounts\":60,\"per_account\":30,\"wording\":\"account\"},"
     "{\"level\":\"L5\",\"accounts\":40,\"per_account\":50},"
     "{\"level\":\"L6\",\"accounts\":40,\"per_account\":40},"
     "{\"level\":\"resale\",\"accounts\":40,\"customers\":4},{\"level\":\"resale\",\"accounts\":20,"
     "\"balancer\":\"sticky\"}]}"},
    {"ladder", "every level in several sizes from 6 accounts up, and balancers 20 and 50 % random",
     "{\"name\":\"ladder\",\"days\":7,\"benign\":4000,\"release_day\":3.6,\"campaigns\":["
     "{\"level\":\"L0\",\"accounts\":6,\"per_account\":150},"
     "{\"level\":\"L0\",\"accounts\":20,\"per_account\":100,\"random\":0.5},"
     "{\"level\":\"L0\",\"accounts\":60,\"per_account\":60,\"random\":0.2},"
     "{\"level\":\"L0-solo\"},{\"level\":\"L0-solo\",\"per_account\":400},"
     "{\"level\":\"L1\",\"accounts\":8,\"per_account\":200,\"shape\":\"agent\",\"api\":"
     "\"messages\"},"
     "{\"level\":\"L1\",\"accounts\":24,\"per_account\":100,\"random\":0.2},"
     "{\"level\":\"L1\",\"accounts\":50,\"per_account\":60,\"random\":0.5},"
     "{\"level\":\"L2\",\"accounts\":6,\"per_account\":200},"
     "{\"level\":\"L2\",\"accounts\":12,\"per_account\":120},"
     "{\"level\":\"L2\",\"accounts\":40,\"per_account\":60,\"random\":0.2,\"pivot\":0.5},"
     "{\"level\":\"L2\",\"accounts\":80,\"per_account\":40,\"random\":0.5},"
     "{\"level\":\"L2\",\"accounts\":400,\"per_account\":4,\"from\":1.5,\"days\":2,\"ban\":0},"
     "{\"level\":\"L3\",\"accounts\":8,\"per_account\":120,\"cover\":0.5},"
     "{\"level\":\"L3\",\"accounts\":40,\"per_account\":60,\"random\":0.2,\"cover\":0.7},"
     "{\"level\":\"L3\",\"accounts\":60,\"per_account\":40,\"random\":0.5,\"cover\":0.9},"
     "{\"level\":\"L4\",\"accounts\":10,\"per_account\":100},"
     "{\"level\":\"L4\",\"accounts\":40,\"per_account\":40,\"shape\":\"agent\"},"
     "{\"level\":\"L4\",\"accounts\":80,\"per_account\":40},"
     "{\"level\":\"L4\",\"accounts\":30,\"per_account\":60,\"shape\":\"relay\"},"
     "{\"level\":\"L5\",\"accounts\":12,\"per_account\":100},"
     "{\"level\":\"L5\",\"accounts\":60,\"per_account\":50},"
     "{\"level\":\"L6\",\"accounts\":20,\"per_account\":60},"
     "{\"level\":\"L6\",\"accounts\":80,\"per_account\":40},"
     "{\"level\":\"resale\",\"accounts\":12,\"customers\":4},{\"level\":\"resale\",\"accounts\":40}"
     ","
     "{\"level\":\"resale\",\"accounts\":60,\"customers\":2,\"ip\":\"residential\"}]}"},
    {"variants",
     "what the ladder leaves open: a wording or knobs for each account, split topics, relays",
     "{\"name\":\"variants\",\"days\":7,\"benign\":4000,\"release_day\":3.6,\"campaigns\":["
     "{\"level\":\"L0\",\"accounts\":20,\"per_account\":100,\"balancer\":\"sticky\"},"
     "{\"level\":\"L0\",\"accounts\":16,\"per_account\":120,\"samples\":8,\"system\":true},"
     "{\"level\":\"L1\",\"accounts\":50,\"per_account\":60,\"random\":0.5,\"wording\":\"account\"},"
     "{\"level\":\"L1\",\"accounts\":30,\"per_account\":90,\"shape\":\"agent\",\"split_chains\":0."
     "3,"
     "\"api\":\"messages\"},"
     "{\"level\":\"L2\",\"accounts\":80,\"per_account\":40,\"random\":0.5,\"vary_params\":true},"
     "{\"level\":\"L2\",\"accounts\":40,\"per_account\":60,\"wording\":\"account\",\"ip\":"
     "\"rotating\"},"
     "{\"level\":\"L2\",\"accounts\":60,\"per_account\":40,\"corpus\":\"own\",\"share_payment\":1},"
     "{\"level\":\"L3\",\"accounts\":40,\"per_account\":60,\"shape\":\"conversation\"},{\"level\":"
     "\"L1\",\"accounts\":40,\"intent\":\"app\"},"
     "{\"level\":\"L4\",\"accounts\":80,\"per_account\":40,\"split_topics\":true},"
     "{\"level\":\"L4\",\"accounts\":60,\"per_account\":50,\"shape\":\"relay\"},"
     "{\"level\":\"L4\",\"accounts\":30,\"per_account\":50,\"wording\":\"account\",\"vary_params\":"
     "true},"
     "{\"level\":\"L5\",\"accounts\":40,\"per_account\":50,\"corpus\":\"own\"},"
     "{\"level\":\"resale\",\"accounts\":30,\"client\":\"account\",\"ip\":\"residential\"},"
     "{\"level\":\"resale\",\"accounts\":30,\"balancer\":\"random\",\"share_payment\":1}]}"},
    {"lookalikes", "honest only: every kind that looks coordinated, in numbers",
     "{\"name\":\"lookalikes\",\"days\":7,\"benign\":4000,\"release_day\":3.2,\"background\":{"
     "\"chat\":{\"share\":0.05},\"popular-app\":{\"share\":0.1},\"vpn\":{\"share\":0.03},"
     "\"carrier\":{\"share\":0.03}}}"},
    {"wide", "30,000 honest accounts with the ladder",
     "{\"name\":\"wide\",\"days\":7,\"benign\":30000,\"release_day\":3.6,\"campaigns\":["
     "{\"level\":\"L0\",\"accounts\":8,\"per_account\":150},"
     "{\"level\":\"L0\",\"accounts\":60,\"per_account\":80,\"random\":0.2},"
     "{\"level\":\"L0-solo\"},{\"level\":\"L0-solo\",\"per_account\":400},"
     "{\"level\":\"L1\",\"accounts\":12,\"per_account\":160,\"shape\":\"agent\",\"api\":"
     "\"messages\"},"
     "{\"level\":\"L1\",\"accounts\":120,\"per_account\":60},"
     "{\"level\":\"L2\",\"accounts\":6,\"per_account\":200},"
     "{\"level\":\"L2\",\"accounts\":100,\"per_account\":60,\"pivot\":0.5,\"probes\":200},"
     "{\"level\":\"L2\",\"accounts\":1500,\"per_account\":4,\"from\":1.5,\"days\":2,\"ban\":0},"
     "{\"level\":\"L3\",\"accounts\":60,\"per_account\":60,\"cover\":0.7},"
     "{\"level\":\"L3\",\"accounts\":200,\"per_account\":30,\"cover\":0.9,\"random\":0.2},"
     "{\"level\":\"L4\",\"accounts\":12,\"per_account\":80},"
     "{\"level\":\"L4\",\"accounts\":200,\"per_account\":40},"
     "{\"level\":\"L5\",\"accounts\":150,\"per_account\":50},"
     "{\"level\":\"L6\",\"accounts\":150,\"per_account\":40},"
     "{\"level\":\"resale\",\"accounts\":200,\"customers\":3},{\"level\":\"resale\",\"accounts\":"
     "40,\"balancer\":\"sticky\"}]}"},
    {"swap", "a campaign's words on honest behaviour, honest words on a campaign's behaviour",
     "{\"name\":\"swap\",\"days\":7,\"benign\":3000,\"background\":{"
     "\"script\":{\"count\":300,\"text\":\"harvest\"},\"plugin\":{\"count\":200,\"text\":"
     "\"harvest\"},"
     "\"heavy\":{\"count\":60,\"text\":\"harvest\"}},\"campaigns\":["
     "{\"level\":\"L0\",\"accounts\":40,\"text\":\"honest\"},"
     "{\"level\":\"L2\",\"accounts\":60,\"text\":\"honest\"},"
     "{\"level\":\"L4\",\"accounts\":40,\"text\":\"honest\"}]}"},
    {"same-question", "an exam run once per model, against the same exam harvested five times",
     "{\"name\":\"same-question\",\"days\":7,\"benign\":3000,\"release_day\":3,\"background\":{"
     "\"evaluator\":{\"count\":60},\"day-one\":{\"count\":60},\"nightly-eval\":{\"count\":40}},"
     "\"campaigns\":[{\"level\":\"L2\",\"accounts\":30,\"per_account\":100,\"corpus\":\"gsm\","
     "\"samples\":5}]}"},
    {"framing", "campaigns that copy strangers' words, VPN and hours",
     "{\"name\":\"framing\",\"days\":7,\"benign\":3000,\"campaigns\":["
     "{\"level\":\"L1\",\"accounts\":30,\"ip\":\"vpn\",\"framed\":10},"
     "{\"level\":\"L2\",\"accounts\":60,\"ip\":\"vpn\",\"framed\":10},"
     "{\"level\":\"L4\",\"accounts\":40,\"ip\":\"vpn\",\"framed\":10}]}"},
    {"published-2026-02", "24,000 accounts and 16 million exchanges in three campaigns, 30 days",
     "{\"name\":\"published-2026-02\",\"days\":30,\"benign\":60000,\"release_day\":18.3,"
     "\"campaigns\":["
     "{\"level\":\"L1\",\"accounts\":1500,\"per_account\":100},"
     "{\"level\":\"L3\",\"accounts\":600,\"per_account\":5667,\"cover\":0.5,\"shape\":\"agent\"},"
     "{\"level\":\"L2\",\"accounts\":21900,\"per_account\":594,\"pivot\":0.5}]}"},
    {"published-2026-06", "25,000 accounts and 28.8 million exchanges in 45 days",
     "{\"name\":\"published-2026-06\",\"days\":45,\"benign\":60000,\"release_day\":20,"
     "\"campaigns\":["
     "{\"level\":\"L2\",\"accounts\":25000,\"per_account\":1152,\"ban\":0.5}]}"},
    {"published-relay", "5,380 relayed accounts at 5.6 exchanges a day, 10 days",
     "{\"name\":\"published-relay\",\"days\":10,\"benign\":30000,\"campaigns\":["
     "{\"level\":\"L4\",\"accounts\":5380,\"per_account\":56,\"shape\":\"relay\",\"cover\":0}]}"},
    {"published-burst", "4,000 users with 4 requests each in two days",
     "{\"name\":\"published-burst\",\"days\":10,\"benign\":30000,\"campaigns\":["
     "{\"level\":\"L2\",\"accounts\":4000,\"per_account\":4,\"from\":4,\"days\":2,\"ban\":0,"
     "\"share_payment\":1}]}"},
};

const rt__preset *rt__preset_at(size_t i)
{
  return i < RT__ARRAY_LEN(presets) ? &presets[i] : NULL;
}

const rt__preset *rt__preset_find(const char *name)
{
  for (size_t i = 0; i < RT__ARRAY_LEN(presets); i++)
    if (strcmp(presets[i].name, name) == 0)
      return &presets[i];
  return NULL;
}
