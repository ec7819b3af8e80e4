#include "platform/linux/mqtt/mqtt_properties.h"

/* Paho only reads what it is given here and copies it. */
static MQTTLenString view(otr_str text)
{
    union {
        const char *given;
        char *taken;
    } data = {.given = text.data != NULL ? text.data : ""};
    return (MQTTLenString){(int)text.size, data.taken};
}

otr_status otr_mqtt_properties_add_u32(MQTTProperties *properties, enum MQTTPropertyCodes code,
                                       uint32_t value)
{
    MQTTProperty property = {.identifier = code};
    property.value.integer4 = value;
    return MQTTProperties_add(properties, &property) == 0 ? OTR_OK : OTR_MEMORY;
}

otr_status otr_mqtt_properties_add_u16(MQTTProperties *properties, enum MQTTPropertyCodes code,
                                       uint16_t value)
{
    MQTTProperty property = {.identifier = code};
    property.value.integer2 = value;
    return MQTTProperties_add(properties, &property) == 0 ? OTR_OK : OTR_MEMORY;
}

otr_status otr_mqtt_properties_of(const otr_publication *publication, MQTTProperties *out)
{
    *out = (MQTTProperties)MQTTProperties_initializer;
    otr_status status = OTR_OK;
    if (publication->content_type.size > 0) {
        MQTTProperty property = {.identifier = MQTTPROPERTY_CODE_CONTENT_TYPE};
        property.value.data = view(publication->content_type);
        status = MQTTProperties_add(out, &property) == 0 ? OTR_OK : OTR_MEMORY;
    }
    if (status == OTR_OK && publication->expiry_s > 0)
        status = otr_mqtt_properties_add_u32(out, MQTTPROPERTY_CODE_MESSAGE_EXPIRY_INTERVAL,
                                             publication->expiry_s);
    if (status == OTR_OK && publication->correlation.size > 0) {
        MQTTProperty property = {.identifier = MQTTPROPERTY_CODE_CORRELATION_DATA};
        property.value.data =
            view((otr_str){(const char *)publication->correlation.data, publication->correlation.size});
        status = MQTTProperties_add(out, &property) == 0 ? OTR_OK : OTR_MEMORY;
    }
    if (status == OTR_OK && publication->response_topic.size > 0) {
        MQTTProperty property = {.identifier = MQTTPROPERTY_CODE_RESPONSE_TOPIC};
        property.value.data = view(publication->response_topic);
        status = MQTTProperties_add(out, &property) == 0 ? OTR_OK : OTR_MEMORY;
    }
    for (size_t i = 0; i < publication->property_count && status == OTR_OK; i++) {
        MQTTProperty property = {.identifier = MQTTPROPERTY_CODE_USER_PROPERTY};
        property.value.data = view(publication->properties[i].name);
        property.value.value = view(publication->properties[i].value);
        status = MQTTProperties_add(out, &property) == 0 ? OTR_OK : OTR_MEMORY;
    }
    return status;
}

uint32_t otr_mqtt_properties_u32(const MQTTProperties *properties, enum MQTTPropertyCodes code,
                                 uint32_t fallback)
{
    for (int i = 0; i < properties->count; i++)
        if (properties->array[i].identifier == code)
            switch (MQTTProperty_getType(code)) {
            case MQTTPROPERTY_TYPE_BYTE:
                return properties->array[i].value.byte;
            case MQTTPROPERTY_TYPE_TWO_BYTE_INTEGER:
                return properties->array[i].value.integer2;
            default:
                return properties->array[i].value.integer4;
            }
    return fallback;
}

size_t otr_mqtt_packet_bytes(const otr_publication *publication)
{
    enum {
        FIXED = 5 + 2 + 2 + 4 + 5 + 3
    }; /* header, topic length, packet id, property length, expiry, type */
    size_t size =
        FIXED + publication->topic.size + publication->content_type.size + publication->payload.size;
    if (publication->correlation.size > 0)
        size += 3 + publication->correlation.size;
    if (publication->response_topic.size > 0)
        size += 3 + publication->response_topic.size;
    for (size_t i = 0; i < publication->property_count; i++)
        size += 5 + publication->properties[i].name.size + publication->properties[i].value.size;
    return size;
}
