/* The telemetry's inside, shared by its files only. */
#ifndef OTR_DRIVER_TELEMETRY_INSIDE_H
#define OTR_DRIVER_TELEMETRY_INSIDE_H

#include "codec/sparkplug.h"
#include "core/journal/entries.h"
#include "driver/telemetry.h"
#include "driver/telemetry_cursor.h"

/* In the place of a device's number: the node itself. */
enum { OTR_TELEMETRY_NODE = UINT32_MAX };

/* ---- what devices have said: telemetry_table.c ---- */

/* A value to compare with. */
typedef struct otr_told {
    uint8_t kind; /* otr_kind; ANY: none */
    uint8_t quality;
    union {
        double number;
        bool flag;
        uint64_t text; /* its hash */
        struct {
            double latitude;
            double longitude;
        } location;
    };
} otr_told;

/* A metric of a device: in Sparkplug one metric, a location two. */
typedef struct otr_telemetry_point {
    uint32_t metric; /* its number in the core */
    uint8_t born;    /* otr_kind that the device's birth of this session gave it; ANY: it is not in it */
    uint8_t kind;    /* otr_kind, of the newest value; ANY: none is known */
    uint8_t quality;
    bool undated; /* the clock is not known yet: at is core time */
    uint64_t alias;
    otr_time at; /* of the newest value */
    union {
        double number;
        bool flag;
        struct {
            double latitude;
            double longitude;
        } location;
        struct {
            char *data; /* owned */
            size_t size;
        } text;
    };
    double deadband;
    otr_told told;      /* in this session, in order */
    otr_time told_at;   /* event time of that; NONE: nothing was */
    bool told_by_birth; /* and no value since */
    otr_told past;      /* the newest of the backlog's stretch so far */
    otr_time past_at;   /* event time of that */
    uint32_t past_run;  /* which one that is */
    uint32_t message;   /* the message under way that has a value of it, */
    int64_t message_ms; /* of this time */
} otr_telemetry_point;

typedef struct otr_telemetry_device {
    otr_telemetry_point *points;
    uint16_t count;
    uint16_t capacity;
    bool born;         /* in this session */
    bool standing;     /* hosts have its birth, and not its death */
    bool revived;      /* born for its backlog alone: it has been silent for too long */
    bool unbearable;   /* its birth was refused: nothing of it is told until births begin anew */
    bool behind;       /* something newer than what was told as it came waits in the journal alone */
    bool changed;      /* since its birth, while others were still being born */
    bool listed;       /* among those that gather */
    otr_time heard;    /* mono: when it last reported; NONE: not since the start */
    otr_buffer gather; /* metrics of the message under way */
    uint32_t message;  /* its number */
} otr_telemetry_device;

/* ---- what waits to be sent: telemetry_queue.c ---- */

typedef enum otr_telemetry_item_kind {
    OTR_ITEM_DATA,
    OTR_ITEM_BIRTH,
    OTR_ITEM_DEATH,
    OTR_ITEM_MARK, /* no message: only what it covers */
} otr_telemetry_item_kind;

typedef struct otr_telemetry_item {
    struct otr_telemetry_item *next;
    otr_telemetry_item_kind kind;
    uint32_t device;
    otr_buffer metrics;
    otr_stretch covers; /* told once this is sent; first 0: nothing more than before */
} otr_telemetry_item;

typedef struct otr_telemetry_queue {
    otr_telemetry_item *first;
    otr_telemetry_item *last;
    size_t bytes;
} otr_telemetry_queue;

otr_telemetry_item *otr_telemetry_queue_add(otr_telemetry_queue *queue, otr_telemetry_item_kind kind,
                                            uint32_t device, otr_buffer *metrics);
void otr_telemetry_queue_drop(otr_telemetry_queue *queue); /* the first */
bool otr_telemetry_queue_has(const otr_telemetry_queue *queue, uint32_t device);
void otr_telemetry_queue_clear(otr_telemetry_queue *queue);

/* ---- */

typedef enum otr_telemetry_phase {
    OTR_TELEMETRY_AWAY,    /* until due */
    OTR_TELEMETRY_SAVING,  /* the next bdSeq is to be durable before it is used */
    OTR_TELEMETRY_CALLING, /* the link connects */
    OTR_TELEMETRY_HOST,    /* connected; the primary host is awaited */
    OTR_TELEMETRY_BIRTH,   /* births are being told */
    OTR_TELEMETRY_ONLINE,
    OTR_TELEMETRY_LEAVING, /* the death is told, then the link leaves */
} otr_telemetry_phase;

