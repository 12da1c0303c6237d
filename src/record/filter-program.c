// SPDX-License-Identifier: MIT
/*
 * The number of the call and the machine are known; its arguments and where it is made are not, and nor is what is computed
 * of them. Where that decides, both ways are gone. Jumps lead forward only, so that each way has an end.
 */
#include "config.h"

#include "record/filter-program.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#endif

enum {
	WAYS = 64,    /* that wait to be gone */
	STEPS = 20000, /* in all */
};

/* Where a way is, and what its accumulator holds. */
struct way {
	uint32_t at;
	uint32_t value;
	bool is_known;
};

struct walk {
	const struct sock_filter *code;
	uint32_t len;
	uint32_t number;
	size_t n_ways;
	struct way ways[WAYS];
};

/* Who is trapped has no handler, or one that knows nothing of us. */
static bool is_deadly(uint32_t action)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_KILL_PROCESS:
	case SECCOMP_RET_KILL_THREAD:
	case SECCOMP_RET_TRAP:
		return true;
	default:
		return false;
	}
}

static void load(struct way *way, const struct sock_filter *instruction, uint32_t number)
{
	way->is_known = true;
	if (instruction->code == (BPF_LD | BPF_IMM))
		way->value = instruction->k;
	else if (instruction->code == (BPF_LD | BPF_W | BPF_ABS) && instruction->k == offsetof(struct seccomp_data, nr))
		way->value = number;
	else if (instruction->code == (BPF_LD | BPF_W | BPF_ABS) &&
		 instruction->k == offsetof(struct seccomp_data, arch))
		way->value = MACHINE;
	else
		way->is_known = false;
}

static bool holds(uint16_t code, uint32_t value, uint32_t operand)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ:
		return value == operand;
	case BPF_JGT:
		return value > operand;
	case BPF_JGE:
		return value >= operand;
	default:
		return value & operand; /* BPF_JSET */
	}
}

/* False: there are too many ways. */
static bool jump(struct walk *walk, struct way *way, const struct sock_filter *instruction)
{
	if (BPF_OP(instruction->code) == BPF_JA) {
		way->at += instruction->k;
	} else if (way->is_known && BPF_SRC(instruction->code) == BPF_K) {
		way->at += holds(instruction->code, way->value, instruction->k) ? instruction->jt : instruction->jf;
	} else {
		if (walk->n_ways == WAYS)
			return false;
		walk->ways[walk->n_ways] = *way;
		walk->ways[walk->n_ways++].at += instruction->jt;
		way->at += instruction->jf;
	}
	return true;
}

/* Goes one way to its end, or until *n_steps is 0. Those that branch off are added to the walk. */
static bool ends_deadly(struct walk *walk, struct way way, unsigned int *n_steps)
{
	while (way.at < walk->len && *n_steps > 0) {
		const struct sock_filter *instruction = &walk->code[way.at++];

		--*n_steps;
		switch (BPF_CLASS(instruction->code)) {
		case BPF_RET:
			return BPF_RVAL(instruction->code) != BPF_K || is_deadly(instruction->k);
		case BPF_JMP:
			if (!jump(walk, &way, instruction))
				return true;
			break;
		case BPF_LD:
			load(&way, instruction, walk->number);
			break;
		case BPF_ALU:
		case BPF_MISC:
			way.is_known = way.is_known && instruction->code == (BPF_MISC | BPF_TAX);
			break;
		default: /* into another register, and into memory */
			break;
		}
	}
	return true;
}

bool filter_program_kills(const struct sock_fprog *program, long number)
{
	struct walk walk = {.code = program->filter, .len = program->len, .number = (uint32_t)number, .n_ways = 1};
	unsigned int n_steps = STEPS;

	walk.ways[0] = (struct way){0};
	while (walk.n_ways > 0)
		if (ends_deadly(&walk, walk.ways[--walk.n_ways], &n_steps))
			return true;
	return false;
}
