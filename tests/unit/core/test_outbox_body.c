/* The body of an outbox entry: what a notification says comes back whole, and the bodies that earlier
 * versions left in the database are read still. */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "base/mention.h"
#include "codec/service_fields.h"
#include "core/outbox/outbox.h"

static otr_service_event sample(void)
{
    static const otr_action actions[] = {{.name = {"help", 4}}, {.name = {"stop", 4}}};
    otr_service_event event = otr_service_event_empty();
    event.kind = OTR_SERVICE_NOTIFICATION;
    event.what = OTR_STR("raised");
    event.detected = 5;
    event.title = OTR_STR("title");
    event.next_by = 7;
    event.line = OTR_STR("line");
    event.brief = OTR_STR("brief");
    event.why = OTR_STR("why");
    event.fault = OTR_STR("fault");
    event.persona = OTR_STR("persona");
    event.channels = OTR_STR("push,sms");
    event.actions = actions;
    event.action_count = 2;
    event.figures = (otr_bytes){(const uint8_t *)"bytes", 5};
    return event;
}

static void what_a_notification_says_comes_back(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_buffer body = {0};
    otr_error error;
    otr_service_event event = sample();
    otr_service_event back;
    otr_outbox_encode(&body, &event, NULL);
    assert_int_equal(otr_outbox_render(&arena, otr_buffer_text(&body), 0, &back, &error), OTR_OK);
    assert_int_equal(back.next_by, 7);
    assert_true(otr_str_is(back.line, "line") && otr_str_is(back.brief, "brief"));
    assert_true(otr_str_is(back.why, "why") && otr_str_is(back.fault, "fault"));
    assert_true(otr_str_is(back.persona, "persona") && otr_str_is(back.channels, "push,sms"));
    assert_int_equal(back.action_count, 2);
    assert_true(back.figures.size == 5 && memcmp(back.figures.data, "bytes", 5) == 0);
    assert_true(otr_str_is(back.actions[0].name, "help") && otr_str_is(back.actions[1].name, "stop"));
    otr_buffer_done(&body);
    otr_arena_done(&arena);
}

static void a_body_cut_short_is_refused(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_buffer body = {0};
    otr_error error;
    otr_service_event event = sample();
    otr_service_event back;
    otr_outbox_encode(&body, &event, NULL);
    for (size_t size = 0; size < body.size; size++)
        assert_int_equal(
            otr_outbox_render(&arena, (otr_str){(const char *)body.data, size}, 0, &back, &error),
            OTR_CORRUPT);
    otr_buffer_done(&body);
    otr_arena_done(&arena);
}

/* An event as versions 1 to 3 wrote it: 1 without the time at which the alarm became known, 3 with what a
 * reader may answer. */
static void add_old_body(otr_buffer *out, uint8_t version)
{
    static const otr_id none = {{0}};
    otr_buffer_add_u8(out, version);
    otr_buffer_add_u8(out, OTR_SERVICE_NOTIFICATION);
    otr_buffer_add_varint(out, 1);
    otr_buffer_add_signed(out, -1);
    otr_buffer_add_varint(out, 0);
    for (int i = 0; i < 4; i++)
        otr_buffer_add_id(out, none);
    for (int i = 0; i < 5; i++)
        otr_buffer_add_signed(out, 100 + i);
    if (version >= 2)
        otr_buffer_add_signed(out, 5);
    otr_buffer_add_str(out, OTR_STR("raised"));
    for (int i = 0; i < 13; i++)
        otr_buffer_add_str(out, OTR_STR(""));
    otr_buffer_add_str(out, OTR_STR("title"));
    for (int i = 0; i < 3; i++)
        otr_buffer_add_varint(out, 0);
    if (version < 3)
        return;
    otr_buffer_add_signed(out, 7);
    otr_buffer_add_str(out, OTR_STR("line"));
    for (int i = 0; i < 5; i++)
        otr_buffer_add_str(out, OTR_STR(""));
    otr_buffer_add_varint(out, 1);
    otr_buffer_add_str(out, OTR_STR("help"));
}

