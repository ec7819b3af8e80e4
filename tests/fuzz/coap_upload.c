/*
 * Blocks in any order, size and number from three peers. Each block of input: peer, exponent and flags in one
 * byte, number in one, a time step in one, size in one or two, content from a pattern. A model keeps what the
 * peer sent in order; whatever comes out whole must be that.
 */
#include "platform/linux/coap/coap_upload.h"

#include <stdlib.h>

enum { PEERS = 3 };

typedef struct model {
    uint8_t data[OTR_LIMIT_UPLOAD_BYTES];
    size_t size;
    bool begun;
} model;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t pattern[2048];
static model models[PEERS];

/* What the module shall have after a block that it took. */
static void follow(model *self, const otr_upload_block *block)
{
    size_t offset = (size_t)block->number << (block->size_exponent + 4);
    bool repeated = self->begun && offset + block->bytes.size <= self->size &&
                    memcmp(self->data + offset, block->bytes.data, block->bytes.size) == 0;
    if (block->number == 0 && !(repeated && block->bytes.size == self->size)) {
        self->size = 0;
        self->begun = true;
        repeated = false;
    }
    OTR_ASSERT(self->begun);
    if (repeated)
        return;
    OTR_ASSERT(offset == self->size && offset + block->bytes.size <= sizeof self->data);
    memcpy(self->data + offset, block->bytes.data, block->bytes.size);
    self->size += block->bytes.size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_uploads *uploads = calloc(1, sizeof *uploads);
    otr_time now_us = 0;
    if (uploads == NULL)
        return 0;
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (uint8_t)(i * 31 + i / 256);
    for (int i = 0; i < PEERS; i++)
        models[i].begun = false;
    for (size_t at = 0; at + 5 <= size; at += 5) {
        otr_bytes whole;
        otr_error error = {0};
        size_t bytes = (size_t)data[at + 3] << 3 | (data[at + 4] & 7);
        bool full = (data[at + 4] & 8) != 0;
        unsigned peer = data[at] % PEERS;
        otr_upload_block block = {
            .peer = peer,
            .format = (data[at + 4] & 16) != 0 ? 110 : 112,
            .number = data[at + 1],
            .size_exponent = data[at] >> 3 & 7,
            .more = (data[at] & 64) != 0,
        };
        if (full && block.size_exponent <= 6)
            bytes = (size_t)16 << block.size_exponent;
        if (bytes > 1024)
            bytes = 1024;
        block.bytes = (otr_bytes){pattern + (data[at + 4] >> 5), bytes};
        now_us += data[at + 2] * OTR_SECOND / 8;
        otr_status status = otr_uploads_add(uploads, &block, now_us, &whole, &error);
        if (status == OTR_OK) {
            follow(&models[peer], &block);
        } else {
            OTR_ASSERT(error.text[0] != '\0' && whole.data == NULL);
            if (status != OTR_FULL)
                models[peer].begun = false;
        }
        if (whole.data != NULL) {
            OTR_ASSERT(!block.more && whole.size == models[peer].size);
            OTR_ASSERT(memcmp(whole.data, models[peer].data, whole.size) == 0);
        }
        OTR_ASSERT(uploads->open <= PEERS);
    }
    otr_uploads_done(uploads);
    free(uploads);
    return 0;
}
