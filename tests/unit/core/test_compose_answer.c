/* What is answered in five languages, at three lengths, to who asks how it is, wants a call or silence, or
 * wants to know what is stored. */
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

static void act(world *w, const char *what, otr_customer_action action)
{
    compose_answer(w, what, (otr_customer_act){.action = action, .from = OTR_TIME_NONE, .to = OTR_TIME_NONE});
}

static void stop_handling(world *w)
{
    compose_answer(w, "raised",
                   (otr_customer_act){.action = OTR_CUSTOMER_STOP,
                                      .category = OTR_STR("handling"),
                                      .from = OTR_TIME_NONE,
                                      .to = OTR_TIME_NONE});
}

static void the_status_is_the_trouble_and_all_that_is_known(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"Box 1: open since 7:05\u202fAM", "Box 1: open since 7:05\u202fAM. Box 1 too warm: 49.2°F",
         "Box 1: open since 7:05\u202fAM. Box 1 too warm: 49.2°F. Place: depot. Temperature: 49.2°F. Last "
         "bump: 7:05\u202fAM. Latest data: 7:05\u202fAM. Time covered by data: 100%. You will hear from us "
         "again by 1:05\u202fPM."},
        {"Kiste 1: offen seit 13:05", "Kiste 1: offen seit 13:05. Kiste 1 zu warm: 9,5 °C",
         "Kiste 1: offen seit 13:05. Kiste 1 zu warm: 9,5 °C. Ort: depot. Temperatur: 9,5 °C. Letzter Stoß: "
         "13:05. Neueste Daten: 13:05. Mit Daten abgedeckte Zeit: 100\u00a0%. Sie hören spätestens 19:05 "
         "wieder von uns."},
        {"Caja 1: abierto desde 13:05", "Caja 1: abierto desde 13:05. Caja 1, demasiado calor: 9,5 °C",
         "Caja 1: abierto desde 13:05. Caja 1, demasiado calor: 9,5 °C. Lugar: depot. Temperatura: 9,5 °C. "
         "Último golpe: 13:05. Últimos datos: 13:05. Tiempo cubierto por los datos: 100\u00a0%. Volverá a "
         "tener noticias nuestras, a más tardar: 19:05."},
        {"Colis 1\u00a0: ouvert depuis 13:05",
         "Colis 1\u00a0: ouvert depuis 13:05. Colis 1 trop chaud : 9,5\u202f°C",
         "Colis 1\u00a0: ouvert depuis 13:05. Colis 1 trop chaud : 9,5\u202f°C. Lieu\u00a0: depot. "
         "Température\u00a0: 9,5\u202f°C. Dernier choc\u00a0: 13:05. Dernières données\u00a0: 13:05. Temps "
         "couvert par les données\u00a0: 100\u00a0%. Vous aurez de nos nouvelles, au plus tard\u00a0: "
         "19:05."},
        {"1号箱：自20:05起尚未解决", "1号箱：自20:05起尚未解决。1号箱过热：9.5°C",
         "1号箱：自20:05起尚未解决。1号箱过热：9.5°C。位置：depot。温度：9.5°C。最近一次碰撞：20:"
         "05。最新数据：20:05。有数据的时间占100%。我们最迟于明天 02:05再次联系您。"},
    };
    world *w = together();
    act(w, "raised", OTR_CUSTOMER_STATUS);
    compose_expect(w, "answer", expected);
    world_free(w);
}

