/* What a proof says of readings, gaps, downtime, losses and the budget that is left. */
#include "base/limits.h"
#include "core/state.h"
#include "proof_fixture.h"

#include "platform/linux/system/evidence_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* ---- readings ---- */

static void an_hour_of_readings_is_one_entry(void **state)
{
    (void)state;
    world *w = proof_world("");
    for (int m = 1; m < 60; m += 10)
        world_report(w, "p1", "temperature", m % 20 == 1 ? 4 : 7, AT(m));
    world_report(w, "p1", "humidity", 40, AT(55));
    assert_int_equal(world_proofs(w, "readings"), 0);
    world_report(w, "p1", "temperature", 6, AT(60));
    assert_int_equal(world_proofs(w, "readings"), 1);
    proof_says(
        w, "readings", 0,
        "{\"readings\":7,\"first\":\"2026-01-01T00:01:00Z\",\"last\":\"2026-01-01T00:55:00Z\",\"digest\":\"");
    proof_says(w, "readings", 0,
               "\"metrics\":{\"temperature\":{\"count\":6,\"min\":4,\"max\":7,\"mean\":5.5},\"humidity\":{"
               "\"count\":1,"
               "\"min\":40,\"max\":40,\"mean\":40}}}");
    world_report(w, "p1", "temperature", 6, AT(120));
    proof_says(w, "readings", 1,
               "\"metrics\":{\"temperature\":{\"count\":1,\"min\":6,\"max\":6,\"mean\":6}}}");
    proof_fits(w);
    world_free(w);
}

static void so_many_metrics_are_summed_up_and_all_are_in_the_digest(void **state)
{
    (void)state;
    world *w = proof_world("");
    char names[OTR_LIMIT_PROOF_METRICS + 1][8];
    char words[64];
    for (int i = 0; i <= OTR_LIMIT_PROOF_METRICS; i++) {
        (void)snprintf(names[i], sizeof names[i], "m%d", i);
        world_report(w, "p1", names[i], i, AT(1) + i * OTR_SECOND);
    }
    world_report(w, "p1", "temperature", 6, AT(60));
    (void)snprintf(words, sizeof words, "{\"readings\":%d,", OTR_LIMIT_PROOF_METRICS + 1);
    proof_says(w, "readings", 0, words);
    proof_says(w, "readings", 0, "\"m15\":{\"count\":1,\"min\":15,\"max\":15,\"mean\":15}}}");
    world_free(w);
}

/* As the head of proof_readings.c has them. */
static void add_head(otr_buffer *out, otr_time at, otr_kind kind, const char *metric)
{
    for (size_t i = 0; i < 8; i++)
        otr_buffer_add_u8(out, (uint8_t)((uint64_t)at >> (8 * i)));
    otr_buffer_add_u8(out, OTR_QUALITY_GOOD);
    otr_buffer_add_u8(out, (uint8_t)kind);
    otr_buffer_add(out, "\x02p1", 3);
    otr_buffer_add_u8(out, (uint8_t)strlen(metric));
    otr_buffer_add(out, metric, strlen(metric));
}

static void add_number(otr_buffer *out, double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    for (size_t i = 0; i < 8; i++)
        otr_buffer_add_u8(out, (uint8_t)(bits >> (8 * i)));
}

static void add_reading(otr_buffer *out, otr_time at, double number)
{
    add_head(out, at, OTR_KIND_NUMBER, "temperature");
    add_number(out, number);
}

static void the_digest_can_be_made_again_from_the_readings(void **state)
{
    (void)state;
    world *w = proof_world("");
    otr_buffer bytes = {0};
    otr_digest made = {0};
    char hex[80] = "\"digest\":\"";
    otr_buffer_add(&bytes, made.bytes, sizeof made.bytes);
    for (int m = 1; m < 6; m++) {
        world_report(w, "p1", "temperature", m * 0.1, AT(m));
        add_reading(&bytes, AT(m), m * 0.1);
    }
    world_report(w, "p1", "temperature", 6, AT(60));
    assert_true(otr_sha256(bytes.data, bytes.size, &made));
    for (size_t i = 0; i < sizeof made.bytes; i++)
        (void)snprintf(hex + 10 + 2 * i, 3, "%02x", made.bytes[i]);
    proof_says(w, "readings", 0, hex);
    otr_buffer_done(&bytes);
    world_free(w);
}

