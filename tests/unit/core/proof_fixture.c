#include "proof_fixture.h"

#include "base/buffer.h"
#include "platform/linux/system/evidence_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const char pack[] = "pack: p\n"
                           "version: 1\n"
                           "rules:\n"
                           "  - alert: Warm\n"
                           "    expr: temperature > 8.0\n"
                           "    labels: {priority: high}\n"
                           "  - alert: Long\n"
                           "    expr: temperature > 8.0\n"
                           "    for: 30m\n"
                           "    lateness: 1h\n"
                           "  - alert: Departed\n"
                           "    expr: speed > 1.0\n"
                           "    for: 30m\n"
                           "    custody: departed\n"
                           "  - alert: Arrived\n"
                           "    expr: arrived\n"
                           "    custody: arrived\n"
                           "  - alert: Delivered\n"
                           "    expr: delivered\n"
                           "    custody: delivered\n"
                           "    ends: delivered\n";
static const char stated[] =
    "version: 1\n" PROFILE "assets: [{asset: fridge, class: fridge, devices: [f1]}]\n";

world *proof_world(const char *more)
{
    char box[1024];
    world_sha256 = otr_sha256;
    world *w = world_create(pack, stated, T0);
    (void)snprintf(box, sizeof box, BOX("1", "p1", "%s"), more);
    world_activate(w, "assignment/box-7", box);
    return w;
}

static otr_digest digest_of(const otr_buffer *bytes)
{
    otr_digest made;
    assert_true(!bytes->failed && otr_sha256(bytes->data, bytes->size, &made));
    return made;
}

/* Made anew from the words of core/proof/proof.h. */
static void fits(const otr_row_proof *before, const otr_row_proof *row)
{
    otr_buffer bytes = {0};
    otr_digest sealed = {0};
    if (row->number > 0) {
        otr_buffer_add_id(&bytes, row->salt);
        otr_buffer_add(&bytes, row->content.data, row->content.size);
        sealed = digest_of(&bytes);
        assert_memory_equal(sealed.bytes, row->sealed.bytes, sizeof sealed.bytes);
        otr_buffer_clear(&bytes);
        otr_buffer_add(&bytes, before->head.bytes, sizeof before->head.bytes);
    }
    otr_buffer_add(&bytes, row->header.data, row->header.size);
    if (row->number > 0)
        otr_buffer_add(&bytes, sealed.bytes, sizeof sealed.bytes);
    otr_digest head = digest_of(&bytes);
    assert_memory_equal(head.bytes, row->head.bytes, sizeof head.bytes);
    otr_buffer_done(&bytes);
}

void proof_fits(const world *w)
{
    for (size_t i = 0; i < w->proof_count; i++) {
        const otr_row_proof *row = &w->proofs[i];
        const otr_row_proof *before = NULL;
        for (size_t k = i; k > 0 && before == NULL; k--)
            before = otr_id_equal(w->proofs[k - 1].proof, row->proof) ? &w->proofs[k - 1] : NULL;
        assert_int_equal(row->number, before != NULL ? before->number + 1 : 0);
        assert_true(before == NULL || !before->ends);
        fits(before, row);
    }
}

void proof_says(const world *w, const char *kind, size_t n, const char *words)
{
    const otr_row_proof *row = world_proof_get(w, kind, n);
    if (memmem(row->content.data, row->content.size, words, strlen(words)) == NULL)
        fail_msg("%s %zu says %.*s, not %s", kind, n, OTR_STR_ARG(row->content), words);
}

otr_refusal proof_command(world *w, otr_command_kind kind, const char *rule, const char *asset)
{
    otr_command one = {
        .kind = kind, .rule = otr_str_of(rule), .asset = otr_str_of(asset), .until = OTR_TIME_NONE};
    return world_command(w, one).refusal;
}
