// SPDX-License-Identifier: MIT
/* empty.c - a library that does nothing: what preloading one costs at all. */

extern const int empty_library;
const int empty_library = 1;
