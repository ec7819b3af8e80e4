/* What is said in five languages, at three lengths, until somebody answers, and of many things at once. */
#include "base/limits.h"
#include "compose_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_reminder_says_what_it_reminds_of(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {NULL, "Reminder: The alarm of Box 1 is sounding.",
         "A reminder, because this is still open and a short answer from you would help: The alarm of Box 1 "
         "is sounding. The device itself seems to be the cause. It was nothing you did. You will hear from "
         "us again by 8:01\u202fAM. You get this because you are a contact for Box 1."},
        {NULL, "Zur Erinnerung: Der Alarm von Kiste 1 ertönt.",
         "Zur Erinnerung, weil es noch offen ist und eine kurze Antwort von Ihnen helfen würde: Der Alarm "
         "von Kiste 1 ertönt. Vermutlich liegt es am Gerät selbst. An Ihnen lag es nicht. Sie hören "
         "spätestens 14:01 wieder von uns. Sie erhalten diese Nachricht, weil Sie als Kontakt für Kiste 1 "
         "eingetragen sind."},
        {NULL, "Recordatorio: Suena la alarma de Caja 1.",
         "Un recordatorio, porque sigue abierto y una breve respuesta suya nos ayudaría: Suena la alarma de "
         "Caja 1. La causa parece estar en el propio dispositivo. No se debe a nada que usted haya hecho. "
         "Volverá a tener noticias nuestras, a más tardar: 14:01. Recibe este mensaje porque figura como "
         "contacto de Caja 1."},
        {NULL, "Rappel\u00a0: L’alarme de Colis 1 retentit.",
         "Un rappel, car la situation est toujours ouverte et une courte réponse de votre part nous "
         "aiderait\u00a0: L’alarme de Colis 1 retentit. La cause semble être l’appareil lui-même. Vous n’y "
         "êtes pour rien. Vous aurez de nos nouvelles, au plus tard\u00a0: 14:01. Vous recevez ce message "
         "parce que vous figurez parmi les contacts pour Colis 1."},
        {NULL, "提醒：1号箱的警报正在响。",
         "再次提醒您：此事尚未解决，您的简短回复会对我们很有帮助。1号箱的警报正在响。原因可能在设备本身，与您"
         "无关。我们最迟于21:01再次联系您。您收到此消息，是因为您是1号箱的联系人。"},
    };
    world *w = compose_start(1, 90);
    compose_report(w, 1, "noise", 90, AT(1));
    world_sleep(w, 16 * OTR_MINUTE);
    compose_expect(w, "repeated", expected);
    world_free(w);
}

