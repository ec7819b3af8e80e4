#include "platform/linux/system/authority.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_BYTES = 4096,
    SERIAL_BYTES = 16,
    BACKDATE_S = 300 /* a gateway's clock may be a little behind */
};

struct otr_authority {
    X509 *certificate;
    EVP_PKEY *key;
};

static otr_status openssl_failed(otr_error *error, const char *what)
{
    unsigned long code = ERR_get_error();
    const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;
    ERR_clear_error();
    return otr_fail(error, OTR_IO, "%s: %s", what, reason != NULL ? reason : "OpenSSL failed");
}

static otr_status path_of(const char *folder, const char *name, const char *end, char out[PATH_BYTES],
                          otr_error *error)
{
    int size = snprintf(out, PATH_BYTES, "%s/%s%s", folder, name, end);
    return size > 0 && size < PATH_BYTES ? OTR_OK : otr_fail(error, OTR_INVALID, "the path is too long");
}

/* ---- files ---- */

/* Under another name first: a file that is there is whole. */
static otr_status write_pem(const char *path, mode_t mode, const X509 *certificate, const EVP_PKEY *key,
                            otr_error *error)
{
    char fresh[PATH_BYTES + 8];
    (void)snprintf(fresh, sizeof fresh, "%s.new", path);
    (void)unlink(fresh);
    int file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    FILE *stream = file >= 0 ? fdopen(file, "w") : NULL;
    if (stream == NULL) {
        if (file >= 0)
            close(file);
        return otr_fail(error, OTR_IO, "%.150s: %s", fresh, strerror(errno));
    }
    int written = certificate != NULL ? PEM_write_X509(stream, certificate)
                                      : PEM_write_PrivateKey(stream, key, NULL, NULL, 0, NULL, NULL);
    bool ok = written == 1 && fchmod(file, mode) == 0 && fflush(stream) == 0 && fsync(file) == 0;
    ok = (fclose(stream) == 0) & ok;
    if (ok && rename(fresh, path) == 0)
        return OTR_OK;
    otr_status status = otr_fail(error, OTR_IO, "%.150s: %s", path, strerror(errno));
    (void)unlink(fresh);
    return status;
}

