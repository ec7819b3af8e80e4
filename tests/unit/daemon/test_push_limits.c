/* Limits of what is pushed: a piece, a plan, and how long a pack is on trial. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/limits.h"
#include "daemon/push/push_internal.h"
#include "folder.h"

/* A gateway that has nothing but a folder. */
typedef struct scene {
    otr_daemon daemon;
    otr_config config;
} scene;

static scene *begin(void)
{
    static scene s;
    otr_error error;
    folder_make();
    memset(&s, 0, sizeof s);
    s.daemon.config = &s.config;
    s.config.state.folder = otr_str_of(folder_path(""));
    s.config.rules.signers = s.config.state.folder;
    assert_int_equal(otr_push_open(&s.daemon, &error), OTR_OK);
    return &s;
}

static void end(scene *s)
{
    otr_push_close(&s->daemon);
    folder_remove();
}

/* The reason, in memory of the answer; empty: it was taken. */
static const char *said(const json_t *answer)
{
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    return json_is_true(json_object_get(answer, "ok")) ? "" : reason != NULL ? reason : "?";
}

static void expect(json_t *answer, json_t *request, const char *reason)
{
    if (strcmp(said(answer), reason) != 0)
        fail_msg("\"%s\", and should \"%s\"", said(answer), reason);
    json_decref(answer);
    json_decref(request);
}

static json_t *text_of(size_t size)
{
    char *text = test_malloc(size + 1);
    memset(text, 'A', size);
    json_t *out = json_stringn(text, size);
    test_free(text);
    return out;
}

static void a_plan_has_so_many_bytes(void **state)
{
    (void)state;
    scene *s = begin();
    for (size_t more = 0; more < 2; more++) {
        json_t *plan = json_pack("{s:s, s:s}", "id", "p", "gateways", "");
        size_t bare = json_dumpb(plan, NULL, 0, JSON_COMPACT);
        json_object_set_new(plan, "gateways", text_of(OTR_LIMIT_PLAN_BYTES - bare + more));
        json_t *request = json_pack("{s:o}", "plan", plan);
        expect(otr_push_plan(&s->daemon, request), request,
               more ? "the plan is too large: split the group" : "");
    }
    end(s);
}

/* Of base64; what it says is no signed pack, so more of it is asked for. */
static void a_piece_has_so_many_bytes(void **state)
{
    static const char hash[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    size_t most = OTR_LIMIT_STAGE_CHUNK_BYTES / 3 * 4 + 4;
    (void)state;
    scene *s = begin();
    for (size_t more = 0; more <= 4; more += 4) {
        json_t *request = json_pack("{s:s, s:i, s:i, s:o}", "bundle", hash, "size", 100000, "offset", 0,
                                    "data", text_of(most + more));
        json_t *answer = otr_push_stage(&s->daemon, request);
        if (more == 0)
            assert_int_equal(s->daemon.push->coming.size, most / 4 * 3);
        expect(answer, request, more ? "\"data\" is base64 of at most 16384 bytes" : "");
    }
    end(s);
}

static void a_pack_that_runs_so_long_is_on_trial_no_more(void **state)
{
    json_t *entry;
    otr_error error;
    (void)state;
    scene *s = begin();
    json_t *next = otr_push_index_copy(&s->daemon.push->index, "cold", &entry);
    json_object_set_new(entry, "trial", json_pack("{s:i}", "starts", 1));
    assert_int_equal(otr_push_index_save(&s->daemon.push->index, next, &error), OTR_OK);
    otr_push_close(&s->daemon);
    int64_t before = otr_push_now_s();
    assert_int_equal(otr_push_open(&s->daemon, &error), OTR_OK);
    otr_push *push = s->daemon.push;
    assert_in_range(push->trial_ends_s, before + OTR_LIMIT_TRIAL_S, otr_push_now_s() + OTR_LIMIT_TRIAL_S);
    otr_push_turn(&s->daemon);
    assert_non_null(json_object_get(otr_push_index_pack(&push->index, "cold"), "trial"));
    push->trial_ends_s -= OTR_LIMIT_TRIAL_S;
    otr_push_turn(&s->daemon);
    assert_null(json_object_get(otr_push_index_pack(&push->index, "cold"), "trial"));
    assert_int_equal(push->trial_ends_s, 0);
    end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_has_so_many_bytes),
        cmocka_unit_test(a_piece_has_so_many_bytes),
        cmocka_unit_test(a_pack_that_runs_so_long_is_on_trial_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
