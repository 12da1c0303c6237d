// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/process-io.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host/process-file.h"

/* "rchar: 4292\n" -> 4292 */
static bool find_number(const char *text, const char *label, uint64_t *ret_number)
{
	const char *line = strstr(text, label);

	return line && sscanf(line + strlen(label), "%" SCNu64, ret_number) == 1;
}

void process_io_read(int pid, struct kernel_io *ret_io)
{
	struct kernel_io io = {0};
	char text[512];

	*ret_io = io;
	if (!process_file_read(pid, "io", text, sizeof(text)))
		return;
	io.is_known = find_number(text, "rchar: ", &io.read) &&
		      find_number(text, "wchar: ", &io.written) &&
		      find_number(text, "\nread_bytes: ", &io.storage_read) &&
		      find_number(text, "\nwrite_bytes: ", &io.storage_written);
	if (io.is_known)
		*ret_io = io;
}