static int no_passphrase(char *buffer, int size, int writing, void *context)
{
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

/* NOT_FOUND when there is no such file. */
static otr_status open_pem(const char *path, bool secret, FILE **out, otr_error *error)
{
    struct stat info;
    *out = fopen(path, "re");
    if (*out == NULL)
        return otr_fail(error, errno == ENOENT ? OTR_NOT_FOUND : OTR_IO, "%.150s: %s", path, strerror(errno));
    if (!secret || (fstat(fileno(*out), &info) == 0 && (info.st_mode & 077) == 0))
        return OTR_OK;
    (void)fclose(*out);
    *out = NULL;
    return otr_fail(error, OTR_DENIED, "%.150s is open to other users: chmod 600 it", path);
}

/* ---- certificates ---- */

static bool add_extension(X509 *to, X509 *issuer, int what, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, to, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, what, value);
    bool ok = extension != NULL && X509_add_ext(to, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

static bool set_serial(X509 *certificate)
{
    uint8_t bytes[SERIAL_BYTES];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    bytes[0] = (uint8_t)((bytes[0] & 0x7F) | 0x40); /* positive, and always as long */
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool ok = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return ok;
}

/* Everything but its extensions and its signature; NULL when OpenSSL fails. */
static X509 *begin(EVP_PKEY *key, const char *common_name, const X509 *issuer, int days)
{
    X509 *out = X509_new();
    if (out == NULL)
        return NULL;
    X509_NAME *name = X509_get_subject_name(out);
    bool ok = X509_set_version(out, 2) == 1 && set_serial(out) &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1,
                                         -1, 0) == 1 &&
              X509_set_issuer_name(out, issuer != NULL ? X509_get_subject_name(issuer) : name) == 1 &&
              X509_gmtime_adj(X509_getm_notBefore(out), -BACKDATE_S) != NULL &&
              X509_time_adj_ex(X509_getm_notAfter(out), days, 0, NULL) != NULL &&
              X509_set_pubkey(out, key) == 1;
    if (ok)
        return out;
    X509_free(out);
    return NULL;
}

static otr_status make_authority(const char *certificate, const char *secret, int days, otr_authority *out,
                                 otr_error *error)
{
    out->key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    out->certificate = out->key != NULL ? begin(out->key, "Outrider fleet authority", NULL, days) : NULL;
    X509 *made = out->certificate;
    if (made == NULL || !add_extension(made, made, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
        !add_extension(made, made, NID_key_usage, "critical,keyCertSign,cRLSign") ||
        !add_extension(made, made, NID_subject_key_identifier, "hash") ||
        X509_sign(made, out->key, EVP_sha256()) == 0)
        return openssl_failed(error, "an authority cannot be made");
    otr_status status = write_pem(secret, 0600, NULL, out->key, error);
    return status == OTR_OK ? write_pem(certificate, 0644, made, NULL, error) : status;
}

static otr_status load_authority(FILE *certificate, FILE *secret, otr_authority *out, otr_error *error)
{
    out->certificate = PEM_read_X509(certificate, NULL, NULL, NULL);
    out->key = PEM_read_PrivateKey(secret, NULL, no_passphrase, NULL);
    bool fits = out->certificate != NULL && out->key != NULL &&
                X509_check_private_key(out->certificate, out->key) == 1;
    ERR_clear_error();
    return fits ? OTR_OK
                : otr_fail(error, OTR_INVALID, "ca.pem and ca.key do not belong together, or do not read");
}

otr_status otr_authority_open(const char *folder, int days, otr_authority **out, otr_error *error)
{
    char certificate[PATH_BYTES];
    char secret[PATH_BYTES];
    FILE *files[2] = {NULL, NULL};
    *out = NULL;
    otr_status status = path_of(folder, "ca", ".pem", certificate, error);
    if (status == OTR_OK)
        status = path_of(folder, "ca", ".key", secret, error);
    if (status != OTR_OK)
        return status;
    otr_authority *authority = calloc(1, sizeof *authority);
    if (authority == NULL)
        return otr_fail(error, OTR_MEMORY, "out of memory");
    status = open_pem(certificate, false, &files[0], error);
    if (status == OTR_NOT_FOUND) {
        status = make_authority(certificate, secret, days, authority, error);
    } else if (status == OTR_OK) {
        status = open_pem(secret, true, &files[1], error);
        if (status == OTR_OK)
            status = load_authority(files[0], files[1], authority, error);
    }
    for (int i = 0; i < 2; i++)
        if (files[i] != NULL)
            (void)fclose(files[i]);
    if (status == OTR_OK)
        *out = authority;
    else
        otr_authority_close(authority);
    return status;
}

void otr_authority_close(otr_authority *authority)
{
    if (authority == NULL)
        return;
    X509_free(authority->certificate);
    EVP_PKEY_free(authority->key);
    free(authority);
}

otr_status otr_authority_issue(const otr_authority *authority, const char *folder, const char *name,
                               const char *common_name, const char *hosts, int days, otr_error *error)
{
    char certificate[PATH_BYTES];
    char secret[PATH_BYTES];
    otr_status status = path_of(folder, name, ".pem", certificate, error);
    if (status == OTR_OK)
        status = path_of(folder, name, ".key", secret, error);
    if (status != OTR_OK)
        return status;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    X509 *made = key != NULL ? begin(key, common_name, authority->certificate, days) : NULL;
    X509 *ca = authority->certificate;
    bool ok = made != NULL && add_extension(made, ca, NID_basic_constraints, "critical,CA:FALSE") &&
              add_extension(made, ca, NID_key_usage, "critical,digitalSignature") &&
              add_extension(made, ca, NID_ext_key_usage, hosts != NULL ? "serverAuth" : "clientAuth") &&
              add_extension(made, ca, NID_authority_key_identifier, "keyid") &&
              (hosts == NULL || add_extension(made, ca, NID_subject_alt_name, hosts)) &&
              X509_sign(made, authority->key, EVP_sha256()) != 0;
    if (!ok)
        status = openssl_failed(error, "a certificate cannot be made");
    if (status == OTR_OK)
        status = write_pem(secret, 0600, NULL, key, error);
    if (status == OTR_OK)
        status = write_pem(certificate, 0644, made, NULL, error);
    X509_free(made);
    EVP_PKEY_free(key);
    return status;
}
