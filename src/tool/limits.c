// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/limits.h"

static void raise_one(int resource, struct rlimit *ret_limit)
{
	getrlimit(resource, ret_limit);
	struct rlimit raised = {.rlim_cur = ret_limit->rlim_max, .rlim_max = ret_limit->rlim_max};

	setrlimit(resource, &raised);
}

void limits_raise(struct limits *ret_limits)
{
	raise_one(RLIMIT_NOFILE, &ret_limits->descriptors);
	raise_one(RLIMIT_FSIZE, &ret_limits->file_size);
}

void limits_restore(const struct limits *limits)
{
	setrlimit(RLIMIT_NOFILE, &limits->descriptors);
	setrlimit(RLIMIT_FSIZE, &limits->file_size);
}
