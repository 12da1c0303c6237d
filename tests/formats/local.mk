# SPDX-License-Identifier: MIT
#
# The formats that other programs read, judged by those programs: hostile figures through promtool, the OpenMetrics
# parser of python3-prometheus-client, Python's csv and json, and back.
check_PROGRAMS += tests/formats/hostile
tests_formats_hostile_SOURCES = tests/formats/hostile.c
tests_formats_hostile_LDADD = libsonde-core.la -lm

TESTS += tests/formats/test-formats.sh
EXTRA_DIST += tests/formats/test-formats.sh tests/formats/judge.py
