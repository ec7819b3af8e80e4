/*
 * CEL expressions (google/cel-spec, doc/langdef.md) compiled to a compact form. Compiling allocates in the
 * caller's arena; evaluating allocates nothing: scalars need no memory, and text, lists and maps are made in
 * a room that the caller gives. It is bounded by OTR_LIMIT_EXPRESSION_STEPS. A compiled expression is
 * immutable and may be evaluated by several threads at once, each with a room of its own.
 */
#ifndef OTR_RULES_EXPRESSION_H
#define OTR_RULES_EXPRESSION_H

#include "base/arena.h"
#include "base/status.h"
#include "rules/cel/room.h"
#include "rules/cel/value.h"

/*
 * What an expression may name. Symbols are shared by all expressions of one pack: number = index in the list.
 *   asset.x.y, device.x   an object field: symbol kind FIELD, path as written
 *   temperature           any other identifier: symbol kind METRIC, path = metric name
 *   a.b                   only with an otr_environment: a name that it knows, symbol kind VARIABLE
 */
typedef enum otr_symbol_kind { OTR_SYMBOL_METRIC, OTR_SYMBOL_FIELD, OTR_SYMBOL_VARIABLE } otr_symbol_kind;

typedef struct otr_symbol {
    otr_str path;
    otr_symbol_kind kind;
    otr_type type; /* from the metric catalogue; DYN when not fixed */
    /* Of a METRIC: its name, and the role of the device that it must come from ("cargo" of
     * cargo.temperature), empty for any device of the asset. */
    otr_str metric;
    otr_str role;
} otr_symbol;

/* Functions over the past of a metric, and over places; the host keeps what they need and answers.
 * LANGUAGE.md says what each means. Snapshots keep the numbers: new ones come last. */
typedef enum otr_function {
    OTR_FUNCTION_AVG, /* of numbers over a span: double */
    OTR_FUNCTION_MIN,
    OTR_FUNCTION_MAX,
    OTR_FUNCTION_COUNT, /* int */
    OTR_FUNCTION_SUM,
    OTR_FUNCTION_DELTA,
    OTR_FUNCTION_RATE, /* per second */
    OTR_FUNCTION_STDDEV,
    OTR_FUNCTION_MEDIAN,
    OTR_FUNCTION_LAST,       /* of any metric: its type; span optional */
    OTR_FUNCTION_AGE,        /* duration */
    OTR_FUNCTION_CHANGED,    /* bool */
    OTR_FUNCTION_PREDICT,    /* (ahead, over): double */
    OTR_FUNCTION_TIME_ABOVE, /* (limit, within), span optional: duration, cumulative */
    OTR_FUNCTION_TIME_BELOW,
    OTR_FUNCTION_LONGEST_ABOVE, /* the longest run without interruption */
    OTR_FUNCTION_LONGEST_BELOW,
    OTR_FUNCTION_MKT,      /* mean kinetic temperature, Cel; span optional */
    OTR_FUNCTION_ANOMALY,  /* 0..1 */
    OTR_FUNCTION_DISTANCE, /* of locations, to a place: metres */
    OTR_FUNCTION_INSIDE,   /* bool */
    OTR_FUNCTION_DWELL,    /* duration inside the place so far, 0 outside */
    OTR_FUNCTION_SPEED,    /* m/s over a span */
    OTR_FUNCTION_HEADING,  /* degrees from north over a span, 0 to 360 */
    OTR_FUNCTION_ETA,      /* (place, over): duration until the place at the closing speed of the span */
    OTR_FUNCTION_PEAK,     /* of accelerations: the largest magnitude in a span */
    OTR_FUNCTION_DURATION, /* (limit, within): duration of the longest pulse above the limit */
    OTR_FUNCTION_DELTA_V,  /* (limit, within): change of velocity of the largest pulse above the limit, m/s */
    OTR_FUNCTION_DROP_HEIGHT, /* metres of the longest free fall in a span */
    OTR_FUNCTION_AT,          /* timestamp of the newest reading */
    /* of locations, on the asset's route */
    OTR_FUNCTION_PROGRESS,      /* share, 0 to 1 */
    OTR_FUNCTION_OFF_ROUTE,     /* metres from its line */
    OTR_FUNCTION_AT_STOP,       /* bool */
    OTR_FUNCTION_STOP,          /* int: number of the stop visited last */
    OTR_FUNCTION_OVERSTAY,      /* duration at a stop beyond what is meant at the most */
    OTR_FUNCTION_ARRIVAL,       /* timestamp */
    OTR_FUNCTION_ARRIVAL_ERROR, /* duration */
    OTR_FUNCTION_STOPPED,       /* duration that it stands still, wherever it is */
    OTR_FUNCTIONS
} otr_function;

/* One use of such a function: all its arguments are known when the pack is loaded. Expressions of one pack
 * share equal uses; number = index in the list. */
