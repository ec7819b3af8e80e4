/* A snapshot from any bytes, into a core with contents and names: it is taken or refused as a whole, and what
 * was taken is written again and read again as the same. */
#include "core/snapshot.h"
#include "core/core.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As tests/integration/upgrade has them: the seeds are snapshots of those daemons, and of this one. */
static const char pack[] = "pack: test\nversion: 1\nrules:\n"
                           "  - alert: Drop\n    expr: shock > 3.0\n"
                           "    notify: {to: customer, message: drop, on: [raised, cleared]}\n"
                           "    ticket: {queue: q, evidence: [shock], last: 1h}\n"
                           "  - alert: Worn\n    expr: shock > 1.5\n    for: 1h\n"
                           "    notify: {to: staff, message: worn, on: [raised]}\n"
                           "messages:\n  drop:\n    en:\n      raised: dropped\n      cleared: at rest\n"
                           "  worn:\n    en:\n      raised: worn\n";
static const char assignments[] =
    "version: 1\ncustomers:\n  - {customer: cust-4}\n"
    "profiles:\n  probe:\n    metrics:\n"
    "      shock: {expected_interval: 1h, valid_for: 24h}\n"
    "assets:\n"
    "  - {asset: a1, class: x, profile: probe, devices: [d1]}\n"
    "  - {asset: a2, class: x, profile: probe, devices: [d2]}\n"
    "  - {asset: a3, class: x, profile: probe, devices: [d3]}\n"
    "  - {asset: a4, class: x, profile: probe, customer: cust-4, devices: [d4]}\n";

static otr_core *make(void)
{
    static const char *const devices[] = {"d1", "d2", "d3", "d4"};
    otr_core *core = NULL;
    otr_error error;
    otr_core_config config = {.group = OTR_STR("depot"),
                              .gateway = OTR_STR("gw"),
                              .incarnation = {{1}},
                              .next_seq = 100,
                              .next_outbox_seq = 100};
    OTR_ASSERT(otr_core_create(&config, &core) == OTR_OK);
    for (uint32_t i = 0; i < 4; i++) {
        otr_row_name name = {OTR_NAME_DEVICE, i, otr_str_of(devices[i])};
        OTR_ASSERT(otr_core_load_name(core, &name) == OTR_OK);
    }
    otr_row_name metric = {OTR_NAME_METRIC, 0, OTR_STR("shock")};
    OTR_ASSERT(otr_core_load_name(core, &metric) == OTR_OK);
    otr_row_content contents[] = {
        {.slot = OTR_STR("pack/test"), .seq = 2, .hash = OTR_STR("aa"), .bytes = otr_str_of(pack)},
        {.slot = OTR_STR("assignments"), .seq = 3, .hash = OTR_STR("bb"), .bytes = otr_str_of(assignments)},
    };
    for (size_t i = 0; i < 2; i++)
        OTR_ASSERT(otr_core_load_content(core, &contents[i], &error) == OTR_OK);
    return core;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_error error = {.text = ""};
    otr_core *core = make();
    if (otr_core_load_snapshot(core, (otr_bytes){data, size}, &error) == OTR_OK) {
        otr_buffer written = {0};
        otr_core *again = make();
        otr_snapshot_write(core, &written);
        OTR_ASSERT(otr_core_load_snapshot(again, otr_buffer_bytes(&written), &error) == OTR_OK);
        OTR_ASSERT(otr_core_finish_load(core) == OTR_OK);
        otr_buffer_done(&written);
        otr_core_free(again);
    }
    otr_core_free(core);
    return 0;
}
