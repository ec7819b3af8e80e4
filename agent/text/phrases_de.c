/* German. Roles are named by what they do, so that no gender is guessed. */
#include "text/phrases_table.h"

static otr_phrase_row why = {
    "Sie erhalten diese Nachricht, weil Sie als Kontakt für {{ asset }} eingetragen sind."};
static otr_phrase_row why_persona = {
    "Sie erhalten diese Nachricht, weil Sie als Kontakt für {{ asset }} eingetragen sind ({{ persona }})."};
static otr_phrase_row sure = {
    "Unsere Daten decken {{ coverage }} dieser Zeit ab; es kann uns also etwas entgangen sein."};
static otr_phrase_row next = {"Sie hören spätestens {{ next }} wieder von uns."};
static otr_phrase_row fault_ours = {"Das war unser Fehler, und wir bitten um Entschuldigung."};
static otr_phrase_row fault_carrier = {
    "Das geschah in der Obhut des Transportunternehmens. An Ihnen lag es nicht."};
static otr_phrase_row fault_device = {"Vermutlich liegt es am Gerät selbst. An Ihnen lag es nicht."};
static otr_phrase_row also = {"Außerdem: {{ items }}."};

static otr_phrase_row still = {
    "{{ asset }}: Es ist noch nicht vorbei. Es dauert seit {{ onset }} an, und wir behalten es im Auge.",
    "{{ asset }}: noch nicht vorbei, dauert seit {{ onset }} an. Wir behalten es im Auge.",
    "{{ asset }}: dauert an, seit {{ onset }}",
};
static otr_phrase_row repeat = {
    "Zur Erinnerung, weil es noch offen ist und eine kurze Antwort von Ihnen helfen würde: {{ text }}",
    "Zur Erinnerung: {{ text }}",
    "Zur Erinnerung: {{ text }}",
};
static otr_phrase_row escalated = {
    "{{ asset }}: Seit {{ told }} hat niemand geantwortet, deshalb wenden wir uns auch an Sie. {{ text }}",
    "Seit {{ told }} keine Antwort, deshalb auch an Sie: {{ text }}",
    "Noch keine Antwort: {{ text }}",
};
static otr_phrase_row retracted = {
    "{{ asset }}: Was wir Ihnen gemeldet haben ({{ told }}), traf nicht zu. Wir bitten um Entschuldigung.",
    "{{ asset }}: Was wir Ihnen gemeldet haben ({{ told }}), traf nicht zu. Wir bitten um Entschuldigung.",
    "{{ asset }}: Fehlalarm, es tut uns leid",
};
static otr_phrase_row digest = {
    "{{ count | one: '# Neuigkeit' | other: '# Neuigkeiten' }} seit {{ since }}: {{ items }}.",
    "{{ count | one: '# Neuigkeit' | other: '# Neuigkeiten' }} seit {{ since }}: {{ items }}",
    "{{ count | one: '# Neuigkeit' | other: '# Neuigkeiten' }} seit {{ since }}",
};
static otr_phrase_row flood = {
    ("{{ count | one: '# Meldung' | other: '# Meldungen' }} gleicher Art: {{ text }}. Wahrscheinlich gibt es "
     "eine gemeinsame Ursache. Wir fassen alles zusammen; Sie erhalten den Überblick spätestens {{ next }}."),
    ("{{ count | one: '# Meldung' | other: '# Meldungen' }} gleicher Art, wohl eine Ursache. Überblick "
     "spätestens {{ next }}: {{ text }}"),
    "{{ count | one: '# Meldung' | other: '# Meldungen' }} gleicher Art: {{ text }}",
};
static otr_phrase_row flood_over = {
    "Es ist vorbei: {{ count | one: '# Meldung' | other: '# Meldungen' }} gleicher Art seit {{ since }}.",
    "Es ist vorbei: {{ count | one: '# Meldung' | other: '# Meldungen' }} gleicher Art seit {{ since }}.",
    "Vorbei: {{ count | one: '# Meldung' | other: '# Meldungen' }} seit {{ since }}",
};
static otr_phrase_row blind_down = {
    ("Zwischen {{ from }} und {{ to }} konnten wir {{ items }} nicht überwachen, weil unser Empfangsgerät "
     "aus "
     "war. Was die Geräte in dieser Zeit aufgezeichnet haben, prüfen wir, sobald es eintrifft, und melden "
     "uns, "
     "wenn sich etwas zeigt."),
    "Zwischen {{ from }} und {{ to }} war unser Empfangsgerät aus, nicht überwacht: {{ items }}",
    "{{ interval }}: nicht überwacht",
};
static otr_phrase_row blind_lost = {
    ("Messwerte von {{ items }} zwischen {{ from }} und {{ to }} sind verloren. Was in dieser Zeit geschah, "
     "können wir nicht sagen. Das tut uns leid."),
    "Zwischen {{ from }} und {{ to }} sind Messwerte verloren, das tut uns leid: {{ items }}",
    "{{ interval }}: Messwerte verloren",
};

