"""Mistakes in forgetting a customer, and in whose a case is, that tests must notice; see mutants.py."""

CORE = "test_forget"
STORE = "test_store_forget"


def core(file, what, old, new, test=CORE):
    return {"test": test, "file": f"agent/core/{file}", "what": what, "old": old, "new": new}


def store(what, old, new):
    return {"test": STORE, "file": "platform/linux/store/store_forget.c", "what": what, "old": old, "new": new}


ROWS = [
    core("bind.c", "an asset that is handed on keeps its alarms and what it knows",
         "otr_whose_changes(old->asset, fresh->asset)", "false && otr_whose_changes(old->asset, fresh->asset)"),
    core("asset/whose.c", "what nobody had is nobody's for ever", "if (of == label && *name == 0)", "if (false)"),
    core("asset/whose.c", "whose things are is lost in a snapshot",
         "*name = otr_reader_u8(reader) != 0 ? otr_label_read(core, reader) + 1 : 0;",
         "{\n        if (otr_reader_u8(reader) != 0)\n            (void)otr_label_read(core, reader);\n        (void)name;\n    }"),
    core("asset/whose.c", "the next customer's asset is shown in an old ticket", "return whose == 0 || theirs ?", "return true || theirs ?"),
    core("case/case.c", "a case is not told from another customer's", "one->customer = whose;", "one->customer = 0;"),
    core("notice/notice_offer.c", "what staff were told is nobody's", "out->customer = otr_whose(core, asset->asset);", "out->customer = 0;"),
    core("case/precedent.c", "a precedent is nobody's", "        .customer = one->customer,\n", ""),
    core("forget.c", "cases stay", "        forget_cases(core, label + 1);\n", "        (void)forget_cases;\n"),
    core("forget.c", "precedents stay", "        otr_precedent_forget(core, label + 1);\n", ""),
    core("forget.c", "alarms that stand stay", "        forget_standing(core, label + 1);\n", "        (void)forget_standing;\n"),
    core("forget.c", "what others were told stays", "        forget_threads(core, label + 1);\n", "        (void)forget_threads;\n"),
    core("forget.c", "figures name what is gone", "    forget_names(core);\n", "    (void)forget_names;\n"),
    core("figures/figure_about.c", "a place of one customer alone is counted by", "return otr_names_find(&core->figures.places, place->name) != OTR_NAME_NONE;",
         "(void)core;\n    return place->name.size > 0;"),
    core("figures/figure_about.c", "a place is shared by who has it twice", "whose == 0 || first[number] != whose", "whose == 0 || !fresh"),
    core("forget.c", "today's figures keep the places", "    otr_figure_forget_places(core);\n", ""),
    core("journal/journal_erase.c", "an assignment of a longer name is theirs", "if (otr_str_equal(forgotten->assets[i], asset))",
         "if (otr_str_starts(asset, forgotten->assets[i]))", test="test_journal_erase"),
    core("journal/journal_erase.c", "what a device was set to is theirs for ever",
         "span->from_seq <= seq && seq <= span->to_seq && otr_str_equal(span->device_name", "otr_str_equal(span->device_name",
         test="test_journal_erase"),
    core("journal/journal_erase.c", "what a device was set to stays", "return sets(forgotten, seq, command) ||", "(void)sets;\n    return",
         test="test_journal_erase"),
    core("journal/journal_erase.c", "what an order names is not looked at", "command->order.about,", "", test="test_journal_erase"),
    store("a row of settings alone is not looked at", "otr_bytes_hold(batch, span->device_name.data, span->device_name.size)", "false"),
    store("orders about them stay", "        status = blank_orders(&database->sql, &who, error);\n", "        (void)blank_orders;\n"),
    store("orders about their alarms stay", "        status = find_alarms(&database->sql, commit->forgotten, &all, error);\n",
          "        (void)find_alarms;\n"),
    {"test": "test_base_mention", "file": "agent/base/mention.c", "what": "a longer name is the name",
     "old": "(end == text.size || !goes_on(text.data[end]))", "new": "true"},
    {"test": "test_base_mention", "file": "agent/base/mention.c", "what": "a length is a letter of the next text",
     "old": "    return may_measure(bytes, begin, end - begin);\n}", "new": "    return false;\n}"},
    {"test": "test_base_mention", "file": "agent/base/mention.c", "what": "its own length is a letter of a text",
     "old": "return longer || (size <= bytes.size - at && are_text(bytes, at, size));", "new": "return longer && size > 0;"},
    {"test": "test_case_kept", "file": "agent/core/case/case.c", "what": "what closes goes for itself", "old": "if (i != number && ", "new": "if ("},
    store("who has an asset now is forgotten with who had it", "return fresh && !of_others ?", "return fresh ?"),
    store("rows are found by the asset alone", "status = otr_sql_run(sql, error, of_customer[k], \"s\", who->reference);",
          "status = k == 4 ? OTR_OK : otr_sql_run(sql, error, of_customer[k], \"s\", who->reference);"),
    store("rows without a name stay", "    otr_status status = otr_sql_run(sql, error, OTR_SQL_CASES_CLAIM_LISTS, \"s\", customer);",
          "    otr_status status = OTR_OK;"),
    store("what has a name of nobody stays", "i < all->span_count; i++)\n        status = otr_sql_run(sql, error, OTR_SQL_CASES_CLAIM,",
          "i < 0; i++)\n        status = otr_sql_run(sql, error, OTR_SQL_CASES_CLAIM,"),
    store("an assignment that never began stays", "    if (status == OTR_OK)\n        status = find_dropped(&database->sql, commit, &all, error);\n",
          "    (void)find_dropped;\n"),
    core("notice/notice_own.c", "who had an asset is told how it fares with who has it",
         "otr_whose_asset(core, thread->asset, thread->customer, thread->asset_at)", "otr_whose_asset(core, thread->asset, 0, thread->asset_at)"),
    core("notice/told_text.c", "who had an asset hears what it is called now",
         "otr_whose_asset(core, thread->asset, thread->customer, thread->asset_at)", "otr_whose_asset(core, thread->asset, 0, thread->asset_at)"),
    core("bind.c", "a shelf of before keeps silent for the next customer", "        otr_points_hand_on(core, label);", "        (void)label;"),
    core("forget.c", "shelves of what has ended stay", "        otr_points_forget_of(core, label + 1);\n", ""),
]
