/* French. Roles are named by what they do, so that no gender is guessed. Before a colon stands a no-break
 * space, before a semicolon a narrow one. */
#include "text/phrases_table.h"

static otr_phrase_row why = {
    "Vous recevez ce message parce que vous figurez parmi les contacts pour {{ asset }}."};
static otr_phrase_row why_persona = {
    "Vous recevez ce message parce que vous figurez parmi les contacts pour {{ asset }} ({{ persona }})."};
static otr_phrase_row sure = {
    "Nos données couvrent {{ coverage }} de cette période\u202f; quelque chose a pu nous échapper."};
static otr_phrase_row next = {"Vous aurez de nos nouvelles, au plus tard\u00a0: {{ next }}."};
static otr_phrase_row fault_ours = {"C’était notre faute, et nous vous présentons nos excuses."};
static otr_phrase_row fault_carrier = {
    "Cela s’est produit pendant la prise en charge par le transporteur. Vous n’y êtes pour rien."};
static otr_phrase_row fault_device = {"La cause semble être l’appareil lui-même. Vous n’y êtes pour rien."};
static otr_phrase_row also = {"Également\u00a0: {{ items }}."};

static otr_phrase_row still = {
    ("{{ asset }}\u00a0: ce n’est pas encore terminé. La situation dure depuis {{ onset }} et nous "
     "continuons "
     "à la suivre."),
    ("{{ asset }}\u00a0: pas encore terminé, en cours depuis {{ onset }}. Nous continuons à suivre la "
     "situation."),
    "{{ asset }}\u00a0: en cours depuis {{ onset }}",
};
static otr_phrase_row repeat = {
    ("Un rappel, car la situation est toujours ouverte et une courte réponse de votre part nous "
     "aiderait\u00a0: {{ text }}"),
    "Rappel\u00a0: {{ text }}",
    "Rappel\u00a0: {{ text }}",
};
static otr_phrase_row escalated = {
    ("{{ asset }}\u00a0: personne n’a répondu depuis {{ told }}, c’est pourquoi nous vous prévenons aussi. "
     "{{ text }}"),
    "Pas de réponse depuis {{ told }}, nous vous prévenons donc aussi\u00a0: {{ text }}",
    "Pas encore de réponse\u00a0: {{ text }}",
};
static otr_phrase_row retracted = {
    ("{{ asset }}\u00a0: ce que nous vous avions signalé ({{ told }}) ne s’est pas confirmé. Nous vous "
     "prions "
     "de nous excuser."),
    ("{{ asset }}\u00a0: ce que nous vous avions signalé ({{ told }}) ne s’est pas confirmé. Toutes nos "
     "excuses."),
    "{{ asset }}\u00a0: fausse alerte, nos excuses",
};
static otr_phrase_row digest = {
    ("{{ count | one: '# nouvelle' | many: '# de nouvelles' | other: '# nouvelles' }} depuis "
     "{{ since }}\u00a0: {{ items }}."),
    ("{{ count | one: '# nouvelle' | many: '# de nouvelles' | other: '# nouvelles' }} depuis "
     "{{ since }}\u00a0: {{ items }}"),
    "{{ count | one: '# nouvelle' | many: '# de nouvelles' | other: '# nouvelles' }} depuis {{ since }}",
};
static otr_phrase_row flood = {
    ("{{ count | one: '# alerte' | many: '# d’alertes' | other: '# alertes' }} du même type\u00a0: {{ text "
     "}}. "
     "Il y a probablement une seule cause. Nous réunissons tout dans un résumé, que vous recevrez au plus "
     "tard\u00a0: {{ next }}."),
    ("{{ count | one: '# alerte' | many: '# d’alertes' | other: '# alertes' }} du même type, probablement "
     "une "
     "seule cause. Résumé au plus tard\u00a0: {{ next }}. {{ text }}"),
    "{{ count | one: '# alerte' | many: '# d’alertes' | other: '# alertes' }} du même type\u00a0: {{ text }}",
};
static otr_phrase_row flood_over = {
    ("C’est terminé\u00a0: {{ count | one: '# alerte' | many: '# d’alertes' | other: '# alertes' }} du même "
     "type depuis {{ since }}."),
    ("C’est terminé\u00a0: {{ count | one: '# alerte' | many: '# d’alertes' | other: '# alertes' }} du même "
     "type depuis {{ since }}."),
    ("Terminé\u00a0: {{ count | one: '# alerte' | many: '# d’alertes' | other: '# alertes' }} depuis {{ "
     "since "
     "}}"),
};
static otr_phrase_row blind_down = {
    ("Entre {{ from }} et {{ to }}, nous n’avons pas pu surveiller {{ items }}, car notre récepteur était "
     "éteint. Nous examinerons dès réception ce que les appareils ont enregistré pendant ce temps et vous "
     "préviendrons si nécessaire."),
    ("Entre {{ from }} et {{ to }}, notre récepteur était éteint et nous n’avons pas pu surveiller {{ items "
     "}}"),
    "{{ interval }}\u00a0: sans surveillance",
};
static otr_phrase_row blind_lost = {
    ("Entre {{ from }} et {{ to }}, les mesures pour {{ items }} sont perdues. Nous ne pouvons pas dire ce "
     "qui "
     "s’est passé pendant ce temps, et nous en sommes désolés."),
    "Entre {{ from }} et {{ to }}, des mesures sont perdues, nous en sommes désolés\u00a0: {{ items }}",
    "{{ interval }}\u00a0: mesures perdues",
};

