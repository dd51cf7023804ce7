#include "link/dealt.h"

#include "link/evidence.h"
#include "sketch/stats.h"

#include <math.h>

#define ASTRAY 0.05 /* share of members whose days are not the balancer's */
#define MOST   2.5  /* bits of one account for it, and against it */
#define LEAST  (-5)

/* how evenly balancers deal, from taking turns to drawing lots: phi = chi2 / df. Hours that are
 * kept in part, and seats that get more while others are closed, leave a little above 1 */
static const double dealt[] = {0.06, 0.12, 0.25, 0.5, 0.9, 1.0, 1.0, 1.1, 1.1, 1.25};
#define WAYS RT__ARRAY_LEN(dealt)

static double mixture(double chi2, double df, const double *phi, size_t n)
{
  double v[RT__REFERENCE_MAX];
  for (size_t i = 0; i < n; i++)
    v[i] = rt__log_scaled_chi2(chi2, df, phi[i]);
  return rt__log_mean_exp(v, n);
}

static double chi2_of(const rt__swing *w)
{
  return w->chi2 > RT__PHI_LEAST * w->df ? w->chi2 : RT__PHI_LEAST * w->df;
}

/* bits of one account, clipped */
static double weigh(const rt__swing *w, double bits)
{
  /* evener than counting noise never speaks against one hand, however even owners are in this log
   */
  double least = w->chi2 < 0.5 * w->df ? 0 : LEAST;
  /* with a start a day everybody looks as if dealt: counting noise hides any swing */
  return rt__clip(bits, least, MOST) * (bits > 0 ? rt__ramp(w->mean, 1, 3) : 1);
}

static double in_sample(double phi, double p)
{
  return 1 + p * (phi - 1);
}

double rt__dealt_bits(const rt__swing *w, size_t n, const double *owner, size_t n_owners,
                      double sampled)
{
  double sum[WAYS] = {0};
  for (size_t i = 0; i < n && n_owners; i++) {
    if (w[i].df < 2)
      continue;
    double chi2 = chi2_of(&w[i]), many = mixture(chi2, w[i].df, owner, n_owners);
    for (size_t k = 0; k < WAYS; k++) {
      double one = rt__log_scaled_chi2(chi2, w[i].df, in_sample(dealt[k], sampled));
      double ratio = ASTRAY + (1 - ASTRAY) * exp(one - many);
      sum[k] += weigh(&w[i], log(ratio) / RT__LN2) * RT__LN2;
    }
  }
  return rt__log_mean_exp(sum, WAYS) / RT__LN2;
}

double rt__dealt_one(const rt__swing *w, const double *owner, size_t n_owners, double sampled)
{
  double even[WAYS];
  for (size_t k = 0; k < WAYS; k++)
    even[k] = in_sample(dealt[k], sampled);
  double one = mixture(chi2_of(w), w->df, even, WAYS),
         many = mixture(chi2_of(w), w->df, owner, n_owners);
  return weigh(w, (one - many) / RT__LN2);
}
