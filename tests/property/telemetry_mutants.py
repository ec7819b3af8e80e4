"""Mistakes in telemetry; see mutants.py."""

TEST = "test_driver_telemetry"
AMISS = "test_driver_telemetry_amiss"
CURSOR = "test_driver_telemetry_cursor"
LATE = "test_driver_telemetry_late"
SEND = "agent/driver/telemetry_send.c"
SAY = "agent/driver/telemetry_say.c"
MAIN = "agent/driver/telemetry.c"
HOST = "agent/driver/telemetry_host.c"
BIRTH = "agent/driver/telemetry_birth.c"
TABLE = "agent/driver/telemetry_table.c"
CODEC = "agent/codec/sparkplug_read.c"

ROWS = [
    {"test": TEST, "file": SEND, "what": "a barrier proves as it is sent",
     "old": "        telemetry->marked = telemetry->sent;\n    }\n    otr_arena_done",
     "new": "        telemetry->marked = telemetry->sent;\n"
            "        otr_telemetry_cursor_join(&telemetry->proven, &telemetry->reached);\n    }\n    otr_arena_done"},
    {"test": TEST, "file": SEND, "what": "a lost connection counts as told",
     "old": "    telemetry->reached = telemetry->proven;\n", "new": ""},
    {"test": TEST, "file": SEND, "what": "what is not proven has no bound",
     "old": "unproven > 0 && unproven >= otr_telemetry_window(telemetry);", "new": "false && unproven > 0;"},
    {"test": TEST, "file": SEND, "what": "a message that the link did not take has used up its seq",
     "old": "(uint8_t)(telemetry->seq + (status == OTR_OK))", "new": "(uint8_t)(telemetry->seq + 1)"},
    {"test": TEST, "file": SAY, "what": "values of a lost connection still count in the backlog",
     "old": "bool known = point->past_run == telemetry->past_run && same(&point->past, &now, point->deadband);",
     "new": "bool known = same(&point->told, &now, point->deadband);"},
    {"test": TEST, "file": SAY, "what": "the backlog is told as if it were new",
     "old": "bool historical = b->past || entry->at", "new": "bool historical = entry->at"},
    {"test": TEST, "file": SAY, "what": "the deadband is passed over",
     "old": "return near(before->number, now->number, deadband);", "new": "return near(before->number, now->number, 0.0);"},
    {"test": TEST, "file": MAIN, "what": "bdSeq is used before it is durable",
     "old": "telemetry->phase == OTR_TELEMETRY_SAVING && telemetry->saved >= telemetry->connect_version",
     "new": "telemetry->phase == OTR_TELEMETRY_SAVING"},
    {"test": TEST, "file": MAIN, "what": "bdSeq is as before after a restart",
     "old": "telemetry->bdseq = known ? bdseq : telemetry->bdseq;", "new": "(void)bdseq;"},
    {"test": TEST, "file": MAIN, "what": "hosts may ask for births as often as they like",
     "old": "mono + OTR_LIMIT_TELEMETRY_REBIRTH_S * OTR_SECOND;", "new": "mono;"},
    {"test": TEST, "file": MAIN, "what": "the next server is the same one",
     "old": "telemetry->server = (telemetry->server + 1) % telemetry->config.servers;",
     "new": "telemetry->server = telemetry->server % telemetry->config.servers;"},
    {"test": TEST, "file": MAIN, "what": "what the store keeps is not taken up",
     "old": "telemetry->proven = cursor;\n", "new": "telemetry->proven.until = next_seq - 1;\n"},
    {"test": TEST, "file": HOST, "what": "an old word of the host ends the session",
     "old": "if (telemetry->host_known && at < telemetry->host_at)", "new": "if (false)"},
    {"test": TEST, "file": HOST, "what": "commands of hosts have no bound",
     "old": "return telemetry->sets_now++ < OTR_LIMIT_TELEMETRY_SETS_PER_S;", "new": "return true;"},
    {"test": TEST, "file": BIRTH, "what": "births do not begin at 0",
     "old": "telemetry->seq = 0;", "new": "telemetry->seq = 1;"},
    {"test": AMISS, "file": MAIN, "what": "another journal's devices have the old one's values",
     "old": "    if (another)\n        drop_all(telemetry);\n    else", "new": "    if (!another)"},
    {"test": AMISS, "file": MAIN, "what": "what waits in the queues outlives its journal",
     "old": "if (online && (another || otr_telemetry_lacks_values(telemetry)))", "new": "if (false && online)"},
    {"test": AMISS, "file": MAIN, "what": "a value that the core forgot is kept through a recovery",
     "old": "        otr_telemetry_forget_values(telemetry);\n    if (!otr_telemetry_seed", "new": "        ;\n    if (!otr_telemetry_seed"},
    {"test": AMISS, "file": TABLE, "what": "every recovery tells all births",
     "old": "if (point->born != OTR_KIND_ANY && point->kind == OTR_KIND_ANY)\n                return true;",
     "new": "if (point->born != OTR_KIND_ANY)\n                return true;"},
    {"test": AMISS, "file": SEND, "what": "what a refused barrier left open is proven by silence",
     "old": "telemetry->sent != telemetry->arrived || telemetry->doubted", "new": "telemetry->sent != telemetry->arrived"},
    {"test": AMISS, "file": BIRTH, "what": "a device whose birth is refused is told all the same",
     "old": "    device->unbearable = true;", "new": "    ;"},
    {"test": AMISS, "file": BIRTH, "what": "a birth that is refused counts as told",
     "old": "if (telling == OTR_TELLING_REFUSED)\n        otr_telemetry_unbearable", "new": "if (false)\n        otr_telemetry_unbearable"},
    {"test": AMISS, "file": BIRTH, "what": "a device lives on whose next birth is refused",
     "old": "    if (device->standing)\n", "new": "    if (false && device->standing)\n"},
    {"test": LATE, "file": SAY, "what": "what the queue had no room for is historical alone",
     "old": "    telemetry->devices[number].behind = true;", "new": "    telemetry->devices[number].behind = false;"},
    {"test": LATE, "file": SAY, "what": "a device that fell behind stays there",
     "old": "    device->behind = false; /*", "new": "    /*"},
    {"test": LATE, "file": SAY, "what": "a silent device's values are good",
     "old": "device->revived = otr_telemetry_is_silent(telemetry, device);", "new": "device->revived = false;"},
    {"test": LATE, "file": SAY, "what": "a device that is back stays stale",
     "old": "(device->revived && !b->past) ||", "new": ""},
    {"test": LATE, "file": TABLE, "what": "of a metric that has another kind in the future nothing is told",
     "old": "return entry->kind != point->kind;", "new": "return false;"},
    {"test": LATE, "file": TABLE, "what": "after a value of the future nothing is told as it comes",
     "old": "return point->quality == OTR_QUALITY_FUTURE || entry->at", "new": "return entry->at"},
    {"test": TEST, "file": HOST, "what": "a retained command is obeyed at every connect",
     "old": "} else if (retained) {", "new": "} else if (retained && topic.size == 0) {"},
    {"test": "test_codec_sparkplug", "file": CODEC, "what": "a negative number of 32 bits is a large one",
     "old": "? take_sign(metric, datatype, error) : status;", "new": "? take_sign(metric, 0, error) : status;"},
    {"test": CURSOR, "file": "agent/driver/telemetry_cursor.c", "what": "pieces that touch stay apart",
     "old": "if (piece.first <= cursor->until + 1)", "new": "if (piece.first <= cursor->until)"},
    {"test": CURSOR, "file": "agent/driver/telemetry_cursor.c", "what": "what comes after what is taken out goes too",
     "old": "(void)otr_telemetry_cursor_add(cursor, last + 1, old.until);", "new": "(void)last;"},
]
