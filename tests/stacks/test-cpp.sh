#!/bin/bash
# SPDX-License-Identifier: MIT
#
# C++: names and inlined functions, and exceptions, which stay libgcc's and are thrown as ever while stacks are taken.
. "${top_srcdir:-.}/tests/stacks/lib.sh"

source=$here/sites.cc
$CXX -g -O2 -Wall -Werror -o "$scratch/shop" "$source" -pthread || exit 1

watch stacks.failures=true -- "$scratch/shop"
came_from "a function that was inlined into another, both with their names and lines" failure access ENOENT 1 \
	"shop::counter<long>::look(long)@look" "shop::counter<long>::twice(long)@twice" \
	"shop::order(std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > const&)@order" main@- ...

watch stacks.failures=true stacks.allocated=1KiB stacks.every=10 -- "$scratch/shop" throw
check "16,000 exceptions are caught in 8 threads while stacks are taken" "$status" = 0
came_from "what was called before an exception" failure access ENOENT 16000 "shop::refuse(int)@-" \
	"shop::throw_all()@-" ...
came_from "memory of exceptions comes from where they are thrown" allocation malloc - - __cxa_allocate_exception@- \
	"shop::refuse(int)@-" ...

# bindings COMMAND... - which object the unwinder of C++ is taken from
bindings() {
	LD_DEBUG=bindings "$@" 2>&1 | sed -n 's/.*to \([^ ]*\) .*`_Unwind_RaiseException.*/\1/p' | sort -u
}
alone=$(bindings "$scratch/shop" throw)
watched=$(bindings "$sonde" run -s stacks.failures=true -s stacks.allocated=1KiB -o "$recording" --report=none -- \
	"$scratch/shop" throw)
check "exceptions are libgcc's" "${alone##*/}" = libgcc_s.so.1
check "exceptions are bound to the same library when stacks are taken" "$watched" = "$alone"

# What other compilers make, where they are installed
if command -v clang >/dev/null; then
	clang -g -O2 -w -o "$scratch/sites" "$here/sites.c" -pthread -ldl || exit 1
	watch stacks.failures=true -- "$scratch/sites" plain
	source=$here/sites.c came_from "a program that clang has made" failure open ENOENT 1 inner@inner inlined@inlined \
		middle@middle outer@outer main@main ...
fi
if command -v rustc >/dev/null; then
	cat >"$scratch/shop.rs" <<'END'
mod shop {
    pub struct Counter<T>(pub T);
    impl<T> Counter<T> {
        #[inline(never)]
        pub fn look(&self) -> bool {
            std::hint::black_box(std::fs::File::open("/nonexistent/thing").is_err()) // at: rust_look
        }
        #[inline(always)]
        pub fn twice(&self) -> bool {
            self.look() & std::hint::black_box(self.look())
        }
    }
}
fn main() {
    std::hint::black_box(shop::Counter(1).twice()); // at: rust_main
}
END
	rustc -g -O -o "$scratch/rusty" "$scratch/shop.rs" || exit 1
	watch stacks.failures=true -- "$scratch/rusty"
	check "a function of Rust has its path, and so has one that was inlined" "$(sonde report -f folded "$recording" |
		grep -cE ';shop::main;shop::shop::Counter<i32>::twice<i32>;shop::shop::Counter<i32>::look<i32>;.*;open \[ENOENT\] [12]$')" -gt 0
fi

# Longer than a line, and than any name that is kept.
name=$(printf 'so_long_a_name_%.0s' {1..40})
cat >"$scratch/long.cc" <<END
#include <fcntl.h>
template <typename T> struct $name { static __attribute__((noinline)) int look() { return open("/nonexistent/file", 0) + 1; } };
int main() { return $name<int>::look() + $name<long>::look(); }
END
$CXX -g -O1 -o "$scratch/long" "$scratch/long.cc" || exit 1
watch stacks.failures=true -- "$scratch/long"
check "a site has its file and line, however long its function's name is" \
	"$(sonde report --by=site --width=80 "$recording" | grep -c '^open .*[.][.][.] long.cc:2$')" = 2

finish
