/* When a gateway is worse for a pack on trial than before it, and which pack is to blame. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/limits.h"
#include "daemon/health.h"
#include "daemon/push/push_internal.h"
#include "daemon/push/push_trial.h"
#include "folder.h"

static json_t *index_of(void)
{
    return json_pack("{s:{}}", "packs");
}

static void activate(json_t *root, const char *pack, unsigned complaints)
{
    json_t *trial = otr_push_trial_new(root, complaints, true);
    json_object_set_new(json_object_get(root, "packs"), pack, json_pack("{s:o}", "trial", trial));
}

static const char *blamed(const json_t *root, unsigned complaints)
{
    const char *complaint = "";
    const char *pack = otr_push_trial_worse(root, complaints, &complaint);
    assert_true(pack == NULL || complaint[0] != '\0');
    return pack != NULL ? pack : "nobody";
}

static void what_was_there_before_is_nobodys_fault(void **state)
{
    (void)state;
    json_t *root = index_of();
    activate(root, "cold", OTR_COMPLAINT_BIT(LOST) | OTR_COMPLAINT_BIT(CLOCK_UNSET));
    assert_string_equal(blamed(root, 0), "nobody");
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(LOST)), "nobody");
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(LOST) | OTR_COMPLAINT_BIT(DISK)), "cold");
    json_decref(root);
}

static void what_no_pack_can_cause_does_not_count(void **state)
{
    (void)state;
    json_t *root = index_of();
    activate(root, "cold", 0);
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(CLOCK_UNSET) | OTR_COMPLAINT_BIT(CLOCK_DRIFTS) |
                                         OTR_COMPLAINT_BIT(CERTIFICATE_OVER) |
                                         OTR_COMPLAINT_BIT(CERTIFICATE_SOON) |
                                         OTR_COMPLAINT_BIT(TELEMETRY_DOWN) | OTR_COMPLAINT_BIT(LINK_DOWN)),
                        "nobody");
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(HELD_BACK)), "nobody");
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(LOST) | OTR_COMPLAINT_BIT(LINK_DOWN)), "nobody");
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(RULES_FAIL)), "cold");
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(LOST)), "cold");
    json_decref(root);
}

static void the_last_one_is_to_blame(void **state)
{
    (void)state;
    json_t *root = index_of();
    activate(root, "zeta", 0);
    activate(root, "alpha", OTR_COMPLAINT_BIT(DISK));
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(LOST)), "alpha");
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(DISK)), "zeta"); /* there before alpha */
    activate(root, "zeta", 0);
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(LOST)), "zeta");
    json_decref(root);
}

static void a_trial_of_before_knows_no_health(void **state)
{
    (void)state;
    json_t *root = json_pack("{s:{s:{s:{s:i}}}}", "packs", "cold", "trial", "starts", 1);
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(LOST)), "nobody");
    json_decref(root);
}

static void before_the_first_look_nothing_is_known(void **state)
{
    (void)state;
    json_t *root = index_of();
    json_object_set_new(json_object_get(root, "packs"), "cold",
                        json_pack("{s:o}", "trial", otr_push_trial_new(root, 0, false)));
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(LOST)), "nobody");
    assert_true(otr_push_trial_first_look(root, OTR_COMPLAINT_BIT(LOST)));
    assert_false(otr_push_trial_first_look(root, OTR_COMPLAINT_BIT(DISK))); /* the first alone */
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(LOST)), "nobody");
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(DISK)), "cold");
    json_decref(root);
}

static void devices_that_are_held_back_are_a_tunings_fault(void **state)
{
    (void)state;
    json_t *root = index_of();
    activate(root, "tuning", 0);
    activate(root, "cold", 0);
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(HELD_BACK)), "tuning");
    assert_string_equal(blamed(root, OTR_COMPLAINT_BIT(RULES_FAIL)), "cold");
    json_decref(root);
}

static void a_few_are_no_complaint(void **state)
{
    static const struct {
        otr_health_sums now;
        unsigned complaints;
    } rows[] = {
        {{.requests = 1000, .evaluations = 1000}, 0},
        {{.requests = 9, .held_back = 9}, 0},
        {{.requests = 10, .held_back = 10}, OTR_COMPLAINT_BIT(HELD_BACK)},
        {{.requests = 101, .held_back = 10}, 0},
        {{.requests = 100, .held_back = 10}, OTR_COMPLAINT_BIT(HELD_BACK)},
        {{.evaluations = 9, .failed = 9}, 0},
        {{.evaluations = 1001, .failed = 10}, 0},
        {{.evaluations = 1000, .failed = 10}, OTR_COMPLAINT_BIT(RULES_FAIL)},
        {{.lost = 1}, OTR_COMPLAINT_BIT(LOST)},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const otr_health_sums before = {5000, 4000, 3000, 2000, 1000};
        otr_health_sums now = {rows[i].now.requests + 5000, rows[i].now.held_back + 4000,
                               rows[i].now.evaluations + 3000, rows[i].now.failed + 2000,
                               rows[i].now.lost + 1000};
        unsigned complaints = otr_health_rates(&before, &now);
        if (complaints != rows[i].complaints)
            fail_msg("row %zu: %x", i, complaints);
    }
}

/* One look at which it is worse may be chance: OTR_LIMIT_TRIAL_LOOKS of them in a row are needed. */
static void once_is_not_enough(void **state)
{
    otr_daemon daemon = {.health.complaints = OTR_COMPLAINT_BIT(DISK)};
    otr_config config = {.state.folder = {NULL, 0}};
    otr_error error;
    (void)state;
    folder_make();
    daemon.config = &config;
    config.state.folder = otr_str_of(folder_path(""));
    assert_int_equal(otr_push_open(&daemon, &error), OTR_OK);
    activate(daemon.push->index.root, "cold", 0);
    daemon.push->trial_ends_s = otr_push_now_s() + OTR_LIMIT_TRIAL_S; /* as an activation has it */
    for (unsigned look = 1; look < OTR_LIMIT_TRIAL_LOOKS; look++) {
        daemon.health.looks++;
        for (int turn = 0; turn < 3; turn++) { /* many turns have one look */
            otr_push_turn(&daemon);
            assert_int_equal(daemon.push->worse, look);
        }
    }
    daemon.health.looks++;
    daemon.health.complaints = 0;
    otr_push_turn(&daemon);
    assert_int_equal(daemon.push->worse, 0);
    otr_push_close(&daemon);
    folder_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_there_before_is_nobodys_fault),
        cmocka_unit_test(what_no_pack_can_cause_does_not_count),
        cmocka_unit_test(the_last_one_is_to_blame),
        cmocka_unit_test(a_trial_of_before_knows_no_health),
        cmocka_unit_test(before_the_first_look_nothing_is_known),
        cmocka_unit_test(devices_that_are_held_back_are_a_tunings_fault),
        cmocka_unit_test(a_few_are_no_complaint),
        cmocka_unit_test(once_is_not_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
