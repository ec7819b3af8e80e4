/* Files of evidence: one as it was exported is whole; with any bit flipped, any line taken out, repeated or
 * moved, any tail cut off, it is not, and what is wrong is said with its line. */
#include "evidence_fixture.h"

#include "proof_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static int setup(void **state)
{
    static evidence_made made;
    evidence_make(&made, 2, true);
    *state = &made;
    return 0;
}

static int teardown(void **state)
{
    evidence_done(*state);
    return 0;
}

static otr_evidence_report check(const otr_buffer *file, const uint8_t *key)
{
    otr_evidence_report report;
    otr_evidence_check(otr_buffer_bytes(file), key, &report);
    if (report.whole == (report.wrong[0] != '\0'))
        fail_msg("it says \"%s\"", report.wrong);
    return report;
}

static void found(const otr_buffer *file, const uint8_t *key, size_t line, const char *words)
{
    otr_evidence_report report = check(file, key);
    if (report.whole)
        fail_msg("not found: %s in line %zu", words, line);
    if (report.line != line || strstr(report.wrong, words) == NULL)
        fail_msg("%zu: %s, not %zu: %s", report.line, report.wrong, line, words);
}

/* ---- what is whole ---- */

static void one_as_it_was_exported_is_whole(void **state)
{
    evidence_made *made = *state;
    otr_evidence_report report = check(&made->file, NULL);
    if (!report.whole)
        fail_msg("%zu: %s", report.line, report.wrong);
    assert_int_equal(report.entries, evidence_lines(&made->file) - 2);
    assert_true(report.ended && report.has_end);
    assert_int_equal(report.erased, 0);
    assert_int_equal(report.signed_heads, 4); /* assigned, arrived, delivered, ended */
    assert_memory_equal(report.key, made->open, sizeof made->open);
    assert_string_equal(report.exported, "2026-01-01T00:00:00Z");
    assert_true(check(&made->file, made->open).whole);
}

static void one_whose_content_was_erased_is_whole(void **state)
{
    evidence_made *made = *state;
    evidence_export(made, true);
    otr_evidence_report report = check(&made->file, made->open);
    assert_true(report.whole && report.ended);
    assert_int_equal(report.erased, report.entries);
    assert_null(memmem(made->file.data, made->file.size, "cust-9", 6));
    assert_null(memmem(made->file.data, made->file.size, "box-7", 5));
    evidence_export(made, false);
}

static void one_that_goes_on_is_whole_and_not_ended(void **state)
{
    (void)state;
    evidence_made made;
    evidence_make(&made, 1, false);
    otr_evidence_report report = check(&made.file, made.open);
    assert_true(report.whole && !report.ended);
    evidence_done(&made);
}

/* ---- each bit, each cut, each line ---- */

static void each_bit(evidence_made *made, const uint8_t *key)
{
    for (size_t at = 0; at < made->file.size; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            made->file.data[at] ^= (uint8_t)(1U << bit);
            otr_evidence_report report = check(&made->file, key);
            made->file.data[at] ^= (uint8_t)(1U << bit);
            if (report.whole)
                fail_msg("bit %u of byte %zu is not found", bit, at);
            if (report.line != evidence_line_of(&made->file, at))
                fail_msg("bit %u of byte %zu in line %zu: %zu: %s", bit, at,
                         evidence_line_of(&made->file, at), report.line, report.wrong);
        }
}

static void each_bit_that_is_flipped_is_found_in_its_line(void **state)
{
    evidence_made *made = *state;
    each_bit(made, NULL);
    assert_true(check(&made->file, NULL).whole);
}

static void each_bit_of_one_that_was_erased_too(void **state)
{
    evidence_made *made = *state;
    evidence_export(made, true);
    each_bit(made, NULL);
    evidence_export(made, false);
}

static void each_cut_is_found(void **state)
{
    evidence_made *made = *state;
    size_t size = made->file.size;
    for (made->file.size = 0; made->file.size < size; made->file.size++) {
        otr_evidence_report report = check(&made->file, NULL);
        if (report.whole || report.line == 0)
            fail_msg("a cut after %zu of %zu bytes is not found", made->file.size, size);
        assert_false(check(&made->file, made->open).whole);
    }
    made->file.size = size;
}

static void put_line(otr_buffer *out, const otr_buffer *file, size_t n)
{
    otr_str line = evidence_line_get(file, n);
    otr_buffer_add(out, line.data, line.size);
}

static void each_line_that_is_taken_out_is_found_and_named(void **state)
{
    evidence_made *made = *state;
    size_t lines = evidence_lines(&made->file);
    for (size_t out = 1; out <= lines; out++) {
        otr_buffer less = {0};
        char words[96];
        for (size_t n = 1; n <= lines; n++)
            if (n != out)
                put_line(&less, &made->file, n);
        if (out == 1)
            (void)snprintf(words, sizeof words, "no evidence");
        else if (out == lines)
            (void)snprintf(words, sizeof words, "the file is cut");
        else if (out == lines - 1)
            (void)snprintf(words, sizeof words, "%zu entries were exported, %zu are here", lines - 2,
                           lines - 3);
        else
            (void)snprintf(words, sizeof words, "entry %zu is missing", out - 1);
        found(&less, NULL, out, words);
        found(&less, made->open, out, words);
        otr_buffer_done(&less);
    }
}

