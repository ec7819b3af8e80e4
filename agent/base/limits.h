/* Every limit of the agent, with its unit and the reason for its size. */
#ifndef OTR_BASE_LIMITS_H
#define OTR_BASE_LIMITS_H

enum {
    /* names, bytes */
    OTR_LIMIT_DEVICE_NAME_BYTES = 64, /* fits an IMEI, a MAC, a UUID or a urn:dev name of RFC 9039 */
    OTR_LIMIT_METRIC_NAME_BYTES = 48,
    OTR_LIMIT_TEXT_VALUE_BYTES = 255, /* a text reading is a code or a state, not a document */

    /* one upload */
    OTR_LIMIT_UPLOAD_BYTES =
        65536, /* a day of minutes from one tracker in SenML JSON; larger is sent in parts */
    OTR_LIMIT_UPLOAD_READINGS = 8192, /* as many one-field CBOR records as an upload can hold */
    OTR_LIMIT_UPLOADS_OPEN = 64,      /* block-wise uploads under way at once: 4 MiB at the most */
    OTR_LIMIT_UPLOADS_PEER = 8,       /* of them by one key, or one address and port */
    OTR_LIMIT_NESTING = 8,            /* SenML needs 2, our protobufs 3; a deeper one is an attack */

    /* one gateway */
    OTR_LIMIT_DEVICES = 65536, /* 64 MiB of device state: far above one gateway's radio or port budget */
    OTR_LIMIT_DEVICES_KEYED =
        131072,               /* with their own keys, whatever strangers have named before: another 64 MiB */
    OTR_LIMIT_METRICS = 1024, /* distinct metric names over all devices */
    OTR_LIMIT_METRICS_PER_DEVICE = 64,
    OTR_LIMIT_ASSETS = 65536,
    OTR_LIMIT_INBOX_INPUTS =
        16384, /* uploads that wait for the next commit: 250 ms of the fastest load measured */
    OTR_LIMIT_INBOX_BYTES = 16 << 20,
    OTR_LIMIT_DUPLICATES =
        1 << 18, /* 6 MiB: 247 s of 1,000 CON/s; above that rate the oldest are forgotten sooner */
    OTR_LIMIT_HANDSHAKES = 2048, /* begun and not done, 30 s each: a fleet's after a restart, or strangers' of
                                    70 a second; of more each has the same chance */
    OTR_LIMIT_PACED_DEVICES = 1024,     /* 24 KiB: that send fast at once; those that rest need no place */
    OTR_LIMIT_TURN_INPUTS = 4096,       /* bounds one transaction and so the worst fsync */
    OTR_LIMIT_FUTURE_SKEW_S = 300,      /* a reading dated later than this has a wrong clock */
    OTR_LIMIT_PENDING_UNSYNCED = 65536, /* readings that wait for the first clock sync */

    /* rules */
    OTR_LIMIT_PACK_BYTES = 1 << 20,
    OTR_LIMIT_PACKS = 32,
    OTR_LIMIT_RULES_PER_PACK = 512,
    OTR_LIMIT_CATALOGUE =
        128, /* remedies, resolutions or promises of one pack: more than a desk chooses from */
    OTR_LIMIT_EXPRESSION_BYTES = 4096,
    OTR_LIMIT_EXPRESSION_DEPTH = 64, /* CEL asks for 12 nestings and 24 ternaries */
    OTR_LIMIT_EXPRESSION_STEPS = 10000,
    OTR_LIMIT_YAML_DEPTH = 16,
    OTR_LIMIT_YAML_NODES = 200000,
    OTR_LIMIT_MESSAGE_BYTES = 2000, /* one text to a person: more is a document */
    OTR_LIMIT_PLACEHOLDERS = 24,    /* in one text; cause and message together fit the core's 48 facts */
    OTR_LIMIT_EVIDENCE = 32,        /* metrics in one ticket */
    OTR_LIMIT_ASSIGNMENTS_BYTES = 32 << 20, /* OTR_LIMIT_ASSETS of 512 bytes each */
    OTR_LIMIT_CONTENT_PAST_BYTES = 4 << 20, /* contents of the past, for replays: thousands of assignments */
    OTR_LIMIT_ASSIGNMENTS_NODES = 1 << 21,  /* and of 32 values each */

