/* A board as text for people, and as JSON for programs. */
#ifndef OTR_TOOLS_BOARD_SAY_H
#define OTR_TOOLS_BOARD_SAY_H

#include <jansson.h>

#include "base/buffer.h"
#include "tools/outrider/fleet/board.h"

typedef enum otr_board_part {
    OTR_BOARD_FLEET,
    OTR_BOARD_ALARMS,
    OTR_BOARD_TICKETS,
    OTR_BOARD_ASSETS
} otr_board_part;

/* In the order of trouble, at most limit lines (0: all); now: UTC. */
void otr_board_say(const otr_board *board, otr_board_part part, size_t limit, otr_time now, otr_buffer *out);
/* The caller frees it; NULL when memory is out. */
json_t *otr_board_json(const otr_board *board, otr_board_part part, size_t limit);

/* "3 min", "2 h", "5 d": how long ago, or "-". */
void otr_board_ago(otr_time at, otr_time now, char out[16]);

#endif