static void several_lines_that_are_taken_out_are_counted(void **state)
{
    evidence_made *made = *state;
    otr_buffer less = {0};
    size_t lines = evidence_lines(&made->file);
    for (size_t n = 1; n <= lines; n++)
        if (n < 4 || n > 6)
            put_line(&less, &made->file, n);
    found(&less, NULL, 4, "entries 3 to 5 are missing");
    otr_buffer_done(&less);
}

static void each_line_that_is_repeated_or_moved_is_found(void **state)
{
    evidence_made *made = *state;
    size_t lines = evidence_lines(&made->file);
    for (size_t from = 1; from <= lines; from++)
        for (size_t to = 1; to <= lines; to++) {
            otr_buffer more = {0};
            otr_buffer other = {0};
            for (size_t n = 1; n <= lines; n++) {
                put_line(&more, &made->file, n);
                put_line(&other, &made->file, n == from ? to : n == to ? from : n);
                if (n == to)
                    put_line(&more, &made->file, from);
            }
            if (check(&more, NULL).whole)
                fail_msg("line %zu again after %zu is not found", from, to);
            if (from != to && check(&other, NULL).whole)
                fail_msg("lines %zu and %zu in each other's place are not found", from, to);
            otr_buffer_done(&more);
            otr_buffer_done(&other);
        }
}

static void a_changed_order_is_called_so(void **state)
{
    evidence_made *made = *state;
    otr_buffer other = {0};
    size_t lines = evidence_lines(&made->file);
    for (size_t n = 1; n <= lines; n++)
        put_line(&other, &made->file, n == 3 ? 4 : n == 4 ? 3 : n);
    found(&other, NULL, 3, "entry 3 stands here before entry 2: the order was changed");
    otr_buffer_clear(&other);
    for (size_t n = 1; n <= lines; n++) {
        put_line(&other, &made->file, n);
        if (n == 5)
            put_line(&other, &made->file, 3);
    }
    found(&other, NULL, 6, "entry 2 stands here again");
    otr_buffer_done(&other);
}

static void what_is_added_anywhere_is_found(void **state)
{
    evidence_made *made = *state;
    static const char *const additions[] = {"\n", " ", "{}\n"};
    for (size_t i = 0; i < sizeof additions / sizeof additions[0]; i++)
        for (size_t at = 0; at <= made->file.size; at++) {
            otr_buffer more = {0};
            otr_buffer_add(&more, made->file.data, at);
            otr_buffer_add(&more, additions[i], strlen(additions[i]));
            otr_buffer_add(&more, made->file.data + at, made->file.size - at);
            if (check(&more, NULL).whole)
                fail_msg("addition %zu at %zu is not found", i, at);
            otr_buffer_done(&more);
        }
}

static void alter(evidence_made *made, size_t line, const char *was, size_t skip, const char *words)
{
    otr_str text = evidence_line_get(&made->file, line);
    char *place = memmem(text.data, text.size, was, strlen(was));
    assert_non_null(place);
    char kept = place[skip];
    place[skip] = kept == '0' ? '1' : '0';
    found(&made->file, NULL, line, words);
    place[skip] = kept;
}

static void what_of_an_entry_was_altered_is_said(void **state)
{
    evidence_made *made = *state;
    size_t lines = evidence_lines(&made->file);
    alter(made, 3, "\"readings\":", 11, "entry 2 (readings): what it says was altered");
    alter(made, 3, "\"salt\":\"", 9, "entry 2 (readings): what it says was altered");
    alter(made, 3, "\"hash\":\"", 9, "entry 2 (readings): its hash was altered");
    alter(made, 3, "\"core\":", 7, "entry 2 (readings): what it says was altered");
    alter(made, 2, "\"signature\":\"", 20, "entry 1: its signature is altered");
    alter(made, 1, "\"chain\":\"", 12, "the first line was altered");
    alter(made, lines - 1, "\"hash\":\"", 9, "(ended) was altered");
    alter(made, lines, "\"key\":\"", 9, "the last line was altered");
    alter(made, lines, "{\"entries\":", 11, "the last line was altered");
}

/* ---- who knows how it is made ---- */

static void erasing_a_content_by_hand_is_found(void **state)
{
    evidence_made *made = *state;
    otr_buffer other = {0};
    size_t lines = evidence_lines(&made->file);
    evidence_export(made, true);
    otr_str line = evidence_line_get(&made->file, 4);
    otr_str kept = {strndup(line.data, line.size), line.size};
    evidence_export(made, false);
    for (size_t n = 1; n <= lines; n++)
        if (n == 4)
            otr_buffer_add(&other, kept.data, kept.size);
        else
            put_line(&other, &made->file, n);
    found(&other, NULL, lines, "not those that were exported");
    free((char *)kept.data);
    otr_buffer_done(&other);
}