static void the_second_contact_hears_why_and_what(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"No answer yet: The alarm of Box 1 is sounding.",
         "No answer since 7:01\u202fAM, so we are telling you as well: The alarm of Box 1 is sounding.",
         "Box 1: nobody has answered since 7:01\u202fAM, so we are telling you as well. The alarm of Box 1 "
         "is sounding. The device itself seems to be the cause. It was nothing you did. You will hear from "
         "us again by 8:31\u202fAM. You get this because you are a contact for Box 1."},
        {"Noch keine Antwort: Der Alarm von Kiste 1 ertönt.",
         "Seit 13:01 keine Antwort, deshalb auch an Sie: Der Alarm von Kiste 1 ertönt.",
         "Kiste 1: Seit 13:01 hat niemand geantwortet, deshalb wenden wir uns auch an Sie. Der Alarm von "
         "Kiste 1 ertönt. Vermutlich liegt es am Gerät selbst. An Ihnen lag es nicht. Sie hören spätestens "
         "14:31 wieder von uns. Sie erhalten diese Nachricht, weil Sie als Kontakt für Kiste 1 eingetragen "
         "sind."},
        {"Aún sin respuesta: Suena la alarma de Caja 1.",
         "Sin respuesta desde 13:01, por eso le avisamos también a usted: Suena la alarma de Caja 1.",
         "Caja 1: nadie ha respondido desde 13:01, por eso le avisamos también a usted. Suena la alarma de "
         "Caja 1. La causa parece estar en el propio dispositivo. No se debe a nada que usted haya hecho. "
         "Volverá a tener noticias nuestras, a más tardar: 14:31. Recibe este mensaje porque figura como "
         "contacto de Caja 1."},
        {"Pas encore de réponse\u00a0: L’alarme de Colis 1 retentit.",
         "Pas de réponse depuis 13:01, nous vous prévenons donc aussi\u00a0: L’alarme de Colis 1 retentit.",
         "Colis 1\u00a0: personne n’a répondu depuis 13:01, c’est pourquoi nous vous prévenons aussi. "
         "L’alarme de Colis 1 retentit. La cause semble être l’appareil lui-même. Vous n’y êtes pour rien. "
         "Vous aurez de nos nouvelles, au plus tard\u00a0: 14:31. Vous recevez ce message parce que vous "
         "figurez parmi les contacts pour Colis 1."},
        {"尚无人回复：1号箱的警报正在响。", "自20:01起尚无人回复，因此也通知您：1号箱的警报正在响。",
         "1号箱：自20:"
         "01起尚无人回复，因此也通知您。1号箱的警报正在响。原因可能在设备本身，与您无关。我们最迟于21:"
         "31再次联系您。您收到此消息，是因为您是1号箱的联系人。"},
    };
    world *w = compose_start(1, 90);
    compose_report(w, 1, "noise", 90, AT(1));
    world_sleep(w, 31 * OTR_MINUTE);
    compose_expect(w, "escalated", expected);
    world_free(w);
}

_Static_assert(OTR_LIMIT_FLOOD_ASSETS == 5 && OTR_LIMIT_FLOOD_MINUTES == 10 &&
                   OTR_LIMIT_FLOOD_DIGEST_MINUTES == 30,
               "as the texts say");

static void a_flood_says_how_many_and_of_what(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"6 reports of one kind: Box 6 too warm: 48.2°F",
         "6 reports of the same kind, probably one cause. A summary follows by 7:36\u202fAM: Box 6 too warm: "
         "48.2°F",
         "6 reports of the same kind: Box 6 too warm: 48.2°F. There is probably one cause. We are putting "
         "everything into one summary, which you will have by 7:36\u202fAM."},
        {"6 Meldungen gleicher Art: Kiste 6 zu warm: 9 °C",
         "6 Meldungen gleicher Art, wohl eine Ursache. Überblick spätestens 13:36: Kiste 6 zu warm: 9 °C",
         "6 Meldungen gleicher Art: Kiste 6 zu warm: 9 °C. Wahrscheinlich gibt es eine gemeinsame Ursache. "
         "Wir fassen alles zusammen; Sie erhalten den Überblick spätestens 13:36."},
        {"6 avisos del mismo tipo: Caja 6, demasiado calor: 9 °C",
         "6 avisos del mismo tipo, probablemente una sola causa. Resumen a más tardar: 13:36. Caja 6, "
         "demasiado calor: 9 °C",
         "6 avisos del mismo tipo: Caja 6, demasiado calor: 9 °C. Probablemente hay una sola causa. Lo "
         "reunimos todo en un resumen, que recibirá a más tardar: 13:36."},
        {"6 alertes du même type\u00a0: Colis 6 trop chaud : 9\u202f°C",
         "6 alertes du même type, probablement une seule cause. Résumé au plus tard\u00a0: 13:36. Colis 6 "
         "trop chaud : 9\u202f°C",
         "6 alertes du même type\u00a0: Colis 6 trop chaud : 9\u202f°C. Il y a probablement une seule cause. "
         "Nous réunissons tout dans un résumé, que vous recevrez au plus tard\u00a0: 13:36."},
        {"6条同类报告：6号箱过热：9°C",
         "6条同类报告，很可能出于同一原因，汇总最迟于20:36发给您：6号箱过热：9°C",
         "6条同类报告：6号箱过热：9°C。很可能出于同一原因。我们会汇总全部情况，最迟于20:36发给您。"},
    };
    world *w = compose_start(7, 90);
    for (int i = 1; i <= 7; i++)
        compose_report(w, i, "temperature", 9, AT(i));
    compose_expect(w, "flood", expected);
    world_free(w);
}

