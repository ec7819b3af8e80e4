/* `outrider eval`: expressions of the rule language, for people at a prompt and for programs as JSON lines.
 */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/outrider/check/eval_value.h"
#include "tools/outrider/check/eval_zone.h"
#include "tools/outrider/verbs.h"

static const char usage[] =
    "usage: outrider eval [EXPRESSION...]\n"
    "       outrider eval --json\n"
    "\n"
    "Evaluates CEL expressions: those given, or one a line from standard input. NAME = EXPRESSION\n"
    "keeps the value under a name for the lines that follow.\n"
    "\n"
    "  --json  lines {\"expr\": \"x + 1\", \"bindings\": {\"x\": {\"int64Value\": \"1\"}}, \"container\": "
    "\"\"}\n"
    "          are answered by {\"value\": {...}} or {\"error\": \"...\"}, in order; values have the\n"
    "          JSON form of cel.expr.Value\n"
    "\n"
    "exit: 0 each has a value, or with --json an answer; 1 one has none; 2 wrong usage\n";

enum { ROOM_BYTES = 16 << 20 };

typedef struct variable {
    otr_str name;
    otr_value value;
} variable;

typedef struct session {
    otr_arena arena; /* of the variables */
    variable *variables;
    size_t count;
    size_t capacity;
    otr_symbols symbols; /* of the expression at hand */
    otr_room room;
} session;

static const variable *find(const session *s, otr_str name)
{
    for (size_t i = s->count; i-- > 0;)
        if (otr_str_equal(s->variables[i].name, name))
            return &s->variables[i];
    return NULL;
}

static bool knows(void *context, otr_str name)
{
    return find(context, name) != NULL;
}

static otr_status load(void *context, uint32_t symbol, otr_value *out)
{
    const session *s = context;
    const variable *found = find(s, s->symbols.list[symbol].path);
    if (found == NULL)
        return OTR_NOT_FOUND;
    *out = found->value;
    return OTR_OK;
}

static otr_status call(void *context, uint32_t use, otr_value *out)
{
    (void)context, (void)use, (void)out;
    return OTR_NOT_FOUND;
}

/* The name must be in the session's arena or live as long. */
static bool bind(session *s, otr_str name, otr_value value)
{
    if (s->count == s->capacity) {
        size_t capacity = s->capacity == 0 ? 16 : s->capacity * 2;
        variable *grown = realloc(s->variables, capacity * sizeof *grown);
        if (grown == NULL)
            return false;
        s->variables = grown;
        s->capacity = capacity;
    }
    s->variables[s->count++] = (variable){name, value};
    return true;
}

/* arena is for what is compiled, and must live as long as the value, which may also be in the session's room.
 */
static otr_status evaluate(session *s, otr_arena *arena, otr_str text, otr_str container, otr_value *out,
                           otr_error *error)
{
    otr_environment environment = {.container = container, .context = s, .knows = knows};
    otr_expression *expression = NULL;
    s->symbols = (otr_symbols){0};
    otr_status status =
        otr_expression_compile_open(arena, text, &environment, &s->symbols, &expression, error);
    if (status != OTR_OK)
        return status;
    otr_host host = {.context = s, .load = load, .call = call, .room = &s->room, .zone = otr_eval_zone};
    return otr_expression_evaluate(expression, &host, out, error);
}

static json_t *failure(const otr_error *error)
{
    char text[320];
    if (error->line > 0)
        (void)snprintf(text, sizeof text, "%d:%d: %s", error->line, error->column, error->text);
    else
        (void)snprintf(text, sizeof text, "%s", error->text);
    return json_pack("{s:s}", "error", text);
}

static otr_status bind_all(session *s, const json_t *bindings, otr_error *error)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)bindings, name, value)
    {
        otr_value read;
        otr_status status = otr_eval_read(value, &s->arena, &read, error);
        if (status != OTR_OK)
            return status;
        if (!bind(s, otr_str_of(name), read))
            return otr_fail(error, OTR_MEMORY, "out of memory");
    }
    return OTR_OK;
}

static json_t *answer(session *s, const json_t *request)
{
    const json_t *text = json_object_get(request, "expr");
    const json_t *container = json_object_get(request, "container");
    otr_error error = {.status = OTR_OK};
    otr_value value;
    if (!json_is_string(text))
        return json_pack("{s:s}", "error", "the line has no \"expr\"");
    otr_status status = bind_all(s, json_object_get(request, "bindings"), &error);
    if (status == OTR_OK)
        status =
            evaluate(s, &s->arena, (otr_str){json_string_value(text), json_string_length(text)},
                     (otr_str){json_string_value(container), json_string_length(container)}, &value, &error);
    return status == OTR_OK ? json_pack("{s:o}", "value", otr_eval_write(&value)) : failure(&error);
}

