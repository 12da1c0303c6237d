# SPDX-License-Identifier: MIT
libsonde_preload_la_SOURCES += \
	src/preload/attempt.c src/preload/attempt.h \
	src/preload/custom-aio.c \
	src/preload/custom-exec.c \
	src/preload/custom-limits.c \
	src/preload/custom-loader.c \
	src/preload/custom-memory.c \
	src/preload/custom-spawn.c \
	src/preload/custom-variadic.c \
	src/preload/codes.h \
	src/preload/engine-export.c \
	src/preload/departure.c src/preload/departure.h \
	src/preload/environment.h \
	src/preload/home.c \
	src/preload/resolve.h \
	src/preload/stream.c src/preload/stream.h

EXTRA_DIST += src/preload/order.ld
