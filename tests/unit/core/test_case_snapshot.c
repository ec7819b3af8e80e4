/* A case is the same after a snapshot, field by field. They are given in their order and without names, so
 * that this does not compile until a new one has a value here. */
#include "core/state.h"
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define START (INT64_C(1700000000) * OTR_SECOND)

static const char pack[] = "pack: p\n"
                           "version: 1\n"
                           "rules:\n"
                           "  - {alert: Hot, expr: temperature > 8, labels: {category: cold},\n"
                           "     ticket: {queue: cold}}\n";
static const char assignments[] = "version: 1\n"
                                  "assets: [{asset: box, class: x, devices: [d]}]\n";

static world *start(void)
{
    world *w = world_create(pack, assignments, START);
    world_report(w, "d", "temperature", 9, START + OTR_MINUTE);
    return w;
}

static otr_str owned(const char *text)
{
    otr_str copy = {malloc(strlen(text)), strlen(text)};
    assert_non_null(copy.data);
    memcpy((char *)copy.data, text, copy.size);
    return copy;
}

static otr_buffer said(const char *text)
{
    otr_buffer out = {0};
    otr_buffer_add(&out, text, strlen(text));
    return out;
}

static otr_promise *promise_of(otr_promise promise)
{
    otr_promise *list = malloc(sizeof *list);
    assert_non_null(list);
    *list = promise;
    return list;
}

static otr_remedy_use *remedy_of(otr_remedy_use use)
{
    otr_remedy_use *list = malloc(sizeof *list);
    assert_non_null(list);
    *list = use;
    return list;
}

static otr_dossier_alarm *alarm_of(otr_dossier_alarm alarm)
{
    otr_dossier_alarm *list = malloc(sizeof *list);
    assert_non_null(list);
    *list = alarm;
    return list;
}

/* Each field another value; of the first case as it stands what others name. */
static otr_case filled(otr_core *core)
{
    const otr_case *was = &core->cases[0];
    uint32_t label[11];
    for (uint32_t i = 0; i < 11; i++)
        label[i] = otr_core_label(core, (otr_str){"labels of the test" + i, 3});
    otr_desk desk = {OTR_STAGE_ASSIGNED,
                     2,
                     3,
                     4,
                     true,
                     true,
                     true,
                     5,
                     6,
                     7,
                     owned("kim"),
                     owned("lot"),
                     label[0] + 1,
                     27,
                     START + 8,
                     START + OTR_HOUR + 9,
                     START + 10,
                     START + 11,
                     promise_of((otr_promise){label[1], START + OTR_HOUR + 12, START + OTR_HOUR + 13,
                                              OTR_PROMISE_REMINDED}),
                     1,
                     1,
                     remedy_of((otr_remedy_use){label[2], 14}),
                     1,
                     1,
                     said("what was said")};
    otr_dossier dossier = {
        owned("P0001"),
        {label[3], label[4]},
        2,
        label[5] + 1,
        label[6] + 1,
        UINT64_C(0xF123456789ABCDEF),
        UINT64_C(0xE123456789ABCDEF),
        alarm_of((otr_dossier_alarm){was->dossier.alarms[0].id, label[7], label[8], OTR_PRIORITY_LOW, 0,
                                     START + 15, START + 16, START + 17, START + 18}),
        1,
        1};
    return (otr_case){true,
                      OTR_CASE_OPEN,
                      21,
                      was->id,
                      22,
                      was->next,
                      was->asset,
                      label[10] + 1,
                      was->category,
                      1,
                      23,
                      OTR_PRIORITY_HIGH,
                      true,
                      true,
                      true,
                      label[9],
                      label[8],
                      true,
                      START + OTR_HOUR + 28,
                      true,
                      {label[1], label[2]},
                      2,
                      otr_ticket_of(was->id),
                      START + 24,
                      START + 25,
                      OTR_HOUR + 26,
                      desk,
                      dossier};
}

