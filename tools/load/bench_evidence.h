/* What evidence costs: of each reading of a shipment, and of its memory. A line each on stdout. */
#ifndef OTR_TOOLS_BENCH_EVIDENCE_H
#define OTR_TOOLS_BENCH_EVIDENCE_H

void otr_bench_evidence(void);

#endif
