/* What `outrider walk` prints for programs. */
#include <stdio.h>
#include <stdlib.h>

#include "tools/outrider/operate/walk.h"

static json_t *text_of(otr_str text)
{
    return json_stringn_nocheck(text.data, text.size);
}

static void set_time(json_t *into, const char *name, otr_time at)
{
    char text[OTR_TIME_TEXT_BYTES];
    if (at != OTR_TIME_NONE && otr_time_format(at, text) > 0)
        json_object_set_new(into, name, json_string(text));
}

static json_t *seconds(otr_time span)
{
    return json_integer((json_int_t)(span / OTR_SECOND));
}

/* As `outrider explain --notices --json` has it, with the wait before it. */
void otr_walk_json_add(otr_walk *w, const otr_notice_found *notice)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        return;
    otr_notice_print(memory, notice, OTR_NOTICE_JSON);
    bool whole = fclose(memory) == 0;
    json_t *one = whole ? json_loadb(text, size, 0, NULL) : NULL;
    bool told = otr_walk_is_told(notice);
    otr_time at = told ? otr_walk_told_at(notice) : notice->row.decided;
    json_object_set_new(one, "told", json_boolean(told));
    set_time(one, "at", at);
    if (told && w->last != OTR_TIME_NONE && at > w->last) {
        json_object_set_new(one, "wait_s", seconds(at - w->last));
        json_object_set_new(one, "late", json_boolean(w->next_by != OTR_TIME_NONE && at > w->next_by));
    }
    json_array_append_new(w->notices, one);
    free(text);
}

static json_t *contacts_of(const otr_walk *w)
{
    json_t *list = json_array();
    for (size_t i = 0; i < w->contact_count; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "contact", text_of(w->contacts[i].name));
        json_object_set_new(one, "told", json_integer((json_int_t)w->contacts[i].told));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *step_of(const otr_journey_step *meant, const otr_walk_step *step)
{
    json_t *one = json_object();
    json_object_set_new(one, "step", text_of(meant->name.text));
    json_object_set_new(one, "happened", json_boolean(step->happened));
    if (!step->happened)
        return one;
    set_time(one, "onset", step->onset);
    set_time(one, "known", step->detected);
    set_time(one, "told", step->told);
    if (step->told == OTR_TIME_NONE && step->reason.size > 0)
        json_object_set_new(one, "reason", text_of(step->reason));
    if (meant->told_within > 0) {
        bool met = step->told != OTR_TIME_NONE && step->told - step->onset <= meant->told_within;
        json_object_set_new(one, "goal_s", seconds(meant->told_within));
        json_object_set_new(one, "met", json_boolean(met));
    }
    return one;
}

bool otr_walk_json_end(const otr_walk *w)
{
    json_t *all = json_object();
    json_object_set_new(all, "asset", json_string(w->asset));
    json_object_set_new(all, "contact", text_of(w->contact));
    json_object_set_new(all, "contacts", contacts_of(w));
    json_object_set(all, "notices", w->notices);
    json_object_set_new(all, "told", json_integer((json_int_t)w->told));
    json_object_set_new(all, "not_told", json_integer((json_int_t)w->withheld));
    json_object_set_new(all, "longest_silence_s", seconds(w->longest));
    json_t *steps = w->map != NULL ? json_array() : NULL;
    for (size_t i = 0; steps != NULL && i < w->map->step_count && i < OTR_WALK_STEPS_MAX; i++)
        json_array_append_new(steps, step_of(&w->map->steps[i], &w->steps[i]));
    if (steps != NULL)
        json_object_set_new(all, "steps", steps);
    bool ok = json_dumpf(all, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF;
    json_decref(all);
    return ok;
}
