/* Publications to Paho's MQTT 5 properties and back. */
#ifndef OTR_PLATFORM_MQTT_PROPERTIES_H
#define OTR_PLATFORM_MQTT_PROPERTIES_H

#include <MQTTProperties.h>

#include "driver/port.h"

/* Content type, message expiry and user properties. Free *out with MQTTProperties_free whatever is returned.
 */
otr_status otr_mqtt_properties_of(const otr_publication *publication, MQTTProperties *out);
/* Adds a four-byte property; MEMORY when that fails. */
otr_status otr_mqtt_properties_add_u32(MQTTProperties *properties, enum MQTTPropertyCodes code,
                                       uint32_t value);
/* The same with two bytes. */
otr_status otr_mqtt_properties_add_u16(MQTTProperties *properties, enum MQTTPropertyCodes code,
                                       uint16_t value);
/* The value, or fallback when the property is absent. */
uint32_t otr_mqtt_properties_u32(const MQTTProperties *properties, enum MQTTPropertyCodes code,
                                 uint32_t fallback);
/* Bytes of the PUBLISH packet that the publication becomes, a few more at the most. */
size_t otr_mqtt_packet_bytes(const otr_publication *publication);

#endif
