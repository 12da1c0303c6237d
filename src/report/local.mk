# SPDX-License-Identifier: MIT
sonde_SOURCES += \
	src/report/line.c src/report/line.h \
	src/report/text.c src/report/text.h \
	src/report/units.c src/report/units.h
