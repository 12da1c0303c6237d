// SPDX-License-Identifier: MIT
/*
 * A function's entry (FDE) is found by bisecting the sorted table that linkers make. It and what it shares with others
 * (its CIE) are short programs that describe how the rules change from one instruction of the function to the next; they
 * are run up to the place that is asked for.
 *
 * Formats: Linux Standard Base Core, "Exception Frames"; DWARF 5, 6.4.
 */
#include "config.h"

#include "record/unwind-table.h"

#include "record/unwind-bytes.h"

#include <stddef.h>

enum {
	HEADER_VERSION = 1,
	COUNT_ENCODING = 0x03, /* 4 bytes */
	TABLE_ENCODING = 0x3b, /* 4 bytes, signed, from the header's start: the only one that linkers make */

	ENCODING_FORMAT = 0x0f,
	ENCODING_BASE = 0x70,
	ENCODING_FROM_HERE = 0x10,
	ENCODING_NONE = 0xff,

	STATES_REMEMBERED = 4,
};

enum {
	OP_ADVANCE = 0x40, /* the three that have an operand in themselves */
	OP_OFFSET = 0x80,
	OP_RESTORE = 0xc0,
	OP_NOP = 0x00,
	OP_SET_LOC = 0x01,
	OP_ADVANCE1 = 0x02,
	OP_ADVANCE2 = 0x03,
	OP_ADVANCE4 = 0x04,
	OP_OFFSET_EXTENDED = 0x05,
	OP_RESTORE_EXTENDED = 0x06,
	OP_UNDEFINED = 0x07,
	OP_SAME_VALUE = 0x08,
	OP_REGISTER = 0x09,
	OP_REMEMBER = 0x0a,
	OP_RESTORE_STATE = 0x0b,
	OP_DEF_CFA = 0x0c,
	OP_DEF_CFA_REGISTER = 0x0d,
	OP_DEF_CFA_OFFSET = 0x0e,
	OP_DEF_CFA_EXPRESSION = 0x0f,
	OP_EXPRESSION = 0x10,
	OP_OFFSET_EXTENDED_SF = 0x11,
	OP_DEF_CFA_SF = 0x12,
	OP_DEF_CFA_OFFSET_SF = 0x13,
	OP_VAL_OFFSET = 0x14,
	OP_VAL_OFFSET_SF = 0x15,
	OP_VAL_EXPRESSION = 0x16,
	OP_NEGATE_RA_STATE = 0x2d,
	OP_ARGS_SIZE = 0x2e,
};

/* What several functions share. */
struct common_entry {
	struct unwind_bytes program;
	uint64_t code_factor;
	int64_t data_factor;
	uint64_t return_register;
	uint8_t address_encoding;
	bool has_augmentation;
	bool is_signal;
};

struct function_entry {
	struct unwind_bytes program;
	uintptr_t start;
	uintptr_t end;
};

/* A program under way. */
struct run {
	const struct common_entry *common;
	struct unwind_bytes program;
	uintptr_t location;
	uintptr_t target;
	struct unwind_row row;
	struct unwind_row initial; /* as the common program left it */
	struct unwind_row remembered[STATES_REMEMBERED];
	unsigned int n_remembered;
};

static unsigned int encoded_size(uint8_t encoding)
{
	switch (encoding & ENCODING_FORMAT) {
	case 0x02:
	case 0x0a:
		return 2;
	case 0x03:
	case 0x0b:
		return 4;
	default:
		return 8;
	}
}

/* False: it is from a place that we do not know. */
static bool read_address(struct unwind_bytes *bytes, uint8_t encoding, uintptr_t *ret_address)
{
	uintptr_t here = (uintptr_t)bytes->at;
	bool is_signed = encoding & 0x08;
	unsigned int size = encoded_size(encoding);
	uint64_t value = is_signed ? (uint64_t)unwind_bytes_signed(bytes, size) : unwind_bytes_fixed(bytes, size);
	uint8_t base = encoding & ENCODING_BASE;

	if ((encoding & 0x80) || (base && base != ENCODING_FROM_HERE))
		return false;
	*ret_address = base ? here + value : value;
	return true;
}