    /* packs from the wire */
    OTR_LIMIT_STAGE_CHUNK_BYTES = 16384, /* in one request: in base64 it fits a line of the socket */
    OTR_LIMIT_PUSHED_BYTES = 24 << 20,   /* kept beside the store: 32 packs of 100 KiB, seven versions each */
    OTR_LIMIT_EARLIER = 3,               /* versions below the one before: rollouts undone in one go */
    OTR_LIMIT_TRIAL_STARTS = 3,          /* of the agent with a new pack: one may be the power, not three */
    OTR_LIMIT_TRIAL_S = 600,             /* a pack that ran so long is not what ends the agent */
    OTR_LIMIT_TRIAL_LOOKS = 2,        /* in a row at which health is worse: a minute's trouble is nobody's */
    OTR_LIMIT_TRIAL_REVISIONS = 1000, /* of one thing, that a new version says before it is taken back */
    OTR_LIMIT_HISTORY_ROWS =
        200000, /* of the journal, for one answer: 1.5 s from memory, months of minutes */
    OTR_LIMIT_REHEARSAL_MIB =
        96, /* for a replay beside the daemon: both fit the unit's 256 MiB, with up to 65,536 devices */
    OTR_LIMIT_REHEARSAL_BYTES = 4 << 20, /* of its report: 512 rules, and alarms that differ */
    OTR_LIMIT_REHEARSAL_S = 1800, /* the journal of the default quota takes an idle core a minute: a gateway
                                     that leaves a thirtieth of one has no time for it */
    OTR_LIMIT_PLAN_BYTES = 24576, /* of a rollout: 300 gateways by name; it fits a line of the socket */
    OTR_LIMIT_PLANS = 40, /* of rollouts: the newest of each of 32 packs, and 8 besides; 960 KiB at most */

    /* knowledge */
    OTR_LIMIT_KNOWLEDGE_FILES = 32,        /* a file a product line; the standards' codes are two */
    OTR_LIMIT_KNOWLEDGE_ENTRIES = 4096,    /* in one file: all codes of SAE J2012, twice */
    OTR_LIMIT_KNOWLEDGE_TEXT_BYTES = 1000, /* a paragraph: more is a manual, which a text may name */
    OTR_LIMIT_KNOWLEDGE_REMEDIES = 8,      /* of one entry: people choose among a few */
    OTR_LIMIT_ROUTE_LINES = 512,           /* in one file: a desk has fewer queues */
    OTR_LIMIT_PROBLEMS = 256,              /* in one file: more at a time is nobody's list */
    OTR_LIMIT_PROBLEM_CASES = 100,         /* linked with one: who needs more asks the gateway */
    OTR_LIMIT_CODE_BYTES = 32,             /* one fault code */

    /* time zones */
    OTR_LIMIT_ZONES = 64, /* of the customers of one gateway: more than a continent has; 200 KiB as files */
    OTR_LIMIT_ZONE_BYTES = 16384, /* a file of the IANA data; the largest there is has 4 KiB */

    /* routes */
    OTR_LIMIT_POLYGON_POINTS = 64, /* of one place, holes included: a fence, not a coast */
    OTR_LIMIT_ROUTE_STOPS = 32,    /* between origin and destination: a round of a day */
    OTR_LIMIT_ROUTE_POINTS = 1024, /* of a path: every kilometre of a long road, 10 us for each fix */

    /* journey maps */
    OTR_LIMIT_JOURNEY_STEPS = 64, /* a longer one is no picture */

