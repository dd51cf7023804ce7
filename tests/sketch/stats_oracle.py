#!/usr/bin/env python3
"""stats_oracle - prints the tables of values that test_stats.c holds the code against.

Run by hand with scipy; its output is pasted into test_stats.c.
The tests need neither python nor scipy.
"""
from scipy import stats

BINOMIAL = [(0, 1, 0.5), (1, 1, 0.5), (0, 12, 0.083), (3, 12, 0.25), (12, 12, 0.98), (0, 12, 0.98), (6, 12, 0.5),
            (1, 720, 0.01), (40, 720, 0.05), (700, 720, 0.9999), (5, 5, 0.0001), (250, 1000, 0.25)]
CHI2 = [(1, 1, 1), (3.5, 4, 1), (0.2, 6, 0.06), (13, 13, 1.1), (40, 13, 2.5), (5, 30, 0.25), (300, 20, 17.5),
        (0.5, 2, 60), (120, 90, 1)]
POISSON = [(1, 0.001), (1, 1), (2, 5), (5, 5), (10, 2), (30, 3), (100, 100), (99, 100), (150, 100), (60, 100),
           (1000, 700), (12, 0.01)]
# where the lower tail cannot be summed from exp(-mean), which is 0 there
POISSON_LARGE = [(800, 800), (1000, 1000), (999, 1000), (950, 1000), (1100, 1000)]


def main():
    for title, rows in (
            ("binomial", [(a + (stats.binom.logpmf(*a),)) for a in BINOMIAL]),
            ("chi2", [(x, k, phi, stats.chi2.logpdf(x, k, scale=phi)) for x, k, phi in CHI2]),
            ("poisson", [(k, m, stats.poisson.logsf(k - 1, m)) for k, m in POISSON]),
            ("poisson, large", [(k, m, stats.poisson.logsf(k - 1, m)) for k, m in POISSON_LARGE])):
        print(title)
        for row in rows:
            print("    {" + ", ".join(repr(float(v)) if isinstance(v, float) else str(v) for v in row) + "},")


main()