/* The bytes of an entry behind its length. False: there is none, or one of more than 4 GiB. */
static bool open_entry(const uint8_t *entry, struct unwind_bytes *ret_bytes)
{
	uint32_t length;

	__builtin_memcpy(&length, entry, sizeof(length));
	*ret_bytes = (struct unwind_bytes){entry + sizeof(length), entry + sizeof(length) + length};
	return length > sizeof(uint32_t) && length < UINT32_MAX;
}

static bool read_augmentation(struct unwind_bytes *bytes, const char *letters, struct common_entry *common)
{
	if (*letters == '\0')
		return true;
	if (*letters != 'z')
		return false;
	uint64_t length = unwind_bytes_uleb(bytes);
	struct unwind_bytes data = {bytes->at, bytes->at + length};

	if (length > (uint64_t)(bytes->end - bytes->at))
		return false;
	common->has_augmentation = true;
	for (letters++; *letters; letters++) {
		if (*letters == 'R')
			common->address_encoding = (uint8_t)unwind_bytes_fixed(&data, 1);
		else if (*letters == 'L')
			unwind_bytes_fixed(&data, 1);
		else if (*letters == 'P')
			unwind_bytes_fixed(&data, encoded_size((uint8_t)unwind_bytes_fixed(&data, 1)));
		else if (*letters == 'S')
			common->is_signal = true;
		else if (*letters != 'B')
			return false;
	}
	bytes->at += length;
	return true;
}

static bool read_common(const uint8_t *entry, struct common_entry *ret_common)
{
	struct common_entry common = {0};
	struct unwind_bytes bytes;

	if (!open_entry(entry, &bytes) || unwind_bytes_fixed(&bytes, 4) != 0)
		return false;
	unsigned int version = (unsigned int)unwind_bytes_fixed(&bytes, 1);
	const char *letters = (const char *)bytes.at;

	while (bytes.at < bytes.end && *bytes.at)
		bytes.at++;
	if (bytes.at == bytes.end || (version != 1 && version != 3))
		return false;
	bytes.at++;
	common.code_factor = unwind_bytes_uleb(&bytes);
	common.data_factor = unwind_bytes_sleb(&bytes);
	common.return_register = version == 1 ? unwind_bytes_fixed(&bytes, 1) : unwind_bytes_uleb(&bytes);
	if (!read_augmentation(&bytes, letters, &common))
		return false;
	common.program = bytes;
	*ret_common = common;
	return common.return_register == UNWIND_RETURN_ADDRESS;
}

static bool read_function(const uint8_t *entry, struct common_entry *ret_common, struct function_entry *ret_function)
{
	struct unwind_bytes bytes;
	uintptr_t size;

	if (!open_entry(entry, &bytes))
		return false;
	const uint8_t *here = bytes.at;
	uint32_t distance = (uint32_t)unwind_bytes_fixed(&bytes, 4);

	if (distance == 0 || !read_common(here - distance, ret_common))
		return false;
	uint8_t encoding = ret_common->address_encoding;

	if (!read_address(&bytes, encoding, &ret_function->start) ||
	    !read_address(&bytes, encoding & ENCODING_FORMAT, &size))
		return false;
	ret_function->end = ret_function->start + size;
	if (ret_common->has_augmentation) {
		uint64_t length = unwind_bytes_uleb(&bytes);

		if (length > (uint64_t)(bytes.end - bytes.at))
			return false;
		bytes.at += length;
	}
	ret_function->program = bytes;
	return true;
}

