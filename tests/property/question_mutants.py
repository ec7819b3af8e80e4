"""Mistakes in who is asked what and when, which the tests of questions must notice; see mutants.py."""

PROPERTY = "test_question_property"
UNIT = "test_question"
ANSWER = "test_question_answer"
RESTRAINT = ["customers*"]
START = ["a_new*"]


def row(file, what, old, new, long=False, test=PROPERTY, cases=None):
    out = {"test": test, "file": "agent/core/" + file, "what": what, "old": old, "new": new, "long": long}
    if test == PROPERTY:
        out["cases"] = cases or RESTRAINT
    return out


ROWS = [
    # budget
    row("question/question.c", "a budget is a day short", "otr_time_add(person->asked, wishes->question_days * OTR_DAY))",
        "otr_time_add(person->asked, (wishes->question_days - 1) * OTR_DAY))"),
    row("question/question.c", "a question takes nothing from the budget", "OTR_LIMIT_QUESTION_DAYS * OTR_DAY);\n    person->asked = core->now.utc;\n",
        "OTR_LIMIT_QUESTION_DAYS * OTR_DAY);\n"),
    row("question/question.c", "all have the same budget", "wishes->question_days * OTR_DAY", "7 * OTR_DAY", long=True),
    row("question/question.c", "the budget is asked only once what waits is due",
        "if (person->asked != OTR_TIME_NONE &&", "if (question->due != OTR_TIME_NONE && person->asked != OTR_TIME_NONE &&"),
    row("question/question.c", "who was asked under a wrong clock is asked no more until then", "    mend(core, person);\n",
        "    (void)mend;\n", test=UNIT),
    # one asset
    row("question/question.c", "a box may be asked about again",
        "otr_questioned_add(core, person, otr_question_asset(core, question->asset));", ""),
    row("question/question_memory.c", "only the first box is remembered",
        "for (uint32_t i = 0; i < person->asset_count; i++)\n        if (person->assets[i] == asset)\n            return true;",
        "for (uint32_t i = 0; i < person->asset_count && i < 1; i++)\n        if (person->assets[i] == asset)\n            return true;"),
    # what is open
    row("question/question.c", "what is open does not matter",
        "    if (has_case_open(core, customer))\n        return never(OTR_UNTOLD_CASE_OPEN);\n", ""),
    row("question/question.c", "only what they heard of is open", " || has_asset_open(core, customer) ||", " ||"),
    row("question/question.c", "lists are nobody's", " ||\n           has_list_open(core, customer);", ";", test=UNIT),
    row("question/question.c", "what they ship is not theirs",
        "for (size_t i = 0; i < asset->contact_count; i++)", "for (size_t i = 0; i < 0; i++)"),
    # wishes
    row("question/question.c", "who wants none is asked", "wishes->question_days == 0 || core->failed ||", "core->failed ||",
        long=True),
    row("question/question.c", "an opt-out does not hold for questions",
        "otr_ledger_is_stopped(core, ledger, wishes, category, false);", "false;"),
    row("question/question.c", "it is never quiet", "if (otr_contact_is_quiet(core, wishes, core->now.utc))", "if (false)"),
    row("question/question.c", "what waits comes in the middle of the night",
        "later(OTR_UNTOLD_QUIET, otr_contact_quiet_end(core, wishes, core->now.utc));",
        "later(OTR_UNTOLD_QUIET, core->now.utc + OTR_HOUR);", long=True),
    row("question/question.c", "an unknown clock is trusted", "    if (!core->now.synced)\n        return later", "    if (false)\n        return later"),
    row("question/question_answer.c", "a stop has no effect",
        "    otr_ledger_stop(core, &core->ledgers.list[contact], category,\n                    act->to != OTR_TIME_NONE ? act->to : OTR_TIME_NEVER);\n",
        "    (void)category;\n"),
    row("question/question_answer.c", "a stop of questions stops all", "act->category.size > 0 &&", "false &&", test=ANSWER),
    # which cases
    row("question/question.c", "who heard nothing is asked", "    if (!thread->told)\n        verdict = never(OTR_UNTOLD_UNHEARD);\n    else if",
        "    if"),
    row("question/question.c", "what needed nothing is asked about", "!is_dismissed(core, one) && !thread->milestone", "!thread->milestone"),
    row("question/question.c", "good news are asked about", "!thread->milestone && thread->what", "thread->what"),
    row("case/case.c", "a case that is verified is over",
        "            end_case(core, number);\n            return;\n        }\n        otr_fare_case_changed(core, one);",
        "            close_case(core, number);\n            return;\n        }\n        otr_fare_case_changed(core, one);"),
    row("question/question.c", "only one of them is asked",
        "if (person != NULL && person->mark == mark && person->thread == i)\n            offer(core, one, thread);",
        "if (person != NULL && person->mark == mark && person->thread == i) {\n            offer(core, one, thread);\n            return;\n        }"),
    # what is drawn
    row("question/question.c", "all are drawn", "if (draw(core, question) % 100 >= wishes->question_share)", "if (wishes->question_share == 0)"),
    row("question/question.c", "a customer is always drawn or never",
        "return otr_hash64(otr_hash64('q', 1, customer.data, customer.size), 2, question->case_id.bytes,\n                      sizeof question->case_id.bytes);",
        "return otr_hash64('q', 1, customer.data, customer.size);", long=True),
    row("question/question.c", "the rare one is never asked", "if (drawn < DRAWS_NPS && rare)", "if (false && rare)"),
    row("question/question.c", "the rare one is not rare", "core->now.utc >= again);", "true);", long=True),
    row("question/question.c", "who had one case recommends us", "person->cases >= NPS_CASES", "person->cases >= 1"),
    row("question/question.c", "effort is not asked for", "return drawn >= DRAWS_NPS && drawn", "return drawn > DRAWS && drawn"),
    # answers
    row("question/question_answer.c", "each answer is thanked for by the score alone",
        "    if (asks)\n        otr_question_tell", "    if (false)\n        otr_question_tell"),
    row("question/question_answer.c", "good answers are asked about", "bool asks = act->score <= scale.poor && !reasoned;",
        "bool asks = act->score <= scale.poor + 1 && !reasoned;"),
    row("question/question_answer.c", "a reason comes twice", "act->score <= scale.poor && !reasoned;", "act->score <= scale.poor;"),
    row("question/question_answer.c", "any number is an answer", "act->score < scale.least || act->score > scale.most ||", ""),
    row("question/question_answer.c", "a second answer counts", "    if (question->state != OTR_QUESTION_ASKED)\n        return OTR_REFUSAL_ACCEPTED; /* has its answer */\n", "",
        test=ANSWER),
    row("question/question_answer.c", "squares are sums", "(uint64_t)score * score;", "score;"),
    row("question/question_answer.c", "an answer is not in the case's record", "    otr_conversation_add(core, one, &remark);\n", "    (void)remark;\n",
        test=ANSWER),
    row("question/question_answer.c", "what is on record is a choice", "known |= 1U << OTR_QUESTION_REASON_LATE;", "", test=ANSWER),
    row("question/question.c", "what nobody answers is not counted", "core->questions.counts[question->kind].expired++;", ""),
    row("question/question_figures.c", "the middle is good", "count_from_to(counts, scale.good, scale.most)",
        "count_from_to(counts, scale.poor + 1, scale.most)", test="test_question_figures"),
    # what stays
    row("question/question_bytes.c", "budgets are full again after a start", "person->asked = otr_reader_signed(reader);",
        "(void)otr_reader_signed(reader);", cases=START),
    row("question/question_bytes.c", "what waits is forgotten by a start",
        "            otr_question_schedule(core, &all->list[number]);", "            (void)0;", cases=START),
    row("question/question_bytes.c", "boxes are forgotten by a start", "otr_questioned_add(core, person, otr_reader_u64(reader));",
        "(void)otr_reader_u64(reader);", cases=START),
    row("question/question_bytes.c", "cases are forgotten by a start", "person->cases = (uint32_t)otr_reader_varint(reader);",
        "(void)otr_reader_varint(reader);", cases=START, long=True),
    row("question/question_memory.c", "a customer is not forgotten", "forget_person(all, i--);", "break;", test=UNIT),
    row("question/question_memory.c", "a box is remembered by others", "remove_asset(&all->people[i], hash);", "(void)hash;", test=UNIT),
]
