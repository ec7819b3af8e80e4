#include "tools/outrider/operate/alarms.h"

#include <stdbool.h>
#include <stdio.h>

/* Text of the gateway, which may have it from elsewhere: no control character reaches the terminal. */
static const char *text_of(const json_t *object, const char *name, char out[80])
{
    const char *text = json_string_value(json_object_get(object, name));
    size_t used = 0;
    for (; text != NULL && *text != '\0' && used < 79; text++) {
        bool control = (unsigned char)*text < 0x20 || *text == 0x7f;
        out[used++] = *text;
        if (control)
            out[used - 1] = '?';
    }
    out[used] = '\0';
    return out;
}

static void print_alarm(const json_t *one)
{
    char id[80];
    char state[80];
    char priority[80];
    char rule[80];
    char asset[80];
    char raised[80];
    char ended[80];
    printf("%s  %-14s %-8s %s on %s, raised %s", text_of(one, "alarm", id), text_of(one, "state", state),
           text_of(one, "priority", priority), text_of(one, "rule", rule), text_of(one, "asset", asset),
           text_of(one, "raised", raised));
    if (text_of(one, "ended", ended)[0] != '\0')
        printf(", over %s", ended);
    putchar('\n');
}

static void print_point(const json_t *one)
{
    char state[80];
    char rule[80];
    char asset[80];
    char more[80];
    printf("%s: %s on %s", text_of(one, "state", state), text_of(one, "rule", rule),
           text_of(one, "asset", asset));
    if (text_of(one, "until", more)[0] != '\0')
        printf(", until %s", more);
    if (text_of(one, "who", more)[0] != '\0')
        printf(", by %s", more);
    if (text_of(one, "reason", more)[0] != '\0')
        printf(": %s", more);
    putchar('\n');
}

void otr_alarms_print(const json_t *answer)
{
    size_t index;
    const json_t *one;
    json_array_foreach(json_object_get(answer, "alarms"), index, one) print_alarm(one);
    if (index == 0)
        puts("no alarms");
    json_int_t left_out = json_integer_value(json_object_get(answer, "left_out"));
    if (left_out > 0)
        printf("and %" JSON_INTEGER_FORMAT " more\n", left_out);
    json_array_foreach(json_object_get(answer, "points"), index, one) print_point(one);
}
