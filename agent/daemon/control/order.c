#include "daemon/control/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "codec/service.h"
#include "core/asset/assignment.h"
#include "daemon/control/act.h"
#include "daemon/control/operate.h"
#include "driver/order.h"
#include "driver/permit.h"
#include "platform/linux/system/evidence_key.h"

/* Handles of the control socket count from 1 and never come so far; those of actions have another bit. */
#define ORDER_HANDLE (UINT64_C(1) << 62)
#define COMMAND_HANDLE (UINT64_C(1) << 61) /* besides: of the command that an order made */
/* Not an outbox entry: its acknowledgement is not waited for. */
#define ANSWER_TOKEN (UINT64_MAX - 1)
enum { ANSWER_EXPIRY_S = 300, ANSWER_BYTES_MAX = 256 * 1024, ABOUT_BYTES = OTR_LIMIT_COMMAND_TEXT_BYTES };

struct otr_order_asker {
    struct otr_order_asker *next;
    uint64_t handle;
    otr_str topic;            /* NUL-terminated */
    otr_bytes correlation;    /* of MQTT 5 */
    otr_str said_correlation; /* of the order */
    otr_str id;               /* the sender's own */
    json_t *answer;           /* owned; NULL while the command is not done */
    bool later;               /* what it asks for is still looked up */
    bool committed;           /* its note is durable */
    otr_arena memory;
};

/* ---- whom the answer is for ---- */

static otr_str answer_topic(const otr_daemon *daemon, otr_arena *memory, otr_str wanted, otr_str said)
{
    const otr_config *config = daemon->config;
    if (otr_act_topic_ok(wanted, config->gateway.group, config->gateway.name))
        return otr_arena_copy(memory, wanted);
    if (otr_act_topic_ok(said, config->gateway.group, config->gateway.name))
        return otr_arena_copy(memory, said);
    return otr_topic_build(memory, config->gateway.group, config->gateway.name, OTR_STR("answer"));
}

static struct otr_order_asker *make_asker(otr_daemon *daemon, const otr_mqtt_message *message,
                                          const otr_permit *permit)
{
    struct otr_order_asker *asker = calloc(1, sizeof *asker);
    if (asker == NULL)
        return NULL;
    otr_bytes correlation = message->correlation;
    if (correlation.size > OTR_LIMIT_ORDER_TEXT_BYTES)
        correlation.size = 0; /* rather none than half of it */
    otr_str copy =
        otr_arena_copy(&asker->memory, (otr_str){(const char *)correlation.data, correlation.size});
    asker->topic = answer_topic(daemon, &asker->memory, message->response_topic, permit->order.reply_to);
    asker->correlation = (otr_bytes){(const uint8_t *)copy.data, copy.size};
    asker->said_correlation = otr_arena_copy(&asker->memory, permit->order.correlation);
    asker->id = otr_arena_copy(&asker->memory, permit->order.id);
    asker->handle = ORDER_HANDLE | ++daemon->orders_asked;
    if (copy.data != NULL && asker->topic.data != NULL && asker->said_correlation.data != NULL &&
        asker->id.data != NULL)
        return asker;
    otr_arena_done(&asker->memory);
    free(asker);
    return NULL;
}

static void free_asker(struct otr_order_asker *asker)
{
    json_decref(asker->answer);
    otr_arena_done(&asker->memory);
    free(asker);
}

static void put(json_t *object, const char *name, otr_str text)
{
    if (text.size > 0)
        json_object_set_new(object, name, json_stringn(text.data, text.size));
}

/* Says it, and forgets who asked. */
static void reply(otr_daemon *daemon, struct otr_order_asker *asker)
{
    otr_buffer text = {0};
    put(asker->answer, "id", asker->id);
    put(asker->answer, "correlation", asker->said_correlation);
    otr_operate_dump(asker->answer, &text);
    if (!text.failed && text.size > ANSWER_BYTES_MAX) {
        json_t *refusal = otr_operate_refusal("the answer is too large for a message");
        put(refusal, "id", asker->id);
        put(refusal, "correlation", asker->said_correlation);
        otr_buffer_clear(&text);
        otr_operate_dump(refusal, &text);
        json_decref(refusal);
    }
    otr_publication answer = {
        .token = ANSWER_TOKEN,
        .topic = asker->topic,
        .content_type = OTR_STR("application/json"),
        .payload = otr_buffer_bytes(&text),
        .qos = 1,
        .expiry_s = ANSWER_EXPIRY_S,
        .correlation = asker->correlation,
    };
    if (text.failed || otr_daemon_publish(daemon, &answer) != OTR_OK)
        otr_log(OTR_LOG_INFO, "order_answer_lost", "id=%.*s", OTR_STR_ARG(asker->id));
    otr_buffer_done(&text);
    free_asker(asker);
}

