"""Mistakes that the simulation must notice within 150 seeds; run by tests/property/mutants.py, which says what a row is. Each
promise that sim/README.md names has some."""

SEEDS = ["--seeds", "1-150", "--no-shrink"]


def row(file, what, old, new):
    return {"test": "sim_run", "cases": SEEDS, "file": file, "what": what, "old": old, "new": new}


ROWS = [
    # acknowledged is kept, once
    row("agent/driver/intake.c", "a repeated upload is acknowledged while its first copy is not durable",
        "seen == OTR_DUPLICATE_KEPT ? OTR_ANSWER_KEPT : OTR_ANSWER_NONE", "OTR_ANSWER_KEPT"),
    row("agent/driver/intake.c", "repeated uploads are taken again",
        "upload->key != 0 ? otr_duplicates_find(&driver->duplicates, upload->key) : OTR_DUPLICATE_NEW",
        "OTR_DUPLICATE_NEW"),
    row("agent/driver/duplicate.c", "what came while a commit was under way counts as kept with it",
        "for (; seen->kept_until < seen->staged_until; seen->kept_until++)",
        "for (; seen->kept_until < seen->count; seen->kept_until++)"),
    row("agent/driver/duplicate.c", "a key is forgotten within seconds",
        "now - place(seen, seen->first)->at > OTR_DUPLICATE_LIFETIME", "now - place(seen, seen->first)->at > OTR_SECOND"),
    row("agent/driver/recover.c", "repeated uploads are not learnt from the journal",
        "record->kind != OTR_INPUT_READINGS || record->readings.key == 0 ||",
        "record->kind == OTR_INPUT_READINGS || record->readings.key == 0 ||"),
    row("agent/driver/driver.c", "a commit that failed is answered as one that did not",
        "if (result->status != OTR_OK) {\n        return_leaving(driver);",
        "if (result->status == OTR_MEMORY) {\n        return_leaving(driver);"),
    row("agent/driver/driver.c", "answers do not wait for the commit",
        "    driver->ports.store.submit(driver->ports.store.self, commit);",
        "    for (size_t i = 0; i < driver->answers.count; i++)\n"
        "        otr_driver_answer(driver, &driver->answers.list[i]);\n    driver->answers.count = 0;\n"
        "    driver->ports.store.submit(driver->ports.store.self, commit);"),
    row("agent/driver/driver.c", "some uploads are never answered",
        "    for (size_t i = 0; i < driver->answers.count; i++)\n        otr_driver_answer(driver, &driver->answers.list[i]);",
        "    for (size_t i = 0; i + 1 < driver->answers.count; i++)\n        otr_driver_answer(driver, &driver->answers.list[i]);"),
    row("agent/driver/intake.c", "uploads that a failed commit had are not answered",
        "for (size_t i = 0; i < driver->answers.count; i++)", "for (size_t i = driver->answers.count; i < driver->answers.count; i++)"),
    # an event reaches the broker, and leaves for its reason
    row("agent/driver/publish.c", "what was refused or lost leaves as accepted",
        "    if (status == OTR_OK) {\n        driver->counters.published++;",
        "    if (status != OTR_MEMORY) {\n        driver->counters.published++;"),
    row("agent/driver/publish.c", "a refused entry is never tried again",
        "entry->not_before = otr_time_add(driver->sample.mono, REFUSED_DELAY);", "entry->not_before = OTR_TIME_NEVER;"),
    row("agent/driver/publish.c", "a read of the outbox that failed is the last",
        "    driver->reading_outbox = false;\n    driver->shedding = false;\n    if (status != OTR_OK) {",
        "    driver->reading_outbox = status != OTR_OK;\n    driver->shedding = false;\n    if (status != OTR_OK) {"),
    row("agent/driver/publish.c", "what was lost with the connection is not sent again",
        "    entry->sent = false;\n    if (entry->stale || otr_outbox_window_unmarked(entry))\n        mark_soon(driver);\n    if (status",
        "    if (entry->stale || otr_outbox_window_unmarked(entry))\n        mark_soon(driver);\n    if (status"),
    row("agent/driver/driver.c", "what has left stays in the store", ".left_count = driver->leaving.count,",
        ".left_count = 0,"),
    row("agent/driver/outbox_window.c", "entries that went back to the store are passed over",
        "window->after[class] = entry->seq - 1;", "window->after[class] = entry->seq;"),
    row("agent/driver/outbox_window.c", "what the store may lack is taken for told",
        "        if (!entry->sent && !otr_outbox_window_unmarked(entry))\n            give_back(window, entry);\n    }\n}\n\nvoid otr_outbox_window_forget(",
        "        if (!entry->sent && !otr_outbox_window_unmarked(entry))\n            otr_outbox_window_remove(window, entry);\n    }\n}\n\nvoid otr_outbox_window_forget("),
    row("agent/driver/recover.c", "after a start the outbox is not looked at", "        driver->window.waiting[i] = true;",
        "        driver->window.waiting[i] = false;"),
    # what the broker keeps
    row("agent/driver/publish.c", "an alarm that is over is kept by the broker", "    if (!otr_outbox_stands(event))\n",
        "    if (otr_outbox_stands(event) && publication.payload.size == 0)\n"),
    row("agent/driver/publish.c", "what stands is not kept by the broker",
        "if ((event->kind != OTR_SERVICE_ALARM && event->kind != OTR_SERVICE_TICKET) || entry->kept ||",
        "if (event->kind != OTR_SERVICE_TICKET || entry->kept ||"),
    # quiet after faults, and time that goes on
    row("agent/driver/driver.c", "a core that fell is not rebuilt",
        "driver->rebuild_at = otr_time_add(driver->sample.mono, driver->rebuild_delay);",
        "driver->rebuild_at = OTR_TIME_NEVER;"),
    row("agent/driver/driver.c", "a commit that lingers is never made", "driver->sample.mono - driver->staged_at >= driver->config.linger_us;",
        "driver->sample.mono - driver->staged_at >= OTR_DAY;"),
    row("agent/driver/driver.c", "the loop does not sleep", "    return sooner(wait, until(otr_core_next(driver->core), driver->core_now));",
        "    return sooner(wait, until(otr_core_next(driver->core) - OTR_MINUTE, driver->core_now));"),
    row("agent/driver/recover.c", "core time begins anew at each start", "otr_time core = last.core > last_core ? last.core : last_core;",
        "otr_time core = 0;\n    (void)last_core;"),
    # commands
    row("agent/driver/act.c", "any token will do", "    if (status == OTR_DENIED)\n        return otr_fail(error, OTR_DENIED,",
        "    if (status == OTR_IO)\n        return otr_fail(error, OTR_DENIED,"),
    row("agent/driver/driver.c", "operators are not answered",
        "    otr_driver_answer_commands(driver, driver->pending_committing);", "    otr_driver_answer_commands(driver, 0);"),
    row("agent/core/command/seen.c", "a command that comes again has its effect again",
        "        if (otr_id_equal(result->id, id))", "        if (otr_id_equal(result->id, id) && i > 1u << 20)"),
    # people are told as they wish
    row("agent/core/notice/policy.c", "quiet hours are not kept", "    if (otr_contact_is_quiet(core, wishes, core->now.utc))",
        "    if (otr_contact_is_quiet(core, wishes, core->now.utc) && critical)"),
    row("agent/core/notice/policy.c", "who has stopped it is told", "    if (otr_ledger_is_stopped(core, ledger, wishes, category, critical))",
        "    if (otr_ledger_is_stopped(core, ledger, wishes, category, critical) && critical)"),
    # the state is what the journal says
    row("agent/core/snapshot.c", "a date that waits for the clock is taken for a time of the gateway's own",
        "(entry->unsynced ? 0 : WAITING_DATED)", "0"),
    row("agent/core/device/freeze.c", "a duration's begin is lost in a snapshot",
        "state.since = otr_time_add(state.onset, otr_reader_signed(in));",
        "(void)otr_reader_signed(in);\n    state.since = state.onset;"),
    row("agent/core/device/freeze.c", "what a function waits for is lost in a snapshot", "otr_time again = otr_reader_signed(in);",
        "(void)otr_reader_signed(in);\n    otr_time again = OTR_TIME_NEVER;"),
    row("agent/core/device/freeze.c", "devices forget their values in a snapshot",
        "if (slot != NULL && !otr_slot_set(slot, &entries[i]))", "if (slot == NULL)"),
    row("agent/core/window/recall.c", "windows are empty after a start", "if (window != OTR_NONE && !in->failed)",
        "if (window != OTR_NONE && in->failed)"),
    row("agent/core/snapshot.c", "an asset that waits is not known to wait after a start", "(asset->awaiting ? 1 : 0)", "0"),
    row("agent/core/snapshot.c", "time stands still after a start", "otr_buffer_add_signed(out, asset->anchor);",
        "otr_buffer_add_signed(out, 0);"),
    row("agent/core/snapshot.c", "cases count their revisions anew after a start",
        "        otr_buffer_add_varint(out, one->revision);\n        otr_buffer_add_id(out, one->id);",
        "        otr_buffer_add_varint(out, 1);\n        otr_buffer_add_id(out, one->id);"),
    row("agent/core/alarm/alarm.c", "two alarms of one input have one id", "core->raised_in_seq++", "core->raised_in_seq"),
    row("agent/core/rebuild.c", "the numbers of the outbox begin anew after a start",
        "core->next_outbox_seq = core->config.next_outbox_seq;", "core->next_outbox_seq = 1;"),
    # bytes
    row("agent/core/journal/entries.c", "the quality of readings is lost in the journal",
        "entry->quality = (uint8_t)(tag >> QUALITY_SHIFT);", "entry->quality = 0;"),
    row("agent/core/journal/entries.c", "numbers of the journal add up wrongly",
        "form == last->form ? scaled - last->scaled : scaled);", "scaled);"),
    row("agent/core/journal/entries.c", "readings of the journal lose their stamps", "    last->metric = entry->metric;\n    last->at = entry->at;\n}\n\nvoid otr_entries_write(",
        "    last->metric = entry->metric;\n}\n\nvoid otr_entries_write("),
    row("agent/codec/reading_pb_decode.c", "times of a protobuf do not add up",
        "if (__builtin_add_overflow(*clock, delta, clock)", "if (__builtin_add_overflow(*clock, at > 1 ? 0 : delta, clock)"),
    row("agent/codec/senml_resolve.c", "times of SenML lose what is behind the point",
        "*out = whole * OTR_SECOND + (otr_time)(rest < 0 ? rest - 0.5 : rest + 0.5);", "*out = whole * OTR_SECOND;\n    (void)rest;"),
    row("agent/codec/senml_resolve.c", "a pack's base name is forgotten", "        s->base_name = r->base_name;", "        (void)0;"),
]

