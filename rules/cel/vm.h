/* Runs programs. Allocates nothing; one stack of OTR_STACK_SLOTS values on the C stack, never cleared. */
#ifndef OTR_RULES_VM_H
#define OTR_RULES_VM_H

#include "rules/cel/operate.h"
#include "rules/cel/program.h"

/* As otr_expression_evaluate. */
otr_status otr_vm_run(const otr_expression *program, const otr_host *host, otr_value *out, otr_error *error);

/*
 * An error as a value on the machine's stack, where && and || weigh it against their other operands. Its type
 * is no otr_type that a host may give.
 */
typedef struct otr_fault {
    uint8_t status; /* otr_status */
    uint8_t reason; /* otr_reason */
    uint8_t left;   /* otr_type of the operands, where the reason is about types */
    uint8_t right;
    uint32_t at; /* instruction */
} otr_fault;

/* Says what happened at which place. Returns the fault's status. */
otr_status otr_fault_tell(const otr_expression *program, otr_fault fault, otr_error *error);

#endif