static bool same_promises(const otr_desk *a, const otr_desk *b)
{
    return a->promise_count == b->promise_count && a->promises[0].what == b->promises[0].what &&
           a->promises[0].by == b->promises[0].by && a->promises[0].remind == b->promises[0].remind &&
           a->promises[0].state == b->promises[0].state && a->remedy_count == b->remedy_count &&
           a->remedies[0].name == b->remedies[0].name && a->remedies[0].count == b->remedies[0].count;
}

static void desk_is(const otr_desk *a, const otr_desk *b)
{
    assert_int_equal(a->stage, b->stage);
    assert_int_equal(a->resends, b->resends);
    assert_int_equal(a->transfers, b->transfers);
    assert_int_equal(a->reopened, b->reopened);
    assert_int_equal(a->rated_wrong, b->rated_wrong);
    assert_int_equal(a->confirmed, b->confirmed);
    assert_int_equal(a->acts, b->acts);
    assert_int_equal(a->received, b->received);
    assert_int_equal(a->sent, b->sent);
    assert_true(otr_str_equal(a->assignee, b->assignee));
    assert_true(otr_str_equal(a->asked_for, b->asked_for));
    assert_int_equal(a->first_contact, b->first_contact);
    assert_int_equal(a->unreceived, b->unreceived);
    assert_int_equal(a->resolution, b->resolution);
    assert_int_equal(a->first_sent, b->first_sent);
    assert_int_equal(a->resend, b->resend);
    assert_int_equal(a->acted, b->acted);
    assert_int_equal(a->resolved, b->resolved);
    assert_true(same_promises(a, b));
    assert_true(otr_str_equal(otr_buffer_text(&a->said), otr_buffer_text(&b->said)));
}

static void dossier_is(const otr_dossier *a, const otr_dossier *b)
{
    assert_true(otr_str_equal(a->codes, b->codes));
    assert_int_equal(a->trouble_count, b->trouble_count);
    for (uint32_t i = 0; i < a->trouble_count; i++)
        assert_int_equal(a->troubles[i], b->troubles[i]);
    assert_int_equal(a->why, b->why);
    assert_int_equal(a->specialist, b->specialist);
    assert_int_equal(a->alike, b->alike);
    assert_int_equal(a->product, b->product);
    assert_int_equal(a->alarm_count, b->alarm_count);
    assert_true(otr_id_equal(a->alarms[0].id, b->alarms[0].id));
    assert_int_equal(a->alarms[0].pack, b->alarms[0].pack);
    assert_int_equal(a->alarms[0].rule, b->alarms[0].rule);
    assert_int_equal(a->alarms[0].priority, b->alarms[0].priority);
    assert_int_equal(a->alarms[0].device, b->alarms[0].device);
    assert_int_equal(a->alarms[0].onset, b->alarms[0].onset);
    assert_int_equal(a->alarms[0].raised, b->alarms[0].raised);
    assert_int_equal(a->alarms[0].detected, b->alarms[0].detected);
    assert_int_equal(a->alarms[0].ended, b->alarms[0].ended);
}

static void case_is(const otr_case *a, const otr_case *b)
{
    assert_int_equal(a->used, b->used);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->revision, b->revision);
    assert_true(otr_id_equal(a->id, b->id));
    assert_int_equal(a->seq, b->seq);
    assert_int_equal(a->next, b->next);
    assert_int_equal(a->asset, b->asset);
    assert_int_equal(a->customer, b->customer);
    assert_int_equal(a->category, b->category);
    assert_int_equal(a->open_alarms, b->open_alarms);
    assert_int_equal(a->alarm_count, b->alarm_count);
    assert_int_equal(a->priority, b->priority);
    assert_int_equal(a->ticket, b->ticket);
    assert_int_equal(a->urgent, b->urgent);
    assert_int_equal(a->list, b->list);
    assert_int_equal(a->queue, b->queue);
    assert_int_equal(a->title, b->title);
    assert_int_equal(a->asked, b->asked);
    assert_int_equal(a->answer_by, b->answer_by);
    assert_int_equal(a->again, b->again);
    assert_int_equal(a->merged_count, b->merged_count);
    for (uint32_t i = 0; i < a->merged_count; i++)
        assert_int_equal(a->merged[i], b->merged[i]);
    assert_true(otr_id_equal(a->merged_into, b->merged_into));
    assert_int_equal(a->opened, b->opened);
    assert_int_equal(a->onset, b->onset);
    assert_int_equal(a->verify, b->verify);
    desk_is(&a->desk, &b->desk);
    dossier_is(&a->dossier, &b->dossier);
}

