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
#include "rules/room.h"
#include "rules/value.h"

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
} otr_symbol;

/* Zero-initialise to use; lives in the arena that the expressions live in. */
typedef struct otr_symbols {
    otr_symbol *list;
    uint32_t count;
    uint32_t capacity;
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

/* Member functions on metrics that the host evaluates. */
typedef enum otr_function {
    OTR_FUNCTION_DISTANCE, /* location.distance("place"): metres to a named place of the asset, double */
} otr_function;

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
/* The same for equal source after normalisation of spaces and comments; stable across builds. */
uint64_t otr_expression_hash(const otr_expression *expression);

/* The host's side of an evaluation. Both functions return OK, UNKNOWN (never reported, or stale) or
 * NOT_FOUND. */
typedef struct otr_host {
    void *context;
    otr_status (*load)(void *context, uint32_t symbol, otr_value *out);
    otr_status (*call)(void *context, otr_function function, uint32_t symbol, const otr_value *arguments,
                       size_t count, otr_value *out);
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
