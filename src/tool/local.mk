# SPDX-License-Identifier: MIT
sonde_SOURCES += src/tool/main.c