typedef struct otr_use {
    otr_function function;
    uint32_t symbol; /* the metric */
    otr_str place;   /* of DISTANCE, INSIDE, DWELL, ETA */
    otr_time span;   /* within, over; 0: none given */
    otr_time ahead;  /* of PREDICT */
    /* of TIME_ABOVE to LONGEST_BELOW, DURATION, DELTA_V: a number, or a field of the asset */
    double limit;
    uint32_t limit_symbol; /* OTR_USE_NO_SYMBOL: limit counts */
} otr_use;
#define OTR_USE_NO_SYMBOL UINT32_MAX

/* Zero-initialise to use; lives in the arena that the expressions live in. */
typedef struct otr_symbols {
    otr_symbol *list;
    uint32_t count;
    uint32_t capacity;
    otr_use *uses;
    uint32_t use_count;
    uint32_t use_capacity;
} otr_symbols;

/*
 * Where the text stands in its file, so that an error points at it. Columns count bytes from 1.
 * first_*: of the first byte; next_column: where each later line of the text begins; quoted: a single-quoted
 * YAML scalar, in which each ' of the text takes two columns.
 */
typedef struct otr_origin {
    int first_line;
    int first_column;
    int next_column;
    bool quoted;
} otr_origin;

typedef struct otr_expression otr_expression;

/* Which names are allowed: match sees fields only, conditions see both. */
typedef enum otr_scope { OTR_SCOPE_FIELDS, OTR_SCOPE_ALL } otr_scope;

/*
 * Lexes, parses, checks and compiles text. wanted is the type the result must have (BOOL for conditions) or
 * DYN for any. New symbols are added to symbols. On failure *error has the line, the column and the reason,
 * nothing usable is left and symbols may have gained unused entries.
 */
otr_status otr_expression_compile(otr_arena *arena, otr_str text, const otr_origin *origin, otr_scope scope,
                                  otr_type wanted, otr_symbols *symbols, otr_expression **out,
                                  otr_error *error);

/*
 * CEL without the agent's names: variables are what the environment knows. A name a.b.c is looked for as the
 * longest variable, in the container first (container x.y: x.y.a.b.c, x.a.b.c, a.b.c), and what is left of it
 * selects fields.
 */
typedef struct otr_environment {
    otr_str container; /* may be empty */
    void *context;
    bool (*knows)(void *context, otr_str name);
} otr_environment;

/*
 * The same as above for such an expression, checked only when it runs: what the checker would refuse is an
 * error of the evaluation, which && and || may absorb. Only the grammar is refused here.
 */
otr_status otr_expression_compile_open(otr_arena *arena, otr_str text, const otr_environment *environment,
                                       otr_symbols *symbols, otr_expression **out, otr_error *error);

/* The symbols that the expression reads, ascending, each once. */
const uint32_t *otr_expression_symbols(const otr_expression *expression, size_t *count);
/* Whether it asks with has() if this symbol, a field, is there. */
bool otr_expression_asks(const otr_expression *expression, uint32_t symbol);
/* The uses of functions in it, ascending, each once. */
const uint32_t *otr_expression_uses(const otr_expression *expression, size_t *count);
/* Every duration that is written in it as a constant, ascending: what a value that grows with time, such as
 * age(), is compared with. */
const otr_time *otr_expression_spans(const otr_expression *expression, size_t *count);
/* Whether the checker found it to be true or false whatever its symbols are; *value is which. */
bool otr_expression_constant(const otr_expression *expression, bool *value);
/* The same for equal source after normalisation of spaces and comments; stable across builds. */
uint64_t otr_expression_hash(const otr_expression *expression);

/* The host's side of an evaluation. Both functions return OK, UNKNOWN (never reported, or stale) or
 * NOT_FOUND. */
typedef struct otr_host {
    void *context;
    otr_status (*load)(void *context, uint32_t symbol, otr_value *out);
    otr_status (*call)(void *context, uint32_t use, otr_value *out);
    /*
     * Where the evaluation makes text, lists and maps; what it makes stays there until the caller empties it.
     * NULL: the evaluation has OTR_ROOM_SMALL_BYTES of its own, and only a result without text, list or map
     * can leave it.
     */
    otr_room *room;
    /* How far the IANA time zone is ahead of UTC at an instant, in seconds; NOT_FOUND when there is no such
     * zone. NULL: there are UTC and fixed offsets only. */
    otr_status (*zone)(void *context, otr_str name, int64_t utc_s, int32_t *ahead_s);
} otr_host;

enum { OTR_ROOM_SMALL_BYTES = 4096 };

/*
 * OK and *out, or UNKNOWN / NOT_FOUND as the host said, INVALID for CEL run-time errors (overflow, division
 * by zero, no matching overload), LIMIT when steps or room run out; *error (may be NULL) then has the reason
 * and the place. && and || are commutative over errors as CEL demands: false && unknown is false.
 */
otr_status otr_expression_evaluate(const otr_expression *expression, const otr_host *host, otr_value *out,
                                   otr_error *error);

#endif
