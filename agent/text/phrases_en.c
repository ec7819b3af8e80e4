/* English. */
#include "text/phrases_table.h"

static otr_phrase_row why = {"You get this because you are a contact for {{ asset }}."};
static otr_phrase_row why_persona = {"You get this because you are listed as {{ persona }} for {{ asset }}."};
static otr_phrase_row sure = {
    "Our data covers {{ coverage }} of this time, so we may have missed something."};
static otr_phrase_row next = {"You will hear from us again by {{ next }}."};
static otr_phrase_row fault_ours = {"This was our fault, and we are sorry."};
static otr_phrase_row fault_carrier = {
    "This happened while it was in the care of the carrier. It was nothing you did."};
static otr_phrase_row fault_device = {"The device itself seems to be the cause. It was nothing you did."};
static otr_phrase_row also = {"Also: {{ items }}."};

static otr_phrase_row still = {
    "{{ asset }}: this is not over yet. It has been going on since {{ onset }}, and we keep watching it.",
    "{{ asset }}: not over yet, going on since {{ onset }}. We keep watching it.",
    "{{ asset }}: ongoing since {{ onset }}",
};
static otr_phrase_row repeat = {
    "A reminder, because this is still open and a short answer from you would help: {{ text }}",
    "Reminder: {{ text }}",
    "Reminder: {{ text }}",
};
static otr_phrase_row escalated = {
    "{{ asset }}: nobody has answered since {{ told }}, so we are telling you as well. {{ text }}",
    "No answer since {{ told }}, so we are telling you as well: {{ text }}",
    "No answer yet: {{ text }}",
};
static otr_phrase_row retracted = {
    "{{ asset }}: what we told you ({{ told }}) turned out not to be so. We are sorry for the trouble.",
    "{{ asset }}: what we told you ({{ told }}) turned out not to be so. We are sorry.",
    "{{ asset }}: false alarm, we are sorry",
};
static otr_phrase_row digest = {
    "{{ count | one: '# update' | other: '# updates' }} since {{ since }}: {{ items }}.",
    "{{ count | one: '# update' | other: '# updates' }} since {{ since }}: {{ items }}",
    "{{ count | one: '# update' | other: '# updates' }} since {{ since }}",
};
static otr_phrase_row flood = {
    ("{{ count | one: '# report' | other: '# reports' }} of the same kind: {{ text }}. There is probably one "
     "cause. We are putting everything into one summary, which you will have by {{ next }}."),
    ("{{ count | one: '# report' | other: '# reports' }} of the same kind, probably one cause. A summary "
     "follows by {{ next }}: {{ text }}"),
    "{{ count | one: '# report' | other: '# reports' }} of one kind: {{ text }}",
};
static otr_phrase_row flood_over = {
    "It is over: {{ count | one: '# report' | other: '# reports' }} of the same kind since {{ since }}.",
    "It is over: {{ count | one: '# report' | other: '# reports' }} of the same kind since {{ since }}.",
    "Over: {{ count | one: '# report' | other: '# reports' }} since {{ since }}",
};
static otr_phrase_row blind_down = {
    ("From {{ from }} to {{ to }} we could not watch {{ items }}, because our receiver was off. We will "
     "check "
     "what the devices recorded in that time as soon as it arrives, and tell you if it shows anything."),
    "From {{ from }} to {{ to }} our receiver was off, and we could not watch {{ items }}",
    "{{ interval }}: we could not watch",
};
static otr_phrase_row blind_lost = {
    ("Readings of {{ items }} from {{ from }} to {{ to }} are lost. We cannot say what happened in that "
     "time, "
     "and we are sorry."),
    "From {{ from }} to {{ to }} readings are lost, and we are sorry: {{ items }}",
    "{{ interval }}: readings lost",
};

