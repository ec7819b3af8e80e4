/* The proof of a shipment: when one begins and ends, what of alarms and custody is entered, and that it is
 * the same chain over restarts, and a sealed one after forgetting. */
#include "core/state.h"
#include "proof_fixture.h"

#include "platform/linux/system/evidence_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char any_pack[] = "pack: p\nversion: 1\nrules: [{alert: A, expr: temperature > 90.0}]\n";

/* ---- of whom ---- */

static void one_is_kept_of_shipments_and_of_what_asks_for_one(void **state)
{
    (void)state;
    static const struct {
        const char *class;
        const char *asked;
        bool wanted;
    } rows[] = {
        {"shipment", "", true},
        {"pharma-shipment", "", true},
        {"cargo", "", true},
        {"parcel", "", true},
        {"fridge", "", false},
        {"shipments", "", false},
        {"shipment-box", "", false},
        {"airshipment", "", false},
        {"ship", "", false},
        {"fridge", ", evidence: true", true},
        {"shipment", ", evidence: false", false},
        {"shipment", ", evidence: \"yes\"", false},
    };
    world_sha256 = otr_sha256;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "version: 1\nassets: [{asset: a, class: %s, devices: [d]%s}]\n",
                       rows[i].class, rows[i].asked);
        world *w = world_create(any_pack, text, T0);
        if ((world_proofs(w, "assigned") == 1) != rows[i].wanted)
            fail_msg("%s%s", rows[i].class, rows[i].asked);
        proof_fits(w);
        world_free(w);
    }
    world_sha256 = NULL;
    world *w = world_create(any_pack, "version: 1\nassets: [{asset: a, class: cargo, devices: [d]}]\n", T0);
    assert_int_equal(w->proof_count, 0);
    world_free(w);
}

static void it_begins_with_what_is_assigned(void **state)
{
    (void)state;
    world *w = proof_world(", limit: {temperature_max: 8.5}");
    const otr_row_proof *first = &w->proofs[0];
    assert_int_equal(w->proof_count, 2);
    assert_true(
        otr_str_starts(first->header, OTR_STR("{\"outrider\":\"evidence\",\"version\":1,\"group\":\"group\","
                                              "\"gateway\":\"gateway\",\"chain\":\"")));
    assert_false(first->sign);
    proof_says(
        w, "assigned", 0,
        "{\"asset\":\"box-7\",\"class\":\"pharma-shipment\",\"name\":\"Insulin\",\"customer\":\"cust-9\","
        "\"devices\":[\"p1\"],\"limits\":{\"temperature_max\":8.5}}");
    assert_true(world_proof_get(w, "assigned", 0)->sign);
    proof_fits(w);
    world_free(w);
}

/* ---- alarms, custody ---- */

static void each_step_of_an_alarm_is_an_entry(void **state)
{
    (void)state;
    world *w = proof_world("");
    world_report(w, "p1", "temperature", 9, AT(1));
    assert_int_equal(world_proofs(w, "alarm"), 1);
    assert_int_equal(world_proof_get(w, "alarm", 0)->number, world_proof_get(w, "readings", 0)->number + 1);
    proof_says(w, "alarm", 0, "\"what\":\"raised\",\"pack\":\"p\",\"rule\":\"Warm\",\"priority\":\"high\"");
    proof_says(w, "alarm", 0,
               "\"onset\":\"2026-01-01T00:01:00Z\",\"raised\":\"2026-01-01T00:01:00Z\",\"ended\":null");
    world_report(w, "p1", "temperature", 5, AT(4));
    assert_int_equal(world_proofs(w, "alarm"), 2);
    proof_says(w, "alarm", 1, "\"what\":\"cleared\"");
    proof_says(w, "alarm", 1, "\"ended\":\"2026-01-01T00:04:00Z\"");
    assert_int_equal(world_proofs(w, "custody"), 0);
    world_report(w, "f1", "temperature", 9, AT(5));
    assert_int_equal(world_proofs(w, "alarm"), 2); /* another asset's */
    proof_fits(w);
    world_free(w);
}

