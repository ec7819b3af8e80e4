/* Signed packs: what is taken, and that nothing else is: each byte of a bundle is changed once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "daemon/push/bundle.h"
#include "folder.h"
#include "platform/linux/system/operator_key.h"

#define PACK "pack: cold\nversion: 4\nrules:\n  - alert: Warm\n    expr: temperature > 8.0\n"

static otr_operator_key *key;
static otr_operator signer;
static otr_operators signers;

static otr_status sign(void *with, otr_bytes message, uint8_t out[OTR_SIGNATURE_BYTES], otr_error *error)
{
    return otr_operator_key_sign(with, message, out, error);
}

static void write_one(otr_buffer *out, otr_bundle_purpose purpose)
{
    otr_bundle bundle = {.signer = OTR_STR("kim"), .purpose = purpose, .yaml = OTR_STR(PACK)};
    otr_error error = {.text = ""};
    otr_buffer_clear(out);
    if (otr_bundle_write(&bundle, signer.open, sign, key, out, &error) != OTR_OK)
        fail_msg("%s", error.text);
}

static int begin(void **state)
{
    otr_error error = {.text = ""};
    (void)state;
    folder_make();
    if (otr_operator_key_make(folder_path("kim.pem"), &key, &error) != OTR_OK)
        fail_msg("%s", error.text);
    signer = (otr_operator){.name = OTR_STR("kim"), .role = OTR_ROLE_ENGINEER};
    otr_operator_key_public(key, signer.open);
    signers = (otr_operators){.list = &signer, .count = 1};
    return 0;
}

static int end(void **state)
{
    (void)state;
    otr_operator_key_close(key);
    folder_remove();
    return 0;
}

static otr_status read_one(otr_bytes bytes, otr_bundle *out, otr_error *error)
{
    static otr_arena arena;
    otr_arena_reset(&arena);
    return otr_bundle_read(&arena, bytes, &signers, out, error);
}

static void what_was_signed_reads_back(void **state)
{
    otr_buffer text = {0};
    otr_bundle bundle;
    otr_error error = {.text = ""};
    (void)state;
    write_one(&text, OTR_BUNDLE_ROLLBACK);
    if (read_one(otr_buffer_bytes(&text), &bundle, &error) != OTR_OK)
        fail_msg("%s", error.text);
    assert_true(otr_str_is(bundle.pack, "cold"));
    assert_int_equal(bundle.version, 4);
    assert_true(otr_str_is(bundle.signer, "kim"));
    assert_int_equal(bundle.purpose, OTR_BUNDLE_ROLLBACK);
    assert_true(otr_str_is(bundle.yaml, PACK));
    assert_ptr_equal(bundle.key, &signer);
    otr_buffer_done(&text);
}

static void a_change_of_any_byte_is_refused(void **state)
{
    otr_buffer text = {0};
    otr_bundle bundle;
    (void)state;
    write_one(&text, OTR_BUNDLE_RELEASE);
    for (size_t i = 0; i < text.size; i++) {
        otr_error error = {.text = ""};
        text.data[i] ^= 1;
        if (read_one(otr_buffer_bytes(&text), &bundle, &error) == OTR_OK || error.text[0] == '\0')
            fail_msg("byte %zu", i);
        text.data[i] ^= 1;
    }
    for (size_t size = 0; size < text.size; size++) {
        otr_error error = {.text = ""};
        if (read_one((otr_bytes){text.data, size}, &bundle, &error) == OTR_OK)
            fail_msg("cut to %zu", size);
    }
    otr_buffer_done(&text);
}

/* What is not signed is not parsed: the reason tells of the signature, not of the YAML. */
static void a_forged_pack_is_not_parsed(void **state)
{
    otr_buffer text = {0};
    otr_bundle bundle;
    otr_error error = {.text = ""};
    (void)state;
    write_one(&text, OTR_BUNDLE_RELEASE);
    text.data[text.size - 2] = '\x01';
    assert_int_equal(read_one(otr_buffer_bytes(&text), &bundle, &error), OTR_DENIED);
    assert_non_null(strstr(error.text, "forged"));
    assert_int_equal(error.line, 0);
    otr_buffer_done(&text);
}

