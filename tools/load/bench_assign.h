/* What assignments by command cost: one among 10,000, and a start with as many. A line each on stdout. */
#ifndef OTR_TOOLS_BENCH_ASSIGN_H
#define OTR_TOOLS_BENCH_ASSIGN_H

void otr_bench_assign(void);

#endif
