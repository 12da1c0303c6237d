// SPDX-License-Identifier: MIT
/*
 * readable.h - whether memory can be read whose address the program has given.
 *
 * What a program hands to the kernel may lead nowhere: the kernel answers EFAULT, and we would be killed by it. So the
 * kernel is asked here, a page at a time. Not to be called where system calls may be forbidden.
 */
#ifndef SONDE_BASE_READABLE_H
#define SONDE_BASE_READABLE_H

#include "base/raw.h"

enum {
	READABLE_PAGE = 4096, /* those of the machine may be larger */
	READABLE_NONE = 1,    /* the address of no page */
	READABLE_ENTRY = 32 * 65536, /* what an exec takes for one argument or variable where pages are large */
};

/* rt_sigprocmask() reads the set before it finds that it does not know what to do with it. */
static inline bool readable_page(uintptr_t page)
{
	return raw_syscall(SYS_rt_sigprocmask, -1, (long)page, 0, 8, 0, 0) == -EINVAL;
}

/* `known` is a page that was found readable, or READABLE_NONE; it becomes the last one that was. */
static inline bool readable_byte(uintptr_t address, uintptr_t *known)
{
	uintptr_t page = address & ~(uintptr_t)(READABLE_PAGE - 1);

	if (page == *known)
		return true;
	if (!readable_page(page))
		return false;
	*known = page;
	return true;
}

/* Of no more than a page. */
static inline bool readable_bytes(const void *start, size_t size, uintptr_t *known)
{
	uintptr_t first = (uintptr_t)start;

	return readable_byte(first, known) && (size == 0 || readable_byte(first + size - 1, known));
}

/* A text to its NUL, which is among so many bytes. Asked for by the page: an exec has kilobytes of them. */
static inline bool readable_text(const char *text, size_t most, uintptr_t *known)
{
	while (most > 0) {
		size_t rest = READABLE_PAGE - (uintptr_t)text % READABLE_PAGE;
		size_t n = rest < most ? rest : most;

		if (!readable_byte((uintptr_t)text, known))
			return false;
		for (size_t i = 0; i < n; i++)
			if (!text[i])
				return true;
		text += n;
		most -= n;
	}
	return false;
}

/* A list of texts that ends with NULL, and the texts, none longer than an exec takes. No list is an empty one. */
static inline bool readable_list(char *const *list)
{
	uintptr_t list_page = READABLE_NONE, text_page = READABLE_NONE;

	for (; list; list++) {
		if (!readable_bytes(list, sizeof(*list), &list_page))
			return false;
		if (!*list)
			break;
		if (!readable_text(*list, READABLE_ENTRY, &text_page))
			return false;
	}
	return true;
}

#endif
