/* cause - what else a group could be. Causes compete over the whole group.
 *
 * A trait is a grade in [0, 1] read off the evidence, or NaN where nothing is known. A cause is a
 * row of expectations: how often groups of that cause show the trait. The log-likelihood of a cause
 * is the sum over known traits of x log2 p + (1 - x) log2 (1 - p); its odds are against the cause
 * of the verdict. The table is shipped with its version; where its numbers come from is in
 * docs/method.md.
 */
#ifndef RT_CAMPAIGN_CAUSE_H
#define RT_CAMPAIGN_CAUSE_H

#include "link/evidence.h"

#define RT__CAUSES_VERSION 1

/* traits: code, what it means */
#define RT__TRAIT_MAP(X)                                                                           \
  X(RT__T_ONE_LIST, "slots come from one list")                                                    \
  X(RT__T_EXAM, "the same questions again")                                                        \
  X(RT__T_DEALT, "days are dealt evenly")                                                          \
  X(RT__T_CLOCK, "one clock drives all")                                                           \
  X(RT__T_CLOCKWORK, "each has an even clock of its own")                                          \
  X(RT__T_ONE_PROGRAM, "one program, one set of parameters")                                       \
  X(RT__T_PEOPLE, "people read and write on")                                                      \
  X(RT__T_ONE_PAYER, "one payer in the open")                                                      \
  X(RT__T_CARDS, "several instruments, each shared by some")                                       \
  X(RT__T_ORG, "accounts belong to an organisation")                                               \
  X(RT__T_BURST, "opened in one burst")                                                            \
  X(RT__T_ONE_NET, "one network")

typedef enum rt__trait {
#define RT__TRAIT_ENUM(code, what) code,
  RT__TRAIT_MAP(RT__TRAIT_ENUM)
#undef RT__TRAIT_ENUM
      RT__TRAIT_COUNT
} rt__trait;

/* causes: code, name, expectations in the order of the traits, in per cent */
#define RT__CAUSE_MAP(X)                                                                           \
  /*                                              list ex dealt clk wrk prog ppl pay card org bst  \
   * net */                                                                                        \
  X(RT__WHY_HARVEST, "harvest", 90, 5, 90, 50, 5, 95, 3, 3, 45, 3, 60, 10)                         \
  X(RT__WHY_RESALE, "resale of shared accounts", 40, 3, 80, 70, 5, 10, 80, 10, 40, 5, 50, 30)      \
  X(RT__WHY_COMPANY, "company", 25, 5, 15, 3, 10, 40, 60, 80, 10, 60, 20, 70)                      \
  X(RT__WHY_ROUTER, "company that balances over its own keys", 85, 3, 90, 60, 5, 95, 30, 90, 5,    \
    60, 30, 80)                                                                                    \
  X(RT__WHY_CLASS, "classroom or hackathon", 50, 45, 20, 3, 3, 45, 60, 5, 10, 10, 80, 70)          \
  X(RT__WHY_APP, "popular app or plug-in", 8, 8, 10, 3, 10, 70, 40, 3, 10, 5, 10, 10)              \
  X(RT__WHY_AUTOMATION, "automation platform", 8, 8, 12, 3, 30, 60, 5, 5, 10, 10, 10, 40)          \
  X(RT__WHY_AGENCY, "marketplace or agency billing", 15, 5, 12, 3, 10, 30, 50, 50, 50, 10, 15, 15) \
  X(RT__WHY_VPN, "consumer VPN or carrier NAT", 30, 5, 10, 3, 5, 15, 70, 3, 5, 5, 10, 70)          \
  X(RT__WHY_CI, "CI runners", 20, 20, 30, 5, 15, 70, 3, 10, 10, 20, 10, 20)                        \
  X(RT__WHY_EXAM, "evaluation runs", 50, 85, 30, 5, 10, 60, 3, 5, 5, 5, 10, 10)                    \
  X(RT__WHY_CRON, "clockwork jobs", 15, 50, 60, 5, 85, 40, 3, 5, 5, 5, 5, 5)                       \
  X(RT__WHY_OWN_DATA, "synthetic data for one's own use", 20, 5, 15, 3, 10, 60, 3, 5, 5, 5, 5, 5)

typedef enum rt__why {
#define RT__WHY_ENUM(code, ...) code,
  RT__CAUSE_MAP(RT__WHY_ENUM)
#undef RT__WHY_ENUM
      RT__WHY_COUNT
} rt__why;

const char *rt__why_name(rt__why w);
const char *rt__trait_what(rt__trait t);

/* grades of a group; NaN = not known */
void rt__traits(const rt__bits *b, double out[RT__TRAIT_COUNT]);

typedef struct rt__rival {
  rt__why why;
  double log_odds;       /* bits, against `verdict` */
  rt__trait most, least; /* the trait that speaks for it most, and the one against it most */
} rt__rival;

/* all causes but `verdict`, nearest first */
void rt__rivals(const double trait[RT__TRAIT_COUNT], rt__why verdict,
                rt__rival out[RT__WHY_COUNT - 1]);

#endif
