/* The verbs of the console and toolbox. Each gets the arguments from its own name on and returns an exit
 * code: 0 done, 1 failed, 2 wrong usage. */
#ifndef OTR_TOOLS_VERBS_H
#define OTR_TOOLS_VERBS_H

/* alarms, ack, reset, shelve, unshelve, out-of-service, in-service */
int otr_verb_alarms(int argc, char **argv);
int otr_verb_operate(int argc, char **argv);
/* assign, unassign, replace, assignments, forget */
int otr_verb_assign(int argc, char **argv);
int otr_verb_provision(int argc, char **argv);
int otr_verb_devices(int argc, char **argv);
int otr_verb_log(int argc, char **argv);
int otr_verb_act(int argc, char **argv);
int otr_verb_desk(int argc, char **argv);
int otr_verb_cases(int argc, char **argv);
int otr_verb_case(int argc, char **argv);
int otr_verb_completion(int argc, char **argv);
int otr_verb_context(int argc, char **argv);
int otr_verb_history(int argc, char **argv);
/* what the broker keeps of all gateways */
int otr_verb_assets(int argc, char **argv);
int otr_verb_fleet(int argc, char **argv);
int otr_verb_tickets(int argc, char **argv);
int otr_verb_top(int argc, char **argv);
/* keys of people, and packs signed with them */
int otr_verb_keygen(int argc, char **argv);
int otr_verb_packs(int argc, char **argv); /* packs, stage, rehearse, shadow, activate, rollback */
int otr_verb_push(int argc, char **argv);
int otr_verb_sign(int argc, char **argv);
int otr_verb_enroll(int argc, char **argv);
int otr_verb_feed(int argc, char **argv);
/* sums of what gateways say of their days */
int otr_verb_accounts(int argc, char **argv);
int otr_verb_stats(int argc, char **argv);
int otr_verb_trends(int argc, char **argv);
int otr_verb_voice(int argc, char **argv);
int otr_voice_import(int argc, char **argv); /* of voice */
int otr_verb_walk(int argc, char **argv);
int otr_verb_watch(int argc, char **argv);
int otr_verb_doctor(int argc, char **argv);
int otr_verb_check(int argc, char **argv);
int otr_verb_evidence(int argc, char **argv);
int otr_verb_verify(int argc, char **argv);
int otr_verb_explain(int argc, char **argv);
int otr_verb_replay(int argc, char **argv);
int otr_verb_resend(int argc, char **argv);
int otr_verb_test(int argc, char **argv);
int otr_verb_eval(int argc, char **argv);

#endif
