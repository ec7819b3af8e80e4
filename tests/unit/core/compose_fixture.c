#include "compose_fixture.h"

#include "rules/load/message.h"
#include "text/fit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

const char *const compose_languages[COMPOSE_LANGUAGES] = {"en-US", "de", "es", "fr", "zh"};

/* Warm has all parts and all tellings, Hot is worse and says less, Loud is critical, Still has words for
 * news. */
static const char pack[] =
    "pack: test\n"
    "version: 1\n"
    "rules:\n"
    "  - {alert: Warm, expr: temperature > 8.0, fault: ours, labels: {priority: medium, category: cold},\n"
    "     notify: {to: customer, message: warm, on: [raised, cleared], past: true, news: 6h}}\n"
    "  - {alert: Shaken, expr: shock > 3.0, labels: {priority: low, category: handling},\n"
    "     notify: {to: customer, message: shaken, on: [raised]}}\n"
    "  - {alert: Damp, expr: humidity > 80.0, labels: {priority: low, category: handling},\n"
    "     notify: {to: customer, message: damp, on: [raised]}}\n"
    "  - {alert: Slow, expr: voltage > 5.0, for: 10m, fault: device, labels: {priority: medium, category: "
    "power},\n"
    "     notify: {to: customer, message: damp, on: [raised]}}\n"
    "  - {alert: Long, expr: light > 5.0, for: 1h, labels: {priority: low, category: light},\n"
    "     notify: {to: customer, message: damp, on: [raised]}}\n"
    "  - {alert: Loud, expr: noise > 80.0, fault: device, labels: {priority: critical, category: sound},\n"
    "     notify: {to: customer, message: loud, on: [raised]}}\n"
    "messages:\n"
    "  warm:\n"
    "    en:\n"
    "      raised: {line: \"{{ asset.name }} too warm: {{ temperature | Cel }}\",\n"
    "        brief: \"{{ asset.name }} has been too warm since {{ onset }}, now {{ temperature | Cel }}.\",\n"
    "        happened: \"{{ asset.name }} has been too warm since {{ onset }}: {{ temperature | Cel }}.\",\n"
    "        means: \"It may keep for {{ asset.hours | h }}.\", doing: \"We are looking for it.\",\n"
    "        you: \"You need do nothing.\"}\n"
    "      cleared: \"{{ asset.name }} is cold again. It was warm for {{ duration }}, until {{ ended }}.\"\n"
    "      past: \"{{ asset.name }} was too warm from {{ onset }} to {{ ended }}, as we hear only now.\"\n"
    "    de:\n"
    "      raised: {line: \"{{ asset.name }} zu warm: {{ temperature | Cel }}\",\n"
    "        brief: \"{{ asset.name }} ist seit {{ onset }} zu warm, jetzt {{ temperature | Cel }}.\",\n"
    "        happened: \"{{ asset.name }} ist seit {{ onset }} zu warm: {{ temperature | Cel }}.\",\n"
    "        means: \"Der Inhalt hält vielleicht {{ asset.hours | h }}.\", doing: \"Wir suchen danach.\",\n"
    "        you: \"Sie müssen nichts tun.\"}\n"
    "      cleared: \"{{ asset.name }} ist wieder kalt, nach {{ duration }} Wärme bis {{ ended }}.\"\n"
    "      past: \"{{ asset.name }} war von {{ onset }} bis {{ ended }} zu warm, wie wir erst jetzt "
    "erfahren.\"\n"
    "    es:\n"
    "      raised: {line: \"{{ asset.name }}, demasiado calor: {{ temperature | Cel }}\",\n"
    "        brief: \"{{ asset.name }} está a {{ temperature | Cel }}, con demasiado calor desde {{ onset "
    "}}.\",\n"
    "        happened: \"{{ asset.name }} tiene demasiado calor desde {{ onset }}: {{ temperature | Cel "
    "}}.\",\n"
    "        means: \"Quizá aguante {{ asset.hours | h }}.\", doing: \"Lo estamos buscando.\",\n"
    "        you: \"No tiene que hacer nada.\"}\n"
    "      cleared: \"{{ asset.name }} vuelve a estar frío, tras {{ duration }} de calor hasta {{ ended "
    "}}.\"\n"
    "      past: \"{{ asset.name }} tuvo demasiado calor desde {{ onset }} hasta {{ ended }}; lo sabemos "
    "ahora.\"\n"
    "    fr:\n"
    "      raised: {line: \"{{ asset.name }} trop chaud : {{ temperature | Cel }}\",\n"
    "        brief: \"{{ asset.name }} est trop chaud depuis {{ onset }}, à présent {{ temperature | Cel "
    "}}.\",\n"
    "        happened: \"{{ asset.name }} est trop chaud depuis {{ onset }} : {{ temperature | Cel }}.\",\n"
    "        means: \"Le contenu tiendra peut-être {{ asset.hours | h }}.\",\n"
    "        doing: \"Nous sommes à sa recherche.\", you: \"Vous n’avez rien à faire.\"}\n"
    "      cleared: \"{{ asset.name }} est de nouveau froid, après {{ duration }} de chaleur jusqu’à {{ "
    "ended }}.\"\n"
    "      past: \"{{ asset.name }} a été trop chaud de {{ onset }} à {{ ended }}, nous l’apprenons "
    "maintenant.\"\n"
    "    zh:\n"
    "      raised: {line: \"{{ asset.name }}过热：{{ temperature | Cel }}\",\n"
    "        brief: \"{{ asset.name }}自{{ onset }}起过热，目前{{ temperature | Cel }}。\",\n"
    "        happened: \"{{ asset.name }}自{{ onset }}起过热：{{ temperature | Cel }}。\",\n"
    "        means: \"或可保存{{ asset.hours | h }}。\", doing: \"我们正在寻找。\", you: \"您无需操作。\"}\n"
    "      cleared: \"{{ asset.name }}已恢复低温，过热持续{{ duration }}，至{{ ended }}为止。\"\n"
    "      past: \"{{ asset.name }}曾于{{ onset }}至{{ ended }}过热，我们刚刚得知。\"\n"
    "  shaken:\n"
    "    en: {raised: \"{{ asset.name }} was shaken at {{ place }} ({{ shock | g }}).\"}\n"
    "    de: {raised: \"{{ asset.name }} wurde erschüttert: {{ place }} ({{ shock | g }}).\"}\n"
    "    es: {raised: \"{{ asset.name }} ha sufrido un golpe: {{ place }} ({{ shock | g }}).\"}\n"
    "    fr: {raised: \"{{ asset.name }} a été secoué : {{ place }} ({{ shock | g }}).\"}\n"
    "    zh: {raised: \"{{ asset.name }}受到震动：{{ place }}（{{ shock | g }}）。\"}\n"
    "  damp:\n"
    "    en: {raised: \"{{ asset.name }} is damp.\"}\n"
    "    de: {raised: \"{{ asset.name }} ist feucht.\"}\n"
    "    es: {raised: \"{{ asset.name }} tiene humedad.\"}\n"
    "    fr: {raised: \"{{ asset.name }} est humide.\"}\n"
    "    zh: {raised: \"{{ asset.name }}受潮。\"}\n"
    "  loud:\n"
    "    en: {raised: \"The alarm of {{ asset.name }} is sounding.\"}\n"
    "    de: {raised: \"Der Alarm von {{ asset.name }} ertönt.\"}\n"
    "    es: {raised: \"Suena la alarma de {{ asset.name }}.\"}\n"
    "    fr: {raised: \"L’alarme de {{ asset.name }} retentit.\"}\n"
    "    zh: {raised: \"{{ asset.name }}的警报正在响。\"}\n";

