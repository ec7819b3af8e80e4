/* What customers answered when they were asked, for the status. */
#ifndef OTR_DAEMON_QUESTION_H
#define OTR_DAEMON_QUESTION_H

#include <jansson.h>

#include "driver/driver.h"

/* By kind; a new reference. A value always with how many answers it is of and its interval; null for none. */
json_t *otr_question_json(const otr_driver *driver);

#endif
