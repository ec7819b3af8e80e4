/* Which plans of rollouts a gateway keeps, through restarts and from indexes of before; and what ran before
 * what runs, to undo one rollout after the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "daemon/push/push_chain.h"
#include "daemon/push/push_index.h"
#include "daemon/push/push_plans.h"
#include "folder.h"
#include "platform/linux/system/certificate.h"

static json_t *plan_of(const char *id, const char *pack, const char *state)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:i}", "id", id, "pack", pack, "state", state, "bundle", id,
                     "version", 1);
}

static void put(json_t *root, const char *id, const char *pack, const char *state)
{
    json_t *plan = plan_of(id, pack, state);
    otr_push_plans_put(root, plan);
    json_decref(plan);
}

static void put_many(json_t *root, size_t count, const char *pack, const char *state)
{
    char id[40];
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(id, sizeof id, "%s%zu", pack, i);
        put(root, id, pack, state);
    }
}

static bool has(const json_t *root, const char *id)
{
    return otr_push_plans_find(root, id) != NULL;
}

static size_t count_of(const json_t *root)
{
    return json_array_size(json_object_get(root, "plans"));
}

static json_t *empty(void)
{
    json_t *root = json_pack("{s:{}}", "packs");
    otr_push_plans_adopt(root);
    return root;
}

static void the_oldest_that_is_over_goes_first(void **state)
{
    (void)state;
    json_t *root = empty();
    put(root, "stopped", "cold", "stopped");
    put(root, "first", "cold", "done");
    put(root, "second", "cold", "undone");
    put_many(root, OTR_LIMIT_PLANS - 3, "cold", "running");
    assert_int_equal(count_of(root), OTR_LIMIT_PLANS);
    put(root, "one", "cold", "running");
    assert_true(!has(root, "first") && has(root, "second") && has(root, "stopped"));
    put(root, "two", "cold", "running");
    assert_true(!has(root, "second") && has(root, "stopped"));
    put(root, "three", "cold", "running"); /* none is over */
    assert_true(!has(root, "stopped") && has(root, "cold0") && has(root, "three"));
    assert_int_equal(count_of(root), OTR_LIMIT_PLANS);
    json_decref(root);
}

static void the_newest_of_each_pack_stays_longest(void **state)
{
    (void)state;
    json_t *root = empty();
    put(root, "old", "warm", "done");
    put(root, "new", "warm", "done");
    put_many(root, (size_t)3 * OTR_LIMIT_PLANS, "cold", "running");
    assert_true(!has(root, "old") && has(root, "new"));
    assert_int_equal(count_of(root), OTR_LIMIT_PLANS);
    json_decref(root);
}

static void what_is_written_again_is_the_newest(void **state)
{
    (void)state;
    json_t *root = empty();
    put(root, "a", "cold", "running");
    put(root, "b", "cold", "running");
    put(root, "a", "cold", "done");
    assert_int_equal(count_of(root), 2);
    json_t *list = otr_push_plans_list(root);
    const json_t *first = json_array_get(list, 0);
    assert_string_equal(json_string_value(json_object_get(first, "id")), "a");
    assert_string_equal(json_string_value(json_object_get(first, "state")), "done");
    json_decref(list);
    json_decref(root);
}

static otr_push_index open_index(void)
{
    otr_push_index index;
    otr_error error = {.text = ""};
    if (otr_push_index_open(otr_str_of(folder_path("")), &index, &error) != OTR_OK)
        fail_msg("%s", error.text);
    return index;
}

static void the_one_plan_of_an_older_index_is_taken_over(void **state)
{
    (void)state;
    otr_push_index index = open_index();
    otr_push_index_close(&index);
    (void)folder_write("push/index.json",
                       "{\"version\":1,\"packs\":{},\"plan\":{\"id\":\"p1\",\"pack\":\"cold\"}}", 0600);
    index = open_index();
    assert_true(has(index.root, "p1") && json_object_get(index.root, "plan") == NULL);
    otr_push_index_close(&index);
}

/* Also when each has as many bytes as a plan may have. */
static void as_many_as_are_kept_are_read_again(void **state)
{
    char *filler = test_calloc(OTR_LIMIT_PLAN_BYTES, 1);
    otr_error error = {.text = ""};
    (void)state;
    memset(filler, 'x', OTR_LIMIT_PLAN_BYTES - 100);
    otr_push_index index = open_index();
    json_t *next = otr_push_index_copy(&index, NULL, NULL);
    put_many(next, OTR_LIMIT_PLANS, "cold", "running");
    size_t i;
    json_t *plan;
    json_array_foreach(json_object_get(next, "plans"), i, plan)
        json_object_set_new(plan, "gateways", json_string(filler));
    assert_int_equal(otr_push_index_save(&index, next, &error), OTR_OK);
    otr_push_index_close(&index);
    index = open_index();
    assert_int_equal(count_of(index.root), OTR_LIMIT_PLANS);
    otr_push_index_close(&index);
    test_free(filler);
}

