// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/syscall-name.h"

#include <stddef.h>
#include <stdio.h>
#include <sys/syscall.h>

static const struct {
	int number;
	const char *name;
} syscalls[] = {
#include "model/syscalls.gen.h" /* from <sys/syscall.h>: a row for each SYS_NAME */
};

const char *syscall_name(int number, char ret_name[SYSCALL_NAME_SIZE])
{
	for (size_t i = 0; i < sizeof(syscalls) / sizeof(syscalls[0]); i++) {
		if (syscalls[i].number != number)
			continue;
		snprintf(ret_name, SYSCALL_NAME_SIZE, "%s", syscalls[i].name);
		return ret_name;
	}
	if (number < 0)
		snprintf(ret_name, SYSCALL_NAME_SIZE, "other");
	else
		snprintf(ret_name, SYSCALL_NAME_SIZE, "number %d", number);
	return ret_name;
}