static void the_summary_says_what_is_still_so(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"2 updates since 7:06\u202fAM",
         "2 updates since 7:06\u202fAM: Box 6: ongoing since 7:06\u202fAM; Box 7 too warm: 48.2°F",
         "2 updates since 7:06\u202fAM: Box 6: ongoing since 7:06\u202fAM; Box 7 too warm: 48.2°F."},
        {"2 Neuigkeiten seit 13:06",
         "2 Neuigkeiten seit 13:06: Kiste 6: dauert an, seit 13:06; Kiste 7 zu warm: 9 °C",
         "2 Neuigkeiten seit 13:06: Kiste 6: dauert an, seit 13:06; Kiste 7 zu warm: 9 °C."},
        {"2 novedades desde 13:06",
         "2 novedades desde 13:06: Caja 6: continúa desde 13:06; Caja 7, demasiado calor: 9 °C",
         "2 novedades desde 13:06: Caja 6: continúa desde 13:06; Caja 7, demasiado calor: 9 °C."},
        {"2 nouvelles depuis 13:06",
         "2 nouvelles depuis 13:06\u00a0: Colis 6\u00a0: en cours depuis 13:06\u00a0; Colis 7 trop chaud : "
         "9\u202f°C",
         "2 nouvelles depuis 13:06\u00a0: Colis 6\u00a0: en cours depuis 13:06\u00a0; Colis 7 trop chaud : "
         "9\u202f°C."},
        {"自20:06以来有2条新消息", "自20:06以来有2条新消息：6号箱：自20:06起仍在持续；7号箱过热：9°C",
         "自20:06以来有2条新消息：6号箱：自20:06起仍在持续；7号箱过热：9°C。"},
    };
    world *w = compose_start(7, 90);
    for (int i = 1; i <= 7; i++)
        compose_report(w, i, "temperature", 9, AT(i));
    world_sleep(w, 31 * OTR_MINUTE);
    compose_expect(w, "digest", expected);
    world_free(w);
}

static void a_flood_that_is_over_is_said_to_be(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"Over: 7 reports since 7:01\u202fAM", NULL,
         "It is over: 7 reports of the same kind since 7:01\u202fAM."},
        {"Vorbei: 7 Meldungen seit 13:01", NULL, "Es ist vorbei: 7 Meldungen gleicher Art seit 13:01."},
        {"Terminado: 7 avisos desde 13:01", NULL, "Ya ha terminado: 7 avisos del mismo tipo desde 13:01."},
        {"Terminé\u00a0: 7 alertes depuis 13:01", NULL,
         "C’est terminé\u00a0: 7 alertes du même type depuis 13:01."},
        {"已结束：自20:01以来共7条报告", NULL, "情况已结束：自20:01以来共7条同类报告。"},
    };
    world *w = compose_start(7, 90);
    for (int i = 1; i <= 7; i++)
        compose_report(w, i, "temperature", 9, AT(i));
    for (int i = 1; i <= 7; i++)
        compose_report(w, i, "temperature", 5, AT(15));
    world_sleep(w, 31 * OTR_MINUTE);
    compose_expect(w, "digest", expected);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reminder_says_what_it_reminds_of),
        cmocka_unit_test(the_second_contact_hears_why_and_what),
        cmocka_unit_test(a_flood_says_how_many_and_of_what),
        cmocka_unit_test(the_summary_says_what_is_still_so),
        cmocka_unit_test(a_flood_that_is_over_is_said_to_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
