/* A rollout's steps against gateways that answer, or do not: who is away, and who is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tools/outrider/fleet/listen.h"
#include "tools/outrider/fleet/watch.h"
#include "tools/outrider/push/push_internal.h"

/* ---- two gateways ---- */

static struct {
    bool silent;
    bool runs;
    int asked;
} gateways[2];

otr_status otr_remote_ask(otr_remote *remote, const char *group, const char *gateway, const char *id,
                          const json_t *request, json_t **answer, otr_error *error)
{
    (void)remote, (void)group, (void)id;
    int at = strcmp(gateway, "b") == 0;
    const char *verb = json_string_value(json_object_get(request, "do"));
    gateways[at].asked++;
    if (gateways[at].silent)
        return otr_fail(error, OTR_UNKNOWN, "no answer");
    gateways[at].runs |= strcmp(verb, "activate") == 0;
    *answer = json_pack("{s:b, s:[{s:s, s:{s:s}}]}", "ok", 1, "packs", "pack", "cold", "active", "bundle",
                        gateways[at].runs ? "new" : "old");
    return OTR_OK;
}

json_t *otr_packs_send(const otr_packs_file *file, otr_packs_ask *ask, void *context)
{
    (void)file, (void)ask, (void)context;
    return NULL;
}

int otr_listen_all(const otr_listen *asked, double quiet_s, double timeout_s)
{
    (void)asked, (void)quiet_s, (void)timeout_s;
    return 1;
}

bool otr_watch_read(otr_arena *arena, const otr_watch_options *options, const otr_mqtt_message *message,
                    otr_watch_item *out)
{
    (void)arena, (void)options, (void)message, (void)out;
    return false;
}

/* ---- */

static otr_push_options options = {.to = "depot"};
static otr_push_member members[2];

static otr_rollout begin(otr_push_state a, otr_push_state b)
{
    memset(gateways, 0, sizeof gateways);
    members[0] = (otr_push_member){.name = "a", .state = a};
    members[1] = (otr_push_member){.name = "b", .state = b};
    return (otr_rollout){
        .options = &options,
        .plan = json_pack("{s:s, s:s, s:s}", "id", "p1", "pack", "cold", "bundle", "new"),
        .members = members,
        .count = 2,
    };
}

static void one_that_goes_silent_at_its_turn_is_lost(void **state)
{
    (void)state;
    otr_rollout rollout = begin(OTR_PUSH_OPEN, OTR_PUSH_OPEN);
    gateways[0].silent = true;
    assert_int_equal(otr_push_activate_first(&rollout, 2), 2);
    assert_int_equal(members[0].state, OTR_PUSH_LOST);
    assert_int_equal(members[1].state, OTR_PUSH_RUNS);
    assert_int_equal(otr_push_activate_first(&rollout, 2), 0); /* nobody twice */
    json_decref(rollout.plan);
}

static void a_soak_asks_those_that_are_lost_again(void **state)
{
    (void)state;
    otr_rollout rollout = begin(OTR_PUSH_OPEN, OTR_PUSH_OPEN);
    gateways[0].silent = gateways[1].silent = true;
    (void)otr_push_activate_first(&rollout, 2);
    gateways[0].silent = gateways[1].silent = false; /* the answer alone was lost, or the order */
    gateways[0].runs = true;
    otr_push_soak_first(&rollout, 2, 0.01);
    assert_int_equal(members[0].state, OTR_PUSH_RUNS);
    assert_int_equal(members[1].state, OTR_PUSH_REFUSED);
    assert_non_null(strstr(members[1].reason, "it was not activated"));
    gateways[0].silent = true;
    otr_push_soak_first(&rollout, 2, 0.01);
    assert_int_equal(members[0].state, OTR_PUSH_LOST);
    json_decref(rollout.plan);
}

static void one_that_ran_it_and_does_not_take_the_plan_is_lost(void **state)
{
    (void)state;
    otr_rollout rollout = begin(OTR_PUSH_RUNS, OTR_PUSH_HELD);
    gateways[0].silent = gateways[1].silent = true;
    otr_push_keep_plan(&rollout);
    assert_int_equal(members[0].state, OTR_PUSH_LOST);
    assert_int_equal(members[1].state, OTR_PUSH_AWAY); /* it has not got it */
    int asked = gateways[1].asked;
    otr_push_keep_plan(&rollout);
    assert_int_equal(gateways[1].asked, asked); /* nobody waits for it again */
    json_decref(rollout.plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_goes_silent_at_its_turn_is_lost),
        cmocka_unit_test(a_soak_asks_those_that_are_lost_again),
        cmocka_unit_test(one_that_ran_it_and_does_not_take_the_plan_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
