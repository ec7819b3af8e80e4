/* One message of each kind in five languages, and for each language a person with a thing of their own. */
#ifndef OTR_TESTS_CORE_COMPOSE_FIXTURE_H
#define OTR_TESTS_CORE_COMPOSE_FIXTURE_H

#include "world.h"

/* 2023-11-14 12:00 UTC: 13:00 in Berlin, Madrid and Paris, 07:00 in New York, 20:00 in Shanghai. */
#define T0 (INT64_C(1699963200) * OTR_SECOND)
#define AT(minutes) (T0 + (minutes)*OTR_MINUTE)

enum { COMPOSE_LANGUAGES = 5 };

/* In the order of the expected texts. */
extern const char *const compose_languages[COMPOSE_LANGUAGES];

/* At T0, with the zones of all: so many things each, "box-de-1" and so on with the device "t-de-1", of the
 * person "p-de", who wants so many messages a day and none from 3:30 to 4. */
world *compose_start(int things, int per_day);
/* A reading of that thing of each language. */
void compose_report(world *w, int thing, const char *metric, double number, otr_time at);
void compose_upload(world *w, int thing, otr_reading *readings, size_t count);
/* Each does that about their newest message of that kind. */
void compose_answer(world *w, const char *what, otr_customer_act act);
/* The newest message of that kind to the person of the language. */
const world_event *compose_told(const world *w, const char *language, const char *what);

/* What one person reads, at three lengths; NULL: as long as the next longer one. */
typedef struct compose_text {
    const char *line;
    const char *brief;
    const char *text;
} compose_text;

/* Checks the newest message of that kind in each language, and that the short ones keep to their lengths. */
void compose_expect(const world *w, const char *what, const compose_text expected[COMPOSE_LANGUAGES]);

#endif
