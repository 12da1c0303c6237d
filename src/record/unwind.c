// SPDX-License-Identifier: MIT
/*
 * Nearly all steps are of one form: the caller's frame begins at a distance from the stack or the frame pointer, and the
 * return address and perhaps the frame pointer lie at a distance from there. Such a step fits into a word and is kept, so
 * that a place is looked up in the tables once.
 *
 * Code that has no tables, such as what a just-in-time compiler makes, is walked by its frame pointers: as long as
 * they lead upwards, and to code.
 */
#include "config.h"

#include "record/unwind.h"

#include "base/readable.h"
#include "record/unwind-expression.h"

enum {
	PAGE = READABLE_PAGE,
	FRAME_MOST = 8 * 1024 * 1024, /* larger ones are taken for a mistake */
	WORD = sizeof(uintptr_t),

	CFA_BITS = 24,
	FRAME_BITS = 20,
	RETURN_BITS = 16,
	FRAME_SHIFT = CFA_BITS,
	RETURN_SHIFT = CFA_BITS + FRAME_BITS,
	FLAGS_SHIFT = CFA_BITS + FRAME_BITS + RETURN_BITS,
	FLAG_KNOWN = 1,
	FLAG_FROM_FRAME_POINTER = 2,
	FLAG_FRAME_POINTER_SAVED = 4,
	FLAG_OUTERMOST = 8, /* nobody has called it */
};

/* -- Reading the stack ------------------------------------------------------------------------------- */

static bool add_page(struct unwind *unwind, uintptr_t page)
{
	if (page >= unwind->readable_from && page < unwind->readable_to)
		return true;
	if (!unwind->may_ask || page == 0 || !readable_page(page))
		return false;
	if (page == unwind->readable_to) {
		unwind->readable_to += PAGE;
	} else if (page + PAGE == unwind->readable_from) {
		unwind->readable_from = page;
	} else {
		unwind->readable_from = page;
		unwind->readable_to = page + PAGE;
	}
	return true;
}

static bool is_known_readable(const struct unwind *unwind, uintptr_t address)
{
	return address >= unwind->readable_from && address <= unwind->readable_to - WORD;
}

static __attribute__((noinline)) bool add_pages_of(struct unwind *unwind, uintptr_t address)
{
	uintptr_t last = address + WORD - 1;

	return last > address && add_page(unwind, address & ~(uintptr_t)(PAGE - 1)) &&
	       add_page(unwind, last & ~(uintptr_t)(PAGE - 1));
}

static bool read_word(void *context, uintptr_t address, uintptr_t *ret_value)
{
	struct unwind *unwind = context;

	if (unlikely(!is_known_readable(unwind, address)) && !add_pages_of(unwind, address))
		return false;
	__builtin_memcpy(ret_value, (const void *)address, WORD);
	return true;
}

/* -- Steps that are kept ------------------------------------------------------------------------------ */

static int64_t field(uint64_t step, unsigned int shift, unsigned int bits)
{
	return (int64_t)(step << (64 - bits - shift)) >> (64 - bits);
}

static bool fits(int64_t value, unsigned int bits)
{
	return value >= -(INT64_C(1) << (bits - 1)) && value < INT64_C(1) << (bits - 1);
}

static uint64_t packed(int64_t value, unsigned int shift, unsigned int bits)
{
	return ((uint64_t)value & ((UINT64_C(1) << bits) - 1)) << shift;
}

/* 0: not of the usual form. */
static uint64_t pack(const struct unwind_row *row)
{
	if (row->return_address.place == PLACE_NOWHERE)
		return (uint64_t)(FLAG_KNOWN | FLAG_OUTERMOST) << FLAGS_SHIFT;
	bool is_saved = row->frame_pointer.place == PLACE_MEMORY;
	bool is_from_frame = row->cfa_register == UNWIND_FRAME_POINTER;
	int64_t frame_offset = is_saved ? row->frame_pointer.offset : 0;
	uint64_t flags = FLAG_KNOWN | (is_saved ? FLAG_FRAME_POINTER_SAVED : 0) |
			 (is_from_frame ? FLAG_FROM_FRAME_POINTER : 0);

	if (row->cfa_expression || row->is_signal || row->has_signed_address ||
	    (!is_from_frame && row->cfa_register != UNWIND_STACK_POINTER) ||
	    row->return_address.place != PLACE_MEMORY ||
	    (!is_saved && row->frame_pointer.place != PLACE_REGISTER) || !fits(row->cfa_offset, CFA_BITS) ||
	    !fits(frame_offset, FRAME_BITS) || !fits(row->return_address.offset, RETURN_BITS))
		return 0;
	return packed(row->cfa_offset, 0, CFA_BITS) | packed(frame_offset, FRAME_SHIFT, FRAME_BITS) |
	       packed(row->return_address.offset, RETURN_SHIFT, RETURN_BITS) | flags << FLAGS_SHIFT;
}

