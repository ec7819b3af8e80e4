/*
 * Uploads between request and answer. A CON that is answered within a second of its arrival gets one
 * datagram, the ACK with the response in it; later, an empty ACK stops the device's retransmissions and the
 * response follows as a CON of ours (RFC 7252 section 5.2.2), which libcoap retransmits.
 */
#include "base/log.h"
#include "platform/linux/coap/coap_internal.h"

#include <stdlib.h>

/* Below ACK_TIMEOUT (2 s), so that no device retransmits into a stall. */
#define SEPARATE_AFTER (1 * OTR_SECOND)

/* Room for a token and the options of an answer. */
enum { ANSWER_BYTES = 32 };

otr_status otr_pending_init(otr_pending_table *table)
{
    *table = (otr_pending_table){
        .entries = calloc(OTR_LIMIT_INBOX_INPUTS, sizeof *table->entries),
        .free = OTR_PENDING_END,
        .waiting = {OTR_PENDING_END, OTR_PENDING_END},
        .separate = {OTR_PENDING_END, OTR_PENDING_END},
    };
    return table->entries != NULL ? OTR_OK : OTR_MEMORY;
}

static void list_add(otr_pending_table *table, otr_pending_list *list, uint32_t at)
{
    otr_pending *entry = &table->entries[at];
    entry->next = OTR_PENDING_END;
    entry->previous = list->last;
    if (list->last == OTR_PENDING_END)
        list->first = at;
    else
        table->entries[list->last].next = at;
    list->last = at;
}

static void list_remove(otr_pending_table *table, otr_pending_list *list, uint32_t at)
{
    const otr_pending *entry = &table->entries[at];
    if (entry->previous == OTR_PENDING_END)
        list->first = entry->next;
    else
        table->entries[entry->previous].next = entry->next;
    if (entry->next == OTR_PENDING_END)
        list->last = entry->previous;
    else
        table->entries[entry->next].previous = entry->previous;
}

/* Out of its list, the session released, the handle void. */
static void release(otr_pending_table *table, uint32_t at)
{
    otr_pending *entry = &table->entries[at];
    list_remove(table, entry->state == OTR_PENDING_WAITING ? &table->waiting : &table->separate, at);
    coap_session_release(entry->session);
    *entry = (otr_pending){.generation = entry->generation, .next = table->free};
    table->free = at;
}

static void release_all(otr_pending_table *table, const otr_pending_list *list)
{
    while (list->first != OTR_PENDING_END)
        release(table, list->first);
}

void otr_pending_done(otr_pending_table *table)
{
    if (table->entries == NULL)
        return;
    release_all(table, &table->waiting);
    release_all(table, &table->separate);
    free(table->entries);
    *table = (otr_pending_table){0};
}

static uint8_t no_response(const coap_pdu_t *request)
{
    coap_opt_iterator_t iterator;
    const coap_opt_t *option = coap_check_option(request, COAP_OPTION_NORESPONSE, &iterator);
    return option != NULL ? (uint8_t)coap_decode_var_bytes(coap_opt_value(option), coap_opt_length(option))
                          : 0;
}

uint64_t otr_pending_add(otr_pending_table *table, coap_session_t *session, const coap_pdu_t *request,
                         uint32_t block, otr_time now_us)
{
    uint32_t at = table->free;
    if (at != OTR_PENDING_END)
        table->free = table->entries[at].next;
    else if (table->used < OTR_LIMIT_INBOX_INPUTS)
        at = table->used++;
    else
        return 0;
    otr_pending *entry = &table->entries[at];
    coap_bin_const_t token = coap_pdu_get_token(request);
    *entry = (otr_pending){
        .session = coap_session_reference(session),
        .since_us = now_us,
        .generation = entry->generation + 1,
        .block = block,
        .message_id = (uint16_t)coap_pdu_get_mid(request),
        .token_size = (uint8_t)(token.length <= sizeof entry->token ? token.length : sizeof entry->token),
        .type = (uint8_t)coap_pdu_get_type(request),
        .state = OTR_PENDING_WAITING,
        .no_response = no_response(request),
    };
    memcpy(entry->token, token.s, entry->token_size);
    list_add(table, &table->waiting, at);
    return (uint64_t)entry->generation << 32 | (at + 1U);
}

/* The entry of a handle, or OTR_PENDING_END when the handle is void. */
static uint32_t find(const otr_pending_table *table, uint64_t handle)
{
    uint32_t at = (uint32_t)handle - 1U;
    if (at >= table->used || table->entries[at].state == OTR_PENDING_FREE ||
        table->entries[at].generation != (uint32_t)(handle >> 32))
        return OTR_PENDING_END;
    return at;
}

void otr_pending_forget(otr_pending_table *table, uint64_t handle)
{
    uint32_t at = find(table, handle);
    if (at != OTR_PENDING_END)
        release(table, at);
}

static void send_empty_ack(const otr_pending *entry)
{
    if (entry->type != COAP_MESSAGE_CON ||
        coap_session_get_state(entry->session) != COAP_SESSION_STATE_ESTABLISHED)
        return;
    coap_pdu_t *pdu = coap_pdu_init(COAP_MESSAGE_ACK, COAP_EMPTY_CODE, entry->message_id, ANSWER_BYTES);
    if (pdu != NULL)
        (void)coap_send(entry->session, pdu);
}

static bool add_uint(coap_pdu_t *pdu, coap_option_num_t option, unsigned value)
{
    uint8_t buffer[4];
    return coap_add_option(pdu, option, coap_encode_var_safe(buffer, sizeof buffer, value), buffer) > 0;
}

