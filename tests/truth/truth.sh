#!/bin/sh
# SPDX-License-Identifier: MIT
# Every figure of a report is the truth: runs all cases of the subject and compares.
exec ./truth-driver ./sonde ./truth-subject