/* A person and their second of each language, and so many things of the person. */
static void write_assignments(char *out, size_t size, int things, int per_day)
{
    static const struct {
        const char *zone;
        const char *thing;
        const char *more;
    } rows[COMPOSE_LANGUAGES] = {{"America/New_York", "Box %d", ", units: us"},
                                 {"Europe/Berlin", "Kiste %d", ""},
                                 {"Europe/Madrid", "Caja %d", ""},
                                 {"Europe/Paris", "Colis %d", ""},
                                 {"Asia/Shanghai", "%d号箱", ""}};
    size_t at = (size_t)snprintf(
        out, size, "version: 1\nprofiles: {tag: {metrics: {light: {valid_for: 15m}}}}\ncustomers:\n");
    for (int i = 0; i < COMPOSE_LANGUAGES; i++)
        at += (size_t)snprintf(
            out + at, size - at,
            "  - {customer: p-%s, locale: %s, zone: %s%s, second: s-%s, channels: [sms, "
            "email], quiet: {from: \"03:30\", to: \"04:00\"}, budget: {day: %d, week: 90}}\n"
            "  - {customer: s-%s, locale: %s, zone: %s}\n",
            compose_languages[i], compose_languages[i], rows[i].zone, rows[i].more, compose_languages[i],
            per_day, compose_languages[i], compose_languages[i], rows[i].zone);
    at += (size_t)snprintf(out + at, size - at, "assets:\n");
    for (int i = 0; i < COMPOSE_LANGUAGES * things; i++) {
        const char *language = compose_languages[i / things];
        int number = i % things + 1;
        char name[32];
        (void)snprintf(name, sizeof name, rows[i / things].thing, number);
        at +=
            (size_t)snprintf(out + at, size - at,
                             "  - {asset: box-%s-%d, name: %s, class: x, devices: [t-%s-%d], customer: p-%s, "
                             "hours: 5, profile: tag, places: {depot: {latitude: 53.5, longitude: "
                             "10, radius: 500}}}\n",
                             language, number, name, language, number, language);
    }
    assert_true(at < size);
}