static void the_status_without_trouble_promises_no_more_than_data_shows(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"Box 1: all well, as far as we know", "Box 1: nothing is wrong, as far as our data shows.",
         "Box 1: nothing is wrong, as far as our data shows. Temperature: 41°F. Latest data: 7:40\u202fAM."},
        {"Kiste 1: nach unseren Daten alles gut", "Kiste 1: Nach unseren Daten ist alles in Ordnung.",
         "Kiste 1: Nach unseren Daten ist alles in Ordnung. Temperatur: 5 °C. Neueste Daten: 13:40."},
        {"Caja 1: todo bien, según nuestros datos", "Caja 1: todo está bien, según nuestros datos.",
         "Caja 1: todo está bien, según nuestros datos. Temperatura: 5 °C. Últimos datos: 13:40."},
        {"Colis 1\u00a0: tout va bien, selon nos données",
         "Colis 1\u00a0: tout va bien, d’après nos données.",
         "Colis 1\u00a0: tout va bien, d’après nos données. Température\u00a0: 5\u202f°C. Dernières "
         "données\u00a0: 13:40."},
        {"1号箱：根据数据，一切正常", "1号箱：根据我们的数据，一切正常。",
         "1号箱：根据我们的数据，一切正常。温度：5°C。最新数据：昨天 20:40。"},
    };
    world *w = compose_start(1, 90);
    otr_reading old[] = {world_number("temperature", 5, AT(10)), world_number("temperature", 9, AT(20)),
                         world_number("temperature", 9, AT(30)), world_number("temperature", 5, AT(40))};
    world_sleep(w, 200 * OTR_MINUTE);
    compose_upload(w, 1, old, 4);
    world_sleep(w, OTR_HOUR);
    act(w, "historical", OTR_CUSTOMER_STATUS);
    compose_expect(w, "answer", expected);
    world_free(w);
}

static void a_call_is_confirmed_with_its_time(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"Call noted: 12:00 – 1:00\u202fPM", NULL,
         "We have told our team that you would like a call about Box 1 between 12:00\u202fPM and "
         "1:00\u202fPM."},
        {"Anruf vorgemerkt: 18:00–19:00", NULL,
         "Unser Team weiß, dass Sie zu Kiste 1 einen Anruf wünschen, zwischen 18:00 und 19:00."},
        {"Llamada anotada: 18:00–19:00", NULL,
         "Nuestro equipo sabe que desea una llamada sobre Caja 1 entre 18:00 y 19:00."},
        {"Appel noté\u00a0: 18:00–19:00", NULL,
         "Notre équipe sait que vous souhaitez un appel pour Colis 1, entre 18:00 et 19:00."},
        {"已记下通话时间：明天 01:00–02:00", NULL,
         "您希望在明天 01:00至明天 02:00之间接到关于1号箱的电话，我们已转告团队。"},
    };
    world *w = together();
    compose_answer(w, "raised",
                   (otr_customer_act){.action = OTR_CUSTOMER_CALL_ME, .from = AT(300), .to = AT(360)});
    compose_expect(w, "answer", expected);
    world_free(w);
}

static void silence_is_confirmed(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"No more messages about “knocks and falls”", NULL,
         "You will get no more messages about “knocks and falls”. You can turn them on again at any time."},
        {"Keine Nachrichten mehr zu „Stöße und Stürze“", NULL,
         "Sie erhalten keine Nachrichten mehr zu „Stöße und Stürze“. Sie können sie jederzeit wieder "
         "einschalten."},
        {"Ya no recibirá mensajes: golpes y caídas", NULL,
         "Ya no recibirá mensajes sobre «golpes y caídas». Puede volver a activarlos cuando quiera."},
        {"Plus de messages\u00a0: chocs et chutes", NULL,
         "Vous ne recevrez plus de messages sur «\u00a0chocs et chutes\u00a0». Vous pouvez les réactiver à "
         "tout "
         "moment."},
        {"不再发送“磕碰和跌落”消息", NULL, "您将不再收到关于“磕碰和跌落”的消息。您可以随时重新开启。"},
    };
    world *w = together();
    stop_handling(w);
    compose_expect(w, "answer", expected);
    world_free(w);
}