static otr_phrase_row confirm_help = {
    "We have your request for help with {{ asset }}. It is with our team now, at high priority.",
    "We have your request for help with {{ asset }}. It is with our team now, at high priority.",
    "{{ asset }}: our team has your request",
};
static otr_phrase_row confirm_call = {
    "We have told our team that you would like a call about {{ asset }} between {{ from }} and {{ to }}.",
    "We have told our team that you would like a call about {{ asset }} between {{ from }} and {{ to }}.",
    "Call noted: {{ interval }}",
};
static otr_phrase_row confirm_call_soon = {
    "We have told our team that you would like a call about {{ asset }}.",
    "We have told our team that you would like a call about {{ asset }}.",
    "{{ asset }}: your wish for a call is noted",
};
static otr_phrase_row confirm_not_solved = {
    "Thank you for telling us. The case of {{ asset }} is open again, and our team knows.",
    "Thank you for telling us. The case of {{ asset }} is open again, and our team knows.",
    "{{ asset }}: the case is open again",
};
static otr_phrase_row confirm_useful = {
    "Thank you. We are glad that it helped.",
    "Thank you. We are glad that it helped.",
    "Thank you, we are glad that it helped",
};
static otr_phrase_row confirm_known = {
    "Thank you. We will not remind you of this again.",
    "Thank you. We will not remind you of this again.",
    "Thank you, no more reminders of this",
};
static otr_phrase_row confirm_wrong = {
    "Thank you for telling us. We will look into why we told you this about {{ asset }}.",
    "Thank you for telling us. We will look into why we told you this about {{ asset }}.",
    "Thank you, we will look into it",
};
static otr_phrase_row confirm_late = {
    "Thank you for telling us. We will look into why our message came late.",
    "Thank you for telling us. We will look into why our message came late.",
    "Thank you, we will look into the delay",
};
static otr_phrase_row confirm_stop = {
    "You will get no more messages about “{{ category }}”. You can turn them on again at any time.",
    "You will get no more messages about “{{ category }}”. You can turn them on again at any time.",
    "No more messages about “{{ category }}”",
};
static otr_phrase_row confirm_stop_until = {
    "You will get no messages about “{{ category }}” until {{ until }}.",
    "You will get no messages about “{{ category }}” until {{ until }}.",
    "{{ category }}: off until {{ until }}",
};
static otr_phrase_row confirm_stop_all = {
    "You will get no more messages from us, except urgent warnings. You can turn them on again at any time.",
    "You will get no more messages from us, except urgent warnings. You can turn them on again at any time.",
    "Messages are off, except urgent warnings",
};
static otr_phrase_row confirm_stop_all_until = {
    "You will get no messages from us until {{ until }}, except urgent warnings.",
    "You will get no messages from us until {{ until }}, except urgent warnings.",
    "Off until {{ until }}, except urgent warnings",
};
static otr_phrase_row confirm_resume = {
    "Messages about “{{ category }}” are on again.",
    "Messages about “{{ category }}” are on again.",
    "Messages on again: {{ category }}",
};
static otr_phrase_row confirm_resume_all = {
    "Our messages to you are on again.",
    "Our messages to you are on again.",
    "Our messages to you are on again",
};
static otr_phrase_row confirm_my_data = {
    "What we have stored about you: {{ items }}.",
    "What we have stored about you: {{ items }}",
    "What we have stored about you",
};
static otr_phrase_row confirm_forget_me = {
    "We are deleting what we have stored about you. You will get no more messages from us.",
    "We are deleting what we have stored about you. You will get no more messages from us.",
    "We are deleting what we have stored about you",
};

