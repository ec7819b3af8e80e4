/* Arena, buffer with reader, and names: what they give, where they stop, and what a failed allocation leaves.
 */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/names.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* The nth allocation from now on fails; 0: none. */
static int failing;
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size)
{
    return failing > 0 && --failing == 0 ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size)
{
    return failing > 0 && --failing == 0 ? NULL : __real_calloc(count, size);
}
void *__wrap_realloc(void *memory, size_t size)
{
    if (size > SIZE_MAX / 2) /* a sanitizer's allocator would end the test */
        return NULL;
    return failing > 0 && --failing == 0 ? NULL : __real_realloc(memory, size);
}

static void an_arena_gives_zeroed_aligned_memory_that_does_not_overlap(void **state)
{
    (void)state;
    otr_arena arena = {0};
    uint8_t *given[500];
    for (int round = 0; round < 2; round++) { /* the second in memory that was used before */
        for (size_t i = 0; i < 500; i++) {
            given[i] = otr_arena_alloc(&arena, i * 7 + 1);
            assert_non_null(given[i]);
            assert_int_equal((uintptr_t)given[i] % alignof(max_align_t), 0);
            for (size_t j = 0; j < i * 7 + 1; j++)
                assert_int_equal(given[i][j], 0);
            memset(given[i], (int)i, i * 7 + 1);
        }
        for (size_t i = 0; i < 500; i++)
            for (size_t j = 0; j < i * 7 + 1; j++)
                assert_int_equal(given[i][j], (uint8_t)i);
        assert_true(arena.used_bytes >= (size_t)500 * 499 / 2 * 7);
        otr_arena_reset(&arena);
        assert_int_equal(arena.used_bytes, 0);
    }
    otr_arena_done(&arena);
}

static void an_arena_goes_back_to_where_it_was_marked(void **state)
{
    (void)state;
    otr_arena arena = {0};
    otr_arena_rewind(&arena, otr_arena_marked(&arena));
    otr_arena_mark empty = otr_arena_marked(&arena);
    char *kept = otr_arena_alloc(&arena, 16);
    otr_arena_rewind(&arena, empty);
    assert_int_equal(arena.used_bytes, 0);
    kept = otr_arena_alloc(&arena, 16);
    memset(kept, 'k', 16);
    otr_arena_mark mark = otr_arena_marked(&arena);
    char *first = otr_arena_alloc(&arena, 100);
    memset(first, 'x', 100);
    (void)otr_arena_alloc(&arena, 1 << 20); /* a block of its own */
    otr_arena_rewind(&arena, mark);
    assert_int_equal(arena.used_bytes, 16);
    char *again = otr_arena_alloc(&arena, 100);
    assert_ptr_equal(again, first);
    assert_int_equal(again[0], 0);
    assert_memory_equal(kept, "kkkkkkkkkkkkkkkk", 16);
    otr_arena_done(&arena);
}

static void an_arena_refuses_what_it_cannot_give(void **state)
{
    (void)state;
    otr_arena arena = {0};
    assert_null(otr_arena_alloc(&arena, SIZE_MAX));
    assert_null(otr_arena_array(&arena, SIZE_MAX / 4, 8));
    failing = 1;
    assert_null(otr_arena_copy(&arena, OTR_STR("x")).data);
    otr_str copy = otr_arena_copy(&arena, OTR_STR("text"));
    assert_string_equal(copy.data, "text");
    assert_string_equal(otr_arena_copy(&arena, (otr_str){NULL, 0}).data, "");
    failing = 1;
    assert_null(otr_arena_alloc(&arena, 100000)); /* needs another block */
    failing = 0;
    assert_string_equal(copy.data, "text");
    otr_arena_done(&arena);
}

static void what_a_buffer_takes_a_reader_gives_back(void **state)
{
    (void)state;
    static const uint64_t values[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_MAX};
    static const int64_t numbers[] = {0, -1, 1, -64, 64, INT64_MIN, INT64_MAX};
    otr_buffer buffer = {0};
    for (size_t i = 0; i < 8; i++) {
        otr_buffer_add_varint(&buffer, values[i]);
        otr_buffer_add_u64(&buffer, values[i]);
    }
    for (size_t i = 0; i < 7; i++)
        otr_buffer_add_signed(&buffer, numbers[i]);
    otr_buffer_add_u8(&buffer, 200);
    otr_buffer_add_double(&buffer, -0.1);
    otr_buffer_add_str(&buffer, OTR_STR("a\0b"));
    otr_buffer_add_format(&buffer, "%0500d", 7);
    assert_false(buffer.failed);
    otr_reader reader = otr_reader_of(otr_buffer_bytes(&buffer));
    for (size_t i = 0; i < 8; i++) {
        assert_true(otr_reader_varint(&reader) == values[i]);
        assert_true(otr_reader_u64(&reader) == values[i]);
    }
    for (size_t i = 0; i < 7; i++)
        assert_true(otr_reader_signed(&reader) == numbers[i]);
    assert_int_equal(otr_reader_u8(&reader), 200);
    assert_true(otr_reader_double(&reader) == -0.1);
    assert_true(otr_str_equal(otr_reader_str(&reader), OTR_STR("a\0b")));
    assert_int_equal(otr_reader_left(&reader), 500);
    assert_int_equal(otr_reader_raw(&reader, 500)[499], '7');
    assert_false(reader.failed);
    otr_buffer_done(&buffer);
}

