/* What is said of alarms in five languages, at three lengths: their begin with all that belongs to it, news,
 * their end, what was over when it became known, what was not so, and how sure we are. */
#include "compose_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static otr_reading fix(otr_time at)
{
    return (otr_reading){.metric = OTR_STR("location"),
                         .at_us = at,
                         .stamp = OTR_STAMP_ABSOLUTE,
                         .kind = OTR_KIND_LOCATION,
                         .location = {53.5, 10.0}};
}

/* Warm, shaken and damp at once, in the depot. */
static world *together(void)
{
    world *w = compose_start(1, 90);
    otr_reading readings[] = {fix(AT(5)), world_number("temperature", 9.54, AT(5)),
                              world_number("shock", 4.2, AT(5)), world_number("humidity", 90, AT(5))};
    world_sleep(w, 5 * OTR_MINUTE);
    compose_upload(w, 1, readings, 4);
    return w;
}

static void a_begin_says_all_parts_and_what_else_there_is(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"Box 1 too warm: 49.2°F", "Box 1 has been too warm since 7:05\u202fAM, now 49.2°F.",
         "Box 1 has been too warm since 7:05\u202fAM: 49.2°F. It may keep for 5 hours. We are looking for "
         "it. You need do nothing. Also: Box 1 was shaken at depot (4.2 g); Box 1 is damp. This was our "
         "fault, and we are sorry. You will hear from us again by 1:05\u202fPM. You get this because you are "
         "a contact for Box 1."},
        {"Kiste 1 zu warm: 9,5 °C", "Kiste 1 ist seit 13:05 zu warm, jetzt 9,5 °C.",
         "Kiste 1 ist seit 13:05 zu warm: 9,5 °C. Der Inhalt hält vielleicht 5 Stunden. Wir suchen danach. "
         "Sie müssen nichts tun. Außerdem: Kiste 1 wurde erschüttert: depot (4,2 g); Kiste 1 ist feucht. Das "
         "war unser Fehler, und wir bitten um Entschuldigung. Sie hören spätestens 19:05 wieder von uns. Sie "
         "erhalten diese Nachricht, weil Sie als Kontakt für Kiste 1 eingetragen sind."},
        {"Caja 1, demasiado calor: 9,5 °C", "Caja 1 está a 9,5 °C, con demasiado calor desde 13:05.",
         "Caja 1 tiene demasiado calor desde 13:05: 9,5 °C. Quizá aguante 5 horas. Lo estamos buscando. No "
         "tiene que hacer nada. Además: Caja 1 ha sufrido un golpe: depot (4,2 g); Caja 1 tiene humedad. Fue "
         "culpa nuestra y le pedimos disculpas. Volverá a tener noticias nuestras, a más tardar: 19:05. "
         "Recibe este mensaje porque figura como contacto de Caja 1."},
        {"Colis 1 trop chaud : 9,5\u202f°C", "Colis 1 est trop chaud depuis 13:05, à présent 9,5\u202f°C.",
         "Colis 1 est trop chaud depuis 13:05 : 9,5\u202f°C. Le contenu tiendra peut-être 5\u00a0heures. "
         "Nous sommes à sa recherche. Vous n’avez rien à faire. Également\u00a0: Colis 1 a été secoué : "
         "depot (4,2\u202fg)\u00a0; Colis 1 est humide. C’était notre faute, et nous vous présentons nos "
         "excuses. Vous aurez de nos nouvelles, au plus tard\u00a0: 19:05. Vous recevez ce message parce que "
         "vous figurez parmi les contacts pour Colis 1."},
        {"1号箱过热：9.5°C", "1号箱自20:05起过热，目前9.5°C。",
         "1号箱自20:05起过热：9.5°C。或可保存5小时。我们正在寻找。您无需操作。另外：1号箱受到震动：depot（4."
         "2 g）；1号箱受潮。这是我们的过失，我们深表歉意。我们最迟于明天 "
         "02:05再次联系您。您收到此消息，是因为您是1号箱的联系人。"},
    };
    world *w = together();
    compose_expect(w, "raised", expected);
    world_free(w);
}

