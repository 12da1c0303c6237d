// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/series.h"

#include "sonde/sonde.h"

const char *sonde_error_text(int error)
{
	switch (error) {
	case 0:
		return "done";
	case SONDE_EINVAL:
		return "an argument is missing or impossible";
	case SONDE_EINVAL_NAME:
		return "not a name that a series can have";
	case SONDE_ETAGS:
		return "too many tags, or a key that is none";
	case SONDE_ETYPE:
		return "the name has another type";
	case SONDE_EUNIT:
		return "the name has another unit, or the unit does not fit";
	case SONDE_EDOM:
		return "not a number, or infinite";
	case SONDE_ERANGE:
		return "negative, or too large";
	case SONDE_ENOMEM:
		return "no memory";
	case SONDE_ENOSPC:
		return "too many timers are running, or labels begun";
	case SONDE_ENOENT:
		return "no such metric, operation, timer, label or format";
	case SONDE_ESTALE:
		return "the timer was stopped before, or belongs to the parent process";
	case SONDE_ENODATA:
		return "nothing was recorded in that time";
	case SONDE_EALREADY:
		return "initialised already";
	case SONDE_ESHUTDOWN:
		return "shut down";
	case SONDE_ECONFIG:
		return "the configuration is wrong";
	case SONDE_ESYSTEM:
		return "the preload in this process is of another version";
	case SONDE_EIO:
		return "what was exported could not be written, or the system cannot be asked";
	case SONDE_ETIMEDOUT:
		return "no answer in time";
	}
	return "unknown error";
}

const char *sonde_type_name(enum sonde_type type)
{
	if (type < SONDE_COUNTER || type > SONDE_RATE)
		return "";
	return series_type_name((enum series_type)(type - SONDE_COUNTER));
}

_Static_assert(SERIES_RATE - SERIES_COUNTER == SONDE_RATE - SONDE_COUNTER,
	       "types come in one order");