static void wait_for_commit(otr_daemon *daemon, struct otr_order_asker *asker)
{
    asker->next = daemon->order_askers;
    daemon->order_askers = asker;
}

static struct otr_order_asker **find(otr_daemon *daemon, uint64_t handle)
{
    struct otr_order_asker **link = &daemon->order_askers;
    while (*link != NULL && (*link)->handle != handle)
        link = &(*link)->next;
    return link;
}

static json_t *result_json(const otr_command_result *result)
{
    if (result->refusal != OTR_REFUSAL_ACCEPTED)
        return otr_operate_refused(result);
    json_t *out = json_object();
    json_object_set_new(out, "ok", json_true());
    json_object_set_new(out, "alarms", json_integer(result->alarms));
    return out;
}

bool otr_order_answered(otr_daemon *daemon, uint64_t handle, const otr_command_result *result)
{
    if ((handle & ORDER_HANDLE) == 0 || (handle & UINT64_C(1) << 63) != 0)
        return false;
    struct otr_order_asker **link = find(daemon, handle & ~COMMAND_HANDLE);
    struct otr_order_asker *asker = *link;
    if (asker == NULL)
        return true;
    if ((handle & COMMAND_HANDLE) != 0) {
        json_decref(asker->answer);
        asker->answer = result_json(result);
        return true;
    }
    asker->committed = true;
    if (asker->later && result->refusal == OTR_REFUSAL_ACCEPTED)
        return true;
    *link = asker->next;
    if (asker->answer == NULL || result->refusal != OTR_REFUSAL_ACCEPTED) {
        json_decref(asker->answer);
        asker->answer = result_json(result);
    }
    reply(daemon, asker);
    return true;
}

bool otr_order_finish(otr_daemon *daemon, uint64_t handle, json_t *answer)
{
    if ((handle & ORDER_HANDLE) == 0 || (handle & UINT64_C(1) << 63) != 0)
        return false;
    struct otr_order_asker **link = find(daemon, handle & ~COMMAND_HANDLE);
    struct otr_order_asker *asker = *link;
    if (asker == NULL) {
        json_decref(answer);
        return true;
    }
    json_decref(asker->answer);
    asker->answer = answer;
    asker->later = false;
    if (!asker->committed)
        return true;
    *link = asker->next;
    reply(daemon, asker);
    return true;
}

void otr_order_done(otr_daemon *daemon)
{
    while (daemon->order_askers != NULL) {
        struct otr_order_asker *asker = daemon->order_askers;
        daemon->order_askers = asker->next;
        free_asker(asker);
    }
}

/* ---- what is journaled ---- */

/* One more of what it names; whole ones only. */
static size_t add_about(char out[ABOUT_BYTES + 1], size_t size, const char *name, otr_str text)
{
    int more = text.size == 0 ? 0
                              : snprintf(out + size, ABOUT_BYTES + 1 - size, "%s%s=%.*s", size > 0 ? " " : "",
                                         name, OTR_STR_ARG(text));
    if (more < 0 || (size_t)more > ABOUT_BYTES - size) {
        out[size] = '\0';
        return size;
    }
    return size + (size_t)more;
}

/* What an order names, but for customers and texts. An asset goes out of it when its customer is forgotten.
 */
static void describe(const json_t *request, char out[ABOUT_BYTES + 1])
{
    static const char *const names[] = {"alarm", "rule", "asset", "old",   "new",  "ticket",  "action",
                                        "what",  "for",  "until", "level", "pack", "version", "plan"};
    const char *yaml = json_string_value(json_object_get(request, "yaml"));
    otr_assignments *assigned = NULL;
    size_t size = 0;
    out[0] = '\0';
    if (yaml != NULL && otr_assignments_load(otr_str_of(yaml), &assigned, NULL) == OTR_OK &&
        assigned->asset_count == 1)
        size = add_about(out, size, "asset", assigned->assets[0].id);
    otr_assignments_free(assigned);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = json_string_value(json_object_get(request, names[i]));
        if (text != NULL)
            size = add_about(out, size, names[i], otr_str_of(text));
    }
}

static otr_order_note note_of(const otr_permit *permit, const char *about)
{
    otr_order_note note = {.key = permit->key, .order = permit->id, .counter = permit->order.counter};
    if (permit->operator!= NULL) {
        note.role = permit->operator->role;
        note.who = permit->operator->name;
    }
    if (permit->verb != NULL)
        note.verb = otr_str_of(permit->verb->word);
    note.about = otr_str_of(about);
    return note;
}