static void news_say_since_when_it_goes_on(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"Box 1: ongoing since 7:05\u202fAM",
         "Box 1: not over yet, going on since 7:05\u202fAM. We keep watching it.",
         "Box 1: this is not over yet. It has been going on since 7:05\u202fAM, and we keep watching it. "
         "This was our fault, and we are sorry. You will hear from us again by tomorrow 1:05\u202fAM. You "
         "get this because you are a contact for Box 1."},
        {"Kiste 1: dauert an, seit 13:05",
         "Kiste 1: noch nicht vorbei, dauert seit 13:05 an. Wir behalten es im Auge.",
         "Kiste 1: Es ist noch nicht vorbei. Es dauert seit 13:05 an, und wir behalten es im Auge. Das war "
         "unser Fehler, und wir bitten um Entschuldigung. Sie hören spätestens morgen 07:05 wieder von uns. "
         "Sie erhalten diese Nachricht, weil Sie als Kontakt für Kiste 1 eingetragen sind."},
        {"Caja 1: continúa desde 13:05",
         "Caja 1: aún no ha terminado, continúa desde 13:05. Seguimos pendientes.",
         "Caja 1: aún no ha terminado. Continúa desde 13:05 y seguimos pendientes. Fue culpa nuestra y le "
         "pedimos disculpas. Volverá a tener noticias nuestras, a más tardar: mañana 7:05. Recibe este "
         "mensaje porque figura como contacto de Caja 1."},
        {"Colis 1\u00a0: en cours depuis 13:05",
         "Colis 1\u00a0: pas encore terminé, en cours depuis 13:05. Nous continuons à suivre la situation.",
         "Colis 1\u00a0: ce n’est pas encore terminé. La situation dure depuis 13:05 et nous continuons à la "
         "suivre. C’était notre faute, et nous vous présentons nos excuses. Vous aurez de nos nouvelles, au "
         "plus tard\u00a0: demain 07:05. Vous recevez ce message parce que vous figurez parmi les contacts "
         "pour Colis 1."},
        {"1号箱：自昨天 20:05起仍在持续", "1号箱：情况尚未结束，自昨天 20:05起一直持续，我们仍在关注。",
         "1号箱：情况尚未结束，自昨天 "
         "20:05起一直持续，我们仍在关注。这是我们的过失，我们深表歉意。我们最迟于14:"
         "05再次联系您。您收到此消息，是因为您是1号箱的联系人。"},
    };
    world *w = together();
    world_sleep(w, 6 * OTR_HOUR);
    compose_expect(w, "updated", expected);
    world_free(w);
}

static void an_end_says_how_long_it_lasted(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"Box 1 is cold again. It was warm for 6 hours 35 minutes…",
         "Box 1 is cold again. It was warm for 6 hours 35 minutes, until 1:40\u202fPM.",
         "Box 1 is cold again. It was warm for 6 hours 35 minutes, until 1:40\u202fPM. This was our fault, "
         "and we are sorry. You will hear from us again by tomorrow 1:05\u202fAM. You get this because you "
         "are a contact for Box 1."},
        {"Kiste 1 ist wieder kalt, nach 6 Stunden 35 Minuten Wärme…",
         "Kiste 1 ist wieder kalt, nach 6 Stunden 35 Minuten Wärme bis 19:40.",
         "Kiste 1 ist wieder kalt, nach 6 Stunden 35 Minuten Wärme bis 19:40. Das war unser Fehler, und wir "
         "bitten um Entschuldigung. Sie hören spätestens morgen 07:05 wieder von uns. Sie erhalten diese "
         "Nachricht, weil Sie als Kontakt für Kiste 1 eingetragen sind."},
        {"Caja 1 vuelve a estar frío, tras 6 horas 35 minutos de…",
         "Caja 1 vuelve a estar frío, tras 6 horas 35 minutos de calor hasta 19:40.",
         "Caja 1 vuelve a estar frío, tras 6 horas 35 minutos de calor hasta 19:40. Fue culpa nuestra y le "
         "pedimos disculpas. Volverá a tener noticias nuestras, a más tardar: mañana 7:05. Recibe este "
         "mensaje porque figura como contacto de Caja 1."},
        {"Colis 1 est de nouveau froid, après 6\u00a0heures 35\u00a0minutes de…",
         "Colis 1 est de nouveau froid, après 6\u00a0heures 35\u00a0minutes de chaleur jusqu’à 19:40.",
         "Colis 1 est de nouveau froid, après 6\u00a0heures 35\u00a0minutes de chaleur jusqu’à 19:40. "
         "C’était notre faute, et nous vous présentons nos excuses. Vous aurez de nos nouvelles, au plus "
         "tard\u00a0: demain 07:05. Vous recevez ce message parce que vous figurez parmi les contacts pour "
         "Colis 1."},
        {NULL, "1号箱已恢复低温，过热持续6小时35分钟，至02:40为止。",
         "1号箱已恢复低温，过热持续6小时35分钟，至02:40为止。这是我们的过失，我们深表歉意。我们最迟于14:"
         "05再次联系您。您收到此消息，是因为您是1号箱的联系人。"},
    };
    world *w = together();
    world_sleep(w, 6 * OTR_HOUR);
    compose_report(w, 1, "temperature", 5, AT(400));
    compose_expect(w, "cleared", expected);
    world_free(w);
}

