/* What a ticket costs: from a reading to it, and what its case keeps. A line each on stdout. */
#ifndef OTR_TOOLS_BENCH_TICKET_H
#define OTR_TOOLS_BENCH_TICKET_H

void otr_bench_ticket(void);

#endif