# forgotten means gone
ROWS += [dict(one, cases=SEEDS + ["--guests"]) for one in [
    row("agent/core/forget.c", "what a customer did and was told stays in the state", "    otr_contact_forget(core, customer);\n", ""),
    row("agent/core/outbox/outbox.c", "an end that waits is erased with the rest", "keeps && !otr_outbox_stands(&event)", "keeps && event.kind < 0"),
    row("agent/core/outbox/outbox.c", "that a view is cleared is erased with the rest", 'otr_str_is(event.what, "cleared")) {', 'otr_str_is(event.what, "x")) {'),
]]

# the store that the daemon has, on a disk that loses and tears
REAL = ["--seeds", "1-150", "--store", "real", "--no-shrink"]
ROWS += [dict(one, cases=REAL) for one in [
    row("platform/linux/store/store_database.c", "the log is not synced", "PRAGMA synchronous = FULL;", "PRAGMA synchronous = NORMAL;"),
    row("platform/linux/store/store_commit.c", "some transactions are not ended",
        'return status == OTR_OK ? otr_sql_run(&database->sql, error, OTR_SQL_COMMIT, "") : status;',
        'return status == OTR_OK && commit->batch.size > 0 ? otr_sql_run(&database->sql, error, OTR_SQL_COMMIT, "") : status;'),
    row("platform/linux/store/store_commit.c", "a loss is not recorded",
        "    if (database->loss.reason.size > 0) {\n        status = otr_store_record",
        "    if (database->loss.reason.size > 100) {\n        status = otr_store_record"),
    row("platform/linux/store/store_outbox.c", "an entry is deleted when it is handed to the link",
        "OTR_SQL_OUTBOX_HAND", "OTR_SQL_OUTBOX_DELETE"),
    row("platform/linux/store/store_outbox.c", "the last of what has left stays",
        "for (size_t i = 0; status == OTR_OK && i < commit->left_count; i++)",
        "for (size_t i = 0; status == OTR_OK && i + 1 < commit->left_count; i++)"),
    row("platform/linux/store/store_outbox.c", "the numbers of states that have left come again",
        "    state->outbox_floor = left->seq + 1;\n", "    return OTR_OK;\n"),
    row("platform/linux/store/store_outbox.c", "what the link has had is taken for untold",
        "*told = sqlite3_column_int(row, 1) != 0;", "*told = false;"),
    row("platform/linux/store/store_recover.c", "the journal's tail is handed over but for its first batch",
        "bool replay = !database->state.has_snapshot || seq > covered;",
        "bool replay = !database->state.has_snapshot || seq > covered + 1;"),
]]