/* A barrier: when the broker acknowledges it, it has what was sent before. */
typedef struct otr_barrier {
    uint64_t token;
    uint64_t sent;  /* bytes of the session up to it */
    otr_time from;  /* mono: when the first byte that is new with it was sent */
    uint32_t epoch; /* of the cursor */
    bool pressed;   /* more would have been sent */
    otr_time at;    /* mono: when it was sent */
    uint64_t said;  /* messages with data up to it */
    otr_telemetry_cursor reached;
} otr_barrier;

struct otr_telemetry {
    otr_telemetry_config config;
    otr_telemetry_port port;
    otr_arena memory;
    otr_arena tuned; /* what config.deadbands and config.compressions point to */
    const otr_core *core;
    otr_clock_sample now;
    otr_time core_now;

    otr_telemetry_device *devices; /* by the core's number */
    uint32_t device_count;
    uint64_t next_alias;
    uint32_t messages; /* begun, to tell one from the next */
    uint32_t behind;   /* no device before it is behind */
    bool undated;      /* a point may be */

    /* the journal */
    otr_id incarnation;
    uint64_t newest;              /* committed */
    otr_telemetry_cursor proven;  /* the broker has it */
    otr_telemetry_cursor reached; /* sent in this session, or proven */
    uint32_t epoch;               /* of resends: barriers of an earlier one prove nothing */
    uint32_t past_run;            /* stretches of the backlog so far */
    uint64_t past_next;           /* where the last one ended */
    size_t past_bytes;            /* of metrics that were made of the part that is read */
    otr_time past_again;          /* mono: after a read that failed */

    /* what is kept */
    uint8_t bdseq; /* of the last CONNECT */
    uint64_t version;
    uint64_t saving;
    uint64_t saved;
    uint64_t connect_version; /* SAVING: saved up to there, then */
    otr_time dirty_at;        /* mono: since when there is something to keep; NONE: nothing */

    /* the session */
    otr_telemetry_phase phase;
    unsigned server;
    unsigned attempts; /* in a row, for longer and longer pauses */
    otr_time due;      /* mono: AWAY, HOST, LEAVING */
    otr_time online_at;
    uint8_t seq;
    bool node_born;
    uint32_t birth_next; /* the device whose birth comes next */
    bool host_known;
    bool host_online;
    otr_time host_at; /* by the host's own clock */
    bool rebirth_asked;
    otr_time rebirth_from; /* mono: not before */
    otr_time sets_since;   /* mono: the second in which commands to devices are counted */
    unsigned sets_now;
    otr_time sweep_at; /* mono: when devices are looked at for their death */

    /* the line */
    otr_telemetry_queue live;
    otr_telemetry_queue past;
    uint32_t *gathering; /* devices with metrics of a message under way */
    size_t gathering_count;
    size_t gathering_capacity;
    bool blocked;          /* the link takes no more for now */
    bool held;             /* by what is not proven */
    otr_time yields_until; /* mono */
    bool doubted;          /* the broker refused a barrier: nothing more is proven on this connection */
    uint64_t sent;
    uint64_t arrived;   /* proven, of sent */
    uint64_t marked;    /* of sent: up to the last barrier */
    otr_time marked_at; /* mono: since when something is sent after it */
    otr_time arrived_at;
    uint64_t measured;    /* of sent, up to which the rate was measured */
    otr_time measured_at; /* later by as long as there was nothing to carry */
    otr_time refused_until;
    double rate; /* bytes a second */
    otr_barrier barriers[OTR_LIMIT_TELEMETRY_BARRIERS];
    size_t barrier_count;
    uint64_t tokens;
    uint64_t said; /* messages with data, of the session */
    /* With several servers, one of which may die: a barrier that was acknowledged, and proves what came
     * before it once the same server acknowledges one that was sent PASSED_ON after that. */
    otr_barrier awaited;
    otr_time awaited_at; /* mono: when it was acknowledged; NONE: none is */

    otr_telemetry_counters counters;
};

/* The link's token of what needs no answer, and of a death that is waited for. */
#define OTR_TELEMETRY_NO_TOKEN 0
#define OTR_TELEMETRY_DEATH_TOKEN UINT64_MAX

/* telemetry_table.c */
otr_telemetry_device *otr_telemetry_device_get(otr_telemetry *telemetry,
                                               uint32_t number); /* NULL: memory, or no device */