static void what_late_readings_prove_wrong_is_entered_as_taken_back(void **state)
{
    (void)state;
    world *w = proof_world("");
    for (int m = 0; m <= 40; m += 10)
        if (m != 20)
            world_report(w, "p1", "temperature", 9, AT(m));
    world_report(w, "p1", "temperature", 5, AT(20)); /* late */
    world_sleep(w, 3 * OTR_HOUR);
    world_report(w, "p1", "temperature", 5, AT(230));
    size_t corrections = 0;
    for (size_t i = 0; i < world_proofs(w, "alarm"); i++) {
        const otr_row_proof *row = world_proof_get(w, "alarm", i);
        corrections += memmem(row->content.data, row->content.size, "retracted", 9) != NULL ||
                       memmem(row->content.data, row->content.size, "corrected", 9) != NULL ||
                       memmem(row->content.data, row->content.size, "historical", 10) != NULL;
    }
    assert_true(corrections > 0);
    proof_says(w, "readings", 1, "\"late\":1");
    proof_fits(w);
    world_free(w);
}

static void custody_is_entered_and_signed_and_delivery_ends_it(void **state)
{
    (void)state;
    world *w = proof_world("");
    world_report(w, "p1", "temperature", 5, AT(1));
    world_report_flag(w, "p1", "arrived", true, AT(2));
    assert_int_equal(world_proofs(w, "custody"), 1);
    proof_says(w, "custody", 0, "{\"what\":\"arrived\",\"at\":\"2026-01-01T00:02:00Z\"}");
    assert_true(world_proof_get(w, "custody", 0)->sign);
    world_report_flag(w, "p1", "arrived", false, AT(3));
    assert_int_equal(world_proofs(w, "custody"), 1); /* the alarm's end is no custody */
    world_report_flag(w, "p1", "delivered", true, AT(4));
    world_sleep(w, OTR_MINUTE);
    proof_says(w, "custody", 1, "\"what\":\"delivered\"");
    proof_says(w, "ended", 0, "{\"reason\":\"delivered\"");
    const otr_row_proof *last = &w->proofs[w->proof_count - 1];
    assert_true(last->ends && last->sign);
    world_report(w, "p1", "temperature", 5, AT(10));
    assert_ptr_equal(last, &w->proofs[w->proof_count - 1]);
    proof_fits(w);
    world_free(w);
}

static void custody_that_late_readings_prove_wrong_is_taken_back(void **state)
{
    (void)state;
    world *w = proof_world("");
    for (int m = 0; m <= 40; m += 10)
        if (m != 20)
            world_report(w, "p1", "speed", 5, AT(m));
    proof_says(w, "custody", 0, "{\"what\":\"departed\",\"at\":");
    world_report(w, "p1", "speed", 0, AT(20));
    world_sleep(w, 5 * OTR_MINUTE);
    assert_int_equal(world_proofs(w, "custody"), 2);
    proof_says(w, "custody", 1, "\"what\":\"departed\"");
    proof_says(w, "custody", 1, "\"retracted\":");
    assert_true(world_proof_get(w, "custody", 1)->sign);
    proof_fits(w);
    world_free(w);
}

static void a_device_that_takes_another_s_place_is_entered(void **state)
{
    (void)state;
    world *w = proof_world("");
    assert_int_equal(proof_command(w, OTR_COMMAND_REPLACE, "p1", "p2"), OTR_REFUSAL_ACCEPTED);
    proof_says(w, "devices", 0, "{\"before\":[\"p1\"],\"devices\":[\"p2\"]}");
    assert_true(world_proof_get(w, "devices", 0)->sign);
    world_report(w, "p2", "temperature", 9, AT(1));
    assert_int_equal(world_proofs(w, "alarm"), 1);
    assert_int_equal(world_proofs(w, "assigned"), 1);
    proof_fits(w);
    world_free(w);
}

