// SPDX-License-Identifier: MIT
#include "resources/stage.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct stage *make_stage(void)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	strcpy(stage->root, "/tmp/sonde-resources-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(stage->root));
	stage->machine = (struct machine){&plain_io, stage->root};
	plain_host_init(&stage->plain);
	stage->emission.host = &stage->plain.host;
	stage->emission.emit = plain_host_emit(&stage->plain);
	return stage;
}

void end_stage(struct stage *stage)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", stage->root);
	CU_ASSERT_EQUAL(system(command), 0);
	text_deinit(&stage->text);
	plain_host_deinit(&stage->plain);
	free(stage);
}

void write_file(const struct stage *stage, const char *name, const char *contents)
{
	char path[512];

	snprintf(path, sizeof(path), "%s%s", stage->root, name);
	for (char *slash = strchr(path + strlen(stage->root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	FILE *file = fopen(path, "we");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(contents, file);
	fclose(file);
}

double number(const struct stage *stage, const char *key)
{
	return plain_host_number(&stage->plain, key);
}

int64_t in_ms(const struct stage *stage, int64_t ms)
{
	return stage->plain.host.now_mono_ns() + ms * 1000000;
}