static void who_may_not_sign_is_refused(void **state)
{
    otr_buffer text = {0};
    otr_bundle bundle;
    otr_error error = {.text = ""};
    otr_operator before = signer;
    (void)state;
    write_one(&text, OTR_BUNDLE_RELEASE);
    signer.revoked = true;
    assert_int_equal(read_one(otr_buffer_bytes(&text), &bundle, &error), OTR_DENIED);
    assert_non_null(strstr(error.text, "revoked"));
    signer = before;
    signer.role = OTR_ROLE_OPERATOR;
    assert_int_equal(read_one(otr_buffer_bytes(&text), &bundle, &error), OTR_DENIED);
    assert_non_null(strstr(error.text, "engineer"));
    signer = before;
    signers.count = 0;
    assert_int_equal(read_one(otr_buffer_bytes(&text), &bundle, &error), OTR_DENIED);
    signers.count = 1;
    otr_buffer_done(&text);
}

/* A bundle of that manifest around the pack, rightly signed. */
static void sign_manifest(otr_buffer *out, const char *manifest)
{
    otr_buffer message = {0};
    uint8_t signature[OTR_SIGNATURE_BYTES];
    otr_error error = {.text = ""};
    otr_buffer_add_format(&message, "outrider bundle 1\n%s\n%s", manifest, PACK);
    assert_int_equal(otr_operator_key_sign(key, otr_buffer_bytes(&message), signature, &error), OTR_OK);
    otr_buffer_clear(out);
    otr_buffer_add_format(out, "outrider bundle 1\n");
    for (size_t i = 0; i < sizeof signer.open; i++)
        otr_buffer_add_format(out, "%02x", signer.open[i]);
    otr_buffer_add_u8(out, '\n');
    for (size_t i = 0; i < sizeof signature; i++)
        otr_buffer_add_format(out, "%02x", signature[i]);
    otr_buffer_add_format(out, "\n%s\n%s", manifest, PACK);
    otr_buffer_done(&message);
}

/* The version that is compared is that of the pack which runs then, even if a signer errs. */
static void a_manifest_of_another_pack_is_refused(void **state)
{
    static const struct {
        const char *pack;
        int version;
        bool other_hash;
        bool good;
    } rows[] = {{"cold", 4, false, true},
                {"warm", 4, false, false},
                {"cold", 5, false, false},
                {"cold", 4, true, false}};
    char hash[OTR_SHA256_TEXT_BYTES];
    (void)state;
    assert_true(otr_sha256_hex((otr_bytes){(const uint8_t *)PACK, sizeof PACK - 1}, hash));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char manifest[400];
        otr_buffer text = {0};
        otr_bundle bundle;
        otr_error error = {.text = ""};
        (void)snprintf(
            manifest, sizeof manifest,
            "{\"pack\":\"%s\",\"version\":%d,\"sha256\":\"%s%s\",\"signer\":\"kim\",\"purpose\":\"release\"}",
            rows[i].pack, rows[i].version, rows[i].other_hash ? "00" : "",
            rows[i].other_hash ? hash + 2 : hash);
        sign_manifest(&text, manifest);
        if ((read_one(otr_buffer_bytes(&text), &bundle, &error) == OTR_OK) != rows[i].good)
            fail_msg("row %zu: %s", i, error.text);
        otr_buffer_done(&text);
    }
}

static void a_pack_that_does_not_check_is_not_signed(void **state)
{
    otr_buffer text = {0};
    otr_error error = {.text = ""};
    otr_bundle bundle = {
        .signer = OTR_STR("kim"),
        .yaml = OTR_STR("pack: cold\nversion: 4\nrules:\n  - alert: Warm\n    expr: temperature >\n")};
    (void)state;
    assert_int_equal(otr_bundle_write(&bundle, signer.open, sign, key, &text, &error), OTR_INVALID);
    assert_int_equal(error.line, 5);
    assert_int_equal(text.size, 0);
    otr_buffer_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_signed_reads_back),
        cmocka_unit_test(a_change_of_any_byte_is_refused),
        cmocka_unit_test(a_forged_pack_is_not_parsed),
        cmocka_unit_test(who_may_not_sign_is_refused),
        cmocka_unit_test(a_manifest_of_another_pack_is_refused),
        cmocka_unit_test(a_pack_that_does_not_check_is_not_signed),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
