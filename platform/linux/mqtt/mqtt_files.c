#include "platform/linux/mqtt/mqtt_files.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <sys/stat.h>

static otr_status open_file(const char *role, const char *path, FILE **out, otr_error *error)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return otr_fail(error, errno == ENOENT ? OTR_NOT_FOUND : OTR_IO, "%s %s: %s", role, path,
                        strerror(errno));
    (void)setvbuf(file, NULL, _IONBF, 0); /* no copy of a secret stays in a buffer that nobody wipes */
    *out = file;
    return OTR_OK;
}

static otr_status check_private(const char *role, const char *path, FILE *file, otr_error *error)
{
    struct stat status;
    if (fstat(fileno(file), &status) != 0)
        return otr_fail(error, OTR_IO, "%s %s: %s", role, path, strerror(errno));
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return otr_fail(error, OTR_DENIED, "%s %s: mode %04o lets group or others use it; set it to 0600",
                        role, path, status.st_mode & 07777);
    return OTR_OK;
}

/* The file's first certificate, or with out NULL only whether there is one. */
static otr_status read_certificate(const char *role, const char *path, X509 **out, otr_error *error)
{
    FILE *file = NULL;
    otr_status status = open_file(role, path, &file, error);
    if (status != OTR_OK)
        return status;
    X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
    (void)fclose(file);
    ERR_clear_error();
    if (certificate == NULL)
        return otr_fail(error, OTR_INVALID, "%s %s: holds no certificate in PEM form", role, path);
    if (out != NULL)
        *out = certificate;
    else
        X509_free(certificate);
    return OTR_OK;
}

/* OpenSSL would otherwise ask the terminal for the passphrase of an encrypted key. */
static int no_passphrase(char *buffer, int size, int writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)writing;
    *(bool *)context = true;
    return -1;
}

static otr_status read_key(const char *path, EVP_PKEY **out, otr_error *error)
{
    FILE *file = NULL;
    otr_status status = open_file("key", path, &file, error);
    if (status != OTR_OK)
        return status;
    status = check_private("key", path, file, error);
    if (status == OTR_OK) {
        bool encrypted = false;
        *out = PEM_read_PrivateKey(file, NULL, no_passphrase, &encrypted);
        ERR_clear_error();
        if (*out == NULL)
            status = otr_fail(error, OTR_INVALID,
                              encrypted ? "key %s: is encrypted; store it without a passphrase, mode 0600"
                                        : "key %s: holds no private key in PEM form",
                              path);
    }
    (void)fclose(file);
    return status;
}

otr_status otr_mqtt_files_check(const char *ca, const char *cert, const char *key, otr_error *error)
{
    if (ca == NULL)
        return otr_fail(error, OTR_INVALID, "mqtts:// needs a CA file to know the broker by");
    otr_status status = read_certificate("CA", ca, NULL, error);
    if (status != OTR_OK || (cert == NULL && key == NULL))
        return status;
    if (cert == NULL || key == NULL)
        return otr_fail(error, OTR_INVALID,
                        "a client certificate and its key belong together: the %s is missing",
                        cert == NULL ? "certificate" : "key");
    X509 *certificate = NULL;
    EVP_PKEY *private_key = NULL;
    status = read_certificate("certificate", cert, &certificate, error);
    if (status == OTR_OK)
        status = read_key(key, &private_key, error);
    if (status == OTR_OK && X509_check_private_key(certificate, private_key) != 1)
        status = otr_fail(error, OTR_INVALID, "key %s: does not belong to certificate %s", key, cert);
    ERR_clear_error();
    EVP_PKEY_free(private_key);
    X509_free(certificate);
    return status;
}

otr_status otr_mqtt_private_check(const char *role, const char *path, otr_error *error)
{
    FILE *file = NULL;
    otr_status status = open_file(role, path, &file, error);
    if (status != OTR_OK)
        return status;
    status = check_private(role, path, file, error);
    (void)fclose(file);
    return status;
}

/* The first line, without its end, of a file that only its owner may read. */
static otr_status read_secret_line(const char *role, const char *path, char *out, size_t room,
                                   otr_error *error)
{
    FILE *file = NULL;
    otr_status status = open_file(role, path, &file, error);
    if (status != OTR_OK)
        return status;
    status = check_private(role, path, file, error);
    if (status == OTR_OK && fgets(out, (int)room, file) == NULL)
        status = otr_fail(error, OTR_INVALID, "%s %s: is empty", role, path);
    (void)fclose(file);
    if (status != OTR_OK)
        return status;
    size_t size = strcspn(out, "\r\n");
    if (out[size] == '\0' && size + 1 == room)
        return otr_fail(error, OTR_LIMIT, "%s %s: is longer than %zu bytes", role, path, room - 1);
    out[size] = '\0';
    return OTR_OK;
}

otr_status otr_mqtt_password_read(const char *path, char out[OTR_MQTT_PASSWORD_BYTES], otr_error *error)
{
    return read_secret_line("password", path, out, OTR_MQTT_PASSWORD_BYTES, error);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

otr_status otr_mqtt_psk_read(const char *path, uint8_t out[OTR_MQTT_PSK_BYTES], size_t *size,
                             otr_error *error)
{
    char line[2 * OTR_MQTT_PSK_BYTES + 2] = "";
    otr_status status = read_secret_line("shared key", path, line, sizeof line, error);
    size_t digits = strlen(line);
    bool hex = digits % 2 == 0 && digits >= (size_t)2 * OTR_MQTT_PSK_BYTES_MIN &&
               digits <= (size_t)2 * OTR_MQTT_PSK_BYTES;
    for (size_t i = 0; i < digits && hex && status == OTR_OK; i += 2) {
        int high = hex_digit(line[i]);
        int low = hex_digit(line[i + 1]);
        hex = high >= 0 && low >= 0;
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    *size = digits / 2;
    explicit_bzero(line, sizeof line);
    return status != OTR_OK || hex
               ? status
               : otr_fail(error, OTR_INVALID, "shared key %s: is not 32 to 128 hex digits", path);
}
