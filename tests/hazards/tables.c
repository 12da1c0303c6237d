// SPDX-License-Identifier: MIT
#include "config.h"

#include "truth.h"

extern const struct truth_case hazard_symbol_cases[];
extern const struct truth_case hazard_process_cases[];
extern const struct truth_case hazard_thread_cases[];
extern const struct truth_case hazard_signal_cases[];
extern const struct truth_case hazard_control_cases[];

const struct truth_table truth_tables[] = {
	{.cases = hazard_symbol_cases},
	{.cases = hazard_process_cases},
	{.cases = hazard_thread_cases},
	{.cases = hazard_signal_cases},
	{.cases = hazard_control_cases},
	{0},
};