static otr_phrase_row confirm_help = {
    "Ihre Bitte um Hilfe zu {{ asset }} ist angekommen und liegt mit hoher Dringlichkeit bei unserem Team.",
    "Ihre Bitte um Hilfe zu {{ asset }} ist angekommen und liegt mit hoher Dringlichkeit bei unserem Team.",
    "{{ asset }}: Ihre Bitte um Hilfe ist da",
};
static otr_phrase_row confirm_call = {
    "Unser Team weiß, dass Sie zu {{ asset }} einen Anruf wünschen, zwischen {{ from }} und {{ to }}.",
    "Unser Team weiß, dass Sie zu {{ asset }} einen Anruf wünschen, zwischen {{ from }} und {{ to }}.",
    "Anruf vorgemerkt: {{ interval }}",
};
static otr_phrase_row confirm_call_soon = {
    "Unser Team weiß, dass Sie zu {{ asset }} einen Anruf wünschen.",
    "Unser Team weiß, dass Sie zu {{ asset }} einen Anruf wünschen.",
    "{{ asset }}: Ihr Anrufwunsch ist vorgemerkt",
};
static otr_phrase_row confirm_not_solved = {
    "Danke für den Hinweis. Der Fall {{ asset }} ist wieder offen, und unser Team weiß Bescheid.",
    "Danke für den Hinweis. Der Fall {{ asset }} ist wieder offen, und unser Team weiß Bescheid.",
    "{{ asset }}: Der Fall ist wieder offen",
};
static otr_phrase_row confirm_useful = {
    "Danke. Es freut uns, dass es geholfen hat.",
    "Danke. Es freut uns, dass es geholfen hat.",
    "Danke, es freut uns, dass es geholfen hat",
};
static otr_phrase_row confirm_known = {
    "Danke. Wir erinnern Sie nicht noch einmal daran.",
    "Danke. Wir erinnern Sie nicht noch einmal daran.",
    "Danke, wir erinnern nicht mehr daran",
};
static otr_phrase_row confirm_wrong = {
    "Danke für den Hinweis. Wir prüfen, warum wir Ihnen das zu {{ asset }} gemeldet haben.",
    "Danke für den Hinweis. Wir prüfen, warum wir Ihnen das zu {{ asset }} gemeldet haben.",
    "Danke, wir gehen dem nach",
};
static otr_phrase_row confirm_late = {
    "Danke für den Hinweis. Wir prüfen, warum unsere Nachricht spät kam.",
    "Danke für den Hinweis. Wir prüfen, warum unsere Nachricht spät kam.",
    "Danke, wir prüfen die Verspätung",
};
static otr_phrase_row confirm_stop = {
    "Sie erhalten keine Nachrichten mehr zu „{{ category }}“. Sie können sie jederzeit wieder einschalten.",
    "Sie erhalten keine Nachrichten mehr zu „{{ category }}“. Sie können sie jederzeit wieder einschalten.",
    "Keine Nachrichten mehr zu „{{ category }}“",
};
static otr_phrase_row confirm_stop_until = {
    "Bis {{ until }} erhalten Sie keine Nachrichten zu „{{ category }}“.",
    "Bis {{ until }} erhalten Sie keine Nachrichten zu „{{ category }}“.",
    "{{ category }}: aus bis {{ until }}",
};
static otr_phrase_row confirm_stop_all = {
    ("Sie erhalten keine Nachrichten mehr von uns, außer dringenden Warnungen. Sie können sie jederzeit "
     "wieder "
     "einschalten."),
    ("Sie erhalten keine Nachrichten mehr von uns, außer dringenden Warnungen. Sie können sie jederzeit "
     "wieder "
     "einschalten."),
    "Nachrichten sind aus, außer dringenden Warnungen",
};
static otr_phrase_row confirm_stop_all_until = {
    "Bis {{ until }} erhalten Sie keine Nachrichten von uns, außer dringenden Warnungen.",
    "Bis {{ until }} erhalten Sie keine Nachrichten von uns, außer dringenden Warnungen.",
    "Aus bis {{ until }}, außer dringenden Warnungen",
};
static otr_phrase_row confirm_resume = {
    "Nachrichten zu „{{ category }}“ sind wieder eingeschaltet.",
    "Nachrichten zu „{{ category }}“ sind wieder eingeschaltet.",
    "Wieder eingeschaltet: {{ category }}",
};
static otr_phrase_row confirm_resume_all = {
    "Unsere Nachrichten an Sie sind wieder eingeschaltet.",
    "Unsere Nachrichten an Sie sind wieder eingeschaltet.",
    "Unsere Nachrichten sind wieder eingeschaltet",
};
static otr_phrase_row confirm_my_data = {
    "Das haben wir über Sie gespeichert: {{ items }}.",
    "Das haben wir über Sie gespeichert: {{ items }}",
    "Was wir über Sie gespeichert haben",
};
static otr_phrase_row confirm_forget_me = {
    "Wir löschen, was wir über Sie gespeichert haben. Sie erhalten keine weiteren Nachrichten von uns.",
    "Wir löschen, was wir über Sie gespeichert haben. Sie erhalten keine weiteren Nachrichten von uns.",
    "Wir löschen, was wir über Sie gespeichert haben",
};

