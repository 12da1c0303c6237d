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

finish
