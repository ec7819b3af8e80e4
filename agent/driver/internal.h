/* The driver's inside, shared by the files of this folder only. */
#ifndef OTR_DRIVER_INTERNAL_H
#define OTR_DRIVER_INTERNAL_H

#include "core/core.h"
#include "driver/driver.h"
#include "driver/duplicate.h"
#include "driver/outbox_window.h"
#include "driver/pace.h"

/* A list of plain elements; grows by doubling, never shrinks. */
#define OTR_LIST(type)                                                                                       \
    struct {                                                                                                 \
        type *list;                                                                                          \
        size_t count;                                                                                        \
        size_t capacity;                                                                                     \
    }
#define OTR_LIST_ADD(rows)                                                                                   \
    otr_list_grow((void **)&(rows).list, &(rows).count, &(rows).capacity, sizeof *(rows).list)
/* The new element at the end, or NULL when memory is out. */
void *otr_list_grow(void **list, size_t *count, size_t *capacity, size_t size);

/* An input that is no upload, with its texts. */
typedef struct otr_pending {
    otr_input input;
    otr_arena memory;
    uint64_t handle; /* of a command */
} otr_pending;

/* Who waits for an answer. */
typedef struct otr_asker {
    uint64_t handle;
    uint32_t device; /* its number in the core once it is stepped; UINT32_MAX: no commands are there */
    unsigned format; /* of a fetch; 0: an upload, or a confirmation */
} otr_asker;

/* How often something may still be done: driver/order.c. */
typedef struct otr_allowance {
    bool begun;
    otr_time since; /* mono */
    unsigned left;
} otr_allowance;

enum { RECENT_DEVICES = 1024 }; /* power of two */
/* What the broker keeps, of the newest entities: an entry that was refused waits for half a minute. */
enum { RECENTLY_KEPT = 512 };

struct otr_driver {
    otr_driver_config config;
    otr_driver_ports ports;
    otr_arena config_memory;
    otr_core *core;
    otr_effects effects;

    /* the inbox: what came since the last turn */
    otr_arena inbox_memory;
    OTR_LIST(otr_input) inbox;
    size_t taken;                  /* inputs of the inbox that are stepped */
    OTR_LIST(otr_asker) unstepped; /* of the inbox, in its order */
    OTR_LIST(otr_asker) answers;   /* of what is stepped, answered when committed */
    OTR_LIST(otr_pending) pending; /* boot, contents, losses, reports and commands until they are committed */
    size_t pending_stepped;        /* the first of them are stepped */

    otr_duplicates duplicates;
    otr_outbox_window window;
    OTR_LIST(otr_outbox_left) left;    /* to be recorded with the next commit */
    OTR_LIST(otr_outbox_left) leaving; /* in the commit under way: the store reads it, so nothing is added */
    OTR_LIST(otr_outbox_fate) fates;   /* of the commit under way: of its rows that replace others */
    OTR_LIST(uint64_t) handed;         /* that it marks as perhaps told */
    bool mark_due; /* the link went down with entries that the store does not know as told */
    bool link_up;
    otr_time service_since; /* mono: since when the broker has something to acknowledge that goes before
                               telemetry; NONE: it has not */
    bool reading_outbox;
    bool read_void;                           /* the store was opened anew since the read under way began */
    bool shedding;                            /* the read under way finds what must go */
    otr_outbox_class shed_class;              /* the least urgent class that may still have rows */
    uint64_t shed_after[OTR_OUTBOX_CLASSES];  /* up to here only what was passed over is left */
    uint32_t shed_passed[OTR_OUTBOX_CLASSES]; /* so many rows */
    bool shed_all;                            /* nothing else is left: nothing is passed over */
    size_t shed_limit;                        /* of the read under way */
    struct {
        otr_id entity;
        uint64_t seq; /* of the newest entry that was kept of it */
    } kept[RECENTLY_KEPT];
    uint32_t kept_next; /* the oldest of them */
    otr_outbox_class read_class;
    unsigned link_window;
    uint64_t evicted_untold; /* to be reported when the link is back */
    size_t read_limit;
    uint64_t read_after;
    otr_time read_again_at; /* mono: after a read that failed */
    uint64_t presences;     /* said so far */
    size_t unreceived_said; /* by the last */
    otr_time presence_due;  /* mono: while the link is up, when it is said once more; NEVER */
    otr_time acts_since;    /* mono: the second in which customers' actions are counted */
    unsigned acts;          /* looked at in it */
    otr_allowance orders;
    otr_allowance refusals;
    uint32_t refused_more; /* orders, that were only counted since the last in the journal */

