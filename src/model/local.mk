# SPDX-License-Identifier: MIT
libsonde_core_la_SOURCES += \
	src/model/failure-class.c src/model/failure-class.h \
	src/model/fold.c src/model/fold.h \
	src/model/main-thread.c \
	src/model/message.c src/model/message.h \
	src/model/quantile.c \
	src/model/recording.c src/model/recording.h \
	src/model/region-check.c src/model/region-check.h \
	src/model/region-reader.c src/model/region-reader.h \
	src/model/series.c src/model/series.h