static void values_of_each_kind_are_in_the_digest(void **state)
{
    (void)state;
    char text[200];
    char hex[80] = "\"digest\":\"";
    otr_buffer bytes = {0};
    otr_digest made = {0};
    world *w = proof_world("");
    memset(text, 'x', sizeof text);
    otr_reading all[] = {
        {.metric = OTR_STR("mode"), .kind = OTR_KIND_TEXT, .text = {text, sizeof text}},
        {.metric = OTR_STR("location"),
         .kind = OTR_KIND_LOCATION,
         .location = {.latitude = 48.5, .longitude = -11}},
        {.metric = OTR_STR("door"), .kind = OTR_KIND_BOOL, .flag = true},
    };
    otr_buffer_add(&bytes, made.bytes, sizeof made.bytes);
    for (int i = 0; i < 3; i++) {
        all[i].stamp = OTR_STAMP_ABSOLUTE;
        all[i].at_us = AT(1 + i);
        world_upload(w, "p1", &all[i], 1);
    }
    add_head(&bytes, AT(1), OTR_KIND_TEXT, "mode");
    otr_buffer_add(&bytes, "\xc8\x01", 2); /* 200 */
    otr_buffer_add(&bytes, text, sizeof text);
    add_head(&bytes, AT(2), OTR_KIND_LOCATION, "location");
    add_number(&bytes, 48.5);
    add_number(&bytes, -11);
    add_head(&bytes, AT(3), OTR_KIND_BOOL, "door");
    add_number(&bytes, 1);
    world_report(w, "p1", "temperature", 6, AT(60));
    assert_true(otr_sha256(bytes.data, bytes.size, &made));
    for (size_t i = 0; i < sizeof made.bytes; i++)
        (void)snprintf(hex + 10 + 2 * i, 3, "%02x", made.bytes[i]);
    proof_says(w, "readings", 0, hex);
    proof_fits(w);
    otr_buffer_done(&bytes);
    world_free(w);
}