static uint64_t key_of(const struct unwind *unwind, uintptr_t place)
{
	return place * UINT64_C(0x9e3779b97f4a7c15) ^ unwind->object.mark;
}

static uint64_t find_kept(const struct unwind *unwind, uint64_t key)
{
	unsigned int i = key >> 32 & (UNWIND_CACHE_ENTRIES - 1);
	uint64_t step = __atomic_load_n(&unwind->cache->entries[i].step, __ATOMIC_RELAXED);

	return (__atomic_load_n(&unwind->cache->entries[i].key, __ATOMIC_RELAXED) ^ step) == key ? step : 0;
}

static void keep(const struct unwind *unwind, uint64_t key, uint64_t step)
{
	unsigned int i = key >> 32 & (UNWIND_CACHE_ENTRIES - 1);

	__atomic_store_n(&unwind->cache->entries[i].key, key ^ step, __ATOMIC_RELAXED);
	__atomic_store_n(&unwind->cache->entries[i].step, step, __ATOMIC_RELAXED);
}

/* -- Taking a step ------------------------------------------------------------------------------------ */

/* The next frame, unless it is none: a stack leads upwards. */
static bool arrive(struct unwind *unwind, uintptr_t cfa, uintptr_t address, uintptr_t frame_pointer, bool is_signal)
{
	if (!address || (!is_signal && (cfa <= unwind->stack_pointer || cfa - unwind->stack_pointer > FRAME_MOST)))
		return false;
	unwind->stack_pointer = cfa;
	unwind->frame_pointer = frame_pointer;
	unwind->address = address;
	unwind->is_exact = is_signal;
	unwind->link = 0;
	return true;
}

static bool take_kept(struct unwind *unwind, uint64_t step)
{
	uint64_t flags = step >> FLAGS_SHIFT;
	uintptr_t from = flags & FLAG_FROM_FRAME_POINTER ? unwind->frame_pointer : unwind->stack_pointer;
	uintptr_t cfa = from + (uintptr_t)field(step, 0, CFA_BITS);
	uintptr_t frame_pointer = unwind->frame_pointer;
	uintptr_t address;

	if (unlikely(flags & FLAG_OUTERMOST))
		return false;
	if (!read_word(unwind, cfa + (uintptr_t)field(step, RETURN_SHIFT, RETURN_BITS), &address))
		return false;
	if ((flags & FLAG_FRAME_POINTER_SAVED) &&
	    !read_word(unwind, cfa + (uintptr_t)field(step, FRAME_SHIFT, FRAME_BITS), &frame_pointer))
		return false;
	return arrive(unwind, cfa, address, frame_pointer, false);
}

static bool register_value(const struct unwind *unwind, uint64_t number, uintptr_t *ret_value)
{
	if (number == UNWIND_STACK_POINTER)
		*ret_value = unwind->stack_pointer;
	else if (number == UNWIND_FRAME_POINTER)
		*ret_value = unwind->frame_pointer;
	else if (number == UNWIND_RETURN_ADDRESS)
		*ret_value = unwind->address;
	else
		return false;
	return true;
}

static bool compute(struct unwind *unwind, const uint8_t *expression, const uintptr_t *cfa, uintptr_t *ret_value)
{
	const struct unwind_machine machine = {
		.registers = {unwind->stack_pointer, unwind->frame_pointer, unwind->address},
		.read_word = read_word,
		.context = unwind,
	};

	return unwind_evaluate(&machine, expression, cfa, ret_value);
}

