/*
 * Sessions that are open are ours to keep, the longest silent first: each is referenced here, so that libcoap
 * counts none of them as idle. It would: those whose handshake has begun and not ended count as well, and the
 * one that it has heard least of, open or not, makes room. A stranger with many ports would so cost devices
 * their sessions. What is left to libcoap is the life of handshakes.
 */
#include "platform/linux/coap/coap_internal.h"

#include <stdlib.h>

otr_status otr_coap_keep_init(otr_coap_keep *keep, unsigned most)
{
    keep->entries = calloc(most, sizeof *keep->entries);
    if (keep->entries == NULL)
        return OTR_MEMORY;
    keep->most = most;
    keep->first = keep->last = keep->free = OTR_COAP_KEEP_END;
    return OTR_OK;
}

static void leave_list(otr_coap_keep *keep, uint32_t place)
{
    const otr_coap_kept *entry = &keep->entries[place];
    *(entry->previous != OTR_COAP_KEEP_END ? &keep->entries[entry->previous].next : &keep->first) =
        entry->next;
    *(entry->next != OTR_COAP_KEEP_END ? &keep->entries[entry->next].previous : &keep->last) =
        entry->previous;
}

static void join_list(otr_coap_keep *keep, uint32_t place)
{
    otr_coap_kept *entry = &keep->entries[place];
    entry->next = OTR_COAP_KEEP_END;
    entry->previous = keep->last;
    *(keep->last != OTR_COAP_KEEP_END ? &keep->entries[keep->last].next : &keep->first) = place;
    keep->last = place;
}

/* Says goodbye; whoever hears that it is closed drops it (coap_peer.c). */
static void end(otr_coap_keep *keep, uint32_t place)
{
    coap_session_t *session = coap_session_reference(keep->entries[place].session);
    coap_session_disconnected(session, COAP_NACK_TLS_FAILED);
    OTR_ASSERT(keep->entries[place].session == NULL);
    coap_session_release(session);
}

uint32_t otr_coap_keep_add(otr_coap_keep *keep, coap_session_t *session, otr_time now_us)
{
    if (keep->free == OTR_COAP_KEEP_END && keep->used == keep->most)
        end(keep, keep->first);
    uint32_t place = keep->free;
    if (place != OTR_COAP_KEEP_END)
        keep->free = keep->entries[place].next;
    else
        place = keep->used++;
    OTR_ASSERT(place < keep->most);
    keep->entries[place] = (otr_coap_kept){.session = coap_session_reference(session), .heard_us = now_us};
    join_list(keep, place);
    return place;
}

void otr_coap_keep_heard(otr_coap_keep *keep, uint32_t place, otr_time now_us)
{
    leave_list(keep, place);
    join_list(keep, place);
    keep->entries[place].heard_us = now_us;
}

void otr_coap_keep_drop(otr_coap_keep *keep, uint32_t place)
{
    leave_list(keep, place);
    coap_session_release(keep->entries[place].session);
    keep->entries[place] = (otr_coap_kept){.next = keep->free};
    keep->free = place;
}

void otr_coap_keep_expire(otr_coap_keep *keep, otr_time heard_before_us)
{
    while (keep->entries != NULL && keep->first != OTR_COAP_KEEP_END &&
           keep->entries[keep->first].heard_us < heard_before_us)
        end(keep, keep->first);
}

void otr_coap_keep_done(otr_coap_keep *keep)
{
    otr_coap_keep_expire(keep, OTR_TIME_NEVER);
    free(keep->entries);
    *keep = (otr_coap_keep){.entries = NULL};
}