    /* alarms */
    OTR_LIMIT_ALARMS_STANDING =
        2048,                    /* over, but not acknowledged or reset: 300 KiB, more than anybody reads */
    OTR_LIMIT_STANDING_DAYS = 7, /* an alarm that nobody acknowledged in a week will not be */
    OTR_LIMIT_POINTS = 4096,     /* shelved or out of service at once: 16 rules on each of 256 assets */
    OTR_LIMIT_SHELF_DAYS = 30,   /* a longer shelf is a rule that should be changed */
    OTR_LIMIT_COMMANDS_WAITING = 64, /* for the next commit: more than the control socket has clients */
    OTR_LIMIT_VOICE_SEEN = 4096,    /* signs from elsewhere, 32 KiB: files of so many may be imported again */
    OTR_LIMIT_COMMANDS_SEEN = 1024, /* 24 KiB: sent again within minutes; a day of customers' answers */
    OTR_LIMIT_CUSTOMER_BYTES = 2048,    /* one action as JSON: ten times what the longest needs */
    OTR_LIMIT_CUSTOMERS_WAITING = 32,   /* half of COMMANDS_WAITING: the other half is for operators */
    OTR_LIMIT_CUSTOMERS_PER_S = 50,     /* looked at: forged ones then cost 0.1 % of a core, 20 us each */
    OTR_LIMIT_COMMAND_TEXT_BYTES = 200, /* who, reason, names in a command: a line each */

    /* orders: commands in a signed envelope */
    OTR_LIMIT_ENVELOPE_BYTES =
        65536, /* what every intermediary must forward; an assignment with polygons fits */
    OTR_LIMIT_ORDER_ID_BYTES = 64,    /* a UUID, with something that says what it is for */
    OTR_LIMIT_ORDER_TEXT_BYTES = 512, /* a topic for the answer, and what tells the sender which it is */
    OTR_LIMIT_ORDER_KEYS =
        256, /* that ever ordered anything of one gateway, 6 KiB: ten years of two a month */
    OTR_LIMIT_ORDERS_SEEN = 512,        /* whose answers are remembered, 40 KiB: sent again within minutes */
    OTR_LIMIT_ORDER_ANSWER_BYTES = 400, /* of an answer that is remembered, and of a reason */
    OTR_LIMIT_ORDER_DAYS = 7,           /* ahead: as long as a broker keeps a session */
    OTR_LIMIT_ORDERS_WAITING = 16,      /* for the next commit: with what they do half of COMMANDS_WAITING */
    OTR_LIMIT_ORDERS_PER_S = 50, /* looked at: forged ones then cost half a per cent of a core, 0.1 ms each */
    OTR_LIMIT_ORDERS_AT_ONCE = 200, /* a day's orders that waited at the broker while the gateway was away */
    OTR_LIMIT_ORDERS_REFUSED_AT_ONCE =
        10,                       /* journaled one by one, and one a second after: the rest is counted */
    OTR_LIMIT_ORDER_ROWS = 20000, /* 5 MB: a year of fifty a day */

    /* the desk */
    OTR_LIMIT_DESK_TEXT_BYTES = 1000, /* of one act: a paragraph; more is a document, kept elsewhere */
    OTR_LIMIT_CASE_SAID_BYTES = 4096, /* of its conversation in memory and in its next ticket: the newest ten
                                         to forty remarks; all are rows */
    OTR_LIMIT_CASE_PROMISES = 4,      /* open ones of one case: more would be kept by nobody */
    OTR_LIMIT_CASE_MERGED = 4,     /* others in one case: what is more than five troubles is none by itself */
    OTR_LIMIT_CASE_FIELDS = 16,    /* that the desk had to ask for in one case: more than a ticket has */
    OTR_LIMIT_REMARK_ROWS = 50000, /* 50 MB with the tickets: a year of thirty cases a day */
    OTR_LIMIT_VERIFY_DAYS = 30,    /* a trouble that comes back later is another one */
    OTR_LIMIT_CASES_KEPT = 1024,   /* closed ones with a ticket: a customer may say that it is not solved */
    OTR_LIMIT_CASE_KEPT_DAYS = 7,  /* so long */
    OTR_LIMIT_TICKET_RESENDS = 12, /* from ten minutes to six hours apart, two days: then nobody is there, and
                                      once a day is enough */