/* An answer's options, by ascending number; -1: not there. */
typedef struct answer {
    coap_pdu_code_t code;
    long format;
    long max_age_s;
    otr_bytes payload;
} answer;

static bool fill(coap_pdu_t *pdu, const otr_pending *entry, const answer *content)
{
    if (coap_add_token(pdu, entry->token_size, entry->token) == 0 ||
        (content->format >= 0 && !add_uint(pdu, COAP_OPTION_CONTENT_FORMAT, (unsigned)content->format)) ||
        (content->max_age_s >= 0 && !add_uint(pdu, COAP_OPTION_MAXAGE, (unsigned)content->max_age_s)) ||
        (entry->block != OTR_COAP_NO_BLOCK && !add_uint(pdu, COAP_OPTION_BLOCK1, entry->block)))
        return false;
    return content->payload.size == 0 ||
           coap_add_data(pdu, content->payload.size, content->payload.data) != 0;
}

/* A device whose answer cannot be made retransmits, or asks again: nothing is lost by silence. */
static void send_answer(const otr_pending *entry, const answer *content)
{
    coap_pdu_code_t code = content->code;
    /* A closed DTLS session has no keys; libcoap would take the answer for a client's first message. */
    if (coap_session_get_state(entry->session) != COAP_SESSION_STATE_ESTABLISHED)
        return;
    if ((entry->no_response & (1U << ((code >> 5) - 1))) != 0) {
        if (entry->state == OTR_PENDING_WAITING)
            send_empty_ack(entry);
        return;
    }
    coap_pdu_type_t type = COAP_MESSAGE_NON;
    coap_mid_t message_id = entry->message_id;
    if (entry->type == COAP_MESSAGE_CON)
        type = entry->state == OTR_PENDING_WAITING ? COAP_MESSAGE_ACK : COAP_MESSAGE_CON;
    if (type != COAP_MESSAGE_ACK)
        message_id = coap_new_message_id(entry->session);
    coap_pdu_t *pdu = coap_pdu_init(type, code, message_id, ANSWER_BYTES + content->payload.size);
    if (pdu == NULL)
        return;
    if (fill(pdu, entry, content))
        (void)coap_send(entry->session, pdu);
    else
        coap_delete_pdu(pdu);
}

/* The first copy of this request already has its empty ACK, which was lost if the device sent it again. */
static bool is_separate(const otr_pending_table *table, const otr_pending *repeated)
{
    for (uint32_t at = table->separate.first; at != OTR_PENDING_END; at = table->entries[at].next)
        if (table->entries[at].session == repeated->session &&
            table->entries[at].message_id == repeated->message_id)
            return true;
    return false;
}

/* The link to where commands wait, in CoRE link format (RFC 6690). */
static const uint8_t hint[] = "</c>";

static answer answer_of(otr_answer_kind kind, unsigned max_age_s)
{
    if (kind == OTR_ANSWER_FULL)
        return (answer){COAP_RESPONSE_CODE_SERVICE_UNAVAILABLE, -1, (long)max_age_s, {NULL, 0}};
    if (kind == OTR_ANSWER_KEPT_MORE)
        return (answer){
            COAP_RESPONSE_CODE_CHANGED, COAP_MEDIATYPE_APPLICATION_LINK_FORMAT, -1, {hint, sizeof hint - 1}};
    return (answer){COAP_RESPONSE_CODE_CHANGED, -1, -1, {NULL, 0}};
}

/* The place of a handle; OTR_PENDING_END is logged. */
static uint32_t find_waiting(const otr_pending_table *table, uint64_t handle)
{
    uint32_t at = find(table, handle);
    if (at == OTR_PENDING_END)
        otr_log(OTR_LOG_ERROR, "coap-answer", "reason=\"void handle %llx\"", (unsigned long long)handle);
    return at;
}

void otr_pending_deliver(otr_pending_table *table, uint64_t handle, unsigned format, otr_bytes payload)
{
    uint32_t at = find_waiting(table, handle);
    if (at == OTR_PENDING_END)
        return;
    /* what is read now may be another thing in a second */
    send_answer(&table->entries[at], &(answer){COAP_RESPONSE_CODE_CONTENT, (long)format, 0, payload});
    release(table, at);
}

void otr_pending_answer(otr_pending_table *table, uint64_t handle, otr_answer_kind kind, unsigned max_age_s)
{
    uint32_t at = find_waiting(table, handle);
    if (at == OTR_PENDING_END)
        return;
    const otr_pending *entry = &table->entries[at];
    answer content = answer_of(kind, max_age_s);
    if (kind != OTR_ANSWER_NONE)
        send_answer(entry, &content);
    else if (is_separate(table, entry))
        send_empty_ack(entry);
    release(table, at);
}

unsigned otr_pending_overdue(otr_pending_table *table, otr_time now_us)
{
    unsigned count = 0;
    while (table->waiting.first != OTR_PENDING_END) {
        uint32_t at = table->waiting.first;
        otr_pending *entry = &table->entries[at];
        if (now_us - entry->since_us < SEPARATE_AFTER)
            break;
        send_empty_ack(entry);
        list_remove(table, &table->waiting, at);
        entry->state = OTR_PENDING_SEPARATE;
        list_add(table, &table->separate, at);
        count += entry->type == COAP_MESSAGE_CON;
    }
    return count;
}

otr_time otr_pending_due(const otr_pending_table *table)
{
    if (table->waiting.first == OTR_PENDING_END)
        return OTR_TIME_NEVER;
    return table->entries[table->waiting.first].since_us + SEPARATE_AFTER;
}
