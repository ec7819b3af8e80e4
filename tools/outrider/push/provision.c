/* `outrider provision`: the first trust of a fleet. One folder is one group of gateways: its authority, its
 * broker's certificate, its operators' keys, and for each gateway a folder that is copied to it as it is. */
#include "tools/outrider/push/provision.h"

#include <getopt.h>
#include <string.h>
#include <sys/stat.h>

#include "codec/base64.h"
#include "codec/service.h"
#include "core/desk/desk_act.h"
#include "platform/linux/system/authority.h"
#include "platform/linux/system/operator_key.h"
#include "tools/outrider/flags.h"
#include "tools/outrider/verbs.h"

enum { DAYS_MAX = 3650, GROUP_BYTES = 80, KEYS_EACH = 9 };

static const char usage[] =
    "usage: outrider provision FOLDER GATEWAY...                   what a gateway needs, in "
    "FOLDER/gateways/GATEWAY\n"
    "       outrider provision FOLDER --operator NAME --role ROLE  a key for a person, in FOLDER/people\n"
    "       outrider provision FOLDER --revoke KEY                 the key FOLDER/operators/KEY.yaml is not "
    "to be used\n"
    "       outrider provision FOLDER --hosts HOSTS                a broker's certificate, in FOLDER/broker\n"
    "       outrider provision FOLDER --sparkplug NAME             a Sparkplug host's, in FOLDER/hosts/NAME\n"
    "\n"
    "A folder is one group of gateways and holds its authority, whose key signs everything else: keep it on "
    "a\n"
    "machine of its own. FOLDER/broker has what a broker needs, with an ACL and an example for mosquitto;\n"
    "FOLDER/people/KEY may be ~/.config/outrider of that person as it is. What is there already is kept; a "
    "second key of a person is KEY NAME-2, so that one "
    "is renewed\n"
    "while the other is still good. Copy FOLDER/gateways/GATEWAY to /etc/outrider of that gateway, also "
    "after a\n"
    "key came or was revoked, and reload it.\n"
    "\n"
    "  --group NAME    of the gateways; needed the first time\n"
    "  --broker URL    as gateways reach it; again for more of one cluster, in the order in which they are "
    "tried.\n"
    "                  The folder keeps them; at first mqtts://localhost:8883\n"
    "  --days N        that certificates last; default 365\n"
    "  --renew         new certificates in place of those that are there\n"
    "  --role ROLE     viewer, operator, engineer, desk or relay\n"
    "  --hosts HOSTS   such as DNS:broker.example,IP:10.0.0.1; default: those of the brokers\n"
    "  --sparkplug NAME  a host that reads the group's readings and may set values on its devices; also its "
    "host "
    "id\n"
    "\n"
    "exit: 0 done, 1 failed, 2 wrong usage\n";

typedef struct given {
    otr_provision in;
    char group[GROUP_BYTES]; /* as the folder has it */
    otr_flag_texts brokers;
    const char *person;
    const char *role;
    const char *revoke;
    const char *hosts;
    const char *sparkplug;
} given;

/* ---- the folder ---- */

/* The group is said once and then stands in the folder. */
static bool settle_group(given *what)
{
    otr_provision *in = &what->in;
    char *group = what->group;
    char path[OTR_PROVISION_PATH_BYTES];
    if (!otr_provision_path(in, path, "group"))
        return false;
    FILE *file = fopen(path, "re");
    bool read = file != NULL && fgets(group, GROUP_BYTES, file) != NULL;
    if (file != NULL)
        (void)fclose(file);
    if (read) {
        group[strcspn(group, "\n")] = '\0';
        if (in->group != NULL && strcmp(in->group, group) != 0) {
            (void)fprintf(stderr, "outrider provision: %s is of the group %s\n", in->folder, group);
            return false;
        }
        in->group = group;
        return true;
    }
    if (in->group == NULL) {
        (void)fprintf(stderr, "outrider provision: a new folder needs --group\n");
        return false;
    }
    file = otr_provision_begin(path, 0644);
    if (file != NULL)
        (void)fprintf(file, "%s\n", in->group);
    return otr_provision_end(file, path);
}

static bool make_folders(const otr_provision *in)
{
    static const struct {
        const char *name;
        mode_t mode;
    } folders[] = {{"authority", 0700}, {"broker", 0755}, {"operators", 0755},
                   {"people", 0700},    {"hosts", 0700},  {"gateways", 0755}};
    char path[OTR_PROVISION_PATH_BYTES];
    bool ok = otr_provision_folder(in->folder, 0755);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0] && ok; i++)
        ok = otr_provision_path(in, path, "%s", folders[i].name) &&
             otr_provision_folder(path, folders[i].mode);
    return ok;
}

