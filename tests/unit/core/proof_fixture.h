/* A shipment of which a proof is kept, and how its entries are looked at. */
#ifndef OTR_TESTS_PROOF_FIXTURE_H
#define OTR_TESTS_PROOF_FIXTURE_H

#include "world.h"

#define T0 (1767225600 * OTR_SECOND) /* 2026-01-01T00:00:00Z */
#define AT(minutes) (T0 + (otr_time)(minutes)*OTR_MINUTE)

#define PROFILE                                                                                              \
    "profiles: {probe: {metrics: {temperature: {expected_interval: 5m, valid_for: 20m, fault_values: "       \
    "[-99.0]}}}}\n"
/* An assignment by command of box-7 for cust-9. */
#define BOX(version, devices, more)                                                                          \
    "version: 1\nassignment: {version: " version "}\ncustomers: [{customer: cust-9}]\n"                      \
    "assets: [{asset: box-7, class: pharma-shipment, name: Insulin, profile: probe, customer: cust-9, "      \
    "devices: [" devices "]" more "}]\n"

/* Proofs are kept in it; box-7 is assigned with device p1 and these further fields. */
world *proof_world(const char *more);
/* Each chain goes on from its first entry without a gap, and each hash is that of what it covers. */
void proof_fits(const world *w);
/* The n-th entry of the kind says this. */
void proof_says(const world *w, const char *kind, size_t n, const char *words);
otr_refusal proof_command(world *w, otr_command_kind kind, const char *rule, const char *asset);

#endif