static bool find_value(struct unwind *unwind, const struct unwind_value *value, uintptr_t cfa, uintptr_t in_register,
		       uintptr_t *ret_value)
{
	uintptr_t place;

	switch (value->place) {
	case PLACE_REGISTER:
		*ret_value = in_register;
		return true;
	case PLACE_MEMORY:
		return read_word(unwind, cfa + (uintptr_t)value->offset, ret_value);
	case PLACE_MEMORY_COMPUTED:
		return compute(unwind, value->expression, &cfa, &place) && read_word(unwind, place, ret_value);
	case PLACE_VALUE:
		*ret_value = cfa + (uintptr_t)value->offset;
		return true;
	case PLACE_VALUE_COMPUTED:
		return compute(unwind, value->expression, &cfa, ret_value);
	default:
		return false;
	}
}

/* Code in a signed return address is in the bits that no address of a user has. */
static uintptr_t without_signature(uintptr_t address)
{
#if defined(__aarch64__)
	return address & ((UINT64_C(1) << 48) - 1);
#else
	return address;
#endif
}

static bool take_row(struct unwind *unwind, const struct unwind_row *row)
{
	uintptr_t frame_pointer = 0;
	uintptr_t address;
	uintptr_t cfa;

	if (row->cfa_expression) {
		if (!compute(unwind, row->cfa_expression, NULL, &cfa))
			return false;
	} else {
		if (!register_value(unwind, row->cfa_register, &cfa))
			return false;
		cfa += (uintptr_t)row->cfa_offset;
	}
	if (!find_value(unwind, &row->return_address, cfa, unwind->link, &address))
		return false;
	if (!find_value(unwind, &row->frame_pointer, cfa, unwind->frame_pointer, &frame_pointer))
		frame_pointer = 0;
	if (row->has_signed_address)
		address = without_signature(address);
	return arrive(unwind, cfa, address, frame_pointer, row->is_signal);
}

static bool take_frame_pointer(struct unwind *unwind)
{
	uintptr_t frame = unwind->frame_pointer;
	uintptr_t frame_pointer;
	uintptr_t address;

	if (frame % WORD || frame < unwind->stack_pointer || !read_word(unwind, frame, &frame_pointer) ||
	    !read_word(unwind, frame + WORD, &address))
		return false;
	return arrive(unwind, frame + 2 * WORD, address, frame_pointer, false);
}

static bool is_in_object(const struct unwind *unwind)
{
	uintptr_t place = unwind_place(unwind);

	return unwind->has_object && place >= unwind->object.start && place < unwind->object.end;
}

static void find_object(struct unwind *unwind)
{
	if (!is_in_object(unwind))
		unwind->has_object = code_object_find(unwind_place(unwind), &unwind->object);
}

static bool leave(struct unwind *unwind)
{
	uintptr_t place = unwind_place(unwind);
	struct unwind_row row;

	if (!unwind->has_object)
		return take_frame_pointer(unwind);
	uint64_t key = key_of(unwind, place);
	uint64_t step = find_kept(unwind, key);

	if (likely(step))
		return take_kept(unwind, step);
	if (!unwind->object.unwind_header || !unwind_find_row(unwind->object.unwind_header, place, &row))
		return take_frame_pointer(unwind);
	step = pack(&row);
	if (!step)
		return take_row(unwind, &row);
	keep(unwind, key, step);
	return take_kept(unwind, step);
}

bool unwind_step(struct unwind *unwind)
{
	bool was_known = unwind->has_object;

	if (!leave(unwind))
		return false;
	find_object(unwind);
	/* Out of tables into nowhere is a mistake, or code that somebody makes, which has to be called by code. */
	return unwind->has_object || was_known;
}

void unwind_begin(struct unwind *unwind, struct unwind_cache *cache, uintptr_t address, uintptr_t stack_pointer,
		  uintptr_t frame_pointer, uintptr_t link)
{
	unwind->cache = cache;
	unwind->address = address;
	unwind->is_exact = true;
	unwind->stack_pointer = stack_pointer;
	unwind->frame_pointer = frame_pointer;
	unwind->link = link;
	unwind->may_ask = true;
	unwind->readable_from = stack_pointer & ~(uintptr_t)(PAGE - 1);
	unwind->readable_to = unwind->readable_from + PAGE;
	unwind->has_object = false;
	find_object(unwind);
}

bool unwind_step_within(struct unwind *unwind)
{
	return leave(unwind) && is_in_object(unwind);
}
