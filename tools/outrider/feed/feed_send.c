#include "tools/outrider/feed/feed_address.h"
#include "tools/outrider/feed/feed_device.h"

#include <stdlib.h>
#include <time.h>

int64_t otr_feed_now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void otr_feed_lose(otr_feed_sender *sender, size_t first_line, size_t last_line, size_t rows,
                   const char *text)
{
    sender->sent.rows_lost += rows;
    sender->listener.lost(sender->listener.context, first_line, last_line, rows, text);
}

otr_status otr_feed_sender_create(const otr_feed_send_config *config, const otr_feed_listener *listener,
                                  otr_feed_sender **out, otr_error *error)
{
    otr_feed_sender *sender = calloc(1, sizeof *sender);
    if (sender == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    otr_status status = otr_feed_address(config->to, &sender->server, &sender->secure, error);
    if (status == OTR_OK && sender->secure && config->keys_folder.size == 0)
        status = otr_fail(error, OTR_INVALID, "coaps needs --keys FOLDER");
    if (status == OTR_OK && config->keys_folder.size >= sizeof sender->keys_folder)
        status = otr_fail(error, OTR_INVALID, "the folder of keys has too long a name");
    if (status != OTR_OK) {
        free(sender);
        return status;
    }
    if (config->keys_folder.size > 0)
        memcpy(sender->keys_folder, config->keys_folder.data, config->keys_folder.size);
    sender->listener = *listener;
    sender->packer = (otr_feed_packer){.format = config->format, .readings_max = config->pack_readings};
    sender->give_up_us = config->give_up_us;
    coap_startup();
    coap_set_log_level(LOG_EMERG);
    coap_dtls_set_log_level(LOG_EMERG);
    sender->context = coap_new_context(NULL);
    if (sender->context == NULL) {
        free(sender);
        coap_cleanup();
        return otr_fail(error, OTR_MEMORY, "out of memory");
    }
    coap_context_set_block_mode(sender->context, COAP_BLOCK_USE_LIBCOAP);
    otr_feed_device_listen(sender->context);
    sender->progress_us = otr_feed_now_us();
    *out = sender;
    return OTR_OK;
}

void otr_feed_sender_free(otr_feed_sender *sender)
{
    if (sender == NULL)
        return;
    for (uint32_t i = 0; i < sender->names.count; i++) {
        otr_feed_device *device = sender->devices[i];
        otr_feed_device_close(device);
        otr_feed_queue_done(&sender->packer, &device->queue);
        free(device);
    }
    coap_free_context(sender->context);
    coap_cleanup();
    free(sender->devices);
    otr_names_done(&sender->names);
    otr_buffer_done(&sender->packer.scratch);
    free(sender);
}

static otr_feed_device *device_get(otr_feed_sender *sender, otr_str name)
{
    uint32_t number = otr_names_find(&sender->names, name);
    if (number != OTR_NAME_NONE)
        return sender->devices[number];
    if (sender->names.count == sender->capacity) {
        size_t capacity = sender->capacity == 0 ? 16 : sender->capacity * 2;
        otr_feed_device **devices = realloc(sender->devices, capacity * sizeof(otr_feed_device *));
        if (devices == NULL)
            return NULL;
        sender->devices = devices;
        sender->capacity = capacity;
    }
    otr_feed_device *device = calloc(1, sizeof *device);
    if (device == NULL)
        return NULL;
    number = otr_names_put(&sender->names, name, NULL);
    if (number == OTR_NAME_NONE) {
        free(device);
        return NULL;
    }
    device->sender = sender;
    device->queue.device = otr_names_get(&sender->names, number);
    sender->devices[number] = device;
    sender->sent.devices++;
    return device;
}

otr_status otr_feed_sender_add(otr_feed_sender *sender, const otr_feed_row *row, otr_error *error)
{
    size_t first_line = 0;
    size_t last_line = 0;
    otr_feed_device *device = device_get(sender, row->device);
    if (device == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    if (device->state == OTR_FEED_GIVEN_UP) {
        sender->sent.rows_lost++;
        return OTR_OK;
    }
    size_t rows = device->queue.rows;
    otr_status status =
        otr_feed_queue_add(&sender->packer, &device->queue, row, &first_line, &last_line, error);
    if (status != OTR_OK && status != OTR_MEMORY) {
        otr_feed_lose(sender, first_line, last_line, rows, error->text);
        return OTR_OK;
    }
    return status;
}

void otr_feed_sender_finish(otr_feed_sender *sender)
{
    for (uint32_t i = 0; i < sender->names.count; i++) {
        otr_error error = {0};
        size_t first_line = 0;
        size_t last_line = 0;
        otr_feed_device *device = sender->devices[i];
        size_t rows = device->queue.rows;
        if (device->state == OTR_FEED_GIVEN_UP)
            continue;
        if (otr_feed_queue_flush(&sender->packer, &device->queue, &first_line, &last_line, &error) != OTR_OK)
            otr_feed_lose(sender, first_line, last_line, rows, error.text);
    }
}

static void give_up_all(otr_feed_sender *sender, otr_error *error)
{
    char span[OTR_TIME_TEXT_BYTES];
    (void)otr_span_format(sender->give_up_us, span);
    (void)otr_fail(error, OTR_IO, "no acknowledgement for %s", span);
    for (uint32_t i = 0; i < sender->names.count; i++)
        if (sender->devices[i]->queue.first != NULL || sender->devices[i]->queue.rows > 0)
            otr_feed_device_give_up(sender->devices[i], error->text);
}

otr_status otr_feed_sender_step(otr_feed_sender *sender, unsigned wait_ms, otr_error *error)
{
    int64_t now = otr_feed_now_us();
    int64_t next = now + (int64_t)wait_ms * 1000;
    bool waiting = false;
    for (uint32_t i = 0; i < sender->names.count; i++) {
        otr_feed_device *device = sender->devices[i];
        if (device->state == OTR_FEED_SENT && now >= device->due_us)
            otr_feed_device_unanswered(device);
        if ((device->state == OTR_FEED_IDLE && device->queue.first != NULL) ||
            (device->state == OTR_FEED_WAITING && now >= device->due_us))
            otr_feed_device_send(device);
        waiting = waiting || device->state == OTR_FEED_SENT || device->state == OTR_FEED_WAITING;
        if ((device->state == OTR_FEED_SENT || device->state == OTR_FEED_WAITING) && device->due_us < next)
            next = device->due_us;
    }
    if (!waiting) {
        sender->progress_us = now;
        return OTR_OK;
    }
    if (now - sender->progress_us > sender->give_up_us) {
        give_up_all(sender, error);
        return OTR_IO;
    }
    int64_t pause_ms = (next - now) / 1000;
    (void)coap_io_process(sender->context,
                          wait_ms > 0 && pause_ms > 0 ? (uint32_t)pause_ms : COAP_IO_NO_WAIT);
    return OTR_OK;
}

size_t otr_feed_sender_queued_bytes(const otr_feed_sender *sender)
{
    return sender->packer.queued_bytes;
}

bool otr_feed_sender_idle(const otr_feed_sender *sender)
{
    for (uint32_t i = 0; i < sender->names.count; i++)
        if (sender->devices[i]->state != OTR_FEED_GIVEN_UP &&
            (sender->devices[i]->state != OTR_FEED_IDLE || sender->devices[i]->queue.first != NULL))
            return false;
    return true;
}

const otr_feed_sent *otr_feed_sender_sent(const otr_feed_sender *sender)
{
    return &sender->sent;
}
