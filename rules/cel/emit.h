/* A checked tree to a program. Only forward jumps: no evaluation has more steps than the program has
 * instructions. */
#ifndef OTR_RULES_EMIT_H
#define OTR_RULES_EMIT_H

#include "rules/cel/ast.h"
#include "rules/cel/program.h"
#include "rules/cel/source.h"

/*
 * node_count is the parser's; scratch is given back after it. The program is made in arena with copies of all
 * that it needs. False after a failure, recorded in the source.
 */
bool otr_emit(otr_source *source, otr_arena *scratch, otr_arena *arena, const otr_node *root,
              uint32_t node_count, otr_type wanted, const otr_symbols *symbols, otr_expression *out);

#endif
