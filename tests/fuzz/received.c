/*
 * The command handler as a whole: what comes on the command topic, and lines of the control socket, into a
 * real gateway with its store in a temporary folder, up to the commit. The first byte says as what: 0 any
 * message (a customer's or the desk's, or an envelope); 1 the content of an envelope that an engineer signed;
 * 2 the request of an order that is right in all else; 3 a line of the control socket.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "codec/order.h"
#include "daemon/daemon.h"
#include "daemon/push/push.h"
#include "platform/linux/mqtt/mqtt_session.h"
#include "platform/linux/system/operator_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static otr_daemon *daemon_;
static otr_operator_key *key;
static otr_id key_id;
static uint64_t counter;

static void put_file(const char *folder, const char *name, const char *text)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    OTR_ASSERT(file != NULL && fputs(text, file) >= 0);
    OTR_ASSERT(fclose(file) == 0);
}

static void make_operator(const char *folder)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t open[33] = {0};
    char text[200] = "name: kim\nrole: engineer\nkey: ";
    char path[256];
    otr_error error;
    (void)snprintf(path, sizeof path, "%s/kim.pem", folder);
    OTR_ASSERT(otr_operator_key_make(path, &key, &error) == OTR_OK);
    otr_operator_key_public(key, open);
    OTR_ASSERT(otr_operator_key_id(open, &key_id, &error) == OTR_OK);
    size_t at = strlen(text);
    for (size_t i = 0; i < 33; i += 3) {
        uint32_t bits = (uint32_t)open[i] << 16 | (uint32_t)open[i + 1] << 8 | open[i + 2];
        for (int k = 18; k >= 0; k -= 6)
            text[at++] = digits[bits >> k & 63];
    }
    text[at - 1] = '='; /* 32 bytes are 43 digits */
    (void)snprintf(path, sizeof path, "%s/operators", folder);
    OTR_ASSERT(mkdir(path, 0700) == 0);
    put_file(path, "kim.yaml", text);
}

static void begin(void)
{
    char folder[] = "/tmp/outrider-fuzz-XXXXXX";
    static char path[64];
    char text[1024];
    otr_error error = {.text = ""};
    OTR_ASSERT(mkdtemp(folder) != NULL);
    make_operator(folder);
    put_file(folder, "pack.yaml",
             "pack: test\nversion: 1\nrules:\n  - alert: Drop\n    expr: shock > 3.0\n"
             "    notify: {to: customer, message: drop, on: [raised, cleared]}\n"
             "    ticket: {queue: q, evidence: [shock], last: 1h}\n"
             "messages:\n  drop:\n    en:\n      raised: dropped\n      cleared: at rest\n");
    put_file(folder, "assignments.yaml",
             "version: 1\ncustomers:\n  - {customer: cust-4}\nassets:\n"
             "  - {asset: a1, class: x, customer: cust-4, devices: [d1]}\n");
    (void)snprintf(text, sizeof text,
                   "gateway: {group: g, name: gw}\nstate: {folder: %s/state, ballast: 0B}\n"
                   "mqtt: {url: \"mqtt://127.0.0.1:1\", reconnect_min: 1h, reconnect_max: 1h}\n"
                   "rules: {packs: %s/pack.yaml, assignments: %s/assignments.yaml, signers: %s/operators}\n"
                   "operators: {keys: %s/operators}\nclock: {trust: always}\nturn: {linger: 0ms}\nsandbox: "
                   "{mode: off}\n",
                   folder, folder, folder, folder, folder);
    put_file(folder, "outrider.yaml", text);
    (void)snprintf(path, sizeof path, "%s/outrider.yaml", folder);
    daemon_ = calloc(1, sizeof *daemon_);
    OTR_ASSERT(daemon_ != NULL);
    daemon_->config_path = path;
    otr_log_level_set(OTR_LOG_ERROR);
    otr_status status = otr_config_load(path, &daemon_->config, &error);
    if (status == OTR_OK)
        status = otr_daemon_open(daemon_, &error);
    if (status != OTR_OK)
        fprintf(stderr, "received: %s\n", error.text);
    OTR_ASSERT(status == OTR_OK);
}

static void turn(void)
{
    for (int i = 0; i < 3; i++) {
        struct pollfd store = {.fd = otr_store_fd(daemon_->store), .events = POLLIN};
        otr_driver_turn(daemon_->driver);
        (void)poll(&store, 1, 2);
        otr_store_process(daemon_->store);
        otr_push_turn(daemon_);
    }
}

static void receive(otr_bytes payload)
{
    otr_mqtt_message message = {.topic = OTR_STR("outrider/v1/g/gw/command"),
                                .payload = payload,
                                .response_topic = OTR_STR("outrider/v1/g/gw/answer/x"),
                                .correlation = {(const uint8_t *)"c", 1}};
    otr_daemon_received(daemon_, &message);
}

static void receive_signed(otr_bytes content)
{
    otr_buffer signed_text = {0};
    otr_buffer payload = {0};
    uint8_t signature[OTR_SIGNATURE_BYTES];
    otr_error error;
    otr_order_message(&signed_text, content);
    OTR_ASSERT(otr_operator_key_sign(key, otr_buffer_bytes(&signed_text), signature, &error) == OTR_OK);
    otr_envelope envelope = {content, key_id, {signature, sizeof signature}};
    otr_envelope_write(&payload, &envelope, false);
    receive(otr_buffer_bytes(&payload));
    otr_buffer_done(&payload);
    otr_buffer_done(&signed_text);
}

static void receive_order(otr_str request)
{
    char id[32];
    otr_buffer content = {0};
    otr_error error;
    (void)snprintf(id, sizeof id, "o-%llu", (unsigned long long)++counter);
    otr_order order = {.id = otr_str_of(id),
                       .to = OTR_STR("g/gw"),
                       .counter = counter,
                       .until = ((otr_time)time(NULL) + 3600) * OTR_SECOND,
                       .request = request};
    if (otr_order_write(&content, &order, false, &error) == OTR_OK)
        receive_signed(otr_buffer_bytes(&content));
    otr_buffer_done(&content);
}

static bool names(const uint8_t *data, size_t size, const char *word)
{
    return memmem(data, size, word, strlen(word)) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* a rehearsal is another process; escaped letters would name it too */
    if (size == 0 || names(data, size, "rehearse") || names(data, size, "\\u"))
        return 0;
    if (daemon_ == NULL)
        begin();
    otr_bytes rest = {data + 1, size - 1};
    otr_str text = {(const char *)rest.data, rest.size};
    if (data[0] % 4 == 0)
        receive(rest);
    else if (data[0] % 4 == 1)
        receive_signed(rest);
    else if (data[0] % 4 == 2)
        receive_order(text);
    else {
        otr_buffer reply = {0};
        (void)otr_daemon_command(daemon_, ++counter, text, &reply);
        otr_buffer_done(&reply);
    }
    turn();
    return 0;
}
