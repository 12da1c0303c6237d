// SPDX-License-Identifier: MIT
/*
 * The counter's rate is the quotient of two spans, one read from each clock. Reading two clocks is never
 * simultaneous, so each end of the span is the best of several readings: the one with the least time
 * between the counter's value before and after the kernel clock's.
 */
#include "config.h"

#include "base/clock.h"

#include "base/elf-object.h"
#include "base/raw.h"

#include <link.h>
#include <stdbool.h>
#include <sys/auxv.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

int (*clock_gettime_function)(clockid_t id, struct timespec *ret_time) = raw_clock_gettime;

static bool find_vdso(struct elf_object *ret_object)
{
	const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR);
	const ElfW(Phdr) *segments = header ? (const void *)((const char *)header + header->e_phoff) : NULL;
	uintptr_t base = (uintptr_t)header;
	uintptr_t dynamic = 0;

	for (int i = 0; header && i < header->e_phnum; i++)
		if (segments[i].p_type == PT_LOAD)
			base = (uintptr_t)header + segments[i].p_offset - segments[i].p_vaddr;
		else if (segments[i].p_type == PT_DYNAMIC)
			dynamic = segments[i].p_vaddr;
	return dynamic && elf_object_init(ret_object, base, (const ElfW(Dyn) *)(base + dynamic));
}

void clock_use_vdso(void)
{
	static const char *const names[] = {"__vdso_clock_gettime", "__kernel_clock_gettime"};
	struct elf_object vdso;

	if (!find_vdso(&vdso))
		return;
	for (int i = 0; i < 2; i++) {
		void *function = elf_object_find(&vdso, names[i], elf_name_hash(names[i]));

		if (function)
			clock_gettime_function = (int (*)(clockid_t, struct timespec *))function;
	}
}

int64_t clock_kernel_ns(clockid_t id)
{
	struct timespec now = {0};

	clock_gettime_function(id, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Whether the counter runs at one rate, whatever the processor's frequency and sleep state. */
static bool counter_is_invariant(void)
{
#if defined(__x86_64__)
	unsigned int eax, ebx, ecx, edx;

	return __get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx) && (edx & (1U << 8));
#else
	return true;
#endif
}

enum { READINGS = 64 }; /* one in ten is as good as it gets */

struct reading {
	uint64_t ticks;
	int64_t ns;
};

static struct reading read_both(clockid_t id)
{
	struct reading best = {0};
	uint64_t best_gap = UINT64_MAX;

	for (int i = 0; i < READINGS; i++) {
		uint64_t before = clock_counter();
		int64_t ns = clock_kernel_ns(id);
		uint64_t gap = clock_counter() - before;

		if (gap < best_gap) {
			best_gap = gap;
			best = (struct reading){.ticks = before + gap / 2, .ns = ns};
		}
	}
	return best;
}

void clock_calibrate(int64_t measure_ns, struct clock_calibration *ret_calibration)
{
	struct reading start = read_both(CLOCK_MONOTONIC);
	struct reading end = start;

	while (end.ns - start.ns < measure_ns)
		end.ns = clock_kernel_ns(CLOCK_MONOTONIC);
	end = read_both(CLOCK_MONOTONIC);
	if (measure_ns > 0 && end.ticks > start.ticks && counter_is_invariant()) {
		struct reading anchor = read_both(CLOCK_REALTIME);

		*ret_calibration = (struct clock_calibration){
			.source = CLOCK_SOURCE_COUNTER,
			.multiplier = (uint64_t)(((unsigned __int128)(end.ns - start.ns) << 32) /
						 (end.ticks - start.ticks)),
			.ticks = anchor.ticks,
			.realtime_ns = anchor.ns,
		};
		return;
	}
	*ret_calibration = (struct clock_calibration){
		.source = CLOCK_SOURCE_MONOTONIC,
		.multiplier = 1ULL << 32,
		.ticks = (uint64_t)clock_kernel_ns(CLOCK_MONOTONIC),
		.realtime_ns = clock_kernel_ns(CLOCK_REALTIME),
	};
}

int64_t clock_ticks_to_realtime_ns(const struct clock_calibration *calibration, uint64_t ticks)
{
	uint64_t realtime_ns = (uint64_t)calibration->realtime_ns;

	/* Both may stand in a damaged file: the sum may wrap, but must not be undefined. */
	if (ticks >= calibration->ticks)
		realtime_ns += clock_interval_ns(calibration, calibration->ticks, ticks);
	else
		realtime_ns -= clock_interval_ns(calibration, ticks, calibration->ticks);
	return (int64_t)realtime_ns;
}

void clock_stop(struct clock_calibration *calibration)
{
	uint64_t ticks = clock_last_ticks(calibration);

	calibration->realtime_ns = clock_ticks_to_realtime_ns(calibration, ticks);
	calibration->ticks = ticks;
	calibration->source = CLOCK_SOURCE_STOPPED;
	clock_gettime_function = raw_clock_gettime;
}
