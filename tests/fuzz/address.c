/* Addresses of brokers, of the CoAP endpoints and of networks, from any text: what is taken is what its own
 * text says again, and nothing but this machine is spoken to without TLS. */
#include "platform/linux/coap/coap_internal.h"
#include "platform/linux/mqtt/mqtt_address.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool try_broker(otr_str text)
{
    otr_mqtt_address address;
    otr_mqtt_address again;
    otr_error error = {.text = ""};
    char written[OTR_MQTT_HOST_BYTES + 32];
    if (otr_mqtt_address_parse(text, &address, &error) != OTR_OK) {
        OTR_ASSERT(error.text[0] != '\0');
        return false;
    }
    bool v6 = strchr(address.host, ':') != NULL;
    OTR_ASSERT(address.port != 0 && address.host[0] != '\0' && address.uri[0] != '\0' &&
               !(v6 && address.tls));
    (void)snprintf(written, sizeof written, "%s://%s%s%s:%u", address.tls ? "mqtts" : "mqtt", v6 ? "[" : "",
                   address.host, v6 ? "]" : "", address.port);
    OTR_ASSERT(otr_mqtt_address_parse(otr_str_of(written), &again, &error) == OTR_OK);
    OTR_ASSERT(strcmp(address.uri, again.uri) == 0 && address.tls == again.tls && address.port == again.port);
    return true;
}

static bool try_endpoint(otr_str text)
{
    coap_address_t address;
    coap_address_t again;
    otr_error error = {.text = ""};
    char written[OTR_COAP_ADDRESS_TEXT_BYTES];
    if (otr_coap_address_parse(text, &address, &error) != OTR_OK) {
        OTR_ASSERT(error.text[0] != '\0');
        return false;
    }
    otr_coap_address_text(&address, written);
    OTR_ASSERT(otr_coap_address_parse(otr_str_of(written), &again, &error) == OTR_OK);
    OTR_ASSERT(coap_address_equals(&address, &again));
    return true;
}

static bool try_network(otr_str text)
{
    otr_coap_network network;
    otr_error error = {.text = ""};
    if (otr_coap_network_parse(text, &network, &error) != OTR_OK) {
        OTR_ASSERT(error.text[0] != '\0');
        return false;
    }
    OTR_ASSERT(network.bits <= 128 && otr_coap_network_has(&network, network.prefix));
    uint8_t other[16];
    memcpy(other, network.prefix, sizeof other);
    other[0] ^= 0x80;
    OTR_ASSERT(otr_coap_network_has(&network, other) == (network.bits == 0));
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    otr_str text = {(const char *)data, size};
    bool taken = try_broker(text);
    taken |= try_endpoint(text);
    taken |= try_network(text);
    OTR_ASSERT(!(taken && size > 0 && memchr(data, 0, size) != NULL));
    return 0;
}
