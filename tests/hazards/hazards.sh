#!/bin/sh
# SPDX-License-Identifier: MIT
# The program does not notice, and its figures are exact: runs all cases of the subject and compares.
exec ./truth-driver ./sonde ./hazard-subject
