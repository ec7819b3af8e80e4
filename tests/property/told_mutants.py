"""Mistakes in what customers hear of the desk, which the scenarios and properties of it must notice; see mutants.py."""
import os

SCENARIOS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "scenario")


def told(file, what, old, new, long=True):
    return {"test": "outrider", "cases": ["test", os.path.join(SCENARIOS, "told.test.yaml")],
            "file": "agent/core/" + file, "what": what, "old": old, "new": new, "long": long}


def wishes(file, what, old, new, long=True, cases="people*"):
    return {"test": "test_notice_property", "cases": [cases], "file": "agent/core/" + file, "what": what, "old": old,
            "new": new, "long": long}


def ticket(file, what, old, new, long=True):
    return {"test": "test_ticket", "file": "agent/core/" + file, "what": what, "old": old, "new": new, "long": long}


def unit(file, what, old, new, long=True):
    return {"test": "test_told", "file": "agent/core/" + file, "what": what, "old": old, "new": new, "long": long}


def code(file, what, old, new, long=True):
    return {"test": "test_desk_end", "file": "agent/core/" + file, "what": what, "old": old, "new": new, "long": long}


ROWS = [
    # codes that customers read as words
    code("desk/desk.c", "any word may be promised", "    if (!otr_desk_may_promise(core, one, act->what))\n", "    if (false)\n"),
    code("desk/code.c", "any code resolves", "    return !listed || ", "    return true || "),
    code("desk/code.c", "the packs' codes are not listed", "        add_pack(&text, pack, refusal);\n", "        (void)pack;\n"),
    code("notice/told_text.c", "what has lost its words is told raw", "        phrase = OTR_PHRASE_AGREED;\n", "        return slug;\n"),
    # what is told
    told("desk/desk_timer.c", "nobody hears of what was missed", "    otr_told_add(core, one, &item, OTR_NONE);\n", "", long=False),
    told("desk/desk.c", "a new time is a new promise", "        item.what = OTR_NOTICE_MOVED;\n", ""),
    told("desk/desk.c", "that nothing was to be done is told", "    if (dismisses)\n", "    if (false)\n"),
    told("notice/notice_act.c", "who says that it is not solved is told so",
         "otr_told_reopened(core, one, OTR_REOPENED_CUSTOMER, thread->contact);",
         "otr_told_reopened(core, one, OTR_REOPENED_CUSTOMER, OTR_NONE);"),
    told("command/customer.c", "it is not solved but once",
         "(of_resolution ? round : 0) << 8", "(uint64_t)0", long=False),
    told("notice/told.c", "that it is open again is told beside the news", "    if (is_news_now(core, thread))\n", "    if (false)\n"),
    told("notice/told.c", "who was never told that it is solved hears that it is not",
         "(thread->solved || !only_solved)", "(true || only_solved)", long=False),
    told("notice/told.c", "each thread of one reader tells it", "is_customer(core, &core->ledgers.list[thread->contact]) && is_chosen(core, i, one->id))",
         "is_customer(core, &core->ledgers.list[thread->contact]))", long=False),
    # by when
    told("notice/told.c", "a promise does not replace the planned news", "next - core->now.utc <= OTR_DAY", "next - core->now.utc <= 0"),
    told("notice/told.c", "what is missed has no new time", "    if (!missed)\n        return false;", "    return false;"),
    told("notice/told.c", "what is owed comes as often as at first", "span = twice < OTR_DAY ? twice : OTR_DAY;", "span = span;"),
    told("notice/told.c", "what is owed is forgotten", "        if (!is_missed(&one->desk.promises[i]))\n            continue;\n",
         "        continue;\n", long=False),
    told("case/case.c", "a case closes over what is promised", "one->open_alarms == 0 && one->desk.promise_count > 0", "false"),
    # what waits
    told("notice/told_fold.c", "a promise that was missed is promised still",
         "    (void)take(list, count, OTR_NOTICE_PROMISED, item.name, &old);\n", ""),
    told("notice/told_fold.c", "a resolution that is taken back is told",
         "            return; /* of which the reader has never heard */", "            break;"),
    told("notice/told.c", "what the desk does is told to who knows of no trouble", "    if (!thread->told && !thread->waits)\n        otr_told_clear",
         "    if (false)\n        otr_told_clear"),
    told("desk/desk.c", "what is kept late is said to be kept in time", "item.by = late ? by : OTR_TIME_NONE;", "(void)late;\n    (void)by;"),
    # remedies
    told("desk/remedy.c", "anybody may use a remedy", "    if (!may_use(remedy, act->role))\n", "    if (false)\n", long=False),
    told("desk/remedy.c", "a remedy is used for ever", "    if (used >= remedy->at_most)\n", "    if (false)\n"),
    told("desk/remedy.c", "a claim stays where it is", "        claim(core, one, remedy->queue);\n", "        (void)0;\n"),
    told("desk/remedy.c", "a command without an alarm", "    if (alarm == NULL || alarm->ended != OTR_TIME_NONE)\n", "    if (alarm == NULL)\n"),
    told("command/device_command.c", "staff may do what the rate forbids",
         "bool may = !core->failed && otr_device_command_may(core, alarm, deed, &device, reason);",
         "bool may = otr_device_command_may(core, alarm, deed, &device, reason) || true;"),
    unit("notice/told_bytes.c", "a remedy may be used anew after a start", "use->count = (uint32_t)otr_reader_varint(reader);",
         "use->count = (uint32_t)otr_reader_varint(reader) * 0;", long=False),
    unit("command/device_command_bytes.c", "after a start what staff asked for is its alarm's", "out->asked = (flags & 8) != 0;", ""),
    unit("command/device_command.c", "what staff ask for again has the id of the first", "asked.id = identity(alarm, deed, nth + 1);", ""),
    unit("notice/told_fold.c", "a promise that was moved has its first time", "        item.what = OTR_NOTICE_PROMISED;\n", "        item = old;\n"),
    unit("notice/told_fold.c", "what is missed is missed at a time nobody knew", "        item.by = old.before;\n", "        item.by = item.by;\n"),
    # by every wish, and after every start
    wishes("notice/told.c", "what waits loses the news that were promised",
           "    thread->next_by = next_by;\n    thread->promise_day = day;\n", "    (void)next_by;\n", long=False),
    wishes("notice/told.c", "what the desk does is told whenever it happens",
           "    otr_verdict verdict = otr_policy_judge(core, thread, false);\n    if (verdict",
           "    otr_verdict verdict = {.state = OTR_NOTICE_TOLD};\n    if (verdict", long=False),
    wishes("notice/told_bytes.c", "what waits is forgotten at a start", "thread->desk[thread->desk_count++];", "thread->desk[0];",
           cases="a_new*", long=False),
    ticket("notice/told.c", "the conversation names its readers",
           "    return persona.size > 0 ? persona : OTR_STR(\"customer\");", "    return reference;", long=False),
]
