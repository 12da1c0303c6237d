# SPDX-License-Identifier: MIT
libsonde_preload_la_SOURCES += \
	src/record/recorder.c \
	src/record/region.h \
	src/record/session.c src/record/session.h \
	src/record/probe.h

# Whoever makes or reads sessions needs this much of the recording side.
libsonde_core_la_SOURCES += src/record/session.c src/record/session.h src/record/region.h
