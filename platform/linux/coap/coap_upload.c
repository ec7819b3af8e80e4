#include "platform/linux/coap/coap_upload.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 4096 };

static void drop(otr_uploads *uploads, otr_upload_slot *slot)
{
    free(slot->data);
    *slot = (otr_upload_slot){0};
    uploads->open--;
}

static otr_upload_slot *find(otr_uploads *uploads, const otr_upload_block *block)
{
    for (size_t i = 0; i < OTR_LIMIT_UPLOADS_OPEN; i++) {
        otr_upload_slot *slot = &uploads->slots[i];
        if (slot->data != NULL && slot->peer == block->peer && slot->tag == block->tag)
            return slot;
    }
    return NULL;
}

/* A complete upload goes before one under way, the longest silent one first. */
static bool goes_before(const otr_upload_slot *a, const otr_upload_slot *b)
{
    return b == NULL || a->complete > b->complete || (a->complete == b->complete && a->last_us < b->last_us);
}

/* Which goes of a peer that has all it may have; else NULL. */
static otr_upload_slot *find_surplus(otr_uploads *uploads, uint64_t peer)
{
    otr_upload_slot *oldest = NULL;
    size_t count = 0;
    for (size_t i = 0; i < OTR_LIMIT_UPLOADS_OPEN; i++) {
        otr_upload_slot *slot = &uploads->slots[i];
        if (slot->data == NULL || slot->peer != peer)
            continue;
        count++;
        if (goes_before(slot, oldest))
            oldest = slot;
    }
    return count >= OTR_LIMIT_UPLOADS_PEER ? oldest : NULL;
}

/* A free slot, made free if need be. */
static otr_upload_slot *take_slot(otr_uploads *uploads, uint64_t peer, otr_time now_us)
{
    otr_uploads_expire(uploads, now_us);
    otr_upload_slot *victim = find_surplus(uploads, peer);
    if (victim != NULL) {
        drop(uploads, victim);
        return victim;
    }
    for (size_t i = 0; i < OTR_LIMIT_UPLOADS_OPEN; i++) {
        otr_upload_slot *slot = &uploads->slots[i];
        if (slot->data == NULL)
            return slot;
        if (!slot->complete && now_us - slot->last_us < OTR_UPLOAD_GIVES_WAY_S * OTR_SECOND)
            continue;
        if (goes_before(slot, victim))
            victim = slot;
    }
    if (victim != NULL)
        drop(uploads, victim);
    return victim;
}

static bool grow(otr_upload_slot *slot, size_t size)
{
    size_t capacity = slot->capacity > 0 ? slot->capacity : FIRST_CAPACITY;
    while (capacity < size)
        capacity *= 2;
    if (capacity == slot->capacity)
        return true;
    uint8_t *data = realloc(slot->data, capacity);
    if (data == NULL)
        return false;
    slot->data = data;
    slot->capacity = capacity;
    return true;
}

static otr_status check(const otr_upload_block *block, otr_error *error)
{
    size_t full = (size_t)16 << block->size_exponent;
    if (block->size_exponent > 6)
        return otr_fail(error, OTR_INVALID, "block size exponent 7 is reserved");
    if (block->more && block->bytes.size != full)
        return otr_fail(error, OTR_INVALID, "block %u has %zu bytes, its option says %zu", block->number,
                        block->bytes.size, full);
    if (block->bytes.size == 0 || block->bytes.size > full)
        return otr_fail(error, OTR_INVALID, "last block %u has %zu bytes, its option allows 1 to %zu",
                        block->number, block->bytes.size, full);
    return OTR_OK;
}

static otr_status append(otr_upload_slot *slot, const otr_upload_block *block, size_t offset,
                         otr_error *error)
{
    size_t end = offset + block->bytes.size;
    if (block->format != slot->format)
        return otr_fail(error, OTR_NOT_FOUND, "block %u has Content-Format %u, the upload began with %u",
                        block->number, block->format, slot->format);
    if (end <= slot->size && memcmp(slot->data + offset, block->bytes.data, block->bytes.size) == 0)
        return block->more || (slot->complete && end == slot->size)
                   ? OTR_OK
                   : otr_fail(error, OTR_INVALID, "block %u came before without being the last",
                              block->number);
    if (offset != slot->size || slot->complete)
        return otr_fail(error, OTR_NOT_FOUND, "block %u does not follow: %zu bytes came so far",
                        block->number, slot->size);
    if (end > OTR_LIMIT_UPLOAD_BYTES)
        return otr_fail(error, OTR_LIMIT, "an upload may have %d bytes", OTR_LIMIT_UPLOAD_BYTES);
    if (!grow(slot, end))
        return otr_fail(error, OTR_MEMORY, "no memory for the upload");
    memcpy(slot->data + offset, block->bytes.data, block->bytes.size);
    slot->size = end;
    return OTR_OK;
}

/* True when block 0 is a repetition and not the beginning of another upload. */
static bool repeats_first(const otr_upload_slot *slot, const otr_upload_block *block)
{
    return slot->size == block->bytes.size && !slot->complete && slot->format == block->format &&
           memcmp(slot->data, block->bytes.data, block->bytes.size) == 0;
}

otr_status otr_uploads_add(otr_uploads *uploads, const otr_upload_block *block, otr_time now_us,
                           otr_bytes *whole, otr_error *error)
{
    *whole = (otr_bytes){NULL, 0};
    otr_upload_slot *slot = find(uploads, block);
    otr_status status = check(block, error);
    size_t offset = status == OTR_OK ? (size_t)block->number << (block->size_exponent + 4) : 0;
    if (status == OTR_OK && slot != NULL && block->number == 0 && !repeats_first(slot, block)) {
        drop(uploads, slot);
        slot = NULL;
    }
    if (status == OTR_OK && slot == NULL) {
        if (block->number != 0)
            return otr_fail(error, OTR_NOT_FOUND, "block %u of an upload whose first block is not here",
                            block->number);
        slot = take_slot(uploads, block->peer, now_us);
        if (slot == NULL)
            return otr_fail(error, OTR_FULL, "%d uploads are under way", OTR_LIMIT_UPLOADS_OPEN);
        if (!grow(slot, block->bytes.size))
            return otr_fail(error, OTR_MEMORY, "no memory for the upload");
        slot->peer = block->peer;
        slot->tag = block->tag;
        slot->format = block->format;
        uploads->open++;
    }
    if (status == OTR_OK)
        status = append(slot, block, offset, error);
    if (status != OTR_OK) {
        if (slot != NULL)
            drop(uploads, slot);
        return status;
    }
    slot->last_us = now_us;
    if (!block->more) {
        slot->complete = true;
        *whole = (otr_bytes){slot->data, slot->size};
    }
    return OTR_OK;
}

void otr_uploads_expire(otr_uploads *uploads, otr_time now_us)
{
    for (size_t i = 0; i < OTR_LIMIT_UPLOADS_OPEN && uploads->open > 0; i++) {
        otr_upload_slot *slot = &uploads->slots[i];
        if (slot->data != NULL && now_us - slot->last_us >= OTR_UPLOAD_SILENCE_S * OTR_SECOND)
            drop(uploads, slot);
    }
}

void otr_uploads_done(otr_uploads *uploads)
{
    for (size_t i = 0; i < OTR_LIMIT_UPLOADS_OPEN; i++)
        if (uploads->slots[i].data != NULL)
            drop(uploads, &uploads->slots[i]);
}