/* Told when it is in the journal; at once when so many were refused that it does not come there. */
static void refuse(otr_daemon *daemon, struct otr_order_asker *asker, const otr_permit *permit,
                   const char *about)
{
    otr_error error;
    otr_order_note note = note_of(permit, about);
    char reason[OTR_LIMIT_ORDER_ANSWER_BYTES + 1];
    const char *more = permit->error.text;
    const char *word = otr_order_refusal_word(permit->refusal);
    (void)snprintf(reason, sizeof reason, "%s: %s", word,
                   more[0] != '\0' ? more : otr_order_refusal_text(permit->refusal));
    asker->answer = otr_operate_refusal(reason);
    json_object_set_new(asker->answer, "refused", json_string(word));
    if (otr_order_refusal_passes(permit->refusal))
        json_object_set_new(asker->answer, "again", json_true());
    otr_log(OTR_LOG_INFO, "order", "result=refused reason=\"%s\" who=\"%.*s\" verb=%s", word,
            OTR_STR_ARG(note.who), permit->verb != NULL ? permit->verb->word : "");
    note.refused = otr_str_of(reason);
    if (permit->refusal == OTR_ORDER_REFUSED_FULL || !otr_driver_may_refuse(daemon->driver) ||
        otr_driver_order_refuse(daemon->driver, &note, asker->handle, &error) != OTR_OK)
        reply(daemon, asker);
    else
        wait_for_commit(daemon, asker);
}

/* What of an answer is remembered. A refused assignment's reason names an asset, perhaps a customer. */
static otr_str keep(const json_t *answer, const otr_verb *verb, otr_buffer *text)
{
    if (verb->asks)
        return (otr_str){NULL, 0};
    otr_operate_dump(answer, text);
    if (!text->failed && text->size <= OTR_LIMIT_ORDER_ANSWER_BYTES &&
        !otr_str_is(otr_str_of(verb->word), "assign"))
        return otr_buffer_text(text);
    return json_is_true(json_object_get(answer, "ok"))
               ? OTR_STR("{\"ok\":true}")
               : OTR_STR("{\"ok\":false,\"reason\":\"refused before\"}");
}

/* ---- what is done ---- */

/* Who asks is who signed; the order's id is the command's, but where that is one of its own. */
static void sign_request(const otr_permit *permit)
{
    char id[OTR_ID_TEXT_BYTES];
    otr_id_format(permit->id, id);
    put(permit->request, "who", permit->operator->name);
    json_object_set_new(permit->request, "role", json_string(otr_role_text(permit->operator->role)));
    if (json_object_get(permit->request, "id") == NULL)
        json_object_set_new(permit->request, "id", json_string(id));
}

static json_t *seen_json(const otr_order_seen *seen)
{
    if (seen->command)
        return result_json(&(otr_command_result){.refusal = seen->refusal, .alarms = seen->alarms});
    json_t *out = json_loadb(seen->answer.data != NULL ? seen->answer.data : "", seen->answer.size, 0, NULL);
    if (out != NULL)
        return out;
    out = json_object(); /* somebody was forgotten meanwhile, and words with them */
    json_object_set_new(out, "ok", json_boolean(seen->ok));
    return out;
}

static void do_anew(otr_daemon *daemon, struct otr_order_asker *asker, otr_permit *permit, const char *about)
{
    otr_error error = {.text = ""};
    otr_buffer text = {0};
    otr_order_note note = note_of(permit, about);
    size_t begin = otr_driver_order_begin(daemon->driver);
    sign_request(permit);
    asker->answer = otr_daemon_do(daemon, asker->handle | COMMAND_HANDLE, permit->request);
    asker->later = asker->answer == NULL && permit->verb->asks;
    note.ok = asker->later;
    if (asker->answer != NULL) {
        note.ok = json_is_true(json_object_get(asker->answer, "ok"));
        note.answer = keep(asker->answer, permit->verb, &text);
    }
    if (otr_driver_order_end(daemon->driver, begin, &note, asker->handle, &error) == OTR_OK) {
        otr_log(OTR_LOG_INFO, "order", "result=taken who=\"%.*s\" verb=%s", OTR_STR_ARG(note.who),
                permit->verb->word);
        wait_for_commit(daemon, asker);
    } else {
        json_decref(asker->answer);
        permit->refusal = OTR_ORDER_REFUSED_FULL;
        refuse(daemon, asker, permit, about);
    }
    otr_buffer_done(&text);
}