static otr_phrase_row promised = {
    "{{ asset }}: our team promises you this: {{ items }}.",
    "{{ asset }}: our team promises you this: {{ items }}",
    "Promised: {{ items }}",
};
static otr_phrase_row promise_item = {"{{ what }} by {{ by }}"};
static otr_phrase_row promise_moved = {
    ("{{ asset }}: what we promised comes by {{ by }} and not by {{ before }}: {{ what }}. We are sorry for "
     "the change."),
    "{{ asset }}: now by {{ by }} and not by {{ before }}, we are sorry: {{ what }}",
    "Now by {{ by }}: {{ what }}",
};
static otr_phrase_row promise_kept = {
    "{{ asset }}: done as promised: {{ what }}.",
    "{{ asset }}: done as promised: {{ what }}",
    "Done as promised: {{ what }}",
};
static otr_phrase_row promise_late = {
    "{{ asset }}: done, though later than we promised: {{ what }}. We are sorry.",
    "{{ asset }}: done, later than promised, we are sorry: {{ what }}",
    "Done, later than promised: {{ what }}",
};
static otr_phrase_row promise_missed = {
    ("{{ asset }}: we promised you this by {{ by }}, and we have not kept our word: {{ what }}. We are "
     "sorry. "
     "It is not forgotten."),
    "{{ asset }}: promised by {{ by }} and not kept, we are sorry: {{ what }}",
    "Not kept in time, we are sorry: {{ what }}",
};
static otr_phrase_row promise_owed = {
    "{{ asset }}: we still owe you this: {{ what }}. We are sorry that it takes so long.",
    "{{ asset }}: we still owe you this, and we are sorry: {{ what }}",
    "Still to come, we are sorry: {{ what }}",
};
static otr_phrase_row resolved = {
    "{{ asset }}: our team has taken care of this, and as far as we know it is solved.",
    "{{ asset }}: our team has taken care of this, and as far as we know it is solved.",
    "{{ asset }}: solved, as far as we know",
};
static otr_phrase_row resolved_ask = {
    "If it is not solved for you, please tell us, and we will look at it again."};
static otr_phrase_row reopened = {
    "{{ asset }}: this is not solved after all, and our team is looking at it again.",
    "{{ asset }}: this is not solved after all, and our team is looking at it again.",
    "{{ asset }}: we look at it again",
};
static otr_phrase_row remedy = {
    "{{ asset }}: our team has taken a step to put this right.",
    "{{ asset }}: our team has taken a step to put this right.",
    "{{ asset }}: a step to put it right",
};
static otr_phrase_row confirm_solved = {
    "Thank you. We are glad that it is solved for you.",
    "Thank you. We are glad that it is solved for you.",
    "Thank you, we are glad that it is solved",
};
static otr_phrase_row callback = {"a call from us"};
static otr_phrase_row replacement = {"a replacement"};
static otr_phrase_row visit = {"a visit"};
static otr_phrase_row refund = {"a refund"};
static otr_phrase_row agreed = {"the service that we agreed on"};

static otr_phrase_row ask_satisfaction = {
    ("{{ asset }}: this case is closed. Thinking of {{ text }}: how satisfied are you, from "
     "{{ least }} (not at all) to {{ most }} (very)? Answering is voluntary."),
    ("{{ asset }}: closed. How satisfied are you with us, from {{ least }} (not at all) to "
     "{{ most }} (very)? Answering is voluntary."),
    "{{ asset }}: satisfied, {{ least }} to {{ most }}?",
};
static otr_phrase_row ask_effort = {
    ("{{ asset }}: this case is closed. Thinking of {{ text }}: how easy was it for you, from "
     "{{ least }} (very hard) to {{ most }} (very easy)? Answering is voluntary."),
    ("{{ asset }}: closed. How easy was it for you, from {{ least }} (very hard) to {{ most }} "
     "(very easy)? Answering is voluntary."),
    "{{ asset }}: how easy, {{ least }} to {{ most }}?",
};
static otr_phrase_row ask_nps = {
    ("{{ asset }}: this case is closed. Thinking of {{ text }}: how likely is it that you would "
     "recommend us, from {{ least }} (not at all) to {{ most }} (certainly)? Answering is "
     "voluntary."),
    ("{{ asset }}: closed. Would you recommend us, from {{ least }} (not at all) to {{ most }} "
     "(certainly)? Answering is voluntary."),
    "Would you recommend us, {{ least }} to {{ most }}?",
};
static otr_phrase_row ask_reason = {
    ("{{ asset }}: we are sorry that it was not better. What went wrong? Please choose what fits "
     "best, if you like: {{ items }}."),
    "{{ asset }}: we are sorry. What went wrong? {{ items }}",
    "{{ asset }}: what went wrong?",
};
static otr_phrase_row confirm_score = {
    "Thank you for your answer. It helps us to do better.",
    "Thank you for your answer. It helps us to do better.",
    "Thank you for your answer",
};
static otr_phrase_row asked_consignee = {"how we kept you informed about your delivery"};
static otr_phrase_row asked_shipper = {"how we looked after your shipment"};
static otr_phrase_row asked_pharmacist = {"how we looked after your medicines"};
static otr_phrase_row asked_fleet_manager = {"how we looked after your vehicle"};
static otr_phrase_row asked_driver = {"how we supported you on the way"};
static otr_phrase_row asked_householder = {"how we looked after things at your home"};
static otr_phrase_row asked_anybody = {"how we dealt with it"};
static otr_phrase_row reason_late = {"too late"};
static otr_phrase_row reason_unclear = {"hard to understand"};
static otr_phrase_row reason_not_solved = {"not solved"};
static otr_phrase_row reason_had_to_repeat = {"I had to say things twice"};
static otr_phrase_row reason_too_many = {"too many messages"};

