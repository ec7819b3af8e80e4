/* What a fleet's brokers have to do with it: where they are, in the order in which they are tried, the hosts
 * of their certificate, a configuration for mosquitto, and the contexts of the people. */
#include <arpa/inet.h>
#include <string.h>

#include "daemon/config/config.h"
#include "platform/linux/mqtt/mqtt_address.h"
#include "tools/outrider/push/provision.h"

enum { LINE_BYTES = 512 };

/* ---- where they are ---- */

static bool take(otr_provision *in, const char *url)
{
    size_t size = strlen(url);
    otr_mqtt_address address;
    otr_error error = {.text = ""};
    if (in->broker_count == OTR_PROVISION_BROKERS || size >= sizeof in->brokers[0] ||
        strpbrk(url, "\"\\\n") != NULL) {
        (void)fprintf(stderr, "outrider provision: at most %d brokers, each a URL\n", OTR_PROVISION_BROKERS);
        return false;
    }
    if (otr_mqtt_address_parse(otr_str_of(url), &address, &error) != OTR_OK)
        return otr_provision_failed(url, &error);
    memcpy(in->brokers[in->broker_count++], url, size + 1);
    return true;
}

static bool read_brokers(otr_provision *in)
{
    char path[OTR_PROVISION_PATH_BYTES];
    char line[LINE_BYTES];
    if (!otr_provision_path(in, path, "brokers"))
        return false;
    FILE *file = fopen(path, "re");
    bool ok = true;
    while (ok && file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        ok = take(in, line);
    }
    if (file != NULL)
        (void)fclose(file);
    return ok;
}

bool otr_provision_keep_brokers(const otr_provision *in)
{
    char path[OTR_PROVISION_PATH_BYTES];
    if (!in->given)
        return true;
    FILE *file = otr_provision_path(in, path, "brokers") ? otr_provision_begin(path, 0644) : NULL;
    for (size_t i = 0; i < in->broker_count && file != NULL; i++)
        (void)fprintf(file, "%s\n", in->brokers[i]);
    return otr_provision_end(file, path);
}

static bool same_brokers(const otr_provision *in, const otr_flag_texts *given)
{
    bool same = in->broker_count == given->count;
    for (size_t i = 0; same && i < given->count; i++)
        same = strcmp(in->brokers[i], given->list[i]) == 0;
    return same;
}

bool otr_provision_settle_brokers(otr_provision *in, const otr_flag_texts *given)
{
    bool ok = read_brokers(in);
    if (ok && given->count > 0 && !same_brokers(in, given)) {
        if (in->broker_count > 0)
            printf("%s has other brokers now: gateways that are there keep the mqtt.url of their "
                   "outrider.yaml\n",
                   in->folder);
        in->moved = in->broker_count > 0;
        in->given = true;
        in->broker_count = 0;
        for (size_t i = 0; i < given->count && ok; i++)
            ok = take(in, given->list[i]);
    }
    if (ok && in->broker_count == 0)
        ok = take(in, "mqtts://localhost:8883");
    return ok;
}

bool otr_provision_hosts(const otr_provision *in, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < in->broker_count && used < size; i++) {
        otr_mqtt_address address;
        struct in_addr number;
        char one[OTR_MQTT_HOST_BYTES + 8];
        if (otr_mqtt_address_parse(otr_str_of(in->brokers[i]), &address, NULL) != OTR_OK)
            return false;
        (void)snprintf(one, sizeof one, "%s:%s",
                       inet_pton(AF_INET, address.host, &number) == 1 ? "IP" : "DNS", address.host);
        if (strstr(out, one) == NULL || strlen(strstr(out, one)) != strlen(one)) /* twice does no harm */
            used += (size_t)snprintf(out + used, size - used, "%s%s", used > 0 ? "," : "", one);
    }
    return used < size;
}

/* ---- mosquitto ---- */

bool otr_provision_write_mosquitto(const otr_provision *in)
{
    char path[OTR_PROVISION_PATH_BYTES];
    otr_mqtt_address address;
    if (!otr_provision_path(in, path, "broker/mosquitto.conf") ||
        otr_mqtt_address_parse(otr_str_of(in->brokers[0]), &address, NULL) != OTR_OK)
        return false;
    if (otr_provision_is_there(path) || !address.tls)
        return true; /* somebody may have written in it; and plain text is of no use to other machines */
    FILE *file = otr_provision_begin(path, 0644);
    if (file != NULL)
        (void)fprintf(
            file,
            "# An example by `outrider provision`: for /etc/mosquitto/conf.d, with the files beside it in\n"
            "# /etc/mosquitto/fleet, which the user mosquitto can read. Who connects is known by their\n"
            "# certificate, and may what `acl` says; SIGHUP has it read again. Debian's\n"
            "# /etc/mosquitto/mosquitto.conf has the broker keep what waits for gateways (persistence).\n"
            "listener %u\n"
            "cafile /etc/mosquitto/fleet/ca.pem\n"
            "certfile /etc/mosquitto/fleet/broker.pem\n"
            "keyfile /etc/mosquitto/fleet/broker.key\n"
            "tls_version tlsv1.2\n"
            "require_certificate true\n"
            "use_identity_as_username true\n"
            "allow_anonymous false\n"
            "acl_file /etc/mosquitto/fleet/acl\n"
            "# between two saves a power cut takes what was acknowledged\n"
            "autosave_interval 10\n",
            address.port);
    return otr_provision_end(file, path);
}

/* ---- contexts ---- */

bool otr_provision_write_contexts(const otr_provision *in, const char *key)
{
    char path[OTR_PROVISION_PATH_BYTES];
    FILE *file =
        otr_provision_path(in, path, "people/%s/contexts.yaml", key) ? otr_provision_begin(path, 0600) : NULL;
    if (file != NULL)
        (void)fputs(
            "# Written by `outrider provision`: this folder may be ~/.config/outrider as it is.\ncontexts:\n",
            file);
    for (size_t i = 0; i < in->broker_count && file != NULL; i++) {
        char number[16] = "";
        if (i > 0)
            (void)snprintf(number, sizeof number, "-%u", (unsigned)i + 1);
        (void)fprintf(file,
                      "  \"%s%s\":\n"
                      "    broker: \"%s\"\n"
                      "    ca: ca.pem\n"
                      "    cert: console.pem\n"
                      "    key: console.key\n"
                      "    operator_key: operator.pem\n"
                      "    group: \"%s\"\n",
                      in->group, number, in->brokers[i], in->group);
    }
    bool ok = otr_provision_end(file, path);
    if (!ok || !otr_provision_path(in, path, "people/%s/context", key) || otr_provision_is_there(path))
        return ok;
    file = otr_provision_begin(path, 0600); /* the first is in use */
    if (file != NULL)
        (void)fprintf(file, "%s\n", in->group);
    return otr_provision_end(file, path);
}
