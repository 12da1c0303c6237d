// SPDX-License-Identifier: MIT
/*
 * The kernel adds what a process reads and writes to rchar and wchar in read(2), write(2) and their kin, whatever
 * the descriptor is, but not in calls that only sockets have, nor in splice(2), nor where a file is mapped.
 * sendfile() and copy_file_range() read and write. libc calls the kernel for a stream without a call that
 * anybody sees, so each byte of a stream is accounted for once: where the program gives or takes it.
 */
#include "config.h"

#include "model/recording.h"

#include <string.h>

enum { READS = 1, WRITES = 2 };

static const struct {
	const char *name;
	unsigned int effect;
} calls[] = {
	{"read", READS},
	{"pread", READS},
	{"readv", READS},
	{"preadv", READS},
	{"preadv2", READS},
	{"write", WRITES},
	{"pwrite", WRITES},
	{"writev", WRITES},
	{"pwritev", WRITES},
	{"pwritev2", WRITES},
	{"sendfile", READS | WRITES},
	{"copy_file_range", READS | WRITES},
	{"fread", READS},
	{"fgets", READS},
	{"fgetc", READS},
	{"getc", READS},
	{"getchar", READS},
	{"getline", READS},
	{"getdelim", READS},
	{"fwrite", WRITES},
	{"fputs", WRITES},
	{"puts", WRITES},
	{"fputc", WRITES},
	{"putc", WRITES},
	{"putchar", WRITES},
	{"printf", WRITES},
	{"fprintf", WRITES},
	{"dprintf", WRITES},
	{"vprintf", WRITES},
	{"vfprintf", WRITES},
	{"vdprintf", WRITES},
};

static unsigned int effect_of(const char *name)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(calls[i].name, name) == 0)
			return calls[i].effect;
	return 0;
}

static void add(uint64_t *sum, uint64_t bytes)
{
	if (__builtin_add_overflow(*sum, bytes, sum))
		*sum = UINT64_MAX;
}

void recording_accounted_bytes(const struct recording *recording, uint64_t *ret_read,
			       uint64_t *ret_written)
{
	*ret_read = 0;
	*ret_written = 0;
	for (size_t i = 0; i < recording->calls.n_calls; i++) {
		const struct call_totals *call = &recording->calls.calls[i];
		unsigned int effect = effect_of(call->name);

		if (effect & READS)
			add(ret_read, call->bytes);
		if (effect & WRITES)
			add(ret_written, call->bytes);
	}
}