static otr_phrase_row status_fine = {
    "{{ asset }}: nothing is wrong, as far as our data shows.",
    "{{ asset }}: nothing is wrong, as far as our data shows.",
    "{{ asset }}: all well, as far as we know",
};
static otr_phrase_row status_case = {
    "{{ asset }}: open since {{ since }}. {{ text }}.",
    "{{ asset }}: open since {{ since }}. {{ text }}",
    "{{ asset }}: open since {{ since }}",
};
static otr_phrase_row status_no_data = {
    "{{ asset }}: we have no data yet.",
    "{{ asset }}: we have no data yet.",
    "{{ asset }}: no data yet",
};
static otr_phrase_row status_place = {"Place: {{ place }}."};
static otr_phrase_row status_temperature = {"Temperature: {{ temperature }}."};
static otr_phrase_row status_bump = {"Last bump: {{ bump }}."};
static otr_phrase_row status_no_bump = {"No bump recorded."};
static otr_phrase_row status_eta = {"Expected arrival: {{ eta }}, give or take {{ error }}."};
static otr_phrase_row status_data = {"Latest data: {{ at }}."};
static otr_phrase_row status_coverage = {"Time covered by data: {{ coverage }}."};

static otr_phrase_row data_language = {"language: {{ language }}"};
static otr_phrase_row data_zone = {"time zone: {{ zone }}"};
static otr_phrase_row data_channels = {"we reach you by: {{ items }}"};
static otr_phrase_row data_quiet = {"quiet hours: {{ from }}–{{ to }}"};
static otr_phrase_row data_budget = {("at most {{ day | one: '# message' | other: '# messages' }} a day and "
                                      "{{ week | one: '# message' | other: '# messages' }} a week")};
static otr_phrase_row data_stopped = {"turned off: {{ items }}"};
static otr_phrase_row data_stopped_all = {"all messages are turned off, except urgent warnings"};
static otr_phrase_row data_sent = {
    "counted towards that in the last seven days: {{ count | one: '# message' | other: '# messages' }}"};
static otr_phrase_row data_open = {"{{ count | one: '# open matter' | other: '# open matters' }}"};

static otr_phrase_row consignee = {"recipient"};
static otr_phrase_row shipper = {"sender"};
static otr_phrase_row pharmacist = {"pharmacist"};
static otr_phrase_row fleet_manager = {"fleet manager"};
static otr_phrase_row driver = {"driver"};
static otr_phrase_row householder = {"householder"};

const char *const *const otr_phrases_en[OTR_PHRASES] = {OTR_PHRASE_LIST(OTR_PHRASE_ENTRY)};