static void what_is_stored_is_a_list_with_what_was_stopped(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"What we have stored about you",
         "What we have stored about you: language: en-US; time zone: America/New_York; we reach you by: sms, "
         "email; quiet hours: 3:30\u202fAM–4:00\u202fAM; turned off: handling…",
         "What we have stored about you: language: en-US; time zone: America/New_York; we reach you by: sms, "
         "email; quiet hours: 3:30\u202fAM–4:00\u202fAM; turned off: handling; at most 90 messages a day and "
         "90 messages a week; counted towards that in the last seven days: 1 message; 1 open matter."},
        {"Was wir über Sie gespeichert haben",
         "Das haben wir über Sie gespeichert: Sprache: de; Zeitzone: Europe/Berlin; wir erreichen Sie über: "
         "sms, email; Ruhezeit: 03:30–04:00; ausgeschaltet: handling…",
         "Das haben wir über Sie gespeichert: Sprache: de; Zeitzone: Europe/Berlin; wir erreichen Sie über: "
         "sms, email; Ruhezeit: 03:30–04:00; ausgeschaltet: handling; höchstens 90 Nachrichten am Tag und 90 "
         "Nachrichten in der Woche; davon in den letzten sieben Tagen gezählt: 1 Nachricht; 1 offener "
         "Vorgang."},
        {"Lo que tenemos guardado sobre usted",
         "Esto es lo que tenemos guardado sobre usted: idioma: es; zona horaria: Europe/Madrid; le "
         "contactamos por: sms, email; horas de silencio: 3:30–4:00…",
         "Esto es lo que tenemos guardado sobre usted: idioma: es; zona horaria: Europe/Madrid; le "
         "contactamos por: sms, email; horas de silencio: 3:30–4:00; desactivado: handling; como máximo 90 "
         "mensajes al día y 90 mensajes a la semana; contados para ello en los últimos siete días: 1 "
         "mensaje; 1 asunto abierto."},
        {"Ce que nous avons enregistré à votre sujet",
         "Voici ce que nous avons enregistré à votre sujet\u00a0: langue\u00a0: fr\u00a0; fuseau "
         "horaire\u00a0: Europe/Paris\u00a0; nous vous joignons par\u00a0: sms, email\u00a0; heures de "
         "silence…",
         "Voici ce que nous avons enregistré à votre sujet\u00a0: langue\u00a0: fr\u00a0; fuseau "
         "horaire\u00a0: Europe/Paris\u00a0; nous vous joignons par\u00a0: sms, email\u00a0; heures de "
         "silence\u00a0: 03:30–04:00\u00a0; désactivé\u00a0: handling\u00a0; au plus 90 messages par jour et "
         "90 messages par semaine\u00a0; comptés à ce titre ces sept derniers jours\u00a0: 1 message\u00a0; "
         "1 dossier ouvert."},
        {"我们保存的关于您的信息",
         "我们保存的关于您的信息：语言：zh；时区：Asia/"
         "Shanghai；联系方式：sms、email；免打扰时段：03:30–04:"
         "00；已关闭：handling；每天最多90条消息，每周最多90条；最近七天计入上述上限：1条；1件未结事项",
         "我们保存的关于您的信息：语言：zh；时区：Asia/"
         "Shanghai；联系方式：sms、email；免打扰时段：03:30–04:"
         "00；已关闭：handling；每天最多90条消息，每周最多90条；最近七天计入上述上限：1条；1件未结事项。"},
    };
    world *w = together();
    stop_handling(w);
    act(w, "raised", OTR_CUSTOMER_MY_DATA);
    compose_expect(w, "answer", expected);
    world_free(w);
}

static void what_is_not_solved_is_open_again(void **state)
{
    (void)state;
    static const compose_text expected[] = {
        {"Box 1: the case is open again", NULL,
         "Thank you for telling us. The case of Box 1 is open again, and our team knows."},
        {"Kiste 1: Der Fall ist wieder offen", NULL,
         "Danke für den Hinweis. Der Fall Kiste 1 ist wieder offen, und unser Team weiß Bescheid."},
        {"Caja 1: caso abierto de nuevo", NULL,
         "Gracias por avisarnos. El caso de Caja 1 vuelve a estar abierto y nuestro equipo lo sabe."},
        {"Colis 1\u00a0: le dossier est rouvert", NULL,
         "Merci de nous l’avoir dit. Le dossier Colis 1 est rouvert et notre équipe est prévenue."},
        {"1号箱：事项已重新打开", NULL, "感谢您告诉我们。1号箱的事项已重新打开，我们的团队已经知悉。"},
    };
    world *w = together();
    world_sleep(w, 6 * OTR_HOUR);
    compose_report(w, 1, "temperature", 5, AT(400));
    act(w, "cleared", OTR_CUSTOMER_NOT_SOLVED);
    compose_expect(w, "answer", expected);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_is_the_trouble_and_all_that_is_known),
        cmocka_unit_test(the_status_without_trouble_promises_no_more_than_data_shows),
        cmocka_unit_test(a_call_is_confirmed_with_its_time),
        cmocka_unit_test(silence_is_confirmed),
        cmocka_unit_test(what_is_stored_is_a_list_with_what_was_stopped),
        cmocka_unit_test(what_is_not_solved_is_open_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