static void bodies_of_earlier_versions_are_read(void **state)
{
    (void)state;
    for (uint8_t version = 1; version <= 3; version++) {
        otr_arena arena = {0};
        otr_buffer body = {0};
        otr_error error;
        otr_service_event back;
        add_old_body(&body, version);
        assert_int_equal(otr_outbox_render(&arena, otr_buffer_text(&body), 0, &back, &error), OTR_OK);
        assert_true(otr_str_is(back.what, "raised") && otr_str_is(back.title, "title"));
        assert_int_equal(back.expires, 104);
        assert_int_equal(back.detected, version >= 2 ? 5 : OTR_TIME_NONE);
        assert_int_equal(back.next_by, version == 3 ? 7 : OTR_TIME_NONE);
        assert_int_equal(back.line.size, version == 3 ? 4 : 0);
        assert_int_equal(back.action_count, version == 3 ? 1 : 0);
        assert_int_equal(back.figures.size, 0);
        otr_buffer_done(&body);
        otr_arena_done(&arena);
    }
}

static void a_body_of_a_later_version_is_refused(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_buffer body = {0};
    otr_error error;
    otr_service_event back;
    add_old_body(&body, 4);
    assert_int_equal(otr_outbox_render(&arena, otr_buffer_text(&body), 0, &back, &error), OTR_CORRUPT);
    otr_buffer_done(&body);
    otr_arena_done(&arena);
}

/* kind, what, whether a state is told: what remains when its customer is forgotten. */
static void of_what_the_broker_keeps_the_end_remains_and_names_nobody(void **state)
{
    (void)state;
    static const struct {
        otr_service_kind kind;
        const char *what;
        bool stands;
        const char *remains; /* NULL: nothing; "": as it was */
    } all[] = {
        {OTR_SERVICE_ALARM, "raised", true, NULL},
        {OTR_SERVICE_ALARM, "cleared", true, NULL}, /* nobody has acknowledged it */
        {OTR_SERVICE_ALARM, "cleared", false, "withdrawn"},
        {OTR_SERVICE_ALARM, "acknowledged", false, "withdrawn"},
        {OTR_SERVICE_TICKET, "updated", false, NULL},
        {OTR_SERVICE_TICKET, "closed", false, "closed"},
        {OTR_SERVICE_TICKET, "merged", false, "closed"},
        {OTR_SERVICE_VIEW, "updated", false, NULL},
        {OTR_SERVICE_VIEW, "cleared", false, ""},
        {OTR_SERVICE_CUSTOMER, "cleared", false, ""},
        {OTR_SERVICE_NOTIFICATION, "cleared", false, NULL},
        {OTR_SERVICE_STATUS, "assignment", false, NULL},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        otr_arena arena = {0};
        otr_buffer body = {0};
        otr_buffer remains = {0};
        otr_error error;
        otr_fact fact = {OTR_STR("state"), OTR_STR("open")};
        otr_service_event event = sample();
        otr_service_event back;
        otr_id id = {{0}};
        event.kind = all[i].kind;
        event.what = otr_str_of(all[i].what);
        event.event.bytes[0] = 7;
        event.entity.bytes[0] = 9;
        event.asset = OTR_STR("box-7");
        event.facts = &fact;
        event.fact_count = all[i].stands;
        otr_outbox_encode(&body, &event, NULL);
        assert_int_equal(otr_outbox_remains(otr_buffer_text(&body), &remains, &id, &error), OTR_OK);
        assert_int_equal(remains.size > 0, all[i].remains != NULL);
        if (all[i].remains != NULL) {
            bool same = all[i].remains[0] == '\0';
            assert_int_equal(otr_outbox_render(&arena, otr_buffer_text(&remains), 0, &back, &error), OTR_OK);
            assert_true(otr_id_equal(back.event, id) && otr_id_equal(back.entity, event.entity));
            assert_int_equal(otr_id_equal(id, event.event), same);
            assert_true(otr_str_is(back.what, same ? all[i].what : all[i].remains));
            assert_int_equal(otr_bytes_hold(otr_buffer_bytes(&remains), "box-7", 5), same);
            assert_false(otr_outbox_stands(&back));
        }
        otr_buffer_done(&body);
        otr_buffer_done(&remains);
        otr_arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_notification_says_comes_back),
        cmocka_unit_test(a_body_cut_short_is_refused),
        cmocka_unit_test(bodies_of_earlier_versions_are_read),
        cmocka_unit_test(a_body_of_a_later_version_is_refused),
        cmocka_unit_test(of_what_the_broker_keeps_the_end_remains_and_names_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
