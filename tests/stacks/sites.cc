// SPDX-License-Identifier: MIT
//
// C++: names to be demangled, functions that are inlined, and exceptions.
#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace shop {

std::atomic<int> sink;

template <typename Thing> class counter {
public:
	__attribute__((noinline)) void look(Thing thing)
	{
		sink += access("/nonexistent/thing", F_OK) + static_cast<int>(thing); // at: look
	}
	inline __attribute__((always_inline)) void twice(Thing thing)
	{
		look(thing); // at: twice
		look(thing);
	}
};

__attribute__((noinline)) void order(const std::string &name)
{
	counter<long> all;

	all.twice(static_cast<long>(name.size())); // at: order
	sink++;
}

__attribute__((noinline)) void refuse(int n)
{
	if (access("/nonexistent/thing", F_OK) != 0)
		throw std::runtime_error(std::to_string(n));
}

// So many exceptions are thrown and caught.
int throw_all()
{
	int n_caught = 0;

	for (int i = 0; i < 2000; i++) {
		try {
			refuse(i);
		} catch (const std::runtime_error &error) {
			n_caught += std::stoi(error.what()) == i;
		}
	}
	return n_caught;
}

} // namespace shop

int main(int argc, char **)
{
	std::vector<std::thread> threads;
	std::atomic<int> n_caught{0};

	if (argc == 1) {
		shop::order("something");
		return 0;
	}
	for (int i = 0; i < 8; i++)
		threads.emplace_back([&n_caught] { n_caught += shop::throw_all(); });
	for (auto &thread : threads)
		thread.join();
	return n_caught == 8 * 2000 ? 0 : 1;
}
