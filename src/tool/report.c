// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/report.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "format/recording-json.h"

int report_format_from_name(const char *name, enum report_format *ret_format)
{
	static const char *const names[] = {
		[REPORT_TEXT] = "text",
		[REPORT_JSON] = "json",
		[REPORT_NONE] = "none",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0) {
			*ret_format = (enum report_format)i;
			return 0;
		}
	}
	return -EINVAL;
}

struct text_options report_text_options(int fd)
{
	struct text_options options = TEXT_OPTIONS_DEFAULT;
	struct winsize size;

	options.has_colour = text_colour_is_wanted(fd);
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > TEXT_WIDTH_MIN)
		options.width = size.ws_col < TEXT_WIDTH_MAX ? size.ws_col : TEXT_WIDTH_MAX;
	return options;
}

int report_write(const struct recording *recording, enum report_format format,
		 const struct text_options *options, FILE *stream)
{
	switch (format) {
	case REPORT_TEXT:
		return text_report(recording, options, stream);
	case REPORT_JSON:
		return recording_json_write(recording, stream);
	case REPORT_NONE:
		break;
	}
	return 0;
}
