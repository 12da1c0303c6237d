// SPDX-License-Identifier: MIT
/*
 * A library that is loaded, called and unloaded; two that differ in their names alone lie at the same place.
 */
#include <unistd.h>

static volatile int sink;

__attribute__((noinline)) void LIBRARY_FUNCTION(void);
__attribute__((noinline)) void LIBRARY_FUNCTION(void)
{
	sink += rmdir("/nonexistent/folder");
	sink++;
}

void plugin_call(void);
void plugin_call(void)
{
	LIBRARY_FUNCTION();
	sink++;
}