    /* tickets */
    OTR_LIMIT_CASE_CODES = 8,     /* fault codes of one case: more are one fault that many parts report */
    OTR_LIMIT_CASE_TROUBLES = 4,  /* of one case, by which further alarms join it */
    OTR_LIMIT_CASE_ALARMS = 16,   /* of one case, each by itself: the first and the newest; all are counted */
    OTR_LIMIT_KNOWN_ITEMS = 4,    /* entries of knowledge in one ticket: 12 KB of its 64 at the most */
    OTR_LIMIT_PRECEDENTS = 256,   /* cases that are over, 18 KiB: months of one gateway's tickets */
    OTR_LIMIT_TICKET_SIMILAR = 3, /* of them in one ticket */
    OTR_LIMIT_TICKET_BYTES =
        57344, /* beyond it knowledge and series stay away: 8 KiB below OUTBOX_PAYLOAD_BYTES */
    OTR_LIMIT_ASSET_SERIES = 8, /* of one asset that are kept for tickets: 7 KiB, 12 in a payload */

    /* people */
    OTR_LIMIT_ASSIGNMENT_KEPT_DAYS = 7, /* after it has ended: for questions that come late */
    OTR_LIMIT_BUDGET = 1000,            /* messages a day or week to one person: more is no budget */
    OTR_LIMIT_CONTACT_WEIGHT = 100,     /* how many times more depends on one contact than on another */

    /* notices */
    OTR_LIMIT_NOTICES = 4096,  /* threads that are remembered, 4 MiB: a week of 580 a day */
    OTR_LIMIT_NOTICE_DAYS = 7, /* an answer to what is older concerns nobody's day any more */
    OTR_LIMIT_NOTICE_ALARMS =
        8, /* of one thread, each by itself: nobody reads a longer list; the rest is counted */
    OTR_LIMIT_NOTICE_DESK = 8, /* things of the desk that one reader has yet to hear: all promises of a case,
                                  and what else there is */
    OTR_LIMIT_NOTICE_REPEATS = 6, /* with 15 minutes between, an hour and a half; then nobody is there */
    OTR_LIMIT_PROMISE_DAYS = 60,  /* how far ahead a day with budget left is looked for */
    OTR_LIMIT_CONTACT_ONCE = 256, /* things told once to one contact, and cards: a year of journeys */
    OTR_LIMIT_CONTACT_STOPS = 32, /* categories one contact has stopped: more than all shipped packs have */
    OTR_LIMIT_FLOOD_ASSETS = 5,   /* more of a contact's things in ten minutes have one cause, not many */
    OTR_LIMIT_FLOOD_MINUTES = 10, /* devices report every few minutes: an outage's backlog comes within it */
    OTR_LIMIT_FLOOD_DIGEST_MINUTES = 30, /* by then all of an outage's devices have reported */

    /* proofs */
    OTR_LIMIT_PROOF_METRICS = 16,      /* of one asset that are summed up; the digest covers all: 1 KiB */
    OTR_LIMIT_PROOF_ENTRIES = 1 << 16, /* of one chain, seven years of hours; then another one begins */

    /* questions */
    OTR_LIMIT_QUESTIONS = 2048,       /* that wait for an answer: a month of 400 a day within a week */
    OTR_LIMIT_QUESTION_DAYS = 6,      /* for an answer: less than CASE_KEPT_DAYS, so that it finds its case */
    OTR_LIMIT_QUESTION_HELD_DAYS = 2, /* later it is no question about what was just over */
    OTR_LIMIT_QUESTION_NPS_DAYS = 180,     /* between two of the rare ones to one customer */
    OTR_LIMIT_QUESTION_BUDGET_DAYS = 3650, /* the longest that a contact may set between two questions */
    OTR_LIMIT_QUESTIONED = 16384,          /* customers whose questions are remembered: 1 MiB */
    OTR_LIMIT_QUESTIONED_ASSETS = 128,     /* of each: one a week for more than two years */