static void what_was_over_is_told_as_the_past(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"Box 1 was too warm from 7:20\u202fAM to 7:40\u202fAM, as we hear only…",
         "Box 1 was too warm from 7:20\u202fAM to 7:40\u202fAM, as we hear only now.",
         "Box 1 was too warm from 7:20\u202fAM to 7:40\u202fAM, as we hear only now. This was our fault, and "
         "we are sorry. You get this because you are a contact for Box 1."},
        {"Kiste 1 war von 13:20 bis 13:40 zu warm, wie wir erst jetzt…",
         "Kiste 1 war von 13:20 bis 13:40 zu warm, wie wir erst jetzt erfahren.",
         "Kiste 1 war von 13:20 bis 13:40 zu warm, wie wir erst jetzt erfahren. Das war unser Fehler, und "
         "wir bitten um Entschuldigung. Sie erhalten diese Nachricht, weil Sie als Kontakt für Kiste 1 "
         "eingetragen sind."},
        {"Caja 1 tuvo demasiado calor desde 13:20 hasta 13:40; lo…",
         "Caja 1 tuvo demasiado calor desde 13:20 hasta 13:40; lo sabemos ahora.",
         "Caja 1 tuvo demasiado calor desde 13:20 hasta 13:40; lo sabemos ahora. Fue culpa nuestra y le "
         "pedimos disculpas. Recibe este mensaje porque figura como contacto de Caja 1."},
        {"Colis 1 a été trop chaud de 13:20 à 13:40, nous l’apprenons…",
         "Colis 1 a été trop chaud de 13:20 à 13:40, nous l’apprenons maintenant.",
         "Colis 1 a été trop chaud de 13:20 à 13:40, nous l’apprenons maintenant. C’était notre faute, et "
         "nous vous présentons nos excuses. Vous recevez ce message parce que vous figurez parmi les "
         "contacts pour Colis 1."},
        {NULL, "1号箱曾于20:20至20:40过热，我们刚刚得知。",
         "1号箱曾于20:20至20:"
         "40过热，我们刚刚得知。这是我们的过失，我们深表歉意。您收到此消息，是因为您是1号箱的联系人。"},
    };
    world *w = compose_start(1, 90);
    otr_reading old[] = {world_number("temperature", 5, AT(10)), world_number("temperature", 9, AT(20)),
                         world_number("temperature", 9, AT(30)), world_number("temperature", 5, AT(40))};
    world_sleep(w, 200 * OTR_MINUTE);
    compose_upload(w, 1, old, 4);
    world_sleep(w, OTR_HOUR);
    compose_expect(w, "historical", expected);
    world_free(w);
}

