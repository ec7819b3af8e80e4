#include "platform/linux/system/certificate.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>

static void name_text(const X509_NAME *name, char *out, int size)
{
    BIO *text = BIO_new(BIO_s_mem());
    out[0] = '\0';
    if (text == NULL)
        return;
    X509_NAME_print_ex(text, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    int length = BIO_read(text, out, size - 1);
    out[length > 0 ? length : 0] = '\0';
    BIO_free(text);
}

static otr_status open_certificate(const char *path, X509 **out, otr_error *error)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return otr_fail(error, OTR_IO, "%s: %s", path, strerror(errno));
    *out = PEM_read_X509(file, NULL, NULL, NULL);
    (void)fclose(file);
    ERR_clear_error();
    return *out != NULL ? OTR_OK : otr_fail(error, OTR_INVALID, "%s: holds no PEM certificate", path);
}

otr_status otr_certificate_read(const char *path, otr_certificate *out, otr_error *error)
{
    X509 *certificate = NULL;
    otr_status status = open_certificate(path, &certificate, error);
    if (status != OTR_OK)
        return status;
    *out = (otr_certificate){.days_left = 0};
    name_text(X509_get_subject_name(certificate), out->subject, sizeof out->subject);
    name_text(X509_get_issuer_name(certificate), out->issuer, sizeof out->issuer);
    int seconds = 0;
    int dated = ASN1_TIME_diff(&out->days_left, &seconds, NULL, X509_get0_notAfter(certificate));
    X509_free(certificate);
    return dated == 1 ? OTR_OK : otr_fail(error, OTR_INVALID, "%s: its end date is not a date", path);
}

static int no_passphrase(char *buffer, int size, int writing, void *context)
{
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

otr_status otr_certificate_key_fits(const char *cert_path, const char *key_path, otr_error *error)
{
    X509 *certificate = NULL;
    otr_status status = open_certificate(cert_path, &certificate, error);
    if (status != OTR_OK)
        return status;
    FILE *file = fopen(key_path, "re");
    if (file == NULL) {
        X509_free(certificate);
        return otr_fail(error, OTR_IO, "%s: %s", key_path, strerror(errno));
    }
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, no_passphrase, NULL);
    (void)fclose(file);
    if (key == NULL)
        status = otr_fail(error, OTR_INVALID, "%s: holds no PEM private key without passphrase", key_path);
    else if (X509_check_private_key(certificate, key) != 1)
        status =
            otr_fail(error, OTR_INVALID, "%s: does not belong to the certificate %s", key_path, cert_path);
    ERR_clear_error();
    EVP_PKEY_free(key);
    X509_free(certificate);
    return status;
}

bool otr_sha256_hex(otr_bytes bytes, char out[OTR_SHA256_TEXT_BYTES])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(bytes.data, bytes.size, digest, &size, EVP_sha256(), NULL) != 1 || size != 32)
        return false;
    for (unsigned i = 0; i < size; i++)
        snprintf(out + (size_t)2 * i, 3, "%02x", digest[i]);
    return true;
}
