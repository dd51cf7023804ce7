#include "campaign/candidate.h"

#include <math.h>

double rt__candidate_work(const rt__bits *b)
{
  double content = b->bits[RT_FAMILY_CONTENT], size = b->bits[RT_FAMILY_SIZE];
  if (!b->said[RT_FAMILY_CONTENT])
    return size;
  return content >= 0 && size > content ? size : content;
}

static const rt_family hands[] = {RT_FAMILY_MONEY, RT_FAMILY_KEYS, RT_FAMILY_PROVISION};

/* Equal rates, a new model and few even gaps are too common to name one hand, unless many keep the
 * same pace */
static bool time_names_hand(const rt__candidate *c)
{
  const rt__bits *b = &c->b;
  bool many = c->g->n >= RT__MANY_PACES;
  bool pace = b->equal >= 2.5 && many && b->phi < RT__NOT_DEALT;
  bool even = b->balance > 0 || b->phi < RT__NOT_DEALT; /* a clock deals its days, too */
  bool dealt =
      even && b->balance + b->clock >= RT__DEALT_BITS && (c->g->origin != RT__FROM_FEW || many);
  double least = b->bits[RT_FAMILY_CONTENT] >= RT__SURE_WORK ? RT__DEALT_BITS : RT__HAND_BITS;
  return b->bits[RT_FAMILY_TIME] >= least && (dealt || pace);
}

/* A handful who signed up in the same days is found among many handfuls: that alone names no hand
 */
int rt__candidate_hands(const rt__candidate *c)
{
  int n = time_names_hand(c);
  for (size_t i = 0; i < RT__ARRAY_LEN(hands); i++)
    n += c->b.bits[hands[i]] >= RT__HAND_BITS;
  if (n == 1 && c->b.bits[RT_FAMILY_PROVISION] >= RT__HAND_BITS && c->g->n < RT__HANDFUL)
    n = 0;
  return n + (c->b.confirmed >= RT__CONFIRMED);
}

double rt__candidate_prior(const rt__bits *b)
{
  double share = b->confirmed;
  if (share <= 0)
    return RT__PRIOR_BITS;
  double bits = share < 1 ? log2(share / (1 - share)) : RT__PRIOR_MOST;
  bits = bits < RT__PRIOR_MOST ? bits : RT__PRIOR_MOST;
  return bits > RT__PRIOR_BITS ? bits : RT__PRIOR_BITS;
}

double rt__candidate_score(const rt__bits *b, double prior_bits)
{
  double sum = prior_bits + rt__candidate_work(b);
  for (int f = 0; f < RT_FAMILY_COUNT; f++)
    if (f != RT_FAMILY_CONTENT && f != RT_FAMILY_SIZE)
      sum += b->bits[f];
  return sum;
}

double rt__candidate_pool_score(const rt__candidate *c)
{
  const rt__bits *b = &c->b;
  double work = rt__candidate_work(b), client = b->bits[RT_FAMILY_CLIENT];
  double met = c->g->origin == RT__FROM_CUSTOMERS ? RT__CUSTOMERS_BITS : 0;
  return c->score - (work < 0 ? work : 0) - (client < 0 ? client : 0) + met;
}

bool rt__candidate_many_programs(const rt__candidate *c)
{
  return c->b.bits[RT_FAMILY_CLIENT] <= RT__MANY_BITS ||
         (c->b.said[RT_FAMILY_CLIENT] && c->b.knobs < RT__MANY_KNOBS);
}

/* behind one network, but for a stranger, or, of few accounts, two that they share */
static bool one_network(const rt__candidate *c)
{
  const rt__bits *b = &c->b;
  bool two = c->g->n < RT__SMALL && b->one_net >= RT__OF_TWO && b->net_shared >= 0.9;
  return b->said[RT_FAMILY_NETWORK] &&
         (b->one_net > 0.8 || (1 - b->one_net) * c->g->n < 1.5 || two);
}

/* Without text: prompts come again, and the accounts share networks: a list is gone through once */
static bool work_comes_again(const rt__bits *b)
{
  return b->again.z >= RT__AGAIN_Z && (b->one_net >= RT__OF_TWO || b->net_shared >= RT__OF_TWO);
}

/* Without text: each account comes back to its own prompts, and hardly to the others' */
static bool owners(const rt__bits *b)
{
  return b->again_own.z >= RT__OWNERS_Z && b->again_own.others >= 1 &&
         b->again_own.others >= 0.5 * b->again.others;
}

/* a firm's own keys: one network, and slots that come again as favourites do. Several cards of
 * accounts that were opened together are no firm's; strangers who copy a campaign must not bring it
 * their favourites, so of a large group nearly all must share the network, or come back to their
 * own prompts, which a list never does. */