static void give_back(otr_case *one)
{
    otr_desk_done(&one->desk);
    otr_dossier_done(&one->dossier);
}

static void a_case_is_the_same_after_a_snapshot(void **state)
{
    (void)state;
    world *w = start();
    otr_case given = filled(w->core);
    give_back(&w->core->cases[0]);
    w->core->cases[0] = given;
    world_snapshot(w);
    world_restart(w, false);
    otr_case expected = filled(w->core); /* labels are numbered anew */
    case_is(&w->core->cases[0], &expected);
    give_back(&expected);
    world_free(w);
}

/* What is written only where it is not as it began: each field alone makes it worth writing. */
static void each_field_of_the_desk_alone_is_kept(void **state)
{
    (void)state;
    enum { FIELDS = 24 };
    for (int field = 0; field < FIELDS; field++) {
        world *w = start();
        otr_case *one = &w->core->cases[0];
        otr_case all = filled(w->core);
        otr_desk_done(&one->desk);
        one->verify = field == 0 ? all.verify : 0;
        one->asked = field == 1;
        one->again = field == 2;
        one->desk = (otr_desk){.stage = field == 3 ? OTR_STAGE_ASSIGNED : OTR_STAGE_NEW,
                               .resends = field == 4,
                               .transfers = field == 5,
                               .reopened = field == 6,
                               .rated_wrong = field == 7,
                               .confirmed = field == 8,
                               .acts = field == 9,
                               .received = field == 10,
                               .sent = field == 11,
                               .assignee = field == 12 ? owned("kim") : (otr_str){NULL, 0},
                               .resolution = field == 13,
                               .first_sent = field == 14,
                               .resend = field == 15 ? START + OTR_HOUR : 0,
                               .acted = field == 16,
                               .resolved = field == 17,
                               .said = field == 18 ? said("text") : (otr_buffer){0}};
        if (field == 19) {
            one->desk.promises = promise_of((otr_promise){one->asset, START, START, OTR_PROMISE_MISSED});
            one->desk.promise_count = one->desk.promise_capacity = 1;
        }
        one->desk.asked_for = field == 20 ? owned("lot") : (otr_str){NULL, 0};
        one->desk.first_contact = field == 21;
        one->merged_count = field == 22;
        one->merged_into = (otr_id){{field == 23}};
        otr_buffer before = {0};
        otr_buffer after = {0};
        otr_desk_write(w->core, &before);
        world_snapshot(w);
        world_restart(w, false);
        otr_desk_write(w->core, &after);
        if (!otr_str_equal(otr_buffer_text(&before), otr_buffer_text(&after)))
            fail_msg("field %d", field);
        one = &w->core->cases[0];
        bool kept =
            one->verify != 0 || one->asked || one->again || one->desk.stage != 0 || one->desk.resends != 0 ||
            one->desk.transfers != 0 || one->desk.reopened != 0 || one->desk.rated_wrong ||
            one->desk.confirmed || one->desk.acts != 0 || one->desk.received != 0 || one->desk.sent != 0 ||
            one->desk.assignee.size > 0 || one->desk.resolution != 0 || one->desk.first_sent != 0 ||
            one->desk.resend != 0 || one->desk.acted != 0 || one->desk.resolved != 0 ||
            one->desk.said.size > 0 || one->desk.promise_count > 0 || one->desk.asked_for.size > 0 ||
            one->desk.first_contact != 0 || one->merged_count > 0 || !otr_id_is_zero(one->merged_into);
        if (!kept)
            fail_msg("field %d is lost", field);
        otr_buffer_done(&before);
        otr_buffer_done(&after);
        give_back(&all);
        world_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_is_the_same_after_a_snapshot),
        cmocka_unit_test(each_field_of_the_desk_alone_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
