// SPDX-License-Identifier: MIT
/* Throws through frames of libstdc++, of libc (qsort) and of threads; "uncaught" ends in
 * terminate(). */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

struct noisy {
	~noisy()
	{
		std::cout << "unwound" << std::endl;
	}
};

static int throwing_compare(const void *, const void *)
{
	noisy frame;

	throw std::runtime_error("out of qsort");
}

static void sort_and_catch()
{
	int numbers[] = {3, 1, 2};

	try {
		qsort(numbers, 3, sizeof(int), throwing_compare);
	} catch (const std::exception &error) {
		std::cout << error.what() << std::endl;
	}
}

static void throw_in_threads()
{
	std::vector<std::thread> threads;
	std::vector<int> caught(4);

	for (int i = 0; i < 4; i++)
		threads.emplace_back([i, &caught] {
			for (int round = 0; round < 500; round++)
				try {
					throw std::string(round, 'x');
				} catch (const std::string &text) {
					caught[i] += text.size() == (size_t)round;
				}
		});
	for (std::thread &thread : threads)
		thread.join();
	for (int n : caught)
		std::cout << n << std::endl;
}

int main(int argc, char **)
{
	if (argc > 1)
		throw std::logic_error("nobody catches this");
	sort_and_catch();
	throw_in_threads();
	try {
		std::vector<char> vector(4);
		vector.at(7) = 1;
	} catch (const std::out_of_range &error) {
		std::cout << "out of range" << std::endl;
	}
	try {
		std::cout << (void *)new char[~(size_t)0 / 4] << std::endl;
	} catch (const std::bad_alloc &error) {
		std::cout << "bad alloc" << std::endl;
	}
	return 5;
}
