#include "tools/outrider/fleet/remote.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "codec/order.h"
#include "platform/linux/system/evidence_key.h"
#include "platform/linux/system/operator_key.h"
#include "tools/outrider/fleet/exchange.h"

struct otr_remote {
    otr_remote_options options;
    otr_operator_key *key;
    otr_id key_id;
    otr_exchange *exchange;
};

static otr_time utc_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (otr_time)now.tv_sec * OTR_SECOND + now.tv_nsec / 1000;
}

/* The clock is a good counter, but for a machine whose clock was set back, and two orders at once: the file
 * sees to these. Where it cannot be written the clock alone must do. */
uint64_t otr_remote_count(const char *key_file)
{
    char path[4096];
    char text[32] = "";
    uint64_t next = (uint64_t)utc_now();
    int size = snprintf(path, sizeof path, "%s.counter", key_file);
    int file = size > 0 && (size_t)size < sizeof path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (file < 0)
        return next;
    if (flock(file, LOCK_EX) == 0 && pread(file, text, sizeof text - 1, 0) >= 0) {
        uint64_t last = strtoull(text, NULL, 10);
        next = next > last ? next : last + 1;
        size = snprintf(text, sizeof text, "%llu\n", (unsigned long long)next);
        if (pwrite(file, text, (size_t)size, 0) != size || ftruncate(file, size) != 0 || fsync(file) != 0)
            (void)unlink(path); /* rather none than a wrong one */
    }
    close(file);
    return next;
}

otr_status otr_remote_open(const otr_remote_options *options, otr_remote **out, otr_error *error)
{
    uint8_t open[OTR_PUBLIC_KEY_BYTES];
    otr_digest digest;
    otr_error reason = {.text = ""};
    *out = NULL;
    if (options->broker->operator_key == NULL)
        return otr_fail(error, OTR_INVALID,
                        "orders are signed: --as KEYFILE, or operator_key in the context");
    otr_remote *remote = calloc(1, sizeof *remote);
    if (remote == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    remote->options = *options;
    otr_status status = otr_operator_key_open(options->broker->operator_key, &remote->key, &reason);
    if (status != OTR_OK)
        otr_fail(error, status, "%.120s: %.100s", options->broker->operator_key, reason.text);
    if (status == OTR_OK) {
        otr_operator_key_public(remote->key, open);
        if (otr_sha256(open, sizeof open, &digest))
            memcpy(remote->key_id.bytes, digest.bytes, sizeof remote->key_id.bytes);
        else
            status = otr_fail(error, OTR_IO, "SHA-256 is not available");
    }
    if (status == OTR_OK)
        status = otr_exchange_open(options->verb, options->broker, &remote->exchange, error);
    if (status == OTR_OK)
        *out = remote;
    else
        otr_remote_close(remote);
    return status;
}

void otr_remote_close(otr_remote *remote)
{
    if (remote == NULL)
        return;
    otr_exchange_close(remote->exchange);
    otr_operator_key_close(remote->key);
    free(remote);
}

/* The envelope's JSON, which the buffer gets. */
static otr_status sign(const otr_remote *remote, const otr_order *order, otr_buffer *out, otr_error *error)
{
    otr_buffer content = {0};
    otr_buffer message = {0};
    uint8_t signature[OTR_SIGNATURE_BYTES];
    otr_status status = otr_order_write(&content, order, true, error);
    if (status == OTR_OK) {
        otr_order_message(&message, otr_buffer_bytes(&content));
        status = message.failed
                     ? otr_fail(error, OTR_MEMORY, "out of memory")
                     : otr_operator_key_sign(remote->key, otr_buffer_bytes(&message), signature, error);
    }
    if (status == OTR_OK) {
        otr_envelope envelope = {otr_buffer_bytes(&content), remote->key_id, {signature, sizeof signature}};
        otr_envelope_write(out, &envelope, true);
        if (out->failed)
            status = otr_fail(error, OTR_MEMORY, "out of memory");
    }
    otr_buffer_done(&content);
    otr_buffer_done(&message);
    return status;
}

static bool new_id(char out[OTR_ID_TEXT_BYTES])
{
    otr_id random;
    if (getrandom(random.bytes, sizeof random.bytes, 0) != (ssize_t)sizeof random.bytes)
        return false;
    otr_id_format(random, out);
    return true;
}

otr_status otr_remote_ask(otr_remote *remote, const char *group, const char *gateway, const char *id,
                          const json_t *request, json_t **answer, otr_error *error)
{
    const otr_remote_options *options = &remote->options;
    double good_for_s = options->good_for_s > 0 ? options->good_for_s : options->timeout_s;
    char fresh[OTR_ID_TEXT_BYTES];
    char to[160];
    otr_buffer payload = {0};
    *answer = NULL;
    if (id == NULL && !new_id(fresh))
        return otr_fail(error, OTR_IO, "no random number");
    id = id != NULL ? id : fresh;
    char *text = json_dumps(request, JSON_COMPACT);
    if (text == NULL)
        return otr_fail(error, OTR_INVALID, "these words are no UTF-8");
    (void)snprintf(to, sizeof to, "%s/%s", group, gateway);
    otr_order order = {
        .id = otr_str_of(id),
        .to = otr_str_of(to),
        .counter = otr_remote_count(options->broker->operator_key),
        .until = utc_now() + (otr_time)(good_for_s * 1e6),
        .request = otr_str_of(text),
        .reply_to = otr_str_of(otr_exchange_answer_topic(remote->exchange, group, gateway)),
    };
    otr_status status = sign(remote, &order, &payload, error);
    if (status == OTR_OK)
        status = otr_exchange_ask(remote->exchange, group, gateway, otr_buffer_text(&payload), id,
                                  options->timeout_s, answer, error);
    otr_buffer_done(&payload);
    free(text);
    return status;
}

otr_status otr_remote_call(const otr_remote_options *options, const json_t *request, json_t **answer,
                           otr_error *error)
{
    otr_remote *remote = NULL;
    const char *id = json_string_value(json_object_get(request, "id"));
    otr_status status = otr_remote_open(options, &remote, error);
    *answer = NULL;
    if (remote != NULL)
        status = otr_remote_ask(remote, options->broker->group, options->broker->gateway, id, request, answer,
                                error);
    otr_remote_close(remote);
    return status;
}
