/*
 * The agent's version was taken back, and with it the database: what was said after it was kept is out, but
 * not known here. What is said next must not bear an id that was given then.
 */
#ifndef OTR_CORE_WENT_BACK_H
#define OTR_CORE_WENT_BACK_H

struct otr_core;

/* Every revision that counts goes on OTR_LIMIT_TRIAL_REVISIONS further. */
void otr_went_back(struct otr_core *core);

#endif