static void what_was_not_so_is_taken_back_and_is_nobodys_fault(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"Box 1: false alarm, we are sorry",
         "Box 1: what we told you (7:11\u202fAM) turned out not to be so. We are sorry.",
         "Box 1: what we told you (7:11\u202fAM) turned out not to be so. We are sorry for the trouble. You "
         "get this because you are a contact for Box 1."},
        {"Kiste 1: Fehlalarm, es tut uns leid",
         "Kiste 1: Was wir Ihnen gemeldet haben (13:11), traf nicht zu. Wir bitten um Entschuldigung.",
         "Kiste 1: Was wir Ihnen gemeldet haben (13:11), traf nicht zu. Wir bitten um Entschuldigung. Sie "
         "erhalten diese Nachricht, weil Sie als Kontakt für Kiste 1 eingetragen sind."},
        {"Caja 1: falsa alarma, lo sentimos",
         "Caja 1: lo que le comunicamos (13:11) resultó no ser así. Le pedimos disculpas.",
         "Caja 1: lo que le comunicamos (13:11) resultó no ser así. Le pedimos disculpas. Recibe este "
         "mensaje porque figura como contacto de Caja 1."},
        {"Colis 1\u00a0: fausse alerte, nos excuses",
         "Colis 1\u00a0: ce que nous vous avions signalé (13:11) ne s’est pas confirmé. Toutes nos excuses.",
         "Colis 1\u00a0: ce que nous vous avions signalé (13:11) ne s’est pas confirmé. Nous vous prions de "
         "nous excuser. Vous recevez ce message parce que vous figurez parmi les contacts pour Colis 1."},
        {"1号箱：此前为误报，我们深表歉意", "1号箱：我们此前（20:11）告知您的情况并不属实。我们深表歉意。",
         "1号箱：我们此前（20:"
         "11）告知您的情况并不属实。给您带来不便，我们深表歉意。您收到此消息，是因为您是1号箱的联系人。"},
    };
    world *w = compose_start(1, 90);
    otr_reading late = world_number("voltage", 2, AT(6));
    compose_report(w, 1, "voltage", 9, AT(1));
    compose_report(w, 1, "voltage", 9, AT(12));
    compose_upload(w, 1, &late, 1);
    world_sleep(w, 2 * OTR_MINUTE);
    compose_expect(w, "retracted", expected);
    world_free(w);
}

static void where_data_is_missing_it_says_how_much_there_is(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {NULL, "Box 1 is damp.",
         "Box 1 is damp. Our data covers 52% of this time, so we may have missed something. You will hear "
         "from us again by tomorrow 8:55\u202fAM. You get this because you are a contact for Box 1."},
        {NULL, "Kiste 1 ist feucht.",
         "Kiste 1 ist feucht. Unsere Daten decken 52\u00a0% dieser Zeit ab; es kann uns also etwas entgangen "
         "sein. Sie hören spätestens morgen 14:55 wieder von uns. Sie erhalten diese Nachricht, weil Sie als "
         "Kontakt für Kiste 1 eingetragen sind."},
        {NULL, "Caja 1 tiene humedad.",
         "Caja 1 tiene humedad. Nuestros datos cubren el 52\u00a0% de este tiempo, así que puede habérsenos "
         "escapado algo. Volverá a tener noticias nuestras, a más tardar: mañana 14:55. Recibe este mensaje "
         "porque figura como contacto de Caja 1."},
        {NULL, "Colis 1 est humide.",
         "Colis 1 est humide. Nos données couvrent 52\u00a0% de cette période\u202f; quelque chose a pu nous "
         "échapper. Vous aurez de nos nouvelles, au plus tard\u00a0: demain 14:55. Vous recevez ce message "
         "parce que vous figurez parmi les contacts pour Colis 1."},
        {NULL, "1号箱受潮。",
         "1号箱受潮。我们的数据覆盖了这段时间的52%，可能有所遗漏。我们最迟于明天 "
         "21:55再次联系您。您收到此消息，是因为您是1号箱的联系人。"},
    };
    world *w = compose_start(1, 90);
    for (int m = 0; m <= 30; m += 10)
        compose_report(w, 1, "light", 9, AT(m)); /* covered until 45 */
    for (int m = 100; m <= 120; m += 10)
        compose_report(w, 1, "light", 9, AT(m));
    compose_expect(w, "raised", expected);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_begin_says_all_parts_and_what_else_there_is),
        cmocka_unit_test(news_say_since_when_it_goes_on),
        cmocka_unit_test(an_end_says_how_long_it_lasted),
        cmocka_unit_test(what_was_over_is_told_as_the_past),
        cmocka_unit_test(what_was_not_so_is_taken_back_and_is_nobodys_fault),
        cmocka_unit_test(where_data_is_missing_it_says_how_much_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