static otr_phrase_row confirm_help = {
    "Votre demande d’aide pour {{ asset }} nous est bien parvenue. Notre équipe l’a reçue en priorité haute.",
    "Votre demande d’aide pour {{ asset }} nous est bien parvenue. Notre équipe l’a reçue en priorité haute.",
    "{{ asset }}\u00a0: demande d’aide bien reçue",
};
static otr_phrase_row confirm_call = {
    "Notre équipe sait que vous souhaitez un appel pour {{ asset }}, entre {{ from }} et {{ to }}.",
    "Notre équipe sait que vous souhaitez un appel pour {{ asset }}, entre {{ from }} et {{ to }}.",
    "Appel noté\u00a0: {{ interval }}",
};
static otr_phrase_row confirm_call_soon = {
    "Notre équipe sait que vous souhaitez un appel pour {{ asset }}.",
    "Notre équipe sait que vous souhaitez un appel pour {{ asset }}.",
    "{{ asset }}\u00a0: demande d’appel notée",
};
static otr_phrase_row confirm_not_solved = {
    "Merci de nous l’avoir dit. Le dossier {{ asset }} est rouvert et notre équipe est prévenue.",
    "Merci de nous l’avoir dit. Le dossier {{ asset }} est rouvert et notre équipe est prévenue.",
    "{{ asset }}\u00a0: le dossier est rouvert",
};
static otr_phrase_row confirm_useful = {
    "Merci. Nous sommes heureux d’avoir pu vous aider.",
    "Merci. Nous sommes heureux d’avoir pu vous aider.",
    "Merci, heureux d’avoir pu vous aider",
};
static otr_phrase_row confirm_known = {
    "Merci. Nous ne vous le rappellerons plus.",
    "Merci. Nous ne vous le rappellerons plus.",
    "Merci, nous ne vous le rappellerons plus",
};
static otr_phrase_row confirm_wrong = {
    "Merci de nous l’avoir dit. Nous allons chercher pourquoi nous vous avons signalé cela pour {{ asset }}.",
    "Merci de nous l’avoir dit. Nous allons chercher pourquoi nous vous avons signalé cela pour {{ asset }}.",
    "Merci, nous allons vérifier",
};
static otr_phrase_row confirm_late = {
    "Merci de nous l’avoir dit. Nous allons chercher pourquoi notre message est arrivé tard.",
    "Merci de nous l’avoir dit. Nous allons chercher pourquoi notre message est arrivé tard.",
    "Merci, nous allons examiner ce retard",
};
static otr_phrase_row confirm_stop = {
    ("Vous ne recevrez plus de messages sur «\u00a0{{ category }}\u00a0». Vous pouvez les réactiver à tout "
     "moment."),
    ("Vous ne recevrez plus de messages sur «\u00a0{{ category }}\u00a0». Vous pouvez les réactiver à tout "
     "moment."),
    "Plus de messages\u00a0: {{ category }}",
};
static otr_phrase_row confirm_stop_until = {
    "Les messages sur «\u00a0{{ category }}\u00a0» sont suspendus. Reprise\u00a0: {{ until }}.",
    "Les messages sur «\u00a0{{ category }}\u00a0» sont suspendus. Reprise\u00a0: {{ until }}.",
    "{{ category }}\u00a0: en pause, reprise {{ until }}",
};
static otr_phrase_row confirm_stop_all = {
    ("Vous ne recevrez plus de messages de notre part, sauf alertes urgentes. Vous pouvez les réactiver à "
     "tout "
     "moment."),
    ("Vous ne recevrez plus de messages de notre part, sauf alertes urgentes. Vous pouvez les réactiver à "
     "tout "
     "moment."),
    "Messages désactivés, sauf alertes urgentes",
};
static otr_phrase_row confirm_stop_all_until = {
    "Nos messages sont suspendus, sauf alertes urgentes. Reprise\u00a0: {{ until }}.",
    "Nos messages sont suspendus, sauf alertes urgentes. Reprise\u00a0: {{ until }}.",
    "Pause sauf urgences. Reprise\u00a0: {{ until }}",
};
static otr_phrase_row confirm_resume = {
    "Les messages sur «\u00a0{{ category }}\u00a0» sont de nouveau activés.",
    "Les messages sur «\u00a0{{ category }}\u00a0» sont de nouveau activés.",
    "De nouveau activés\u00a0: {{ category }}",
};
static otr_phrase_row confirm_resume_all = {
    "Nos messages sont de nouveau activés.",
    "Nos messages sont de nouveau activés.",
    "Nos messages sont de nouveau activés",
};
static otr_phrase_row confirm_my_data = {
    "Voici ce que nous avons enregistré à votre sujet\u00a0: {{ items }}.",
    "Voici ce que nous avons enregistré à votre sujet\u00a0: {{ items }}",
    "Ce que nous avons enregistré à votre sujet",
};
static otr_phrase_row confirm_forget_me = {
    ("Nous effaçons ce que nous avons enregistré à votre sujet. Vous ne recevrez plus de messages de notre "
     "part."),
    ("Nous effaçons ce que nous avons enregistré à votre sujet. Vous ne recevrez plus de messages de notre "
     "part."),
    "Nous effaçons vos données",
};