static void changed_terms_are_entered_and_another_customer_s_proof_is_another_one(void **state)
{
    (void)state;
    world *w = proof_world(", limit: {temperature_max: 8}");
    world_activate(w, "assignment/box-7", BOX("2", "p1", ", limit: {temperature_max: 9}"));
    proof_says(w, "changed", 0, "\"limits\":{\"temperature_max\":9}");
    world_activate(
        w, "assignment/box-7",
        "version: 1\nassignment: {version: 3}\ncustomers: [{customer: cust-5}]\nassets: [{asset: box-7, "
        "class: pharma-shipment, profile: probe, customer: cust-5, devices: [p1]}]\n");
    proof_says(w, "ended", 0, "another customer");
    assert_int_equal(world_proofs(w, "assigned"), 2);
    const otr_row_proof *fresh = world_proof_get(w, "assigned", 1);
    assert_false(otr_id_equal(fresh->proof, w->proofs[0].proof));
    assert_true(otr_str_is(fresh->customer, "cust-5"));
    assert_int_equal(proof_command(w, OTR_COMMAND_UNASSIGN, "", "box-7"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(world_proofs(w, "ended"), 2);
    proof_fits(w);
    world_free(w);
}

/* ---- restarts ---- */

static void live(world *w, int first, int last)
{
    for (int m = first; m < last; m += 7) {
        world_report(w, "p1", "temperature", 4 + m % 6, AT(m));
        world_report_flag(w, "p1", "arrived", m % 5 == 0, AT(m));
    }
}

static void it_is_the_same_chain_however_often_the_agent_is_killed(void **state)
{
    (void)state;
    world *calm = proof_world("");
    world *killed = proof_world("");
    live(calm, 1, 300);
    for (int m = 1; m < 300; m += 7) {
        live(killed, m, m + 7);
        if (m % 3 == 0)
            world_snapshot(killed);
        world_restart(killed, false);
    }
    assert_int_equal(calm->proof_count, killed->proof_count);
    assert_true(calm->proof_count > 20);
    for (size_t i = 0; i < calm->proof_count; i++) {
        assert_memory_equal(calm->proofs[i].head.bytes, killed->proofs[i].head.bytes, OTR_DIGEST_BYTES);
        assert_true(otr_id_equal(calm->proofs[i].proof, killed->proofs[i].proof));
    }
    proof_fits(killed);
    world_free(calm);
    world_free(killed);
}

static void rows_that_the_state_knows_nothing_of_are_gone_on_from(void **state)
{
    (void)state;
    world *w = proof_world("");
    live(w, 1, 100);
    world_snapshot(w);
    live(w, 100, 200);
    size_t before = w->proof_count;
    while (w->batch_count > w->snapshot_batches) /* the journal's tail is lost */
        free(w->batches[--w->batch_count].data);
    world_restart(w, true);
    live(w, 200, 300);
    assert_int_equal(world_proofs(w, "rebuilt"), 1);
    assert_true(w->proof_count > before);
    proof_fits(w);
    world_free(w);
}

/* Readings of so many hours, each after a gap of its own: two entries an hour. */
static void hours(world *w, int64_t first, int64_t last)
{
    enum { UPLOAD = 4096 };
    static otr_reading readings[UPLOAD];
    while (first < last) {
        size_t count = 0;
        for (; count < UPLOAD && first < last; first++)
            readings[count++] = world_number("temperature", 5, AT(60 * first));
        world_sleep(w, AT(60 * first) - w->utc);
        world_upload(w, "p1", readings, count);
    }
}

static void a_chain_that_is_full_goes_on_in_another_one(void **state)
{
    (void)state;
    enum { HOURS = OTR_LIMIT_PROOF_ENTRIES / 2 };
    world *w = proof_world(", limit: {minutes_above_max: 600, temperature_max: 4}");
    otr_id first = w->proofs[0].proof;
    hours(w, 1, HOURS - 3);
    assert_int_equal(world_proofs(w, "ended"), 0);
    world_snapshot(w);
    hours(w, HOURS - 3, HOURS + 3);
    world_restart(w, true);
    hours(w, HOURS + 3, HOURS + 6);
    assert_int_equal(world_proofs(w, "ended"), 1);
    assert_int_equal(world_proofs(w, "rebuilt"), 0);
    const otr_row_proof *end = world_proof_get(w, "ended", 0);
    assert_true(otr_id_equal(end->proof, first));
    assert_true(end->number < OTR_LIMIT_PROOF_ENTRIES && end->number > OTR_LIMIT_PROOF_ENTRIES - 4);
    proof_says(w, "ended", 0, "\"goes on in another one\"");
    proof_says(w, "assigned", 1, "\"goes_on_from\":\"");
    assert_false(otr_id_equal(world_proof_get(w, "assigned", 1)->proof, first));
    /* what is used up of the goods' stability is not given back: 20 minutes of each hour are covered */
    proof_says(w, "readings", world_proofs(w, "readings") - 1, "\"above_s\":393");
    proof_fits(w);
    world_free(w);
}

static void a_state_from_before_there_were_proofs_begins_them(void **state)
{
    (void)state;
    world *w = proof_world("");
    world_sha256 = NULL;
    world_restart(w, true);
    world_snapshot(w);
    w->proof_count = 0;
    world_sha256 = otr_sha256;
    otr_proof_free(w->core->assets[0].proof);
    otr_proof_free(w->core->assets[1].proof);
    w->core->assets[0].proof = NULL;
    w->core->assets[1].proof = NULL;
    world_snapshot(w);
    world_restart(w, true);
    assert_int_equal(world_proofs(w, "assigned"), 1);
    proof_fits(w);
    world_free(w);
}

/* ---- forgetting ---- */

static void of_a_forgotten_customer_no_key_is_left(void **state)
{
    (void)state;
    world *w = proof_world("");
    world_report(w, "p1", "temperature", 5, AT(1));
    otr_digest key = w->core->assets[1].proof->key;
    otr_digest secret = w->core->proofs.secret;
    assert_int_equal(proof_command(w, OTR_COMMAND_FORGET, "", "cust-9"), OTR_REFUSAL_ACCEPTED);
    assert_int_equal(world_proofs(w, "ended"), 1);
    proof_says(w, "ended", 0, "forgotten");
    assert_memory_not_equal(w->core->proofs.secret.bytes, secret.bytes, sizeof secret.bytes);
    assert_null(memmem(w->snapshot.data, w->snapshot.size, key.bytes, sizeof key.bytes));
    assert_null(memmem(w->snapshot.data, w->snapshot.size, "cust-9", 6));
    proof_fits(w);
    world_free(w);
}

static void no_two_entries_have_one_salt(void **state)
{
    (void)state;
    world *w = proof_world("");
    live(w, 1, 300);
    for (size_t i = 1; i < w->proof_count; i++)
        for (size_t k = 1; k < i; k++)
            assert_false(otr_id_equal(w->proofs[i].salt, w->proofs[k].salt));
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_is_kept_of_shipments_and_of_what_asks_for_one),
        cmocka_unit_test(it_begins_with_what_is_assigned),
        cmocka_unit_test(each_step_of_an_alarm_is_an_entry),
        cmocka_unit_test(what_late_readings_prove_wrong_is_entered_as_taken_back),
        cmocka_unit_test(custody_is_entered_and_signed_and_delivery_ends_it),
        cmocka_unit_test(custody_that_late_readings_prove_wrong_is_taken_back),
        cmocka_unit_test(a_device_that_takes_another_s_place_is_entered),
        cmocka_unit_test(changed_terms_are_entered_and_another_customer_s_proof_is_another_one),
        cmocka_unit_test(it_is_the_same_chain_however_often_the_agent_is_killed),
        cmocka_unit_test(rows_that_the_state_knows_nothing_of_are_gone_on_from),
        cmocka_unit_test(a_chain_that_is_full_goes_on_in_another_one),
        cmocka_unit_test(a_state_from_before_there_were_proofs_begins_them),
        cmocka_unit_test(of_a_forgotten_customer_no_key_is_left),
        cmocka_unit_test(no_two_entries_have_one_salt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
