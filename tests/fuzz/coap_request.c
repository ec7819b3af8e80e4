/* Datagrams at the real CoAP server on loopback, each behind its length in two bytes: whatever they say, each
 * upload is asked about with its own bytes, and each that the owner took is answered once. */
#include "platform/linux/coap/coap.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WAITING = 64, DATAGRAMS = 16 };

static otr_coap *coap;
static otr_source_port port;
static int client = -1;
static uint64_t waiting[WAITING];
static size_t waiting_count;
static uint8_t sum; /* reads what was handed over, for sanitizers */

static otr_status take(uint64_t handle)
{
    if (waiting_count == WAITING)
        return OTR_FULL;
    waiting[waiting_count++] = handle;
    return OTR_OK;
}

static otr_status on_upload(void *context, const otr_upload *upload, otr_error *error)
{
    (void)context;
    for (size_t i = 0; i < upload->payload.size; i++)
        sum ^= upload->payload.data[i];
    if (upload->payload.size > 0 && upload->payload.data[0] == '!')
        return otr_fail(error, OTR_INVALID, "refused by what it says");
    return take(upload->handle);
}

static otr_clock_quality on_utc(void *context, otr_time *out)
{
    (void)context;
    *out = 1700000000 * OTR_SECOND;
    return OTR_CLOCK_SYNCED;
}

static otr_status on_request(void *context, const otr_device_request *request, otr_error *error)
{
    (void)context;
    for (size_t i = 0; i < request->device.size; i++)
        sum ^= (uint8_t)request->device.data[i];
    for (size_t i = 0; i < request->done.size; i++)
        sum ^= (uint8_t)request->done.data[i];
    if (request->device.size > 0 && request->device.data[0] == '!')
        return otr_fail(error, OTR_NOT_FOUND, "no such device");
    return take(request->handle);
}

static void begin(void)
{
    otr_coap_config config = {.udp_address = OTR_STR("127.0.0.1:0"), .sessions_max = 64};
    otr_coap_owner owner = {NULL, on_upload, on_utc, on_request, on_request};
    otr_error error;
    otr_log_level_set(OTR_LOG_ERROR);
    OTR_ASSERT(otr_coap_open(&config, &owner, &coap, &error) == OTR_OK);
    port = otr_coap_port(coap);
    client = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(otr_coap_udp_port(coap)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    OTR_ASSERT(client >= 0 && connect(client, (struct sockaddr *)&to, sizeof to) == 0);
}

static void answer_all(void)
{
    static const otr_answer_kind kinds[] = {OTR_ANSWER_KEPT, OTR_ANSWER_FULL, OTR_ANSWER_NONE,
                                            OTR_ANSWER_KEPT_MORE};
    for (size_t i = 0; i < waiting_count; i++)
        port.answer(port.self, waiting[i], kinds[(waiting[i] + i) % 4], 5);
    waiting_count = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t answer[2048];
    if (coap == NULL)
        begin();
    for (size_t i = 0; size >= 2 && i < DATAGRAMS; i++) {
        size_t length = (size_t)data[0] << 8 | data[1];
        data += 2;
        size -= 2;
        length = length < size ? length : size;
        (void)!send(client, data, length, 0);
        data += length;
        size -= length;
        otr_coap_process(coap);
        if (i % 3 == 2)
            answer_all();
    }
    answer_all();
    otr_coap_process(coap);
    while (recv(client, answer, sizeof answer, 0) > 0)
        sum ^= answer[0];
    return 0;
}