/* The entry of the last function that begins at or before the address. */
static const uint8_t *find_entry(const uint8_t *header, uintptr_t address)
{
	struct unwind_bytes bytes = {header, header + 32};
	uintptr_t frames;

	if (unwind_bytes_fixed(&bytes, 1) != HEADER_VERSION)
		return NULL;
	uint8_t frames_encoding = (uint8_t)unwind_bytes_fixed(&bytes, 1);

	if (unwind_bytes_fixed(&bytes, 1) != COUNT_ENCODING || unwind_bytes_fixed(&bytes, 1) != TABLE_ENCODING ||
	    frames_encoding == ENCODING_NONE || !read_address(&bytes, frames_encoding, &frames))
		return NULL;
	uint32_t n_entries = (uint32_t)unwind_bytes_fixed(&bytes, 4);
	const int32_t(*table)[2] = (const void *)bytes.at;
	int64_t wanted = (int64_t)(address - (uintptr_t)header);
	uint32_t low = 0;

	if (n_entries == 0 || wanted < table[0][0])
		return NULL;
	for (uint32_t high = n_entries; high - low > 1;) {
		uint32_t middle = low + (high - low) / 2;

		if (table[middle][0] <= wanted)
			low = middle;
		else
			high = middle;
	}
	return header + table[low][1];
}

/* -- Programs ---------------------------------------------------------------------------------------- */

/* NULL: a register that is not followed. */
static struct unwind_value *value_of(struct unwind_row *row, uint64_t number)
{
	if (number == UNWIND_FRAME_POINTER)
		return &row->frame_pointer;
	return number == UNWIND_RETURN_ADDRESS ? &row->return_address : NULL;
}

static void set_value(struct run *run, uint64_t number, enum unwind_place place, int64_t offset)
{
	struct unwind_value *value = value_of(&run->row, number);

	if (value)
		*value = (struct unwind_value){.place = place, .offset = offset};
}

static void restore_value(struct run *run, uint64_t number)
{
	struct unwind_value *value = value_of(&run->row, number);

	if (value)
		*value = *value_of(&run->initial, number);
}

static const uint8_t *skip_expression(struct unwind_bytes *program)
{
	const uint8_t *expression = program->at;
	uint64_t length = unwind_bytes_uleb(program);

	if (length > (uint64_t)(program->end - program->at))
		length = (uint64_t)(program->end - program->at);
	program->at += length;
	return expression;
}

static void set_computed(struct run *run, enum unwind_place place)
{
	struct unwind_value *value = value_of(&run->row, unwind_bytes_uleb(&run->program));
	const uint8_t *expression = skip_expression(&run->program);

	if (value)
		*value = (struct unwind_value){.place = place, .expression = expression};
}

static void set_cfa(struct run *run, uint64_t number, int64_t offset)
{
	run->row.cfa_register = number;
	run->row.cfa_offset = offset;
	run->row.cfa_expression = NULL;
}

static void advance(struct run *run, uint64_t distance)
{
	run->location += distance * run->common->code_factor;
}

static bool restore_state(struct run *run)
{
	if (!run->n_remembered)
		return false;
	run->row = run->remembered[--run->n_remembered];
	return true;
}

static bool remember_state(struct run *run)
{
	if (run->n_remembered == STATES_REMEMBERED)
		return false;
	run->remembered[run->n_remembered++] = run->row;
	return true;
}