static otr_phrase_row promised = {
    "{{ asset }}: Unser Team sagt Ihnen zu: {{ items }}.",
    "{{ asset }}: Unser Team sagt Ihnen zu: {{ items }}",
    "Zugesagt: {{ items }}",
};
static otr_phrase_row promise_item = {"{{ what }} bis spätestens {{ by }}"};
static otr_phrase_row promise_moved = {
    ("{{ asset }}: Was wir zugesagt haben, kommt bis spätestens {{ by }} statt {{ before }}: {{ what }}. Wir "
     "bitten um Entschuldigung für die Änderung."),
    "{{ asset }}: jetzt spätestens {{ by }} statt {{ before }}, es tut uns leid: {{ what }}",
    "Jetzt spätestens {{ by }}: {{ what }}",
};
static otr_phrase_row promise_kept = {
    "{{ asset }}: wie zugesagt erledigt: {{ what }}.",
    "{{ asset }}: wie zugesagt erledigt: {{ what }}",
    "Wie zugesagt erledigt: {{ what }}",
};
static otr_phrase_row promise_late = {
    "{{ asset }}: erledigt, wenn auch später als zugesagt: {{ what }}. Das tut uns leid.",
    "{{ asset }}: erledigt, später als zugesagt, es tut uns leid: {{ what }}",
    "Nun erledigt: {{ what }}",
};
static otr_phrase_row promise_missed = {
    ("{{ asset }}: Wir haben Ihnen bis {{ by }} etwas zugesagt und nicht gehalten: {{ what }}. Das tut uns "
     "leid. Wir haben es nicht vergessen."),
    "{{ asset }}: bis {{ by }} zugesagt und nicht gehalten, es tut uns leid: {{ what }}",
    "Nicht gehalten, es tut uns leid: {{ what }}",
};
static otr_phrase_row promise_owed = {
    "{{ asset }}: Das sind wir Ihnen noch schuldig: {{ what }}. Es tut uns leid, dass es so lange dauert.",
    "{{ asset }}: noch nicht erledigt, es tut uns leid: {{ what }}",
    "Steht noch aus, es tut uns leid: {{ what }}",
};
static otr_phrase_row resolved = {
    "{{ asset }}: Unser Team hat sich darum gekümmert, und nach unserer Kenntnis ist es gelöst.",
    "{{ asset }}: Unser Team hat sich darum gekümmert, und nach unserer Kenntnis ist es gelöst.",
    "{{ asset }}: nach unserer Kenntnis gelöst",
};
static otr_phrase_row resolved_ask = {
    "Falls es für Sie nicht gelöst ist, sagen Sie es uns bitte. Dann sehen wir noch einmal nach."};
