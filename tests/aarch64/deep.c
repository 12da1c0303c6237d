// SPDX-License-Identifier: MIT
/* deep - fails to open a file, at the end of a stack that leads through libc. */
#include <fcntl.h>
#include <stdlib.h>

static __attribute__((noinline)) int leaf(void)
{
	volatile int result = open("/", O_WRONLY);

	return result;
}

static __attribute__((noinline)) int middle(void)
{
	volatile int result = leaf();

	return result;
}

static int compare(const void *a, const void *b)
{
	return middle() < 0 ? *(const int *)a - *(const int *)b : 0;
}

static __attribute__((noinline)) int outer(void)
{
	int numbers[] = {2, 1};

	qsort(numbers, 2, sizeof(numbers[0]), compare);
	return numbers[0];
}

int main(void)
{
	volatile int first = outer();

	return first != 1;
}
