/* `outrider keygen` and `outrider sign`: keys of people, and packs that gateways take from the wire. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/base64.h"
#include "daemon/config/config.h"
#include "daemon/config/tuning.h"
#include "daemon/file.h"
#include "daemon/push/bundle.h"
#include "platform/linux/system/operator_key.h"
#include "tools/outrider/flags.h"
#include "tools/outrider/verbs.h"

static const char usage_keygen[] =
    "usage: outrider keygen FILE --name NAME [--role ROLE]\n"
    "\n"
    "Makes a key, in PEM, in a new file that only you may read, and prints its public half as a file for\n"
    "gateways: of the folder operators.keys for who may give orders, of rules.signers for who may sign "
    "packs.\n"
    "It is for a person who makes their own key; `outrider provision FOLDER --operator NAME` makes one for a "
    "fleet,\n"
    "with the broker's certificate beside it, and gives the gateways their half.\n"
    "\n"
    "  --name NAME   whose key it is\n"
    "  --role ROLE   viewer, operator, engineer, desk or relay; default operator. Packs are signed by "
    "engineers\n";
static const char usage_sign[] =
    "usage: outrider sign (PACK | TUNING) --key FILE --out FILE [--signer NAME] [--rollback]\n"
    "\n"
    "Checks a pack, or a tuning of gateways' configuration, and signs it, for `outrider push`. A tuning:\n"
    "\n"
    "  tuning: 1                               # its version\n"
    "  turn: {linger: 100ms}                   # and log.level, coap.device_rate, telemetry.compress,\n"
    "  telemetry: {deadband: [temperature=1]}  # telemetry.device_timeout: what a running daemon takes\n"
    "\n"
    "  --key FILE      of an engineer, as `outrider keygen` makes it\n"
    "  --out FILE      the signed pack or tuning\n"
    "  --signer NAME   is shown on the gateways; default: this user\n"
    "  --rollback      may have a lower version than what runs\n";

static int complain(const char *file, const otr_error *error)
{
    char text[OTR_REFUSAL_BYTES];
    (void)fprintf(stderr, "%s\n", otr_refusal_format(file, error, text));
    return 1;
}

/* ---- keygen ---- */

typedef struct keygen_options {
    const char *name;
    const char *role;
} keygen_options;

int otr_verb_keygen(int argc, char **argv)
{
    static const otr_flag flags[] = {{"name", OTR_FLAG_NAME, offsetof(keygen_options, name)},
                                     {"role", OTR_FLAG_TEXT, offsetof(keygen_options, role)}};
    keygen_options options = {.role = "operator"};
    otr_flag_group groups[] = {OTR_FLAG_GROUP(flags, &options, NULL),
                               OTR_FLAG_EXIT("0 made; 1 not; 2 wrong usage")};
    otr_operator_key *key = NULL;
    otr_error error = {.text = ""};
    otr_buffer text = {0};
    otr_role role;
    uint8_t open[OTR_OPERATOR_KEY_BYTES];
    int code = otr_flags_parse(argc, argv, usage_keygen, groups, 2);
    if (code >= 0)
        return code;
    if (optind + 1 != argc || options.name == NULL)
        return otr_flags_wrong("keygen", "a FILE, and --name NAME");
    if (!otr_role_parse(otr_str_of(options.role), &role))
        return otr_flags_wrong("keygen", "a role is viewer, operator, engineer, desk or relay");
    if (otr_operator_key_make(argv[optind], &key, &error) != OTR_OK)
        return complain(argv[optind], &error);
    otr_operator_key_public(key, open);
    otr_operator_key_close(key);
    otr_base64_write(&text, (otr_bytes){open, sizeof open});
    printf("name: \"%s\"\nrole: %s\nkey: %.*s\n", options.name, options.role,
           OTR_STR_ARG(otr_buffer_text(&text)));
    otr_buffer_done(&text);
    return 0;
}

/* ---- sign ---- */

typedef struct sign_options {
    const char *key;
    const char *out;
    const char *signer;
    bool rollback;
} sign_options;

static otr_status sign(void *key, otr_bytes message, uint8_t out[OTR_SIGNATURE_BYTES], otr_error *error)
{
    return otr_operator_key_sign(key, message, out, error);
}

static int write_out(const char *path, otr_bytes bytes)
{
    FILE *out = fopen(path, "wbe");
    bool ok = out != NULL && fwrite(bytes.data, 1, bytes.size, out) == bytes.size;
    if (out != NULL && fclose(out) != 0)
        ok = false;
    if (!ok)
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return ok ? 0 : 1;
}

static int sign_pack(const char *path, const sign_options *options, otr_operator_key *key)
{
    otr_arena arena = {0};
    otr_buffer out = {0};
    otr_error error = {.text = ""};
    otr_bytes yaml;
    char said[200] = "";
    uint8_t open[OTR_OPERATOR_KEY_BYTES];
    otr_operator_key_public(key, open);
    otr_status status = otr_file_read(&arena, path, OTR_LIMIT_PACK_BYTES, &yaml, &error);
    if (status == OTR_OK) {
        otr_bundle bundle = {.signer = otr_str_of(options->signer),
                             .purpose = options->rollback ? OTR_BUNDLE_ROLLBACK : OTR_BUNDLE_RELEASE,
                             .yaml = {(const char *)yaml.data, yaml.size}};
        status = otr_bundle_write(&bundle, open, sign, key, &out, &error);
        (void)snprintf(said, sizeof said, "%s, version %lld, signed by %s%s",
                       otr_tuning_is(bundle.yaml) ? "a tuning" : "a pack", (long long)bundle.version,
                       options->signer, options->rollback ? ", a rollback" : "");
    }
    int code = status == OTR_OK ? write_out(options->out, otr_buffer_bytes(&out)) : complain(path, &error);
    if (code == 0)
        printf("%s: %s\n", options->out, said);
    otr_buffer_done(&out);
    otr_arena_done(&arena);
    return code;
}

int otr_verb_sign(int argc, char **argv)
{
    static const otr_flag flags[] = {{"key", OTR_FLAG_TEXT, offsetof(sign_options, key)},
                                     {"out", OTR_FLAG_TEXT, offsetof(sign_options, out)},
                                     {"signer", OTR_FLAG_NAME, offsetof(sign_options, signer)},
                                     {"rollback", OTR_FLAG_SWITCH, offsetof(sign_options, rollback)}};
    const char *user = otr_flag_environment("USER");
    sign_options options = {.signer = user != NULL ? user : "unnamed"};
    otr_flag_group groups[] = {OTR_FLAG_GROUP(flags, &options, NULL),
                               OTR_FLAG_EXIT("0 signed; 1 it is refused, or a file; 2 wrong usage")};
    otr_operator_key *key = NULL;
    otr_error error = {.text = ""};
    int code = otr_flags_parse(argc, argv, usage_sign, groups, 2);
    if (code >= 0)
        return code;
    if (optind + 1 != argc || options.key == NULL || options.out == NULL)
        return otr_flags_wrong("sign", "one pack or tuning, --key FILE and --out FILE");
    if (otr_operator_key_open(options.key, &key, &error) != OTR_OK)
        return complain(options.key, &error);
    code = sign_pack(argv[optind], &options, key);
    otr_operator_key_close(key);
    return code;
}
