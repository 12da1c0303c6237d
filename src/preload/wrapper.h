// SPDX-License-Identifier: MIT
/*
 * wrapper.h - what a file of wrappers needs; to be included before any system header.
 *
 * A wrapper defines a libc function under its own name, after the header that declares it, so that the
 * compiler checks the one against the other. Two warnings mean nothing here: some symbols (fortify
 * twins, names of older libraries) are declared in no header, and some are deprecated.
 */
#ifndef SONDE_PRELOAD_WRAPPER_H
#define SONDE_PRELOAD_WRAPPER_H

#if defined(_FILE_OFFSET_BITS) && _FILE_OFFSET_BITS == 64
#error "with _FILE_OFFSET_BITS=64 the wrapper of pread would be assembled as that of pread64"
#endif

#include "preload/attempt.h"
#include "preload/codes.h"
#include "preload/resolve.h"
#include "preload/stream.h"
#include "record/connection.h"
#include "record/descriptor.h"
#include "record/object.h"
#include "record/probe.h"
#include "record/startup.h"

#include <errno.h>
#include <string.h>

/*
 * The two things of libc that a wrapper itself uses. They are out of reach while the dynamic loader has not
 * prepared us, and not wanted: nothing is recorded then.
 */
static inline int *wrapper_errno(void)
{
	static int unknown;

	return likely(startup_is_relocated()) ? __errno_location() : &unknown;
}

static inline size_t wrapper_strlen(const char *text)
{
	return likely(startup_is_relocated()) ? strlen(text) : 0;
}

#undef errno
#define errno (*wrapper_errno())
#define strlen(text) wrapper_strlen(text)

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#define EXPORT __attribute__((visibility("default")))

#if defined(__has_attribute)
#if __has_attribute(copy)
#define COPY_ATTRIBUTES(name) , copy(name)
#endif
#endif
#ifndef COPY_ATTRIBUTES
#define COPY_ATTRIBUTES(name)
#endif

/*
 * Exports a wrapper under a second name, that of a symbol with the same code in libc. For C it is
 * another function than the one that libc's headers may declare: struct stat and struct stat64 are two
 * types, although they have one layout. scripts/check-calls proves that libc has the same code for both.
 */
#define ALIAS(symbol, name)                                                                       \
	extern __typeof__(name) alias_##symbol __asm__(#symbol)                                   \
		__attribute__((alias(#name), visibility("default") COPY_ATTRIBUTES(name)))

/* A wrapper for all cases, beside one for the usual case. */
#define GENERAL __attribute__((noinline))

/*
 * Where a fast call goes on that is not simply on. One that is switched off goes to the real function
 * with everything as the program left it, so that the compiler makes a jump of it. As long as there is no session, or
 * its function has not been looked up, it goes to general_NAME().
 */
#define OTHERWISE(name, call) OTHERWISE_IN(probe_mode(call), name)

/* The same for who knows the mode. */
#define OTHERWISE_IN(mode, name)                                                                  \
	((__typeof__(&general_##name))otherwise(mode, SYMBOL_##name, (void *)general_##name))

static inline void *otherwise(unsigned int mode, enum symbol symbol, void *general)
{
	void *real = __atomic_load_n(&resolved_symbols[symbol], __ATOMIC_RELAXED);

	return mode == (MODE_KNOWN | MODE_OFF) && real ? real : general;
}

#endif
