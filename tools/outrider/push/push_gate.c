#include "tools/outrider/push/push_gate.h"

#include <stdio.h>
#include <string.h>

#include "rules/load/nearest.h"

/* Of the rehearsal as a whole, and of each of its sides. */
static const char *const whole[] = {"days",     "readings",       "alarms_new", "alarms_gone",
                                    "commands", "commands_unfit", NULL};
static const char *const of_side[] = {"alarms_per_day", "notices_per_day", "tickets_per_day", "alarms",
                                      "notices",        "tickets",         "customers",       NULL};

typedef struct parser {
    otr_str text;
    size_t at;
    otr_error *error;
} parser;

static otr_status fail(const parser *p, size_t at, const char *what)
{
    return otr_fail_at(p->error, OTR_INVALID, 1, (int)at + 1, "%s", what);
}

static void skip_blanks(parser *p)
{
    while (p->at < p->text.size && (p->text.data[p->at] == ' ' || p->text.data[p->at] == '\t'))
        p->at++;
}

static bool is_in(const char *letters, char letter)
{
    return letter != '\0' && strchr(letters, letter) != NULL;
}

static size_t run_of(const parser *p, const char *letters)
{
    size_t end = p->at;
    while (end < p->text.size && is_in(letters, p->text.data[end]))
        end++;
    return end - p->at;
}

static bool is_listed(const char *const *list, const char *name)
{
    for (; *list != NULL; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

static otr_status unknown(const parser *p, size_t at, const char *name)
{
    otr_nearest nearest = {0};
    for (size_t i = 0; whole[i] != NULL; i++)
        otr_nearest_offer(&nearest, otr_str_of(name), otr_str_of(whole[i]));
    for (size_t i = 0; of_side[i] != NULL; i++)
        otr_nearest_offer(&nearest, otr_str_of(name), otr_str_of(of_side[i]));
    return otr_fail_at(p->error, OTR_INVALID, 1, (int)at + 1, "a rehearsal has no figure \"%s\"%s%.*s%s",
                       name, OTR_NEAREST_ARG(nearest));
}

static otr_status take_name(parser *p, otr_gate_operand *out)
{
    static const char running[] = "running.";
    size_t begin = p->at;
    otr_str rest = {p->text.data + p->at, p->text.size - p->at};
    if (otr_str_starts(rest, OTR_STR("running."))) {
        out->running = true;
        p->at += sizeof running - 1;
    }
    size_t size = run_of(p, "abcdefghijklmnopqrstuvwxyz_");
    if (size == 0 || size >= sizeof out->name)
        return fail(p, begin, "expected a number or a figure such as notices_per_day");
    memcpy(out->name, p->text.data + p->at, size);
    out->name[size] = '\0';
    p->at += size;
    if (is_listed(of_side, out->name) || (!out->running && is_listed(whole, out->name)))
        return OTR_OK;
    return unknown(p, begin, out->name);
}

static otr_status take_operand(parser *p, otr_gate_operand *out)
{
    skip_blanks(p);
    size_t size = run_of(p, "0123456789.");
    if (size == 0)
        return take_name(p, out);
    if (!otr_str_to_double((otr_str){p->text.data + p->at, size}, &out->number))
        return fail(p, p->at, "that is no number");
    p->at += size;
    return OTR_OK;
}

static otr_status take_comparison(parser *p, char out[3])
{
    static const char *const known[] = {"<=", ">=", "==", "!=", "<", ">"};
    skip_blanks(p);
    otr_str rest = {p->text.data + p->at, p->text.size - p->at};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (otr_str_starts(rest, otr_str_of(known[i]))) {
            (void)snprintf(out, 3, "%s", known[i]);
            p->at += strlen(known[i]);
            return OTR_OK;
        }
    return fail(p, p->at, "expected one of < <= > >= == !=");
}

otr_status otr_gate_parse(otr_str text, otr_gate *out, otr_error *error)
{
    parser p = {text, 0, error};
    *out = (otr_gate){.count = 0};
    skip_blanks(&p);
    while (p.at < text.size) {
        if (out->count == OTR_GATE_TERMS)
            return otr_fail_at(error, OTR_LIMIT, 1, (int)p.at + 1, "more than %d comparisons",
                               OTR_GATE_TERMS);
        otr_gate_term *term = &out->terms[out->count++];
        otr_status status = take_operand(&p, &term->left);
        if (status == OTR_OK)
            status = take_comparison(&p, term->comparison);
        if (status == OTR_OK)
            status = take_operand(&p, &term->right);
        if (status != OTR_OK)
            return status;
        skip_blanks(&p);
        if (p.at == text.size)
            return OTR_OK;
        if (!otr_str_starts((otr_str){text.data + p.at, text.size - p.at}, OTR_STR("&&")))
            return fail(&p, p.at, "expected && or the end");
        p.at += 2;
        skip_blanks(&p);
        if (p.at == text.size)
            return fail(&p, p.at, "expected a comparison after &&");
    }
    return OTR_OK;
}

/* ---- judging ---- */

static bool value_of(const otr_gate_operand *operand, const json_t *figures, double *out)
{
    *out = operand->number;
    if (operand->name[0] == '\0')
        return true;
    const json_t *from = figures;
    if (is_listed(of_side, operand->name))
        from = json_object_get(figures, operand->running ? "running" : "pushed");
    const json_t *value = json_object_get(from, operand->name);
    *out = json_number_value(value);
    return json_is_number(value);
}

static bool compare(const char *comparison, double left, double right)
{
    bool same = left == right;
    if (comparison[0] == '=')
        return same;
    if (comparison[0] == '!')
        return !same;
    bool between = comparison[0] == '<' ? left < right : left > right;
    return between || (comparison[1] == '=' && same);
}

static void say(const otr_gate_operand *operand, double value, otr_buffer *out)
{
    if (operand->name[0] != '\0')
        otr_buffer_add_format(out, "%s%s = ", operand->running ? "running." : "", operand->name);
    otr_buffer_add_format(out, "%.6g", value);
}

bool otr_gate_holds(const otr_gate *gate, const json_t *figures, otr_buffer *why)
{
    for (size_t i = 0; i < gate->count; i++) {
        const otr_gate_term *term = &gate->terms[i];
        double left;
        double right;
        if (!value_of(&term->left, figures, &left) || !value_of(&term->right, figures, &right)) {
            otr_buffer_add_format(why, "the gateway did not tell all figures of the gate");
            return false;
        }
        if (compare(term->comparison, left, right))
            continue;
        say(&term->left, left, why);
        otr_buffer_add_format(why, ", not %s ", term->comparison);
        say(&term->right, right, why);
        return false;
    }
    return true;
}