/* The rows say how far a chain has come of which the state knows nothing: it goes on from there. */
static void a_chain_goes_on_from_where_its_rows_left_off(void **state)
{
    (void)state;
    otr_row_proof_head rows[] = {
        {.proof = {{7}}, .next = 41, .asset = OTR_STR("box-8"), .customer = OTR_STR("cust-9"), .head = {{5}}},
        {.proof = {{8}}, .next = 9, .asset = OTR_STR("box-8"), .customer = OTR_STR("cust-1"), .head = {{6}}},
        {.proof = {{9}}, .next = 3, .asset = OTR_STR("box-9"), .customer = OTR_STR("cust-9"), .head = {{7}}},
    };
    world *w = proof_world("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(otr_core_keep_proof(w->core, &rows[i]), OTR_OK);
    world_activate(
        w, "assignment/box-8",
        "version: 1\nassignment: {version: 1}\ncustomers: [{customer: cust-9}]\n"
        "assets: [{asset: box-8, class: pharma-shipment, profile: probe, customer: cust-9, devices: "
        "[p8]}]\n");
    const otr_asset_state *asset = otr_proof_asset(w->core, OTR_STR("box-8"));
    assert_non_null(asset);
    assert_non_null(asset->proof);
    assert_int_equal(asset->proof->id.bytes[0], 7);
    assert_true(asset->proof->next >= 41);
    world_free(w); /* and with it the two that nobody asked for */
}

static void one_value_that_differs_differs_in_the_digest(void **state)
{
    (void)state;
    static const double values[] = {5.0, 5.000000001};
    char digests[2][65];
    for (size_t i = 0; i < 2; i++) {
        world *w = proof_world("");
        for (int m = 1; m < 59; m++) /* more than one block */
            world_report(w, "p1", "temperature", m == 2 ? values[i] : 5.0, AT(m));
        world_report(w, "p1", "temperature", 5, AT(60));
        const otr_row_proof *row = world_proof_get(w, "readings", 0);
        const char *place = memmem(row->content.data, row->content.size, "\"digest\":\"", 10);
        assert_non_null(place);
        (void)snprintf(digests[i], sizeof digests[i], "%.64s", place + 10);
        world_free(w);
    }
    assert_string_not_equal(digests[0], digests[1]);
}

static void late_and_bad_readings_are_counted_as_what_they_are(void **state)
{
    (void)state;
    world *w = proof_world("");
    world_report(w, "p1", "temperature", 5, AT(10));
    world_report(w, "p1", "temperature", -99, AT(11));
    world_report(w, "p1", "temperature", 7, AT(5));
    world_report(w, "p1", "temperature", 5, AT(12));
    world_report(w, "p1", "temperature", 5, AT(60));
    proof_says(w, "readings", 0,
               "{\"readings\":4,\"first\":\"2026-01-01T00:05:00Z\",\"last\":\"2026-01-01T00:12:00Z\","
               "\"late\":1,\"bad\":1,");
    proof_says(w, "readings", 0, "\"temperature\":{\"count\":3,\"min\":5,\"max\":7,");
    proof_says(w, "readings", 0, "\"bad\":1}");
    world_free(w);
}

/* ---- gaps and losses ---- */

static void a_gap_has_its_reason(void **state)
{
    (void)state;
    world *w = proof_world("");
    world_report(w, "p1", "temperature", 5, AT(1));
    world_report(w, "p1", "temperature", 5, AT(50));
    assert_int_equal(world_proofs(w, "gap"), 1);
    proof_says(w, "gap", 0,
               "{\"device\":\"p1\",\"metrics\":[\"temperature\"],\"from\":\"2026-01-01T00:01:00Z\","
               "\"to\":\"2026-01-01T00:50:00Z\",\"reason\":\"silence\"}");
    for (int m = 55; m < 90; m += 5)
        world_report(w, "p1", "temperature", -99, AT(m));
    world_report(w, "p1", "temperature", 5, AT(90));
    assert_int_equal(world_proofs(w, "gap"), 2);
    proof_says(w, "gap", 1, "\"reason\":\"bad quality\"");
    w->core_time += OTR_HOUR;
    w->utc += OTR_HOUR;
    world_restart(w, true);
    assert_int_equal(world_proofs(w, "downtime"), 1);
    proof_says(w, "downtime", 0, "{\"from\":\"2026-01-01T01:30:00Z\",\"to\":\"2026-01-01T02:30:00Z\"}");
    world_report(w, "p1", "temperature", 5, AT(151));
    proof_says(w, "gap", 2, "\"reason\":\"own downtime\"");
    world_report(w, "p1", "temperature", 5, AT(160));
    world_report(w, "p1", "temperature", 5, AT(200));
    proof_says(w, "gap", 3, "\"reason\":\"silence\"");
    proof_fits(w);
    world_free(w);
}

static void whoever_is_silent_at_the_end_leaves_a_gap_that_is_open(void **state)
{
    (void)state;
    world *w = proof_world("");
    world_report(w, "p1", "temperature", 5, AT(1));
    world_sleep(w, 2 * OTR_HOUR);
    assert_int_equal(proof_command(w, OTR_COMMAND_UNASSIGN, "", "box-7"), OTR_REFUSAL_ACCEPTED);
    proof_says(w, "gap", 0, "\"from\":\"2026-01-01T00:01:00Z\",\"to\":null,\"reason\":\"silence\"");
    assert_int_equal(world_proofs(w, "ended"), 1);
    world_free(w);
}

static void a_recorded_loss_is_entered_where_it_may_have_been_theirs(void **state)
{
    (void)state;
    world *w = proof_world("");
    uint64_t since = w->core->assets[1].proof->since;
    otr_input loss = {.kind = OTR_INPUT_LOSS,
                      .loss = {.readings = 3,
                               .first_seq = 1,
                               .last_seq = since - 1,
                               .first_core = OTR_TIME_NONE,
                               .last_core = OTR_TIME_NONE,
                               .reason = OTR_STR("quota")}};
    world_step(w, &loss, 1);
    assert_int_equal(world_proofs(w, "loss"), 0); /* before it was theirs */
    loss.loss.last_seq = since + 9;
    world_step(w, &loss, 1);
    assert_int_equal(world_proofs(w, "loss"), 1);
    proof_says(w, "loss", 0, "{\"reason\":\"quota\",\"readings\":3,\"first_input\":1,");
    loss.loss.last_seq = 1;
    loss.loss.reason = OTR_STR("corrupt"); /* inputs were numbered otherwise */
    world_step(w, &loss, 1);
    assert_int_equal(world_proofs(w, "loss"), 2);
    proof_fits(w);
    world_free(w);
}

/* ---- stability ---- */

static void what_is_left_of_the_budget_is_told_with_readings_and_at_the_end(void **state)
{
    (void)state;
    world *w = proof_world(", limit: {temperature_max: 8, minutes_above_max: 60, mkt_max: 8}");
    for (int m = 0; m <= 60; m += 10)
        world_report(w, "p1", "temperature", m >= 20 && m < 40 ? 10 : 5, AT(m));
    proof_says(w, "readings", world_proofs(w, "readings") - 1,
               "\"limit\":8,\"above_s\":1200,\"allowed_s\":3600,\"left_s\":2400");
    assert_int_equal(proof_command(w, OTR_COMMAND_UNASSIGN, "", "box-7"), OTR_REFUSAL_ACCEPTED);
    proof_says(w, "ended", 0, "\"stability\":{\"covered_s\":3600,\"limit\":8,\"above_s\":1200,");
    proof_says(w, "ended", 0, "\"mkt_max\":8,\"mkt_left\":");
    world_free(w);
}

static void time_in_a_gap_is_in_no_budget(void **state)
{
    (void)state;
    world *w = proof_world(", limit: {temperature_max: 8, minutes_above_max: 60}");
    world_report(w, "p1", "temperature", 10, AT(0));
    world_report(w, "p1", "temperature", 5, AT(50)); /* 20 minutes it was valid */
    world_report(w, "p1", "temperature", 5, AT(60));
    assert_int_equal(proof_command(w, OTR_COMMAND_UNASSIGN, "", "box-7"), OTR_REFUSAL_ACCEPTED);
    proof_says(w, "ended", 0, "\"covered_s\":1800,\"limit\":8,\"above_s\":1200,");
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_hour_of_readings_is_one_entry),
        cmocka_unit_test(so_many_metrics_are_summed_up_and_all_are_in_the_digest),
        cmocka_unit_test(the_digest_can_be_made_again_from_the_readings),
        cmocka_unit_test(values_of_each_kind_are_in_the_digest),
        cmocka_unit_test(a_chain_goes_on_from_where_its_rows_left_off),
        cmocka_unit_test(one_value_that_differs_differs_in_the_digest),
        cmocka_unit_test(late_and_bad_readings_are_counted_as_what_they_are),
        cmocka_unit_test(a_gap_has_its_reason),
        cmocka_unit_test(whoever_is_silent_at_the_end_leaves_a_gap_that_is_open),
        cmocka_unit_test(a_recorded_loss_is_entered_where_it_may_have_been_theirs),
        cmocka_unit_test(what_is_left_of_the_budget_is_told_with_readings_and_at_the_end),
        cmocka_unit_test(time_in_a_gap_is_in_no_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
