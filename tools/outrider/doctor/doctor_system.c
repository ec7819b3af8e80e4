/* The machine, the libraries, the clock and the certificates, for `outrider doctor`. */
#include <MQTTAsync.h>
#include <coap3/coap.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "platform/linux/system/certificate.h"
#include "tools/outrider/doctor/doctor.h"

/* The value of one line "NAME=value" of os-release, without its quotes. */
static void add_distribution(otr_buffer *out)
{
    char line[256];
    FILE *file = fopen("/etc/os-release", "re");
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "PRETTY_NAME=", 12) != 0)
            continue;
        line[strcspn(line, "\n")] = '\0';
        otr_buffer_add_format(out, "system: %s\n", line + 12);
    }
    (void)fclose(file);
    if ((file = fopen("/etc/debian_version", "re")) == NULL)
        return;
    if (fgets(line, sizeof line, file) != NULL)
        otr_buffer_add_format(out, "debian: %.*s\n", (int)strcspn(line, "\n"), line);
    (void)fclose(file);
}

static const char *paho_version(void)
{
    for (const MQTTAsync_nameValue *entry = MQTTAsync_getVersionInfo(); entry->name != NULL; entry++)
        if (strcmp(entry->name, "Version") == 0)
            return entry->value;
    return "unknown";
}

void otr_doctor_versions(otr_buffer *out)
{
    struct utsname system;
    otr_doctor_heading(out, "versions");
    otr_buffer_add_format(out, "outrider: %s\n", OTR_VERSION);
    otr_buffer_add_format(out, "libcoap: %s\npaho: %s\nsqlite: %s\nopenssl: %s\n", coap_package_version(),
                          paho_version(), sqlite3_libversion(), OpenSSL_version(OPENSSL_VERSION));
    if (uname(&system) == 0)
        otr_buffer_add_format(out, "kernel: %s %s %s\n", system.sysname, system.release, system.machine);
    add_distribution(out);
    otr_buffer_add_format(out, "processors: %ld\n", sysconf(_SC_NPROCESSORS_ONLN));
}

void otr_doctor_clock(otr_buffer *out)
{
    struct timex kernel = {0};
    struct timespec boot = {0};
    otr_doctor_heading(out, "clock");
    int state = adjtimex(&kernel);
    bool synced = state >= 0 && (kernel.status & STA_UNSYNC) == 0;
    bool mark = access("/run/systemd/timesync/synchronized", F_OK) == 0;
    otr_buffer_add_format(out, "synchronised: %s (kernel: %s, systemd-timesyncd: %s)\n",
                          synced || mark ? "yes" : "no", synced ? "yes" : "no", mark ? "yes" : "no");
    otr_buffer_add_format(out, "estimated error: %lld us\n", (long long)kernel.esterror);
    clock_gettime(CLOCK_BOOTTIME, &boot);
    otr_buffer_add_format(out, "since boot: %lld s\n", (long long)boot.tv_sec);
}

static void add_certificate(otr_buffer *out, const char *what, otr_str path)
{
    otr_certificate certificate;
    otr_error error = {.status = OTR_OK};
    if (path.size == 0)
        otr_buffer_add_format(out, "%s: none\n", what);
    else if (otr_certificate_read(path.data, &certificate, &error) != OTR_OK)
        otr_buffer_add_format(out, "%s: %s\n", what, error.text);
    else
        otr_buffer_add_format(out, "%s: %s\n  subject: %s\n  issuer: %s\n  days left: %d%s\n", what,
                              path.data, certificate.subject, certificate.issuer, certificate.days_left,
                              certificate.days_left < 0 ? " (EXPIRED)" : "");
}

void otr_doctor_certificates(otr_buffer *out, const otr_config *config)
{
    otr_error error = {.status = OTR_OK};
    otr_doctor_heading(out, "certificates");
    add_certificate(out, "authority (mqtt.ca)", config->mqtt.ca);
    add_certificate(out, "gateway (mqtt.cert)", config->mqtt.cert);
    if (config->mqtt.cert.size == 0 || config->mqtt.key.size == 0)
        return;
    bool fits = otr_certificate_key_fits(config->mqtt.cert.data, config->mqtt.key.data, &error) == OTR_OK;
    otr_buffer_add_format(out, "key (mqtt.key): %s\n", fits ? "belongs to the certificate" : error.text);
}