world *compose_start(int things, int per_day)
{
    static const char *const zones[] = {"America/New_York", "Europe/Berlin", "Europe/Madrid", "Europe/Paris",
                                        "Asia/Shanghai"};
    static char assignments[16384];
    write_assignments(assignments, sizeof assignments, things, per_day);
    world *w = world_create(pack, assignments, T0);
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
        world_zone(w, zones[i]);
    world_snapshot(w);
    return w;
}

void compose_report(world *w, int thing, const char *metric, double number, otr_time at)
{
    for (size_t i = 0; i < COMPOSE_LANGUAGES; i++) {
        char device[24];
        (void)snprintf(device, sizeof device, "t-%s-%d", compose_languages[i], thing);
        world_report(w, device, metric, number, at);
    }
}

void compose_upload(world *w, int thing, otr_reading *readings, size_t count)
{
    for (size_t i = 0; i < COMPOSE_LANGUAGES; i++) {
        char device[24];
        (void)snprintf(device, sizeof device, "t-%s-%d", compose_languages[i], thing);
        world_upload(w, device, readings, count);
    }
}

void compose_answer(world *w, const char *what, otr_customer_act act)
{
    for (size_t i = 0; i < COMPOSE_LANGUAGES; i++) {
        act.notification = compose_told(w, compose_languages[i], what)->entity;
        otr_command command = {.kind = OTR_COMMAND_CUSTOMER, .customer = act};
        assert_int_equal(world_command(w, command).refusal, OTR_REFUSAL_ACCEPTED);
    }
}

const world_event *compose_told(const world *w, const char *language, const char *what)
{
    for (size_t i = w->event_count; i > 0; i--) {
        const world_event *event = &w->events[i - 1];
        if (event->kind == OTR_SERVICE_NOTIFICATION && strcmp(event->what, what) == 0 &&
            strcmp(event->to + 2, language) == 0 && event->to[1] == '-')
            return event;
    }
    fail_msg("%s: nothing is told as %s", language, what);
    return NULL;
}

static void expect_one(const char *language, const char *length, const char *said, const char *expected)
{
    if (strcmp(said, expected) != 0)
        fail_msg("%s, %s:\n  said     \"%s\"\n  expected \"%s\"", language, length, said, expected);
}

void compose_expect(const world *w, const char *what, const compose_text expected[COMPOSE_LANGUAGES])
{
    for (size_t i = 0; i < COMPOSE_LANGUAGES; i++) {
        const world_event *event = compose_told(w, compose_languages[i], what);
        if (event == NULL)
            continue; /* it has failed */
        const char *brief = expected[i].brief != NULL ? expected[i].brief : expected[i].text;
        expect_one(compose_languages[i], "text", event->text, expected[i].text);
        expect_one(compose_languages[i], "brief", event->brief, brief);
        expect_one(compose_languages[i], "line", event->line,
                   expected[i].line != NULL ? expected[i].line : brief);
        assert_true(otr_text_length(otr_str_of(event->line)) <= OTR_LINE_CHARACTERS);
        assert_true(otr_text_length(otr_str_of(event->brief)) <= OTR_BRIEF_CHARACTERS);
    }
}