ROWS += [dict(one, cases=["--seeds", "1-60", "--store", "real", "--guests", "--no-shrink"]) for one in [
    row("platform/linux/store/store_forget.c", "the files are not rewritten",
        'otr_sql_script(sql, "VACUUM", error, "rewriting the database")',
        'otr_sql_script(sql, "SELECT 1", error, "rewriting the database")'),
    row("platform/linux/store/store_forget.c", "the journal is not erased", "        status = erase_journal(database, commit, &who, error);",
        "        status = sizeof erase_journal > 0 ? OTR_OK : OTR_IO;"),
]]

# what hosts are told is whole and in its order
TELEMETRY = ["--seeds", "1-150", "--telemetry", "on", "--no-shrink"]
MAIN, SEND, SAY, BIRTH = (f"agent/driver/telemetry{part}.c" for part in ("", "_send", "_say", "_birth"))
ROWS += [dict(one, cases=TELEMETRY) for one in [
    row(SEND, "what was sent counts as told before its barrier is acknowledged",
        "        telemetry->marked = telemetry->sent;\n    }\n    otr_arena_done",
        "        telemetry->marked = telemetry->sent;\n        otr_telemetry_cursor_join(&telemetry->proven, &telemetry->reached);\n"
        "    }\n    otr_arena_done"),
    row(SEND, "a barrier that is lost proves something", "    if (at == telemetry->barrier_count || status == OTR_IO)\n        return;",
        "    if (at == telemetry->barrier_count)\n        return;\n    status = status == OTR_IO ? OTR_OK : status;"),
    row(SEND, "a barrier proves what was sent after it", "    otr_telemetry_cursor_join(&telemetry->proven, &barrier->reached);",
        "    (void)barrier;\n    otr_telemetry_cursor_join(&telemetry->proven, &telemetry->reached);"),
    row(SEND, "a node of a cluster proves what may die with it", "    if (telemetry->config.servers == 1) {",
        "    if (telemetry->config.servers >= 1) {"),
    row(SEND, "what was sent to a connection that is lost is not sent again", "    telemetry->reached = telemetry->proven;\n}",
        "}"),
    row(SEND, "as much is sent as the link takes", "telemetry->held = unproven > 0 && unproven + bytes > otr_telemetry_window(telemetry);",
        "telemetry->held = unproven > 0 && unproven + bytes > 50 * otr_telemetry_window(telemetry);"),
    row(SEND, "the backlog goes first", "telemetry->live.first != NULL ? &telemetry->live : &telemetry->past",
        "telemetry->past.first == NULL && telemetry->live.first != NULL ? &telemetry->live : &telemetry->past"),
    row(SEND, "a message that the link did not take has used up its seq", "(uint8_t)(telemetry->seq + (status == OTR_OK))",
        "(uint8_t)(telemetry->seq + 1)"),
    row(BIRTH, "seq goes on through a birth of the node", "    telemetry->seq = 0;\n", ""),
    row(BIRTH, "devices count as born through a birth of the node",
        "    otr_telemetry_date_values(telemetry);\n    for (uint32_t d = 0; d < telemetry->device_count; d++) {",
        "    for (uint32_t d = telemetry->device_count; d < telemetry->device_count; d++) {"),
    row(MAIN, "bdSeq is the same at each connect", "        telemetry->bdseq++;\n", ""),
    row(MAIN, "bdSeq is used before it is durable", "telemetry->phase == OTR_TELEMETRY_SAVING && telemetry->saved >= telemetry->connect_version",
        "telemetry->phase == OTR_TELEMETRY_SAVING"),
    row(MAIN, "the cursor is lost at a start", "    if (!known) /*", "    if (known) /*"),
    row(MAIN, "a start tells all anew", "    telemetry->proven = cursor;", "    telemetry->proven = (otr_telemetry_cursor){.until = cursor.until / 2};"),
    row(MAIN, "it tells on while its host is away", "telemetry->config.primary_host.size == 0 || telemetry->host_online",
        "telemetry->config.primary_host.size == 0 || telemetry->core != NULL"),
    row(SAY, "what comes before the clock is known is dated by no clock", "if (telemetry->now.quality == OTR_CLOCK_SYNCED)\n",
        "if (telemetry->now.quality <= OTR_CLOCK_SYNCED)\n"),
    row(SAY, "nothing is said to be historical", "otr_sparkplug_metric metric = {.is_historical = historical};",
        "otr_sparkplug_metric metric = {.is_historical = historical && b == NULL};"),
    row(SAY, "what is late is told as if it were not", "b->past || entry->at < point->told_at ||", "b->past ||"),
    row(SAY, "a value of a metric that its birth has not is told", "(point->kind != OTR_KIND_ANY && point->born != point->kind))",
        "(point->kind != OTR_KIND_ANY && point->born > point->kind))"),
    row(SAY, "values of a lost connection still count in the backlog", "if (runs && same(&point->past, &now, point->deadband)) {",
        "if (same(&point->told, &now, point->deadband)) {"),
    row("agent/driver/telemetry_backlog.c", "a part of the backlog counts as told when it was not read",
        "    otr_stretch covers = {p.last > 0 ? gap.first : 0, p.last};", "    otr_stretch covers = {gap.first, p.last > 0 ? p.last : gap.first};"),
]]
