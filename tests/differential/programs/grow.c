// SPDX-License-Identifier: MIT
/* grow KIB - takes so much memory, in blocks that malloc puts behind each other, and says whether there was as much. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 0;
	int i = 0;

	while (i < n && malloc(1024))
		i++;
	puts(i == n ? "enough" : "not enough");
	return i != n;
}
