/* What `outrider top` looks like, as lines of text: 80x24 and up, without colour. No terminal in here. */
#ifndef OTR_TOOLS_TOP_SCREEN_H
#define OTR_TOOLS_TOP_SCREEN_H

#include "base/buffer.h"
#include "tools/outrider/fleet/top.h"

enum { OTR_SCREEN_COLUMNS_MIN = 80, OTR_SCREEN_LINES_MIN = 24, OTR_SCREEN_LINES_MAX = 300 };

typedef enum otr_screen_look { OTR_LOOK_PLAIN, OTR_LOOK_STRONG, OTR_LOOK_CHOSEN } otr_screen_look;

typedef struct otr_screen_line {
    size_t begin; /* in the text */
    size_t size;
    otr_screen_look look;
} otr_screen_line;

/* Zero-initialise to use; drawn anew each time. */
typedef struct otr_screen {
    int columns;
    otr_buffer text;
    otr_screen_line lines[OTR_SCREEN_LINES_MAX];
    int count;
} otr_screen;

typedef struct otr_screen_about {
    const char *place;   /* the broker, or the context's name */
    const char *trouble; /* of the connection; empty: it stands */
    otr_time now;        /* UTC */
} otr_screen_about;

/* At least 80 columns and 24 lines; smaller ones are told so. The rows of top are made for it. False: memory.
 */
bool otr_screen_draw(otr_screen *screen, otr_top *top, const otr_screen_about *about, int columns, int lines);
void otr_screen_done(otr_screen *screen);

#endif
