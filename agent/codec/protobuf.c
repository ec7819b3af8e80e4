#include "codec/protobuf.h"

typedef struct source {
    otr_arena *arena;
    bool failed;
} source;

static void *arena_alloc(void *context, size_t size)
{
    source *from = context;
    void *memory = otr_arena_alloc(from->arena, size);
    from->failed = from->failed || memory == NULL;
    return memory;
}

static void arena_free(void *context, void *memory)
{
    (void)context;
    (void)memory;
}

otr_status otr_protobuf_unpack(otr_arena *arena, const ProtobufCMessageDescriptor *type, otr_bytes payload,
                               ProtobufCMessage **out, otr_error *error)
{
    source from = {.arena = arena};
    ProtobufCAllocator allocator = {.alloc = arena_alloc, .free = arena_free, .allocator_data = &from};
    *out = protobuf_c_message_unpack(type, &allocator, payload.size, payload.data);
    if (*out != NULL)
        return OTR_OK;
    return from.failed ? otr_fail(error, OTR_MEMORY, "out of memory")
                       : otr_fail(error, OTR_INVALID, "not a protobuf %s", type->short_name);
}

otr_status otr_protobuf_pack(otr_buffer *out, const ProtobufCMessage *message, otr_error *error)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    if (size == 0) /* all defaults */
        return OTR_OK;
    if (!otr_buffer_reserve(out, size))
        return otr_fail(error, OTR_MEMORY, "out of memory");
    out->size += protobuf_c_message_pack(message, out->data + out->size);
    return OTR_OK;
}

char *otr_protobuf_text(otr_arena *arena, otr_str text)
{
    if (text.size == 0)
        return (char *)protobuf_c_empty_string;
    return (char *)otr_arena_copy(arena, text).data;
}

otr_status otr_protobuf_take_text(const char *from, const char *name, otr_str *to, otr_error *error)
{
    *to = otr_str_of(from);
    return otr_str_is_utf8(*to) ? OTR_OK : otr_fail(error, OTR_INVALID, "%s is not UTF-8", name);
}

otr_status otr_protobuf_take_id(const ProtobufCBinaryData *from, const char *name, otr_id *to,
                                otr_error *error)
{
    *to = (otr_id){0};
    if (from->len == 0)
        return OTR_OK;
    if (from->len != sizeof to->bytes)
        return otr_fail(error, OTR_INVALID, "%s is an id of %zu bytes, not %zu", name, from->len,
                        sizeof to->bytes);
    memcpy(to->bytes, from->data, sizeof to->bytes);
    return OTR_OK;
}