otr_telemetry_point *otr_telemetry_point_get(otr_telemetry *telemetry, otr_telemetry_device *device,
                                             uint32_t metric); /* NULL: memory */
/* Its newest value, unless it has a newer one. False when memory is out. */
bool otr_telemetry_learn(otr_telemetry_point *point, const otr_entry *entry);
/* What came before the clock was known is dated, by what is known of it now. */
void otr_telemetry_date_values(otr_telemetry *telemetry);
void otr_telemetry_forget_values(otr_telemetry *telemetry);
/* Something was told in this session that is known no longer. */
bool otr_telemetry_lacks_values(const otr_telemetry *telemetry);
/* Empty, with what was gathered. */
void otr_telemetry_table_done(otr_telemetry *telemetry);
/* All that the core knows. */
bool otr_telemetry_seed(otr_telemetry *telemetry);

/* telemetry_say.c: what is told, as items of the queues */
/* Takes in a batch of the journal that was just committed: what is new, and, where it is told, the metrics of
 * messages to come. False when it does not read, or memory is out. */
bool otr_telemetry_say(otr_telemetry *telemetry, uint64_t first_seq, otr_bytes batch, bool told);
/* The metrics of a batch of the backlog from that input on; *last is the last one that was taken in. FULL:
 * enough for now. CORRUPT, MEMORY. */
otr_status otr_telemetry_say_past(otr_telemetry *telemetry, uint64_t first_seq, otr_bytes batch,
                                  uint64_t from, uint64_t *last);
/* Those messages come to the queue's end, and the last of them covers the stretch (first 0: none). */
void otr_telemetry_flush(otr_telemetry *telemetry, bool past, otr_stretch covers);
/* Of one device that is behind the newest values come to the end of the live queue. False when none is. */
bool otr_telemetry_catch_up(otr_telemetry *telemetry);
/* Nothing that was gathered is sent. */
void otr_telemetry_drop_gathered(otr_telemetry *telemetry);
/* The metrics of a device's birth; the device counts as born. */
void otr_telemetry_birth(otr_telemetry *telemetry, uint32_t number, otr_buffer *metrics);

/* telemetry_backlog.c: takes in a part of the first gap. False when there is none, or it cannot be read now.
 */
bool otr_telemetry_read_past(otr_telemetry *telemetry);

/* telemetry_send.c */
typedef enum otr_telling {
    OTR_TELLING_DONE,
    OTR_TELLING_LATER,   /* the line takes no more now */
    OTR_TELLING_REFUSED, /* it takes no such message, now or later */
} otr_telling;

/* Publishes a message of the node (device empty) or a device with the next seq. */
otr_telling otr_telemetry_message(otr_telemetry *telemetry, const char *kind, uint32_t device,
                                  otr_bytes metrics);
/* Sends what there is room for. */
void otr_telemetry_pump(otr_telemetry *telemetry);
void otr_telemetry_line_reset(otr_telemetry *telemetry);
void otr_telemetry_proved(otr_telemetry *telemetry, uint64_t token, otr_status status);
/* Mono at which the next barrier is due; NEVER. */
otr_time otr_telemetry_barrier_at(const otr_telemetry *telemetry);
size_t otr_telemetry_window(const otr_telemetry *telemetry);
/* At which a message's metrics are enough: on a slow line two messages fit the window, so that one follows
 * the other. */
size_t otr_telemetry_message_bytes(const otr_telemetry *telemetry);

/* telemetry_birth.c */
/* Starts over: every birth anew. */
void otr_telemetry_births_begin(otr_telemetry *telemetry);
/* Tells those that there is room for; true when all are told. */
bool otr_telemetry_births_run(otr_telemetry *telemetry);
/* The link refuses the device's birth. */
void otr_telemetry_unbearable(otr_telemetry *telemetry, uint32_t number);
/* Devices that have been silent for too long die, after their backlog. */
void otr_telemetry_sweep(otr_telemetry *telemetry);
bool otr_telemetry_is_silent(const otr_telemetry *telemetry, const otr_telemetry_device *device);
void otr_telemetry_death_metrics(const otr_telemetry *telemetry, otr_buffer *out);

/* telemetry.c */
void otr_telemetry_read_clock(otr_telemetry *telemetry);
void otr_telemetry_dirty(otr_telemetry *telemetry);
/* Tells the death and then leaves. */
void otr_telemetry_leave(otr_telemetry *telemetry);

#endif
