/* The parts of `outrider doctor`. Each appends a chapter to out and never fails: what cannot be learnt is
 * said there. */
#ifndef OTR_TOOLS_DOCTOR_H
#define OTR_TOOLS_DOCTOR_H

#include "daemon/config/config.h"

/* A chapter's heading. */
void otr_doctor_heading(otr_buffer *out, const char *text);

void otr_doctor_versions(otr_buffer *out);
void otr_doctor_clock(otr_buffer *out);
void otr_doctor_certificates(otr_buffer *out, const otr_config *config);

/* Each option as it is in force in the running daemon, and where it is from; where that is down, as the file
 * has it. */
void otr_doctor_options(otr_buffer *out, const otr_config *config);

/* Asks the running daemon, and the journal when it is down. */
void otr_doctor_daemon(otr_buffer *out, const char *socket);

/* Files and free room of the state folder, and a look into the database, bounded in time. */
void otr_doctor_state(otr_buffer *out, const char *folder);

#endif