static otr_phrase_row promised = {
    "{{ asset }}\u00a0: notre équipe vous promet ceci\u00a0: {{ items }}.",
    "{{ asset }}\u00a0: notre équipe vous promet ceci\u00a0: {{ items }}",
    "Promis\u00a0: {{ items }}",
};
static otr_phrase_row promise_item = {"{{ what }}, au plus tard\u00a0: {{ by }}"};
static otr_phrase_row promise_moved = {
    "{{ asset }}\u00a0: ce que nous vous avions promis viendra au plus tard {{ by }} au lieu de {{ before "
    "}}\u00a0: {{ what }}. Veuillez nous excuser de ce changement.",
    "{{ asset }}\u00a0: désormais au plus tard {{ by }} au lieu de {{ before }}, avec nos excuses\u00a0: {{ "
    "what }}",
    "Nouvelle heure, {{ by }}\u00a0: {{ what }}",
};
static otr_phrase_row promise_kept = {
    "{{ asset }}\u00a0: c’est fait, comme promis\u00a0: {{ what }}.",
    "{{ asset }}\u00a0: c’est fait, comme promis\u00a0: {{ what }}",
    "Fait, comme promis\u00a0: {{ what }}",
};
static otr_phrase_row promise_late = {
    "{{ asset }}\u00a0: c’est fait, mais plus tard que promis\u00a0: {{ what }}. Veuillez nous en excuser.",
    "{{ asset }}\u00a0: c’est fait, plus tard que promis, nos excuses\u00a0: {{ what }}",
    "Fait, avec du retard\u00a0: {{ what }}",
};
static otr_phrase_row promise_missed = {
    ("{{ asset }}\u00a0: nous n’avons pas tenu ce que nous vous avions promis au plus tard {{ by }}\u00a0: "
     "{{ "
     "what }}. Nous vous présentons nos excuses. Ce n’est pas oublié."),
    "{{ asset }}\u00a0: promis au plus tard {{ by }} et pas tenu, toutes nos excuses\u00a0: {{ what }}",
    "Pas tenu à temps, nos excuses\u00a0: {{ what }}",
};
static otr_phrase_row promise_owed = {
    "{{ asset }}\u00a0: nous vous devons encore ceci\u00a0: {{ what }}. Veuillez nous excuser de ce retard.",
    "{{ asset }}\u00a0: toujours en attente, avec nos excuses\u00a0: {{ what }}",
    "Toujours en attente, nos excuses\u00a0: {{ what }}",
};
static otr_phrase_row resolved = {
    "{{ asset }}\u00a0: notre équipe s’en est occupée et, à notre connaissance, c’est résolu.",
    "{{ asset }}\u00a0: notre équipe s’en est occupée et, à notre connaissance, c’est résolu.",
    "{{ asset }}\u00a0: résolu, à notre connaissance",
};
static otr_phrase_row resolved_ask = {
    "Si ce n’est pas résolu pour vous, dites-le-nous et nous reprendrons le dossier."};