static json_t *no_json(const json_error_t *where)
{
    otr_error error = {.status = OTR_OK};
    (void)otr_fail(&error, OTR_INVALID, "the line is no JSON: %s", where->text);
    return failure(&error);
}

static int serve_json(session *s)
{
    char *line = NULL;
    size_t capacity = 0;
    int code = 0;
    for (ssize_t size; code == 0 && (size = getline(&line, &capacity, stdin)) >= 0;) {
        json_error_t where;
        json_t *request = json_loadb(line, (size_t)size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
        json_t *reply = request != NULL ? answer(s, request) : no_json(&where);
        char *text = reply != NULL ? json_dumps(reply, JSON_COMPACT) : NULL;
        if (puts(text != NULL ? text : "{\"error\":\"out of memory\"}") < 0 || fflush(stdout) != 0)
            code = 1;
        free(text);
        json_decref(reply);
        json_decref(request);
        s->count = 0;
        s->room.used = 0;
        otr_arena_reset(&s->arena);
    }
    free(line);
    return code;
}

/* NAME = in front of an expression, == apart; the rest stays in *text. */
static otr_str take_name(otr_str *text)
{
    size_t at = 0;
    while (at < text->size && (text->data[at] == '_' || (text->data[at] >= '0' && text->data[at] <= '9') ||
                               (text->data[at] >= 'a' && text->data[at] <= 'z') ||
                               (text->data[at] >= 'A' && text->data[at] <= 'Z')))
        at++;
    otr_str name = {text->data, at};
    while (at < text->size && text->data[at] == ' ')
        at++;
    if (name.size == 0 || at + 1 >= text->size || text->data[at] != '=' || text->data[at + 1] == '=')
        return (otr_str){NULL, 0};
    *text = (otr_str){text->data + at + 1, text->size - at - 1};
    return name;
}

/* Values stay in the session's memory until it ends: a name may refer to them. */
static bool evaluate_line(session *s, otr_str text)
{
    otr_error error = {.status = OTR_OK};
    otr_value value;
    otr_str name = take_name(&text);
    if (evaluate(s, &s->arena, text, (otr_str){NULL, 0}, &value, &error) != OTR_OK) {
        (void)fflush(stdout); /* so that both streams keep their order */
        (void)fprintf(stderr, "%d:%d: %s\n", error.line, error.column, error.text);
        return false;
    }
    if (name.size > 0) {
        name = otr_arena_copy(&s->arena, name);
        return name.data != NULL && bind(s, name, value);
    }
    otr_eval_print(stdout, &value);
    (void)putchar('\n');
    return true;
}

static int serve_lines(session *s)
{
    char *line = NULL;
    size_t capacity = 0;
    int code = 0;
    bool prompt = isatty(STDIN_FILENO) == 1;
    for (;;) {
        if (prompt && (fputs("> ", stdout) < 0 || fflush(stdout) != 0))
            break;
        ssize_t size = getline(&line, &capacity, stdin);
        if (size < 0)
            break;
        while (size > 0 && (line[size - 1] == '\n' || line[size - 1] == '\r'))
            size--;
        if (size > 0 && !evaluate_line(s, (otr_str){line, (size_t)size}) && !prompt)
            code = 1;
    }
    if (prompt)
        (void)putchar('\n');
    free(line);
    return code;
}

int otr_verb_eval(int argc, char **argv)
{
    static const struct option known[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    bool json = false;
    optind = 0;
    for (int option = 0; (option = getopt_long(argc, argv, "+h", known, NULL)) != -1;) {
        if (option == 'h') {
            (void)fputs(usage, stdout);
            return 0;
        }
        if (option != 'j') {
            (void)fputs(usage, stderr);
            return 2;
        }
        json = true;
    }
    session s = {.room = {.bytes = malloc(ROOM_BYTES), .size = ROOM_BYTES}};
    if (s.room.bytes == NULL) {
        (void)fputs("outrider eval: out of memory\n", stderr);
        return 1;
    }
    int code = 0;
    if (json) {
        code = serve_json(&s);
    } else if (optind == argc) {
        code = serve_lines(&s);
    } else {
        for (int i = optind; i < argc; i++)
            code |= !evaluate_line(&s, otr_str_of(argv[i]));
    }
    otr_arena_done(&s.arena);
    free(s.variables);
    free(s.room.bytes);
    return code;
}