static otr_authority *open_authority(const otr_provision *in)
{
    char path[OTR_PROVISION_PATH_BYTES];
    otr_authority *authority = NULL;
    otr_error error = {.text = ""};
    if (otr_provision_path(in, path, "authority") &&
        otr_authority_open(path, DAYS_MAX, &authority, &error) != OTR_OK)
        (void)otr_provision_failed(path, &error);
    return authority;
}

/* A certificate where there is none, or a new one where that is asked for. */
static bool issue(const otr_provision *in, const otr_authority *authority, const char *folder,
                  const char *name, const char *common_name, const char *hosts)
{
    char path[OTR_PROVISION_PATH_BYTES + GROUP_BYTES];
    otr_error error = {.text = ""};
    (void)snprintf(path, sizeof path, "%s/%s.pem", folder, name);
    if (!in->renew && otr_provision_is_there(path)) {
        printf("%s: kept%s; --renew makes a new one\n", path,
               hosts != NULL ? ", with the hosts that it was made for" : "");
        return true;
    }
    if (otr_authority_issue(authority, folder, name, common_name, hosts, in->days, &error) != OTR_OK)
        return otr_provision_failed(common_name, &error);
    printf("%s: %d days\n", path, in->days);
    return true;
}

/* To the folder `under`/`name` (either may be empty) of FOLDER. */
static bool copy_ca(const otr_provision *in, const char *under, const char *name)
{
    char from[OTR_PROVISION_PATH_BYTES];
    char to[OTR_PROVISION_PATH_BYTES];
    return otr_provision_path(in, from, "authority/ca.pem") &&
           otr_provision_path(in, to, "%s/%s/ca.pem", under, name) && otr_provision_copy(from, to, 0644);
}

/* ---- a gateway ---- */

static bool write_config(const otr_provision *in, const char *name)
{
    char path[OTR_PROVISION_PATH_BYTES];
    if (!otr_provision_path(in, path, "gateways/%s/outrider.yaml", name))
        return false;
    if (otr_provision_is_there(path)) { /* somebody may have written in it */
        printf("%s: kept\n", path);
        return true;
    }
    FILE *file = otr_provision_begin(path, 0644);
    if (file != NULL)
        (void)fprintf(file,
                      "# outrider.yaml of agent/daemon has every key there is.\n"
                      "gateway: {group: \"%s\", name: \"%s\"}\n"
                      "coap: {dtls: \"0.0.0.0:5684\", keys: keys}\n"
                      "mqtt:\n"
                      "  url: \"%s\"\n",
                      in->group, name, in->brokers[0]);
    if (file != NULL && in->broker_count > 1)
        (void)fputs("  other_urls:\n", file);
    for (size_t i = 1; i < in->broker_count && file != NULL; i++)
        (void)fprintf(file, "    - \"%s\"\n", in->brokers[i]);
    if (file != NULL)
        (void)fputs("  ca: tls/ca.pem\n"
                    "  cert: tls/gateway.pem\n"
                    "  key: tls/gateway.key\n"
                    "rules: {packs: packs, signers: operators}\n"
                    "operators: {keys: operators}\n",
                    file);
    if (!otr_provision_end(file, path))
        return false;
    printf("%s: written\n", path);
    return true;
}

static bool provision_gateway(const otr_provision *in, const otr_authority *authority, const char *name)
{
    static const struct {
        const char *name;
        mode_t mode;
    } folders[] = {{"", 0755}, {"/tls", 0700}, {"/operators", 0755}, {"/keys", 0700}, {"/packs", 0755}};
    char path[OTR_PROVISION_PATH_BYTES];
    char tls[OTR_PROVISION_PATH_BYTES];
    bool ok = true;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0] && ok; i++)
        ok = otr_provision_path(in, path, "gateways/%s%s", name, folders[i].name) &&
             otr_provision_folder(path, folders[i].mode);
    (void)snprintf(tls, sizeof tls, "%s/tls", name);
    return ok && otr_provision_path(in, path, "gateways/%s/tls", name) && copy_ca(in, "gateways", tls) &&
           issue(in, authority, path, "gateway", name, NULL) && write_config(in, name);
}

/* ---- the broker ---- */