static otr_phrase_row reopened = {
    "{{ asset }}\u00a0: ce n’est finalement pas résolu, et notre équipe reprend le dossier.",
    "{{ asset }}\u00a0: ce n’est finalement pas résolu, et notre équipe reprend le dossier.",
    "{{ asset }}\u00a0: nous reprenons le dossier",
};
static otr_phrase_row remedy = {
    "{{ asset }}\u00a0: notre équipe a pris une mesure pour y remédier.",
    "{{ asset }}\u00a0: notre équipe a pris une mesure pour y remédier.",
    "{{ asset }}\u00a0: une mesure a été prise",
};
static otr_phrase_row confirm_solved = {
    "Merci. Nous sommes heureux que ce soit résolu pour vous.",
    "Merci. Nous sommes heureux que ce soit résolu pour vous.",
    "Merci, heureux que ce soit résolu",
};
static otr_phrase_row callback = {"un appel de notre part"};
static otr_phrase_row replacement = {"un remplacement"};
static otr_phrase_row visit = {"une visite sur place"};
static otr_phrase_row refund = {"un remboursement"};
static otr_phrase_row agreed = {"le service convenu"};

static otr_phrase_row ask_satisfaction = {
    ("{{ asset }}\u00a0: ce cas est clos. En pensant à {{ text }}\u00a0: quelle est votre satisfaction, de "
     "{{ least }} (aucune) à {{ most }} (très grande)\u00a0? Vous répondez si vous le souhaitez."),
    ("{{ asset }}\u00a0: clos. Quelle est votre satisfaction, de {{ least }} (aucune) à {{ most }} "
     "(très grande)\u00a0? Vous répondez si vous le souhaitez."),
    "{{ asset }}\u00a0: satisfaction, de {{ least }} à {{ most }}\u00a0?",
};
static otr_phrase_row ask_effort = {
    ("{{ asset }}\u00a0: ce cas est clos. En pensant à {{ text }}\u00a0: était-ce facile pour vous, de "
     "{{ least }} (très difficile) à {{ most }} (très facile)\u00a0? Vous répondez si vous le "
     "souhaitez."),
    ("{{ asset }}\u00a0: clos. Était-ce facile, de {{ least }} (très difficile) à {{ most }} (très "
     "facile)\u00a0? Vous répondez si vous le souhaitez."),
    "{{ asset }}\u00a0: facile, de {{ least }} à {{ most }}\u00a0?",
};
static otr_phrase_row ask_nps = {
    ("{{ asset }}\u00a0: ce cas est clos. En pensant à {{ text }}\u00a0: nous recommanderiez-vous, de "
     "{{ least }} (jamais) à {{ most }} (certainement)\u00a0? Vous répondez si vous le souhaitez."),
    ("{{ asset }}\u00a0: clos. Nous recommanderiez-vous, de {{ least }} (jamais) à {{ most }} "
     "(certainement)\u00a0? Vous répondez si vous le souhaitez."),
    "Nous recommanderiez-vous, de {{ least }} à {{ most }}\u00a0?",
};
static otr_phrase_row ask_reason = {
    ("{{ asset }}\u00a0: nous regrettons que cela n’ait pas été mieux. Qu’est-ce qui n’a pas été\u00a0? Si "
     "vous le souhaitez, choisissez ce qui convient le mieux\u00a0: {{ items }}."),
    "{{ asset }}\u00a0: nous le regrettons. Qu’est-ce qui n’a pas été\u00a0? {{ items }}",
    "{{ asset }}\u00a0: qu’est-ce qui n’a pas été\u00a0?",
};
static otr_phrase_row confirm_score = {
    "Merci de votre réponse. Elle nous aide à faire mieux.",
    "Merci de votre réponse. Elle nous aide à faire mieux.",
    "Merci de votre réponse",
};
static otr_phrase_row asked_consignee = {"nos nouvelles de votre livraison"};
static otr_phrase_row asked_shipper = {"la façon dont nous avons veillé sur votre envoi"};
static otr_phrase_row asked_pharmacist = {"la façon dont nous avons veillé sur vos médicaments"};
static otr_phrase_row asked_fleet_manager = {"la façon dont nous avons veillé sur votre véhicule"};
static otr_phrase_row asked_driver = {"notre aide en route"};
static otr_phrase_row asked_householder = {"la façon dont nous avons veillé sur votre logement"};
static otr_phrase_row asked_anybody = {"la façon dont nous nous en sommes occupés"};
static otr_phrase_row reason_late = {"trop tard"};
static otr_phrase_row reason_unclear = {"difficile à comprendre"};
static otr_phrase_row reason_not_solved = {"pas résolu"};
static otr_phrase_row reason_had_to_repeat = {"j’ai dû me répéter"};
static otr_phrase_row reason_too_many = {"trop de messages"};