static otr_phrase_row reopened = {
    "{{ asset }}: Es ist doch nicht gelöst, und unser Team sieht noch einmal nach.",
    "{{ asset }}: Es ist doch nicht gelöst, und unser Team sieht noch einmal nach.",
    "{{ asset }}: Wir sehen noch einmal nach",
};
static otr_phrase_row remedy = {
    "{{ asset }}: Unser Team hat etwas in die Wege geleitet, um das in Ordnung zu bringen.",
    "{{ asset }}: Unser Team hat etwas in die Wege geleitet, um das in Ordnung zu bringen.",
    "{{ asset }}: Abhilfe ist eingeleitet",
};
static otr_phrase_row confirm_solved = {
    "Danke. Es freut uns, dass es für Sie gelöst ist.",
    "Danke. Es freut uns, dass es für Sie gelöst ist.",
    "Danke, es freut uns, dass es gelöst ist",
};
static otr_phrase_row callback = {"ein Anruf von uns"};
static otr_phrase_row replacement = {"ein Ersatz"};
static otr_phrase_row visit = {"ein Besuch vor Ort"};
static otr_phrase_row refund = {"eine Erstattung"};
static otr_phrase_row agreed = {"die vereinbarte Leistung"};

static otr_phrase_row ask_satisfaction = {
    ("{{ asset }}: Dieser Fall ist abgeschlossen. Wenn Sie daran denken, {{ text }}: Wie zufrieden "
     "sind Sie, von {{ least }} (gar nicht) bis {{ most }} (sehr)? Die Antwort ist freiwillig."),
    ("{{ asset }}: abgeschlossen. Wie zufrieden sind Sie mit uns, von {{ least }} (gar nicht) bis "
     "{{ most }} (sehr)? Die Antwort ist freiwillig."),
    "{{ asset }}: zufrieden, {{ least }} bis {{ most }}?",
};
static otr_phrase_row ask_effort = {
    ("{{ asset }}: Dieser Fall ist abgeschlossen. Wenn Sie daran denken, {{ text }}: Wie einfach "
     "war es für Sie, von {{ least }} (sehr schwer) bis {{ most }} (sehr einfach)? Die Antwort ist "
     "freiwillig."),
    ("{{ asset }}: abgeschlossen. Wie einfach war es für Sie, von {{ least }} (sehr schwer) bis "
     "{{ most }} (sehr einfach)? Die Antwort ist freiwillig."),
    "{{ asset }}: wie einfach, {{ least }} bis {{ most }}?",
};
static otr_phrase_row ask_nps = {
    ("{{ asset }}: Dieser Fall ist abgeschlossen. Wenn Sie daran denken, {{ text }}: Wie "
     "wahrscheinlich ist es, dass Sie uns weiterempfehlen, von {{ least }} (gar nicht) bis "
     "{{ most }} (sicher)? Die Antwort ist freiwillig."),
    ("{{ asset }}: abgeschlossen. Würden Sie uns weiterempfehlen, von {{ least }} (gar nicht) bis "
     "{{ most }} (sicher)? Die Antwort ist freiwillig."),
    "Würden Sie uns weiterempfehlen, {{ least }} bis {{ most }}?",
};
static otr_phrase_row ask_reason = {
    ("{{ asset }}: Es tut uns leid, dass es nicht besser war. Woran lag es? Wenn Sie möchten, "
     "wählen Sie, was am besten passt: {{ items }}."),
    "{{ asset }}: Das tut uns leid. Woran lag es? {{ items }}",
    "{{ asset }}: Woran lag es?",
};
static otr_phrase_row confirm_score = {
    "Danke für Ihre Antwort. Sie hilft uns, es besser zu machen.",
    "Danke für Ihre Antwort. Sie hilft uns, es besser zu machen.",
    "Danke für Ihre Antwort",
};
static otr_phrase_row asked_consignee = {"wie wir Sie über Ihre Lieferung auf dem Laufenden gehalten haben"};
static otr_phrase_row asked_shipper = {"wie wir auf Ihre Sendung geachtet haben"};
static otr_phrase_row asked_pharmacist = {"wie wir auf Ihre Arzneimittel geachtet haben"};
static otr_phrase_row asked_fleet_manager = {"wie wir auf Ihr Fahrzeug geachtet haben"};
static otr_phrase_row asked_driver = {"wie wir Sie unterwegs unterstützt haben"};
static otr_phrase_row asked_householder = {"wie wir uns bei Ihnen zu Hause gekümmert haben"};
static otr_phrase_row asked_anybody = {"wie wir damit umgegangen sind"};
static otr_phrase_row reason_late = {"zu spät"};
static otr_phrase_row reason_unclear = {"schwer zu verstehen"};
static otr_phrase_row reason_not_solved = {"nicht gelöst"};
static otr_phrase_row reason_had_to_repeat = {"ich musste mich wiederholen"};
static otr_phrase_row reason_too_many = {"zu viele Nachrichten"};