static bool own_work(const rt__candidate *c)
{
  const rt__bits *b = &c->b;
  bool small = c->g->n < RT__SMALL;
  bool many_cards = b->said[RT_FAMILY_MONEY] && b->bits[RT_FAMILY_MONEY] >= RT__HAND_BITS &&
                    b->top_payer < RT__ONE_PAYER && b->burst >= RT__BURST;
  if (!b->said[RT_FAMILY_NETWORK] || many_cards)
    return false;
  if (!b->said[RT_FAMILY_CONTENT])
    return work_comes_again(b);
  bool comes_back = b->reuse.within >= RT__COMES_BACK && b->reuse.dispersion > 2 * RT__FAVOURITES;
  if (b->one_net >= 0.5 && comes_back)
    return true;
  bool together = b->one_net >= (small ? 0.5 : 0.8) || b->net_shared >= 0.9;
  return together &&
         b->reuse.dispersion > (small && one_network(c) ? RT__FAVOURITES_SMALL : RT__FAVOURITES);
}

/* One firm, or a few: the card and the network, or the organisation, name them, and the accounts
 * were not opened together. Half of them under one name will do, if one card pays for more. */
static bool named(const rt__bits *b)
{
  double name = b->one_net > b->one_org ? b->one_net : b->one_org;
  bool one = name >= 0.5 && b->top_payer >= 0.6 && name + b->top_payer >= RT__ONE_NAME;
  return b->said[RT_FAMILY_NETWORK] && b->said[RT_FAMILY_MONEY] && b->burst < RT__BURST &&
         (one || b->firms >= RT__FIRMS);
}

bool rt__candidate_in_the_open(const rt__candidate *c)
{
  const rt__bits *b = &c->b;
  bool one_door = one_network(c) || (b->said[RT_FAMILY_MONEY] && b->top_payer > 0.8);
  return b->one_org >= 0.7 || named(b) || own_work(c) || (one_door && b->quiet < RT__QUIET);
}

/* that a list is worked off, and no demand: by its pace, and as nothing comes again */
static double list_bits(const rt__bits *b)
{
  return b->paced + rt__again_list(&b->again);
}

bool rt__candidate_may_be_own(const rt__candidate *c)
{
  const rt__bits *b = &c->b;
  bool text = b->said[RT_FAMILY_CONTENT];
  bool own = b->one_net > 0.8 || (!text && b->net_shared > 0.5);
  if (!text && list_bits(b) >= RT__PACED_BITS)
    return false;
  if (b->said[RT_FAMILY_MONEY] && b->top_payer >= 0.5 && c->g->n < RT__HANDFUL)
    return b->burst < RT__BURST_FEW;
  return !b->said[RT_FAMILY_MONEY] && b->said[RT_FAMILY_NETWORK] && own &&
         c->g->n < (text ? RT__TINY : RT__SMALL);
}

double rt__candidate_own_score(const rt__candidate *c)
{
  double bits = list_bits(&c->b) - RT__OWN_BITS;
  return bits < c->score ? bits : c->score;
}

bool rt__candidate_is_harvest(const rt__candidate *c)
{
  int n = rt__candidate_hands(c);
  bool work = rt__candidate_work(&c->b) >= RT__WORK_BITS;
  /* a shared template is the same work too, if its slots do not say otherwise and two kinds of
   * evidence name one hand */
  work |= c->g->origin == RT__FROM_SKELETON && c->b.bits[RT_FAMILY_CONTENT] > -1 && n >= 2;
  return c->score >= RT__BAR_BITS && work && n >= 1 && c->b.extraction >= RT__EXTRACTION &&
         !rt__candidate_many_programs(c) && !owners(&c->b) && !c->inside;
}

static bool alike(const rt__bits *b)
{
  return b->bits[b->said[RT_FAMILY_CONTENT] ? RT_FAMILY_CONTENT : RT_FAMILY_SIZE] >= 0;
}

bool rt__candidate_is_pool(const rt__candidate *c)
{
  bool clock = c->g->origin == RT__FROM_CLOCK || c->g->origin == RT__FROM_WHOLE;
  bool dealt = clock && c->b.bits[RT_FAMILY_TIME] >= 3 && c->b.clock >= RT__POOL_CLOCK &&
               c->b.balance >= RT__POOL_BALANCE;
  bool people = c->b.extraction < RT__EXTRACTION || rt__candidate_many_programs(c);
  /* customers who are dealt out show in the days, too; a phrase that owners share does not */
  dealt |= c->g->origin == RT__FROM_CUSTOMERS && c->b.bits[RT_FAMILY_TIME] > 0;
  /* and they make accounts alike, or wait by turns; clockworks that happen to alternate do neither
   */
  dealt &= (alike(&c->b) && !c->b.clockwork) || c->b.by_turns;
  return dealt && people && !rt__candidate_in_the_open(c);
}