/* For the hosts that are given, else for those of the brokers: then anew where they moved. */
static bool provision_broker(otr_provision *in, const otr_authority *authority, const char *hosts)
{
    char folder[OTR_PROVISION_PATH_BYTES];
    char own[OTR_PROVISION_HOSTS_BYTES];
    bool renew = in->renew;
    if (hosts == NULL && !otr_provision_hosts(in, own, sizeof own))
        return false;
    in->renew = renew || in->moved;
    bool ok = otr_provision_path(in, folder, "broker") && copy_ca(in, "broker", "") &&
              issue(in, authority, folder, "broker", "broker", hosts != NULL ? hosts : own);
    if (ok && in->moved && !renew)
        printf("%s/broker.pem: made anew, as the brokers moved, for %s%s\n", folder,
               hosts != NULL ? hosts : own, hosts != NULL ? "" : "; more names with --hosts and --renew");
    in->renew = renew;
    return ok && otr_provision_write_mosquitto(in) && otr_provision_keep_brokers(in);
}

/* ---- people ---- */

/* NAME, or NAME-2 and so on where that is taken: which one the key gets. */
static bool free_key(const otr_provision *in, const char *person, char key[GROUP_BYTES])
{
    char path[OTR_PROVISION_PATH_BYTES];
    for (int i = 1; i <= KEYS_EACH; i++) {
        int size = i == 1 ? snprintf(key, GROUP_BYTES, "%s", person)
                          : snprintf(key, GROUP_BYTES, "%s-%d", person, i);
        if (size < 0 || size >= GROUP_BYTES || !otr_provision_path(in, path, "operators/%s.yaml", key))
            return false;
        if (!otr_provision_is_there(path))
            return true;
    }
    (void)fprintf(stderr, "outrider provision: %s has %d keys\n", person, KEYS_EACH);
    return false;
}

static bool write_public(const otr_provision *in, const char *key, const char *person, const char *role,
                         const otr_operator_key *pair)
{
    char path[OTR_PROVISION_PATH_BYTES];
    uint8_t open[32];
    otr_buffer text = {0};
    otr_operator_key_public(pair, open);
    otr_base64_write(&text, (otr_bytes){open, sizeof open});
    FILE *file =
        otr_provision_path(in, path, "operators/%s.yaml", key) ? otr_provision_begin(path, 0644) : NULL;
    if (file != NULL)
        (void)fprintf(file, "name: \"%s\"\nrole: %s\nkey: %.*s\n", person, role, (int)text.size,
                      (const char *)text.data);
    bool ok = !text.failed && otr_provision_end(file, path);
    otr_buffer_done(&text);
    return ok;
}

/* Their signing key, and the certificate with which the broker knows them. */
static bool provision_person(const otr_provision *in, const otr_authority *authority, const char *person,
                             const char *role)
{
    char key[GROUP_BYTES];
    char path[OTR_PROVISION_PATH_BYTES];
    char folder[OTR_PROVISION_PATH_BYTES];
    otr_operator_key *pair = NULL;
    otr_error error = {.text = ""};
    if (!free_key(in, person, key) || !otr_provision_path(in, folder, "people/%s", key) ||
        !otr_provision_folder(folder, 0700) || !otr_provision_path(in, path, "people/%s/operator.pem", key))
        return false;
    if (otr_operator_key_make(path, &pair, &error) != OTR_OK)
        return otr_provision_failed(path, &error);
    bool ok = copy_ca(in, "people", key) && issue(in, authority, folder, "console", key, NULL) &&
              write_public(in, key, person, role, pair);
    otr_operator_key_close(pair);
    if (ok)
        printf("%s: a key with the role %s\n"
               "%s: may be ~/.config/outrider of theirs, with the context %s in use\n",
               path, role, folder, in->group);
    return ok;
}

/* The certificate with which the broker knows a Sparkplug host. */
static bool provision_host(const otr_provision *in, const otr_authority *authority, const char *name)
{
    char folder[OTR_PROVISION_PATH_BYTES];
    return otr_provision_path(in, folder, "hosts/%s", name) && otr_provision_folder(folder, 0700) &&
           copy_ca(in, "hosts", name) && issue(in, authority, folder, "host", name, NULL);
}

