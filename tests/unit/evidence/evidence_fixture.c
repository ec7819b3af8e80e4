#include "evidence_fixture.h"

#include "proof_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

void evidence_make(evidence_made *made, int hours, bool delivered)
{
    const char *base = getenv("TMPDIR");
    otr_error error;
    *made = (evidence_made){.w = proof_world(", limit: {temperature_max: 8, minutes_above_max: 60}")};
    (void)snprintf(made->folder, sizeof made->folder, "%s/otr-evidence-XXXXXX", base != NULL ? base : "/tmp");
    assert_non_null(mkdtemp(made->folder));
    if (otr_evidence_key_open(otr_str_of(made->folder), true, &made->key, &error) != OTR_OK)
        fail_msg("%s", error.text);
    otr_evidence_key_public(made->key, made->open);
    for (int hour = 0; hour < hours; hour++) {
        world_report(made->w, "p1", "temperature", 5, AT((otr_time)60 * hour + 5));
        world_report(made->w, "p1", "temperature", hour % 5 == 1 ? 9 : 5, AT((otr_time)60 * hour + 10));
        world_report(made->w, "p1", "temperature", 5, AT((otr_time)60 * hour + 20));
    }
    world_report_flag(made->w, "p1", "arrived", true, AT((otr_time)60 * hours));
    if (delivered)
        world_report_flag(made->w, "p1", "delivered", true, AT((otr_time)60 * hours + 5));
    world_sleep(made->w, OTR_MINUTE);
    evidence_export(made, false);
}

static void write_entry(evidence_made *made, const otr_row_proof *row, bool erased)
{
    uint8_t message[sizeof OTR_PROOF_HEAD_SIGNED - 1 + OTR_DIGEST_BYTES];
    uint8_t signature[OTR_SIGNATURE_BYTES];
    bool open = row->number > 0 && !erased;
    otr_proof_entry_found entry = {.proof = row->proof,
                                   .number = row->number,
                                   .header = row->header,
                                   .salt = {row->salt.bytes, open ? sizeof row->salt.bytes : 0},
                                   .content = open ? row->content : (otr_str){"", 0},
                                   .sealed = row->sealed,
                                   .head = row->head,
                                   .signature = {signature, row->sign ? sizeof signature : 0}};
    memcpy(message, OTR_PROOF_HEAD_SIGNED, sizeof OTR_PROOF_HEAD_SIGNED - 1);
    memcpy(message + sizeof OTR_PROOF_HEAD_SIGNED - 1, row->head.bytes, OTR_DIGEST_BYTES);
    assert_int_equal(otr_evidence_key_sign(made->key, (otr_bytes){message, sizeof message}, signature),
                     OTR_OK);
    otr_evidence_write_entry(&made->file, &entry);
}

void evidence_export(evidence_made *made, bool erased)
{
    const world *w = made->w;
    otr_buffer_clear(&made->file);
    for (size_t i = 0; i < w->proof_count; i++)
        write_entry(made, &w->proofs[i], erased);
    const otr_row_proof *last = &w->proofs[w->proof_count - 1];
    assert_int_equal(otr_evidence_write_end(&made->file, last->number, &last->head, T0, made->key), OTR_OK);
}

void evidence_done(evidence_made *made)
{
    char path[96];
    otr_buffer_done(&made->file);
    otr_evidence_key_close(made->key);
    (void)snprintf(path, sizeof path, "%s/evidence.key", made->folder);
    (void)unlink(path);
    (void)rmdir(made->folder);
    world_free(made->w);
}

otr_str evidence_line_get(const otr_buffer *file, size_t n)
{
    const char *begin = (const char *)file->data;
    const char *end = begin + file->size;
    for (; n > 1; n--)
        begin = (const char *)memchr(begin, '\n', (size_t)(end - begin)) + 1;
    return (otr_str){begin, (size_t)((const char *)memchr(begin, '\n', (size_t)(end - begin)) + 1 - begin)};
}

size_t evidence_line_of(const otr_buffer *file, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += file->data[i] == '\n';
    return line;
}

size_t evidence_lines(const otr_buffer *file)
{
    return evidence_line_of(file, file->size) - 1;
}