static void take(otr_daemon *daemon, struct otr_order_asker *asker, otr_permit *permit)
{
    char about[ABOUT_BYTES + 1] = "";
    const otr_order_seen *seen;
    otr_order_note note = note_of(permit, about);
    if (permit->operator!= NULL && permit->request != NULL)
        describe(permit->request, about);
    if (permit->refusal != OTR_ORDER_REFUSED_NONE) {
        refuse(daemon, asker, permit, about);
        return;
    }
    switch (otr_driver_order_look(daemon->driver, &note, &seen)) {
    case OTR_ORDER_IS_NEW:
        do_anew(daemon, asker, permit, about);
        return;
    case OTR_ORDER_WAITS: /* the first of them is answered */
        free_asker(asker);
        return;
    case OTR_ORDER_IS_DONE:
        asker->answer = seen->again ? otr_daemon_do(daemon, asker->handle | COMMAND_HANDLE, permit->request)
                                    : seen_json(seen);
        if (asker->answer == NULL && permit->verb->asks) {
            asker->later = asker->committed = true;
            wait_for_commit(daemon, asker);
            return;
        }
        if (asker->answer == NULL) /* a sign from elsewhere that was counted before */
            asker->answer = result_json(&(otr_command_result){.refusal = OTR_REFUSAL_ACCEPTED});
        reply(daemon, asker);
        return;
    case OTR_ORDER_IS_REPLAYED:
        permit->refusal = OTR_ORDER_REFUSED_REPLAYED;
        break;
    case OTR_ORDER_HAS_NO_ROOM:
        permit->refusal = OTR_ORDER_REFUSED_FULL;
        break;
    }
    refuse(daemon, asker, permit, about);
}

/* ---- on the machine itself ---- */

/* Its commit is waited for by nobody: what it made is answered by itself. */
#define LOCAL_NOTE ORDER_HANDLE

static void note_local_refusal(otr_daemon *daemon, otr_order_note *note, const json_t *answer)
{
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    char text[OTR_LIMIT_ORDER_ANSWER_BYTES + 1];
    (void)snprintf(text, sizeof text, "refused: %.*s", OTR_LIMIT_ORDER_ANSWER_BYTES - 12,
                   reason != NULL ? reason : "no reason given");
    note->refused = otr_str_of(text);
    if (otr_str_is_utf8(note->refused) && otr_driver_may_refuse(daemon->driver))
        (void)otr_driver_order_refuse(daemon->driver, note, LOCAL_NOTE, NULL);
}

json_t *otr_order_local(otr_daemon *daemon, uint64_t token, const json_t *request, unsigned uid)
{
    char about[ABOUT_BYTES + 1];
    char who[OTR_LIMIT_COMMAND_TEXT_BYTES + 1];
    const char *word = json_string_value(json_object_get(request, "do"));
    const char *name = json_string_value(json_object_get(request, "who"));
    const otr_verb *verb = word != NULL ? otr_verb_find(otr_str_of(word)) : NULL;
    if (verb == NULL || verb->asks || strcmp(word, "voice") == 0 || strcmp(word, "act") == 0)
        return otr_daemon_do(daemon, token, request);
    size_t begin = otr_driver_order_begin(daemon->driver);
    json_t *answer = otr_daemon_do(daemon, token, request);
    describe(request, about);
    bool named = name != NULL && strlen(name) < sizeof who - 32;
    (void)snprintf(who, sizeof who, named ? "%s (uid %u)" : "%suid %u", named ? name : "", uid);
    otr_order_note note = {.who = otr_str_of(who),
                           .verb = otr_str_of(verb->word),
                           .about = otr_str_of(about),
                           .ok = json_is_true(json_object_get(answer, "ok"))};
    if (answer != NULL && !note.ok) {
        note_local_refusal(daemon, &note, answer);
        return answer;
    }
    otr_error error = {.text = ""};
    otr_status status = otr_driver_order_end(daemon->driver, begin, &note, LOCAL_NOTE, &error);
    if (status == OTR_OK || answer != NULL)
        return answer; /* it is done, whether or not that could be noted */
    return otr_operate_refusal(error.text);
}

void otr_order_received(otr_daemon *daemon, const otr_mqtt_message *message)
{
    if (message->retained || !otr_driver_may_order(daemon->driver))
        return; /* retained: it would come again with each connection, long after it was meant */
    otr_arena arena = {0};
    otr_permit permit;
    otr_permit_rules rules = {
        .operators = daemon->operators.list,
        .operator_count = daemon->operators.count,
        .group = daemon->config->gateway.group,
        .gateway = daemon->config->gateway.name,
        .verify = otr_evidence_signed,
        .sha256 = otr_sha256,
    };
    rules.synced = otr_driver_utc(daemon->driver, &rules.utc) == OTR_CLOCK_SYNCED;
    otr_permit_judge(&arena, message->payload, &rules, &permit);
    struct otr_order_asker *asker = make_asker(daemon, message, &permit);
    if (asker != NULL)
        take(daemon, asker, &permit);
    json_decref(permit.request);
    otr_arena_done(&arena);
}
