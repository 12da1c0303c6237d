#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_builddir comes from the makefile
exec "$top_builddir/conformance" "$top_builddir/.libs/libsonde-preload.so" "$top_builddir/.libs/libmock.so" \
	"$top_builddir/conformance-driver"