static void the_end_of_an_earlier_export_does_not_fit(void **state)
{
    evidence_made *made = *state;
    otr_buffer other = {0};
    size_t lines = evidence_lines(&made->file);
    size_t proofs = made->w->proof_count;
    for (size_t n = 1; n < lines; n++)
        put_line(&other, &made->file, n);
    made->w->proof_count -= 2;
    evidence_export(made, false);
    put_line(&other, &made->file, evidence_lines(&made->file));
    made->w->proof_count = proofs;
    evidence_export(made, false);
    char words[64];
    (void)snprintf(words, sizeof words, "%zu entries were exported, %zu are here", lines - 4, lines - 2);
    found(&other, made->open, lines, words);
    otr_buffer_done(&other);
}

/* Somebody with the database and no key of ours writes another story, and hashes it as we do. */
static void rewrite(evidence_made *made, bool strip)
{
    world *w = made->w;
    for (size_t i = 1; i < w->proof_count; i++) {
        otr_row_proof *row = &w->proofs[i];
        otr_buffer bytes = {0};
        if (i == 3)
            row->content = OTR_STR("{\"all\":\"was well\"}");
        otr_buffer_add_id(&bytes, row->salt);
        otr_buffer_add(&bytes, row->content.data, row->content.size);
        assert_true(otr_sha256(bytes.data, bytes.size, &row->sealed));
        otr_buffer_clear(&bytes);
        otr_buffer_add(&bytes, w->proofs[i - 1].head.bytes, OTR_DIGEST_BYTES);
        otr_buffer_add(&bytes, row->header.data, row->header.size);
        otr_buffer_add(&bytes, row->sealed.bytes, OTR_DIGEST_BYTES);
        assert_true(otr_sha256(bytes.data, bytes.size, &row->head));
        row->sign = row->sign && !strip;
        otr_buffer_done(&bytes);
    }
}

static void a_rewritten_story_needs_the_key(void **state)
{
    evidence_made *made = *state;
    evidence_made other;
    evidence_make(&other, 2, true);
    rewrite(&other, false);
    evidence_export(&other, false); /* by the forger's own key: whole in itself */
    assert_true(check(&other.file, NULL).whole);
    found(&other.file, made->open, evidence_lines(&other.file), "signed with another key");
    rewrite(&other, true);
    evidence_export(&other, false);
    found(&other.file, NULL, 2, "entry 1 (assigned): its signature was taken away");
    evidence_done(&other);
}

static void a_forged_entry_under_a_right_end_shows_at_the_next_signature(void **state)
{
    (void)state;
    evidence_made made;
    evidence_make(&made, 2, true);
    size_t first = 0;
    otr_buffer before = {0};
    otr_buffer_add(&before, made.file.data, made.file.size);
    rewrite(&made, false);
    evidence_export(&made, false);
    /* our key signed the end, as an export would; the old signatures stayed in the database */
    for (size_t n = 4; n <= evidence_lines(&made.file) && first == 0; n++)
        if (memmem(evidence_line_get(&before, n).data, evidence_line_get(&before, n).size, "\"signature\"",
                   11) != NULL)
            first = n;
    otr_str old = evidence_line_get(&before, first);
    otr_str fresh = evidence_line_get(&made.file, first);
    assert_int_equal(old.size, fresh.size);
    memcpy((char *)fresh.data + fresh.size - 131, old.data + old.size - 131, 128); /* `HEX"}` and the end */
    found(&made.file, NULL, first, "its signature is altered, or of another key");
    otr_buffer_done(&before);
    evidence_done(&made);
}

static void anything_else_is_no_evidence(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n", "{}\n", "{\"outrider\":\"evidence\"}\n", "pack: a\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        otr_buffer file = {0};
        otr_buffer_add(&file, texts[i], strlen(texts[i]));
        found(&file, NULL, 1, "this is no evidence");
        otr_buffer_done(&file);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(one_as_it_was_exported_is_whole),
        CASE(one_whose_content_was_erased_is_whole),
        cmocka_unit_test(one_that_goes_on_is_whole_and_not_ended),
        CASE(each_bit_that_is_flipped_is_found_in_its_line),
        CASE(each_bit_of_one_that_was_erased_too),
        CASE(each_cut_is_found),
        CASE(each_line_that_is_taken_out_is_found_and_named),
        CASE(several_lines_that_are_taken_out_are_counted),
        CASE(each_line_that_is_repeated_or_moved_is_found),
        CASE(a_changed_order_is_called_so),
        CASE(what_is_added_anywhere_is_found),
        CASE(what_of_an_entry_was_altered_is_said),
        CASE(erasing_a_content_by_hand_is_found),
        CASE(the_end_of_an_earlier_export_does_not_fit),
        CASE(a_rewritten_story_needs_the_key),
        cmocka_unit_test(a_forged_entry_under_a_right_end_shows_at_the_next_signature),
        cmocka_unit_test(anything_else_is_no_evidence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