/* An instruction without an operand in itself. False: not known. */
static bool do_extended(struct run *run, uint8_t op)
{
	struct unwind_bytes *program = &run->program;
	int64_t factor = run->common->data_factor;
	uint64_t number;

	switch (op) {
	case OP_NOP:
		return true;
	case OP_SET_LOC:
		return read_address(program, run->common->address_encoding, &run->location);
	case OP_ADVANCE1:
		advance(run, unwind_bytes_fixed(program, 1));
		return true;
	case OP_ADVANCE2:
		advance(run, unwind_bytes_fixed(program, 2));
		return true;
	case OP_ADVANCE4:
		advance(run, unwind_bytes_fixed(program, 4));
		return true;
	case OP_OFFSET_EXTENDED:
		number = unwind_bytes_uleb(program);
		set_value(run, number, PLACE_MEMORY, (int64_t)unwind_bytes_uleb(program) * factor);
		return true;
	case OP_OFFSET_EXTENDED_SF:
		number = unwind_bytes_uleb(program);
		set_value(run, number, PLACE_MEMORY, unwind_bytes_sleb(program) * factor);
		return true;
	case OP_VAL_OFFSET:
		number = unwind_bytes_uleb(program);
		set_value(run, number, PLACE_VALUE, (int64_t)unwind_bytes_uleb(program) * factor);
		return true;
	case OP_VAL_OFFSET_SF:
		number = unwind_bytes_uleb(program);
		set_value(run, number, PLACE_VALUE, unwind_bytes_sleb(program) * factor);
		return true;
	case OP_RESTORE_EXTENDED:
		restore_value(run, unwind_bytes_uleb(program));
		return true;
	case OP_UNDEFINED:
		set_value(run, unwind_bytes_uleb(program), PLACE_NOWHERE, 0);
		return true;
	case OP_SAME_VALUE:
		set_value(run, unwind_bytes_uleb(program), PLACE_REGISTER, 0);
		return true;
	case OP_REGISTER:
		set_value(run, unwind_bytes_uleb(program), PLACE_NOWHERE, 0);
		unwind_bytes_uleb(program);
		return true;
	case OP_REMEMBER:
		return remember_state(run);
	case OP_RESTORE_STATE:
		return restore_state(run);
	case OP_DEF_CFA:
		number = unwind_bytes_uleb(program);
		set_cfa(run, number, (int64_t)unwind_bytes_uleb(program));
		return true;
	case OP_DEF_CFA_SF:
		number = unwind_bytes_uleb(program);
		set_cfa(run, number, unwind_bytes_sleb(program) * factor);
		return true;
	case OP_DEF_CFA_REGISTER:
		run->row.cfa_register = unwind_bytes_uleb(program);
		return true;
	case OP_DEF_CFA_OFFSET:
		run->row.cfa_offset = (int64_t)unwind_bytes_uleb(program);
		return true;
	case OP_DEF_CFA_OFFSET_SF:
		run->row.cfa_offset = unwind_bytes_sleb(program) * factor;
		return true;
	case OP_DEF_CFA_EXPRESSION:
		run->row.cfa_expression = skip_expression(program);
		return true;
	case OP_EXPRESSION:
		set_computed(run, PLACE_MEMORY_COMPUTED);
		return true;
	case OP_VAL_EXPRESSION:
		set_computed(run, PLACE_VALUE_COMPUTED);
		return true;
	case OP_NEGATE_RA_STATE:
		run->row.has_signed_address = !run->row.has_signed_address;
		return true;
	case OP_ARGS_SIZE:
		unwind_bytes_uleb(program);
		return true;
	default:
		return false;
	}
}

static bool do_one(struct run *run)
{
	uint8_t op = (uint8_t)unwind_bytes_fixed(&run->program, 1);
	uint8_t operand = op & 0x3f;

	switch (op & 0xc0) {
	case OP_ADVANCE:
		advance(run, operand);
		return true;
	case OP_OFFSET:
		set_value(run, operand, PLACE_MEMORY,
			  (int64_t)unwind_bytes_uleb(&run->program) * run->common->data_factor);
		return true;
	case OP_RESTORE:
		restore_value(run, operand);
		return true;
	default:
		return do_extended(run, op);
	}
}

/* Goes on until what follows are the rules of a place behind the target. What leads there has changed none itself. */
static bool run_program(struct run *run, struct unwind_bytes program)
{
	run->program = program;
	while (run->program.at < run->program.end && run->location <= run->target)
		if (!do_one(run))
			return false;
	return true;
}

bool unwind_find_row(const uint8_t *header, uintptr_t address, struct unwind_row *ret_row)
{
	const uint8_t *entry = find_entry(header, address);
	struct function_entry function;
	struct common_entry common;

	if (!entry || !read_function(entry, &common, &function) || address < function.start ||
	    address >= function.end)
		return false;
	struct run run = {.common = &common, .location = function.start, .target = UINTPTR_MAX};

	run.row.is_signal = common.is_signal;
	if (!run_program(&run, common.program))
		return false;
	run.initial = run.row;
	run.location = function.start;
	run.target = address;
	if (!run_program(&run, function.program))
		return false;
	*ret_row = run.row;
	return true;
}