    /* device commands */
    OTR_LIMIT_DEVICE_COMMANDS_OPEN = 4, /* of one device: with their ids they fit one CoAP message */
    OTR_LIMIT_DEVICE_COMMANDS = 32,     /* of one device that are remembered, to count how often */
    OTR_LIMIT_PROFILE_COMMANDS = 32,    /* in one profile: more are a remote control */

    /* figures of a day */
    OTR_LIMIT_BUCKET_KEYS = 64,           /* of one dimension: 0.6 MiB over all; more is nobody's table */
    OTR_LIMIT_BUCKET_KEY_BYTES = 96,      /* a pack's name and a rule's; two places of a route */
    OTR_LIMIT_BUCKET_BYTES = 57344,       /* leaves its event 8 KiB of OUTBOX_PAYLOAD_BYTES */
    OTR_LIMIT_BUCKETS = 1 << 17,          /* in a console: a month of 4,000 gateways, 400 MB at 3 KB each */
    OTR_LIMIT_BUCKET_SUM_CELLS = 1 << 16, /* in a console's sum over gateways: 90 MB */
    OTR_LIMIT_FIGURES_DAYS = 31, /* that the broker keeps of one gateway: each month beside the one before */
    OTR_LIMIT_FIGURES_WAITS = 256, /* alarms that go on, of which a reader has an opinion: 5 KB */

    /* late data */
    OTR_LIMIT_UNSETTLED_INSTANTS =
        4096, /* of one asset that late readings may still join: a day of every 21 s */
    OTR_LIMIT_UNSETTLED_BYTES = 4 << 20, /* over all assets, beyond the few instants that each always has */

    /* telemetry */
    OTR_LIMIT_SPARKPLUG_BYTES = 8192,      /* of one command or STATE of a host: hundreds of metrics */
    OTR_LIMIT_SPARKPLUG_METRICS = 64,      /* in one command: as many as a device has */
    OTR_LIMIT_TELEMETRY_BYTES = 4096,      /* of the metrics in one message: 0.8 s at 5 KB/s */
    OTR_LIMIT_TELEMETRY_QUEUE = 256 << 10, /* bytes of new values that wait; more are told from the journal */
    OTR_LIMIT_TELEMETRY_PART =
        1 << 20, /* of metrics that the backlog makes at a time: 1 KB for each of 1,000 devices */
    OTR_LIMIT_TELEMETRY_BARRIERS = 8,    /* under way: with a quarter of the window each, four are needed */
    OTR_LIMIT_TELEMETRY_REBIRTH_S = 10,  /* between two that hosts ask for: each costs all births */
    OTR_LIMIT_TELEMETRY_SETS_PER_S = 20, /* values that hosts want on devices: each is journaled */
    OTR_LIMIT_TELEMETRY_DEADBANDS = 64,  /* in the configuration: as many metrics as a device has */
    OTR_LIMIT_TELEMETRY_STRETCHES =
        16, /* sent after a part of the backlog that is not: one for each lost connection */

    /* outbox */
    OTR_LIMIT_OUTBOX_ROWS = 200000,         /* 60 MB: a month without a broker at five alarms a minute */
    OTR_LIMIT_NOTICE_ROWS = 20000,          /* 30 MB with what they said: a year of fifty notices a day */
    OTR_LIMIT_OUTBOX_WINDOW = 256,          /* entries held in memory; the rest waits in the database */
    OTR_LIMIT_OUTBOX_PAYLOAD_BYTES = 65536, /* the CloudEvents size that every intermediary must forward */
    OTR_LIMIT_LINGER_MS = 500,              /* a quiet turn may wait this long for company, to spare flash */
};

/* Of an order: what JSON carries without loss; microseconds since 1970 reach it in 2255. */
#define OTR_LIMIT_ORDER_COUNTER 9007199254740992

#endif
