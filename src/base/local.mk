# SPDX-License-Identifier: MIT
base_sources = \
	src/base/clock.c src/base/clock.h \
	src/base/compiler.h \
	src/base/elf-object.c src/base/elf-object.h \
	src/base/histogram.c src/base/histogram.h \
	src/base/keyed-hash.h \
	src/base/number-bits.h src/base/owner.h src/base/pair.h src/base/path-like.h \
	src/base/raw.h src/base/readable.h src/base/relative.h \
	src/base/signals.h src/base/text.h

libsonde_preload_la_SOURCES += $(base_sources)
libsonde_core_la_SOURCES += $(base_sources)