static otr_phrase_row status_fine = {
    "{{ asset }}: Nach unseren Daten ist alles in Ordnung.",
    "{{ asset }}: Nach unseren Daten ist alles in Ordnung.",
    "{{ asset }}: nach unseren Daten alles gut",
};
static otr_phrase_row status_case = {
    "{{ asset }}: offen seit {{ since }}. {{ text }}.",
    "{{ asset }}: offen seit {{ since }}. {{ text }}",
    "{{ asset }}: offen seit {{ since }}",
};
static otr_phrase_row status_no_data = {
    "{{ asset }}: Es liegen noch keine Daten vor.",
    "{{ asset }}: Es liegen noch keine Daten vor.",
    "{{ asset }}: noch keine Daten",
};
static otr_phrase_row status_place = {"Ort: {{ place }}."};
static otr_phrase_row status_temperature = {"Temperatur: {{ temperature }}."};
static otr_phrase_row status_bump = {"Letzter Stoß: {{ bump }}."};
static otr_phrase_row status_no_bump = {"Kein Stoß aufgezeichnet."};
static otr_phrase_row status_eta = {"Voraussichtliche Ankunft: {{ eta }}, plus/minus {{ error }}."};
static otr_phrase_row status_data = {"Neueste Daten: {{ at }}."};
static otr_phrase_row status_coverage = {"Mit Daten abgedeckte Zeit: {{ coverage }}."};

static otr_phrase_row data_language = {"Sprache: {{ language }}"};
static otr_phrase_row data_zone = {"Zeitzone: {{ zone }}"};
static otr_phrase_row data_channels = {"wir erreichen Sie über: {{ items }}"};
static otr_phrase_row data_quiet = {"Ruhezeit: {{ from }}–{{ to }}"};
static otr_phrase_row data_budget = {
    ("höchstens {{ day | one: '# Nachricht' | other: '# Nachrichten' }} am Tag und "
     "{{ week | one: '# Nachricht' | other: '# Nachrichten' }} in der Woche")};
static otr_phrase_row data_stopped = {"ausgeschaltet: {{ items }}"};
static otr_phrase_row data_stopped_all = {"alle Nachrichten sind ausgeschaltet, außer dringenden Warnungen"};
static otr_phrase_row data_sent = {
    "davon in den letzten sieben Tagen gezählt: {{ count | one: '# Nachricht' | other: '# Nachrichten' }}"};
static otr_phrase_row data_open = {"{{ count | one: '# offener Vorgang' | other: '# offene Vorgänge' }}"};

static otr_phrase_row consignee = {"Empfang"};
static otr_phrase_row shipper = {"Versand"};
static otr_phrase_row pharmacist = {"Apotheke"};
static otr_phrase_row fleet_manager = {"Fuhrparkleitung"};
static otr_phrase_row driver = {"Fahrdienst"};
static otr_phrase_row householder = {"Haushalt"};

const char *const *const otr_phrases_de[OTR_PHRASES] = {OTR_PHRASE_LIST(OTR_PHRASE_ENTRY)};
