// SPDX-License-Identifier: MIT
#include "config.h"

#include "truth.h"

extern const struct truth_case truth_io_cases[];
extern const struct truth_case truth_descriptor_cases[];
extern const struct truth_case truth_lock_cases[];
extern const struct truth_case truth_wait_cases[];
extern const struct truth_case truth_thread_cases[];
extern const struct truth_case truth_process_cases[];
extern const struct truth_case truth_instruction_cases[];
extern const struct truth_case truth_death_cases[];
extern const struct truth_case truth_hostile_cases[];
extern const struct truth_case truth_code_cases[];
extern const struct truth_case truth_ledger_cases[];
extern const struct truth_case truth_memory_cases[];
extern const struct truth_case truth_directory_cases[];
extern const struct truth_case truth_object_cases[];
extern const struct truth_case truth_connection_cases[];

const struct truth_table truth_tables[] = {
	{.cases = truth_io_cases},
	{.cases = truth_descriptor_cases},
	{.cases = truth_lock_cases},
	{.cases = truth_wait_cases},
	{.cases = truth_thread_cases},
	{.cases = truth_process_cases},
	{.cases = truth_instruction_cases},
	{.cases = truth_death_cases, .has_crowd = true},
	{.cases = truth_hostile_cases},
	{.cases = truth_code_cases},
	{.cases = truth_ledger_cases},
	{.cases = truth_memory_cases},
	{.cases = truth_directory_cases},
	{.cases = truth_object_cases},
	{.cases = truth_connection_cases},
	{0},
};