static size_t keep(otr_push_index *index, char fill, char hash[OTR_SHA256_TEXT_BYTES])
{
    size_t size = OTR_LIMIT_PUSHED_BYTES / 2 - 10000;
    uint8_t *bytes = test_malloc(size);
    otr_error error = {.text = ""};
    memset(bytes, fill, size);
    assert_true(otr_sha256_hex((otr_bytes){bytes, size}, hash));
    if (otr_push_index_keep(index, hash, (otr_bytes){bytes, size}, &error) != OTR_OK)
        fail_msg("%s", error.text);
    test_free(bytes);
    return size;
}

static void save_plan(otr_push_index *index, const char *bundle)
{
    otr_error error = {.text = ""};
    json_t *next = otr_push_index_copy(index, NULL, NULL);
    put(next, bundle, "cold", "running");
    assert_int_equal(otr_push_index_save(index, next, &error), OTR_OK);
}

/* The pack of a plan is kept with it, and both go when a newer pack needs the room. */
static void plans_give_way_to_packs(void **state)
{
    char hashes[4][OTR_SHA256_TEXT_BYTES];
    (void)state;
    otr_push_index index = open_index();
    for (size_t i = 0; i < 4; i++) {
        keep(&index, (char)('a' + i), hashes[i]);
        save_plan(&index, hashes[i]);
        save_plan(&index, hashes[i]);
        assert_true(otr_push_index_names(&index, hashes[i]));
        if (i >= 2)
            assert_false(has(index.root, hashes[i - 2]));
        if (i >= 1)
            assert_true(has(index.root, hashes[i - 1]));
    }
    otr_push_index_close(&index);
}

static json_t *one_of(int version)
{
    char bundle[8];
    (void)snprintf(bundle, sizeof bundle, "b%d", version);
    return json_pack("{s:s, s:i}", "bundle", bundle, "version", version);
}

static void activate(json_t *entry, int version)
{
    json_t *one = one_of(version);
    otr_push_chain_put(entry, one);
    json_decref(one);
}

static int active(const json_t *entry)
{
    return (int)json_integer_value(json_object_get(json_object_get(entry, "active"), "version"));
}

static void one_after_the_other_is_undone(void **state)
{
    (void)state;
    json_t *entry = json_object();
    for (int version = 1; version <= 3; version++)
        activate(entry, version);
    assert_true(otr_push_chain_has(entry, "b1") && otr_push_chain_has(entry, "b2"));
    assert_false(otr_push_chain_has(entry, "b3"));
    for (int version = 3; version >= 1; version--) {
        assert_int_equal(active(entry), version);
        assert_false(otr_push_chain_is_cut(entry));
        otr_push_chain_back(entry);
    }
    assert_int_equal(json_object_size(entry), 0); /* what was there before anything was pushed */
    json_decref(entry);
}

/* Where more ran than is kept, the last that is kept is not followed by what was there before all. */
static void where_it_is_cut_is_known(void **state)
{
    (void)state;
    json_t *entry = json_object();
    int last = OTR_LIMIT_EARLIER + 2; /* with the active one and the one before */
    for (int version = 1; version <= last; version++)
        activate(entry, version);
    for (int version = last; version > 1; version--)
        otr_push_chain_back(entry);
    assert_int_equal(active(entry), 1);
    assert_false(otr_push_chain_is_cut(entry));
    for (int version = 2; version <= last + 1; version++)
        activate(entry, version);
    assert_false(otr_push_chain_has(entry, "b1"));
    for (int version = last + 1; version > 2; version--) {
        assert_false(otr_push_chain_is_cut(entry));
        otr_push_chain_back(entry);
    }
    assert_int_equal(active(entry), 2);
    assert_true(otr_push_chain_is_cut(entry));
    json_decref(entry);
}

static int begin(void **state)
{
    (void)state;
    folder_make();
    return 0;
}

static int end(void **state)
{
    (void)state;
    folder_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_that_is_over_goes_first),
        cmocka_unit_test(the_newest_of_each_pack_stays_longest),
        cmocka_unit_test(what_is_written_again_is_the_newest),
        cmocka_unit_test_setup_teardown(the_one_plan_of_an_older_index_is_taken_over, begin, end),
        cmocka_unit_test_setup_teardown(as_many_as_are_kept_are_read_again, begin, end),
        cmocka_unit_test_setup_teardown(plans_give_way_to_packs, begin, end),
        cmocka_unit_test(one_after_the_other_is_undone),
        cmocka_unit_test(where_it_is_cut_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