/* Every proper prefix of a record fails, and from then on nothing is read. */
static void a_reader_stops_at_the_end(void **state)
{
    (void)state;
    otr_buffer buffer = {0};
    otr_buffer_add_varint(&buffer, 300);
    otr_buffer_add_u64(&buffer, 1);
    otr_buffer_add_str(&buffer, OTR_STR("text"));
    for (size_t size = 0; size < buffer.size; size++) {
        otr_reader reader = otr_reader_of((otr_bytes){buffer.data, size});
        (void)otr_reader_varint(&reader);
        (void)otr_reader_u64(&reader);
        (void)otr_reader_str(&reader);
        assert_true(reader.failed);
        assert_int_equal(otr_reader_u8(&reader), 0);
        assert_null(otr_reader_raw(&reader, 1));
    }
    otr_buffer_done(&buffer);
    static const uint8_t endless[11] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    otr_reader reader = otr_reader_of((otr_bytes){endless, sizeof endless});
    assert_int_equal(otr_reader_varint(&reader), 0);
    assert_true(reader.failed);
    static const uint8_t huge[] = {255, 255, 255, 255, 15, 'x'}; /* a text of 4 GB */
    reader = otr_reader_of((otr_bytes){huge, sizeof huge});
    assert_int_equal(otr_reader_str(&reader).size, 0);
    assert_true(reader.failed);
}

static void a_buffer_that_could_not_grow_keeps_what_it_has_and_says_so(void **state)
{
    (void)state;
    otr_buffer buffer = {0};
    otr_buffer_add_str(&buffer, OTR_STR("kept"));
    size_t size = buffer.size;
    failing = 1;
    assert_false(otr_buffer_reserve(&buffer, 1 << 20));
    otr_buffer_add_u8(&buffer, 1);
    otr_buffer_add_format(&buffer, "%d", 5);
    assert_true(buffer.failed);
    assert_int_equal(buffer.size, size);
    assert_memory_equal(buffer.data + 1, "kept", 4);
    otr_buffer_clear(&buffer);
    assert_false(otr_buffer_reserve(&buffer, SIZE_MAX));
    otr_buffer_clear(&buffer);
    otr_buffer_add_u8(&buffer, 1);
    assert_int_equal(buffer.size, 1);
    otr_buffer_done(&buffer);
}

static void names_count_up_and_are_found_again(void **state)
{
    (void)state;
    otr_names names = {0};
    char text[16];
    bool added;
    assert_int_equal(otr_names_find(&names, OTR_STR("x")), OTR_NAME_NONE);
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < 5000; i++) {
            (void)snprintf(text, sizeof text, "name-%u", i);
            assert_int_equal(otr_names_put(&names, otr_str_of(text), &added), i);
            assert_int_equal(added, pass == 0);
        }
    for (uint32_t i = 0; i < 5000; i++) {
        (void)snprintf(text, sizeof text, "name-%u", i);
        assert_int_equal(otr_names_find(&names, otr_str_of(text)), i);
        assert_true(otr_str_is(otr_names_get(&names, i), text));
    }
    assert_int_equal(otr_names_find(&names, OTR_STR("name-5000")), OTR_NAME_NONE);
    assert_null(otr_names_get(&names, 5000).data);
    assert_int_equal(otr_names_put(&names, OTR_STR(""), NULL), 5000);
    otr_names_done(&names);
}

static void names_survive_every_failed_allocation(void **state)
{
    (void)state;
    for (int nth = 1; nth < 40; nth++) {
        otr_names names = {0};
        char text[16];
        failing = nth;
        for (uint32_t i = 0; i < 300; i++) {
            (void)snprintf(text, sizeof text, "n%u", i);
            uint32_t number = otr_names_put(&names, otr_str_of(text), NULL);
            if (number == OTR_NAME_NONE) /* once; the next attempt is as if it had not been */
                number = otr_names_put(&names, otr_str_of(text), NULL);
            assert_int_equal(number, i);
        }
        failing = 0;
        assert_int_equal(otr_names_find(&names, OTR_STR("n299")), 299);
        otr_names_done(&names);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_gives_zeroed_aligned_memory_that_does_not_overlap),
        cmocka_unit_test(an_arena_refuses_what_it_cannot_give),
        cmocka_unit_test(an_arena_goes_back_to_where_it_was_marked),
        cmocka_unit_test(what_a_buffer_takes_a_reader_gives_back),
        cmocka_unit_test(a_reader_stops_at_the_end),
        cmocka_unit_test(a_buffer_that_could_not_grow_keeps_what_it_has_and_says_so),
        cmocka_unit_test(names_count_up_and_are_found_again),
        cmocka_unit_test(names_survive_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