static otr_phrase_row status_fine = {
    "{{ asset }}\u00a0: tout va bien, d’après nos données.",
    "{{ asset }}\u00a0: tout va bien, d’après nos données.",
    "{{ asset }}\u00a0: tout va bien, selon nos données",
};
static otr_phrase_row status_case = {
    "{{ asset }}\u00a0: ouvert depuis {{ since }}. {{ text }}.",
    "{{ asset }}\u00a0: ouvert depuis {{ since }}. {{ text }}",
    "{{ asset }}\u00a0: ouvert depuis {{ since }}",
};
static otr_phrase_row status_no_data = {
    "{{ asset }}\u00a0: nous n’avons pas encore de données.",
    "{{ asset }}\u00a0: nous n’avons pas encore de données.",
    "{{ asset }}\u00a0: pas encore de données",
};
static otr_phrase_row status_place = {"Lieu\u00a0: {{ place }}."};
static otr_phrase_row status_temperature = {"Température\u00a0: {{ temperature }}."};
static otr_phrase_row status_bump = {"Dernier choc\u00a0: {{ bump }}."};
static otr_phrase_row status_no_bump = {"Aucun choc enregistré."};
static otr_phrase_row status_eta = {"Arrivée prévue\u00a0: {{ eta }}, à {{ error }} près."};
static otr_phrase_row status_data = {"Dernières données\u00a0: {{ at }}."};
static otr_phrase_row status_coverage = {"Temps couvert par les données\u00a0: {{ coverage }}."};

static otr_phrase_row data_language = {"langue\u00a0: {{ language }}"};
static otr_phrase_row data_zone = {"fuseau horaire\u00a0: {{ zone }}"};
static otr_phrase_row data_channels = {"nous vous joignons par\u00a0: {{ items }}"};
static otr_phrase_row data_quiet = {"heures de silence\u00a0: {{ from }}–{{ to }}"};
static otr_phrase_row data_budget = {
    ("au plus {{ day | one: '# message' | many: '# de messages' | other: '# messages' }} par jour et "
     "{{ week | one: '# message' | many: '# de messages' | other: '# messages' }} par semaine")};
static otr_phrase_row data_stopped = {"désactivé\u00a0: {{ items }}"};
static otr_phrase_row data_stopped_all = {"tous les messages sont désactivés, sauf les alertes urgentes"};
static otr_phrase_row data_sent = {("comptés à ce titre ces sept derniers jours\u00a0: {{ count | one: '# "
                                    "message' | many: '# de messages' | other: '# messages' }}")};
static otr_phrase_row data_open = {
    "{{ count | one: '# dossier ouvert' | many: '# de dossiers ouverts' | other: '# dossiers ouverts' }}"};

static otr_phrase_row consignee = {"réception"};
static otr_phrase_row shipper = {"expédition"};
static otr_phrase_row pharmacist = {"pharmacie"};
static otr_phrase_row fleet_manager = {"gestion de flotte"};
static otr_phrase_row driver = {"conduite"};
static otr_phrase_row householder = {"foyer"};

const char *const *const otr_phrases_fr[OTR_PHRASES] = {OTR_PHRASE_LIST(OTR_PHRASE_ENTRY)};
