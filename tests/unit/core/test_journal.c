/* The journal's batch form: what is written reads back bit for bit, and nothing else reads at all. */
#include "core/journal/journal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static unsigned random_next(unsigned *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

enum { ENTRIES = 200 };

typedef struct expected {
    otr_turn turn;
    otr_entry entries[ENTRIES];
    size_t count;
    uint64_t key;
    int turns;
    int records;
} expected;

static otr_status see_turn(void *context, const otr_turn *turn)
{
    expected *e = context;
    assert_memory_equal(turn, &e->turn, sizeof(otr_time) * 2);
    assert_int_equal(turn->synced, e->turn.synced);
    e->turns++;
    return OTR_OK;
}

static otr_status see_record(void *context, uint64_t seq, const otr_record *record)
{
    expected *e = context;
    assert_int_equal(seq, 41 + e->records);
    e->records++;
    if (record->kind != OTR_INPUT_READINGS)
        return OTR_OK;
    assert_int_equal(record->readings.key, e->key);
    assert_int_equal(record->readings.count, e->count);
    for (size_t i = 0; i < e->count; i++) {
        const otr_entry *a = &record->readings.entries[i];
        const otr_entry *b = &e->entries[i];
        assert_int_equal(a->metric, b->metric);
        assert_int_equal(a->kind, b->kind);
        assert_int_equal(a->quality, b->quality);
        assert_int_equal(a->unsynced, b->unsynced);
        assert_int_equal(a->at, b->at);
        if (a->kind == OTR_KIND_NUMBER)
            assert_memory_equal(&a->number, &b->number, sizeof a->number);
        else if (a->kind == OTR_KIND_BOOL)
            assert_int_equal(a->flag, b->flag);
        else if (a->kind == OTR_KIND_TEXT)
            assert_true(otr_str_equal(a->text, b->text));
        else
            assert_memory_equal(&a->location, &b->location, sizeof a->location);
    }
    return OTR_OK;
}

static double random_number(unsigned *seed)
{
    static const double odd[] = {0.0, -0.0,  1e300, -1e-300, 5e-324, 0.1, 1.0 / 3, 9007199254740993.0,
                                 -42, 21.375};
    switch (random_next(seed) % 4) {
    case 0:
        return odd[random_next(seed) % 10];
    case 1:
        return (double)(int)(random_next(seed) % 20000) / 100 - 100;
    case 2:
        return (double)(random_next(seed) % 100);
    default:
        return (double)random_next(seed) / 7919;
    }
}

static void random_entry(otr_entry *entry, otr_time at, unsigned *seed)
{
    static const char *const texts[] = {"", "P0143", "open", "\xc3\xa4"};
    *entry = (otr_entry){.metric = random_next(seed) % 7,
                         .at = at,
                         .quality = (uint8_t)(random_next(seed) % 3),
                         .unsynced = random_next(seed) % 9 == 0};
    switch (random_next(seed) % 5) {
    case 0:
        entry->kind = OTR_KIND_BOOL;
        entry->flag = random_next(seed) % 2 == 1;
        break;
    case 1:
        entry->kind = OTR_KIND_TEXT;
        entry->text = otr_str_of(texts[random_next(seed) % 4]);
        break;
    case 2:
        entry->kind = OTR_KIND_LOCATION;
        entry->location.latitude = (double)(random_next(seed) % 1800000) / 1e4 - 90;
        entry->location.longitude = random_number(seed);
        break;
    default:
        entry->kind = OTR_KIND_NUMBER;
        entry->number = random_number(seed);
        break;
    }
}

static void fill(expected *e, unsigned *seed)
{
    otr_time at = 1700000000 * OTR_SECOND;
    e->turn = (otr_turn){at, at - 12345, true};
    e->count = 1 + random_next(seed) % ENTRIES;
    e->key = random_next(seed);
    for (size_t i = 0; i < e->count; i++) {
        at += random_next(seed) % 3 == 0 ? 0 : (otr_time)(random_next(seed) % 100000) - 2000;
        random_entry(&e->entries[i], at, seed);
    }
}

static void write_batch(otr_buffer *batch, const expected *e)
{
    otr_record readings = {.kind = OTR_INPUT_READINGS, .readings = {3, e->key, e->entries, e->count}};
    otr_record boot = {.kind = OTR_INPUT_BOOT};
    otr_record report = {.kind = OTR_INPUT_REPORT, .report = {OTR_STR("reload"), OTR_STR("ok")}};
    otr_journal_begin(batch);
    otr_journal_turn(batch, &e->turn);
    otr_journal_add(batch, &boot);
    otr_journal_add(batch, &readings);
    otr_journal_add(batch, &report);
}

static void what_is_written_reads_back_bit_for_bit(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed < 500; seed++) {
        static expected e;
        unsigned dice = seed;
        otr_buffer batch = {0};
        otr_error error;
        e = (expected){0};
        fill(&e, &dice);
        write_batch(&batch, &e);
        otr_journal_visitor visitor = {&e, see_turn, see_record};
        if (otr_journal_read(otr_buffer_bytes(&batch), 41, &visitor, &error) != OTR_OK)
            fail_msg("seed %u: %s", seed, error.text);
        assert_int_equal(e.turns, 1);
        assert_int_equal(e.records, 3);
        otr_buffer_done(&batch);
    }
}

static otr_status ignore_turn(void *context, const otr_turn *turn)
{
    (void)context, (void)turn;
    return OTR_OK;
}

static otr_status ignore_record(void *context, uint64_t seq, const otr_record *record)
{
    (void)context, (void)seq, (void)record;
    return OTR_OK;
}

static void damaged_bytes_are_refused_or_read_but_never_run_over(void **state)
{
    (void)state;
    static expected e;
    unsigned dice = 7;
    otr_buffer batch = {0};
    fill(&e, &dice);
    write_batch(&batch, &e);
    otr_journal_visitor visitor = {NULL, ignore_turn, ignore_record};
    for (size_t size = 0; size < batch.size; size++) {
        uint8_t *exact = malloc(size + 1);
        memcpy(exact, batch.data, size);
        (void)otr_journal_read((otr_bytes){exact, size}, 1, &visitor, NULL);
        if (size > 0) {
            exact[random_next(&dice) % size] ^= (uint8_t)(1 + random_next(&dice) % 255);
            (void)otr_journal_read((otr_bytes){exact, size}, 1, &visitor, NULL);
        }
        free(exact);
    }
    assert_int_equal(otr_journal_read((otr_bytes){(const uint8_t *)"\x02", 1}, 1, &visitor, NULL),
                     OTR_CORRUPT);
    otr_buffer_done(&batch);
}

static void a_minutely_temperature_takes_few_bytes(void **state)
{
    (void)state;
    otr_entry entries[100];
    otr_buffer batch = {0};
    for (int i = 0; i < 100; i++)
        entries[i] = (otr_entry){.metric = 1,
                                 .kind = OTR_KIND_NUMBER,
                                 .at = (1700000000 + i * 60) * OTR_SECOND,
                                 .number = 5 + (double)(i % 17) / 10};
    otr_record record = {.kind = OTR_INPUT_READINGS, .readings = {3, 1, entries, 100}};
    otr_journal_begin(&batch);
    otr_journal_turn(&batch, &(otr_turn){0, 0, true});
    size_t before = batch.size;
    otr_journal_add(&batch, &record);
    assert_true(batch.size - before < 600);
    otr_buffer_done(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back_bit_for_bit),
        cmocka_unit_test(damaged_bytes_are_refused_or_read_but_never_run_over),
        cmocka_unit_test(a_minutely_temperature_takes_few_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
