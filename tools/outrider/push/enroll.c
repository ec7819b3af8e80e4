/* outrider enroll: makes a device's key and prints what to put into the device. */
#include "tools/outrider/verbs.h"

#include "base/reading.h"
#include "platform/linux/coap/keys.h"

#include <getopt.h>
#include <stdio.h>

static const char default_keys[] = "/etc/outrider/keys";

static int usage(FILE *to)
{
    (void)fputs(
        "usage: outrider enroll DEVICE [--keys FOLDER] [--replace] [--json]\n"
        "Makes a key for the device and prints what the device needs. FOLDER is /etc/outrider/keys by "
        "default.\n"
        "An existing key is kept unless --replace is given; the device that has it is then locked out.\n"
        "A running daemon takes a new key without a reload. FOLDER must be there (mkdir -m 700 FOLDER).\n"
        "\n"
        "exit: 0 done; 1 it has a key already, or the folder cannot be used; 2 wrong usage\n",
        to);
    return to == stdout ? 0 : 2;
}

static void hex_of(const otr_key *key, char out[2 * OTR_KEY_BYTES_MAX + 1])
{
    for (size_t i = 0; i < key->size; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", key->bytes[i]);
}

/* A device name has no letter that JSON would need to escape. */
static void print_json(const char *device, const char *hex)
{
    printf(
        "{\"identity\": \"%s\", \"key\": \"%s\", \"transport\": \"DTLS 1.2\", \"port\": 5684, "
        "\"ciphers\": [\"TLS_PSK_WITH_AES_128_CCM_8\", \"TLS_PSK_WITH_AES_128_GCM_SHA256\"], "
        "\"resource\": \"/r\", \"method\": \"POST\", \"formats\": [110, 112, 65001], \"time\": \"/time\"}\n",
        device, hex);
}

static void print_text(const char *device, const char *hex)
{
    printf(
        "identity   %s\n"
        "key        %s   (hex; keep it secret, it is not shown again)\n"
        "gateway    coaps://GATEWAY:5684   (DTLS 1.2, pre-shared key)\n"
        "ciphers    TLS_PSK_WITH_AES_128_CCM_8, TLS_PSK_WITH_AES_128_GCM_SHA256\n"
        "readings   POST /r   Content-Format 110 (SenML JSON), 112 (SenML CBOR) or 65001 (device protobuf)\n"
        "clock      GET /time   seconds since 1970 in UTC\n",
        device, hex);
}

int otr_verb_enroll(int argc, char **argv)
{
    static const struct option names[] = {
        {"keys", required_argument, NULL, 'k'},
        {"replace", no_argument, NULL, 'r'},
        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    const char *keys = default_keys;
    bool replace = false;
    bool json = false;
    for (int option = 0; (option = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (option == 'k')
            keys = optarg;
        else if (option == 'r')
            replace = true;
        else if (option == 'j')
            json = true;
        else
            return usage(option == 'h' ? stdout : stderr);
    }
    if (optind + 1 != argc)
        return usage(stderr);
    const char *device = argv[optind];
    char hex[2 * OTR_KEY_BYTES_MAX + 1];
    otr_key key;
    otr_error error = {0};
    otr_status status = otr_key_create(otr_str_of(keys), otr_str_of(device), replace, &key, &error);
    if (status != OTR_OK) {
        fprintf(stderr, "outrider enroll: %s\n", error.text);
        if (status == OTR_INVALID && !replace && otr_device_name_ok(otr_str_of(device)))
            fputs("--replace makes a new key for a device that has one\n", stderr);
        return 1;
    }
    hex_of(&key, hex);
    otr_key_wipe(&key);
    if (json)
        print_json(device, hex);
    else
        print_text(device, hex);
    return 0;
}