    /* time */
    otr_clock_sample sample; /* of this turn */
    otr_time mono_base;
    otr_time core_base; /* core time at mono_base */
    otr_time utc_floor; /* UTC is not before this at mono_base */
    otr_time boot_from; /* where core time stood in the life before */
    otr_time boot_core; /* and where ours began */
    otr_time core_now;

    /* the commit */
    bool committing;
    bool hurry;                /* somebody waits for the answer: do not linger */
    size_t pending_committing; /* the first of pending are in the commit under way */
    otr_commit commit;         /* the store reads it until it is done */
    otr_time staged_at;        /* mono: since when effects or left wait; NONE */
    struct {
        uint64_t device; /* hash of the name */
        otr_time at;     /* mono */
    } recent[RECENT_DEVICES];
    otr_pace pace;
    struct otr_telemetry *telemetry; /* NULL: none */
    otr_buffer uplink;               /* of the commit under way: how far it has come */
    otr_buffer snapshot;
    uint64_t bytes_since_snapshot;
    bool snapshot_forced; /* the disk was full */
    bool final_snapshot_done;
    bool snapshot_committing;

    /* failure */
    uint64_t doubtful_seq; /* first of a batch whose commit failed: it may be there all the same; 0: none */
    otr_time rebuild_at;   /* mono */
    otr_time rebuild_delay;
    bool broken; /* the core must be rebuilt from the store */
    bool booted; /* this process has journaled its start */
    bool stopping;

    otr_id incarnation;
    otr_stats carried; /* of cores before a rebuild */
    otr_counters counters;
    otr_store_figures figures;
};

/* The store cannot be used as it is: everybody is pushed back, and the core is rebuilt from it after a while.
 */
void otr_driver_break_down(otr_driver *driver, const char *event, const otr_error *error);
/* Reads the clock and derives the core time. */
void otr_driver_read_clock(otr_driver *driver);
/* Something waits to be committed: it lingers from now on. */
void otr_driver_stage(otr_driver *driver);
/* Sees to it that what the commit at hand may replace is not sent meanwhile, and gathers what may have been
 * told for the store; false when memory is out. */
bool otr_driver_outbox_prepare(otr_driver *driver);
/* The same of what was read meanwhile. */
void otr_driver_outbox_hold(otr_driver *driver);
/* The commit is done: what came and was replaced is the store's decision. */
void otr_driver_outbox_committed(otr_driver *driver);
void otr_driver_outbox_failed(otr_driver *driver);
/* UTC of this turn, OTR_TIME_NONE while the clock is not known. */
otr_time otr_driver_known_utc(const otr_driver *driver);
/* Answers every upload that is not committed with push-back and forgets it. */
void otr_driver_push_back_all(otr_driver *driver);
/* Nothing of the outbox counts as passed over any more. */
void otr_driver_shed_anew(otr_driver *driver);
/* Sends what the link takes. */
void otr_driver_pump(otr_driver *driver);
/* What was committed may change what our retained status says. */
void otr_driver_refresh_presence(otr_driver *driver);
/* All stepped: the inbox is empty, and its memory goes. */
void otr_driver_tidy_inbox(otr_driver *driver);
/* Whether the inbox takes one more input. */
bool otr_driver_has_room(otr_driver *driver);
/* Counts a request of the device; TOO_FAST when it sends more than it may. */
otr_status otr_driver_pace(otr_driver *driver, otr_str device, otr_error *error);
/* Puts an input that somebody waits for into the inbox, whose memory has its texts; false when memory is out.
 */
bool otr_driver_take_in(otr_driver *driver, const otr_input *input, uint64_t handle, unsigned format);
/* The answer to what is committed: the core is as it was committed. */
void otr_driver_answer(otr_driver *driver, const otr_asker *asker);
/* Takes an input that is no upload; texts are copied. It survives a commit that fails. */
otr_status otr_driver_queue(otr_driver *driver, const otr_input *input);
/* The first count of what is queued are committed. */
void otr_driver_forget_pending(otr_driver *driver, size_t count);
/* Forgets what was queued after the first count. */
void otr_driver_shorten_pending(otr_driver *driver, size_t count);
/* Forgets the first count but for commands: stepped again, they are answered as before. Returns how many. */
size_t otr_driver_forget_but_commands(otr_driver *driver, size_t count);
/* Answers the commands among the first count, which are committed. */
void otr_driver_answer_commands(otr_driver *driver, size_t count);
/* Forgets the losses among the first count. */
void otr_driver_forget_losses(otr_driver *driver, size_t count);

#endif
