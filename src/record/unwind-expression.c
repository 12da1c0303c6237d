// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/unwind-expression.h"

#include "record/unwind-bytes.h"
#include "record/unwind-table.h"

#include <stddef.h>

enum { STACK_DEPTH = 8 };

enum {
	OP_DEREF = 0x06,
	OP_CONST1U = 0x08,
	OP_CONST1S = 0x09,
	OP_CONST2U = 0x0a,
	OP_CONST2S = 0x0b,
	OP_CONST4U = 0x0c,
	OP_CONST4S = 0x0d,
	OP_CONSTU = 0x10,
	OP_CONSTS = 0x11,
	OP_DUP = 0x12,
	OP_DROP = 0x13,
	OP_AND = 0x1a,
	OP_MINUS = 0x1c,
	OP_MUL = 0x1e,
	OP_OR = 0x21,
	OP_PLUS = 0x22,
	OP_PLUS_UCONST = 0x23,
	OP_SHL = 0x24,
	OP_SHR = 0x25,
	OP_EQ = 0x29,
	OP_GE = 0x2a,
	OP_GT = 0x2b,
	OP_LE = 0x2c,
	OP_LT = 0x2d,
	OP_NE = 0x2e,
	OP_LIT0 = 0x30,
	OP_LIT31 = 0x4f,
	OP_BREG0 = 0x70,
	OP_BREG31 = 0x8f,
};

struct evaluation {
	const struct unwind_machine *machine;
	struct unwind_bytes bytes;
	uintptr_t stack[STACK_DEPTH];
	unsigned int depth;
};

static bool push(struct evaluation *evaluation, uintptr_t value)
{
	if (evaluation->depth == STACK_DEPTH)
		return false;
	evaluation->stack[evaluation->depth++] = value;
	return true;
}

static bool push_register(struct evaluation *evaluation, unsigned int number)
{
	const struct unwind_machine *machine = evaluation->machine;
	uintptr_t offset = (uintptr_t)unwind_bytes_sleb(&evaluation->bytes);

	if (number == UNWIND_STACK_POINTER)
		return push(evaluation, machine->registers.stack_pointer + offset);
	if (number == UNWIND_FRAME_POINTER)
		return push(evaluation, machine->registers.frame_pointer + offset);
	if (number == UNWIND_RETURN_ADDRESS)
		return push(evaluation, machine->registers.address + offset);
	return false;
}

/* False: none of these. */
static bool combine(uint8_t op, uintptr_t a, uintptr_t b, uintptr_t *ret_value)
{
	intptr_t left = (intptr_t)a;
	intptr_t right = (intptr_t)b;

	switch (op) {
	case OP_AND: *ret_value = a & b; return true;
	case OP_OR: *ret_value = a | b; return true;
	case OP_PLUS: *ret_value = a + b; return true;
	case OP_MINUS: *ret_value = a - b; return true;
	case OP_MUL: *ret_value = a * b; return true;
	case OP_SHL: *ret_value = b < 64 ? a << b : 0; return true;
	case OP_SHR: *ret_value = b < 64 ? a >> b : 0; return true;
	case OP_EQ: *ret_value = left == right; return true;
	case OP_NE: *ret_value = left != right; return true;
	case OP_GE: *ret_value = left >= right; return true;
	case OP_GT: *ret_value = left > right; return true;
	case OP_LE: *ret_value = left <= right; return true;
	case OP_LT: *ret_value = left < right; return true;
	default: return false;
	}
}

static bool do_binary(struct evaluation *evaluation, uint8_t op)
{
	uintptr_t *stack = evaluation->stack;
	unsigned int n = evaluation->depth;

	if (n < 2 || !combine(op, stack[n - 2], stack[n - 1], &stack[n - 2]))
		return false;
	evaluation->depth--;
	return true;
}

static bool do_one(struct evaluation *evaluation)
{
	struct unwind_bytes *bytes = &evaluation->bytes;
	uint8_t op = (uint8_t)unwind_bytes_fixed(bytes, 1);
	uintptr_t *top = evaluation->depth ? &evaluation->stack[evaluation->depth - 1] : NULL;

	if (op >= OP_LIT0 && op <= OP_LIT31)
		return push(evaluation, op - OP_LIT0);
	if (op >= OP_BREG0 && op <= OP_BREG31)
		return push_register(evaluation, op - OP_BREG0);
	switch (op) {
	case OP_CONST1U: return push(evaluation, unwind_bytes_fixed(bytes, 1));
	case OP_CONST1S: return push(evaluation, (uintptr_t)unwind_bytes_signed(bytes, 1));
	case OP_CONST2U: return push(evaluation, unwind_bytes_fixed(bytes, 2));
	case OP_CONST2S: return push(evaluation, (uintptr_t)unwind_bytes_signed(bytes, 2));
	case OP_CONST4U: return push(evaluation, unwind_bytes_fixed(bytes, 4));
	case OP_CONST4S: return push(evaluation, (uintptr_t)unwind_bytes_signed(bytes, 4));
	case OP_CONSTU: return push(evaluation, unwind_bytes_uleb(bytes));
	case OP_CONSTS: return push(evaluation, (uintptr_t)unwind_bytes_sleb(bytes));
	case OP_DUP: return top && push(evaluation, *top);
	case OP_DEREF: return top && evaluation->machine->read_word(evaluation->machine->context, *top, top);
	case OP_DROP:
		evaluation->depth -= top != NULL;
		return top != NULL;
	case OP_PLUS_UCONST:
		if (top)
			*top += unwind_bytes_uleb(bytes);
		return top != NULL;
	default: return do_binary(evaluation, op);
	}
}

bool unwind_evaluate(const struct unwind_machine *machine, const uint8_t *expression, const uintptr_t *initial,
		     uintptr_t *ret_value)
{
	struct unwind_bytes bytes = {expression, expression + 10};
	uint64_t length = unwind_bytes_uleb(&bytes);
	struct evaluation evaluation = {.machine = machine, .bytes = {bytes.at, bytes.at + length}};

	if (initial)
		push(&evaluation, *initial);
	while (evaluation.bytes.at < evaluation.bytes.end)
		if (!do_one(&evaluation))
			return false;
	if (!evaluation.depth)
		return false;
	*ret_value = evaluation.stack[evaluation.depth - 1];
	return true;
}