/* The file says so, and the gateways' copies of it. */
static bool revoke(const otr_provision *in, const char *key)
{
    char path[OTR_PROVISION_PATH_BYTES];
    char line[256];
    if (!otr_provision_path(in, path, "operators/%s.yaml", key))
        return false;
    FILE *from = fopen(path, "re");
    if (from == NULL)
        return otr_provision_failed(path, NULL);
    FILE *to = otr_provision_begin(path, 0644);
    while (to != NULL && fgets(line, sizeof line, from) != NULL)
        if (strncmp(line, "revoked:", 8) != 0)
            (void)fputs(line, to);
    if (to != NULL)
        (void)fputs("revoked: true\n", to);
    (void)fclose(from);
    if (!otr_provision_end(to, path))
        return false;
    printf("%s: revoked; gateways refuse it once they have it and are reloaded\n", path);
    return true;
}

/* ---- what is asked ---- */

/* Names become names of files and of the broker's users, and stand in YAML. */
static bool names_ok(const char *verb, int count, char **names)
{
    for (int i = 0; i < count; i++) {
        bool ok = names[i][0] != '.' && names[i][0] != '-' && otr_topic_name_ok(otr_str_of(names[i]));
        for (const char *c = names[i]; *c != '\0' && ok; c++)
            ok = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
                 strchr("._-", *c) != NULL;
        if (!ok) {
            (void)fprintf(stderr, "outrider %s: \"%s\" is no name: letters, digits, . _ -\n", verb, names[i]);
            return false;
        }
    }
    return true;
}

static bool do_all(given *what, int count, char **gateways)
{
    otr_provision *in = &what->in;
    if (!make_folders(in) || !settle_group(what) || !otr_provision_settle_brokers(in, &what->brokers))
        return false;
    otr_authority *authority = open_authority(in);
    bool ok = authority != NULL;
    if (ok && (what->hosts != NULL || in->moved || what->brokers.count > 0))
        ok = provision_broker(in, authority, what->hosts);
    if (ok && what->person != NULL)
        ok = provision_person(in, authority, what->person, what->role);
    if (ok && what->sparkplug != NULL)
        ok = provision_host(in, authority, what->sparkplug);
    if (ok && what->revoke != NULL)
        ok = revoke(in, what->revoke);
    for (int i = 0; i < count && ok; i++)
        ok = provision_gateway(in, authority, gateways[i]);
    otr_authority_close(authority);
    return ok && otr_provision_write_acl(in) && otr_provision_spread_operators(in) &&
           otr_provision_spread_contexts(in);
}

int otr_verb_provision(int argc, char **argv)
{
    static const otr_flag flags[] = {
        {"group", OTR_FLAG_NAME, offsetof(given, in.group)},
        {"broker", OTR_FLAG_TEXTS, offsetof(given, brokers)},
        {"days", OTR_FLAG_COUNT, offsetof(given, in.days)},
        {"renew", OTR_FLAG_SWITCH, offsetof(given, in.renew)},
        {"operator", OTR_FLAG_TEXT, offsetof(given, person)},
        {"role", OTR_FLAG_TEXT, offsetof(given, role)},
        {"revoke", OTR_FLAG_TEXT, offsetof(given, revoke)},
        {"hosts", OTR_FLAG_TEXT, offsetof(given, hosts)},
        {"sparkplug", OTR_FLAG_TEXT, offsetof(given, sparkplug)},
    };
    given what = {.in = {.days = 365}};
    const otr_flag_group groups[] = {OTR_FLAG_GROUP(flags, &what, NULL)};
    otr_role role;
    int code = otr_flags_parse(argc, argv, usage, groups, 1);
    if (code >= 0)
        return code;
    int count = argc - optind - 1;
    char *person = (char *)(what.person != NULL ? what.person : what.revoke);
    char *group = (char *)what.in.group;
    char *host = (char *)what.sparkplug;
    if (count < 0 || (count == 0 && what.person == NULL && what.revoke == NULL && what.hosts == NULL &&
                      what.brokers.count == 0 && host == NULL))
        return otr_flags_wrong(argv[0], "expected a folder, and what is to be made");
    if ((what.person != NULL) != (what.role != NULL) ||
        (what.role != NULL && !otr_role_parse(otr_str_of(what.role), &role)))
        return otr_flags_wrong(argv[0],
                               "--operator and --role go together; viewer, operator, engineer, desk, relay");
    if (what.in.days > DAYS_MAX)
        return otr_flags_wrong(argv[0], "--days is up to 3650");
    if (!names_ok(argv[0], count, argv + optind + 1) || (person != NULL && !names_ok(argv[0], 1, &person)) ||
        (group != NULL && !names_ok(argv[0], 1, &group)) || (host != NULL && !names_ok(argv[0], 1, &host)))
        return 2;
    what.in.folder = argv[optind];
    return do_all(&what, count, argv + optind + 1) ? 0 : 1;
}
