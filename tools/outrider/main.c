/* `outrider`: the console and toolbox. Finds the verb and hands it its arguments. */
#include "base/str.h"
#include "rules/load/nearest.h"
#include "tools/outrider/verbs.h"

#include <stdio.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *about;
} verbs[] = {
    {"accounts", otr_verb_accounts, "how customers fare, those at risk first"},
    {"ack", otr_verb_operate, "acknowledges alarms"},
    {"act", otr_verb_act, "answers a notification as its reader would"},
    {"activate", otr_verb_packs, "runs the pack that is staged; the one before is kept"},
    {"alarms", otr_verb_alarms, "lists the alarms of this gateway, and what is shelved or out of service"},
    {"assets", otr_verb_assets, "what is known now of assets, from all gateways"},
    {"assign", otr_verb_assign, "has a device watch over an asset for a customer"},
    {"assignments", otr_verb_assign, "lists who watches over what for whom"},
    {"case", otr_verb_case, "all that was said about one case"},
    {"cases", otr_verb_cases, "lists the cases of this gateway that have not closed"},
    {"check", otr_verb_check, "checks a pack, assignments or configuration: file, line, column, reason"},
    {"completion", otr_verb_completion, "a script that completes verbs and options, for bash"},
    {"context", otr_verb_context, "brokers and credentials by name, and which are in use"},
    {"desk", otr_verb_desk, "what the desk does with a ticket: acknowledged, promised, resolved, ..."},
    {"devices", otr_verb_devices, "a gateway's devices: last heard, silent or not, battery, newest readings"},
    {"do", otr_verb_desk, "does for the customer of a case what its pack lists as a remedy"},
    {"doctor", otr_verb_doctor, "gathers what a support request needs in one file, without secrets"},
    {"enroll", otr_verb_enroll, "makes a device's key and prints what the device needs"},
    {"eval", otr_verb_eval, "evaluates expressions of the rule language: a prompt, or JSON lines"},
    {"evidence", otr_verb_evidence,
     "exports the signed record of a shipment: readings, gaps, alarms, custody"},
    {"explain", otr_verb_explain, "why an alarm was raised, and why somebody was told or not"},
    {"feed", otr_verb_feed, "sends a recording (CSV, JSON) as its devices would, over CoAP"},
    {"fleet", otr_verb_fleet, "all gateways, those in trouble first"},
    {"forget", otr_verb_assign, "erases a customer, and all that is stored of them, from this gateway"},
    {"history", otr_verb_history, "what a device reported: a curve, lines, a picture"},
    {"in-service", otr_verb_operate, "hears of a rule on an asset again"},
    {"keygen", otr_verb_keygen, "makes the key of a person who gives orders or signs packs"},
    {"log", otr_verb_log, "who ordered what of a gateway over MQTT, and what was refused"},
    {"out-of-service", otr_verb_operate, "hears nothing of a rule on an asset until it is in service"},
    {"packs", otr_verb_packs, "which packs a gateway runs, has staged, had before"},
    {"provision", otr_verb_provision, "gives gateways and people their certificates and keys"},
    {"push", otr_verb_push, "a signed pack to all gateways of a group, in stages behind a gate"},
    {"rehearse", otr_verb_packs, "what a staged pack would have done on the gateway's own history"},
    {"replace", otr_verb_assign, "swaps a device in mid-assignment"},
    {"replay", otr_verb_replay, "what packs would have raised on a recording or a gateway's own history"},
    {"resend", otr_verb_resend, "tells Sparkplug hosts again what came in between two times"},
    {"reset", otr_verb_operate, "lets latched alarms go"},
    {"rollback", otr_verb_packs, "runs the pack again that was before"},
    {"shadow", otr_verb_packs, "compares what a staged pack does from now on, and tells nobody"},
    {"shelve", otr_verb_operate, "hears nothing of a rule on an asset for a while"},
    {"sign", otr_verb_sign, "signs a pack, so that gateways take it from the wire"},
    {"stage", otr_verb_packs, "has a gateway check and keep a signed pack"},
    {"stats", otr_verb_stats, "figures of all gateways, for the desk, its manager or an analyst"},
    {"test", otr_verb_test,
     "runs the tests of rule packs: these readings must give these alarms and notices"},
    {"tickets", otr_verb_tickets, "tickets that are open on all gateways"},
    {"top", otr_verb_top, "a fleet on one screen that stays true, trouble first"},
    {"trends", otr_verb_trends, "what rose against the days before; proposes problems"},
    {"unassign", otr_verb_assign, "ends an assignment"},
    {"unshelve", otr_verb_operate, "ends a shelf"},
    {"verify", otr_verb_verify, "whether a file of evidence is whole, and what is wrong where"},
    {"voice", otr_verb_voice, "what readers think of each rule, and what would make it better"},
    {"walk", otr_verb_walk, "what one contact saw of one asset, waits included"},
    {"watch", otr_verb_watch, "follows a fleet over MQTT and prints what happens"},
};
enum { VERBS = sizeof verbs / sizeof verbs[0] };

static void print_help(FILE *out)
{
    (void)fputs("usage: outrider VERB [arguments]\n\n", out);
    for (size_t i = 0; i < VERBS; i++)
        (void)fprintf(out, "  %-14s %s\n", verbs[i].name, verbs[i].about);
    (void)fputs("\n  outrider VERB --help    the arguments of a verb\n"
                "  outrider --version      the version\n"
                "\n"
                "exit: 0 done, 1 failed, 2 wrong usage\n",
                out);
}

static int unknown_verb(const char *word)
{
    otr_nearest nearest = {0};
    for (size_t i = 0; i < VERBS; i++)
        otr_nearest_offer(&nearest, otr_str_of(word), otr_str_of(verbs[i].name));
    (void)fprintf(stderr, "outrider: no verb \"%s\"%s%.*s%s\n", word, OTR_NEAREST_ARG(nearest));
    (void)fputs("outrider --help lists the verbs\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return 2;
    }
    otr_str word = otr_str_of(argv[1]);
    if (otr_str_is(word, "--help") || otr_str_is(word, "-h") || otr_str_is(word, "help")) {
        print_help(stdout);
        return 0;
    }
    if (otr_str_is(word, "--version")) {
        puts("outrider " OTR_VERSION);
        return 0;
    }
    for (size_t i = 0; i < VERBS; i++)
        if (otr_str_is(word, verbs[i].name))
            return verbs[i].run(argc - 1, argv + 1);
    return unknown_verb(argv[1]);
}
