// SPDX-License-Identifier: MIT
#include "prometheus/access.h"
#include "prometheus/negotiation.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

static void whoever_asks_for_nothing_gets_text(void)
{
	CU_ASSERT_EQUAL(form_accepted(NULL), FORM_TEXT);
	CU_ASSERT_EQUAL(form_accepted(""), FORM_TEXT);
	CU_ASSERT_EQUAL(form_accepted("*/*"), FORM_TEXT);
	CU_ASSERT_EQUAL(form_accepted("text/html,image/png;q=0.9"), FORM_TEXT);
	CU_ASSERT_EQUAL(form_accepted(";;,,=,q"), FORM_TEXT);
}

static void the_highest_quality_decides(void)
{
	CU_ASSERT_EQUAL(form_accepted("text/plain;version=0.0.4;q=0.3, "
				      "application/openmetrics-text;version=1.0.0;q=0.4"),
			FORM_OPENMETRICS);
	CU_ASSERT_EQUAL(form_accepted("application/openmetrics-text;version=1.0.0;q=0.004,"
				      "text/plain;q=0.04"),
			FORM_TEXT);
	CU_ASSERT_EQUAL(form_accepted("application/openmetrics-text;q=0.1"), FORM_OPENMETRICS);
}

static void of_equal_ones_the_first_is_taken(void)
{
	CU_ASSERT_EQUAL(form_accepted("text/plain, application/openmetrics-text"), FORM_TEXT);
	CU_ASSERT_EQUAL(form_accepted("application/openmetrics-text, text/plain"),
			FORM_OPENMETRICS);
}

static void what_is_refused_is_not_given(void)
{
	CU_ASSERT_EQUAL(form_accepted("application/openmetrics-text;q=0, text/plain;q=0.1"),
			FORM_TEXT);
	CU_ASSERT_EQUAL(form_accepted("text/plain;q=0, */*"), FORM_OPENMETRICS);
	CU_ASSERT_EQUAL(form_accepted("application/openmetrics-text;q=0, */*;q=0.5"), FORM_TEXT);
	CU_ASSERT_EQUAL(form_accepted("application/openmetrics-text;q=high"), FORM_TEXT);
}

static void the_most_precise_range_decides(void)
{
	CU_ASSERT_EQUAL(form_accepted("*/*;q=0.1, application/*;q=0.5"), FORM_OPENMETRICS);
	CU_ASSERT_EQUAL(form_accepted("text/*;q=0.9, text/plain;q=0.1, "
				      "application/openmetrics-text;q=0.5"),
			FORM_OPENMETRICS);
}

static void another_version_is_another_form(void)
{
	CU_ASSERT_EQUAL(form_accepted("application/openmetrics-text;version=0.0.1"), FORM_TEXT);
	CU_ASSERT_EQUAL(form_accepted("application/openmetrics-text; version=\"1.0.0\" ; q=1"),
			FORM_OPENMETRICS);
	CU_ASSERT_EQUAL(
		form_accepted("APPLICATION/OpenMetrics-Text;Version=1.0.0;escaping=underscores"),
		FORM_OPENMETRICS);
	CU_ASSERT_EQUAL(
		form_accepted(
			"text/plain;version=\"1,0;q=0\";q=1,application/openmetrics-text;q=0.1"),
		FORM_OPENMETRICS);
}

static void prometheus_gets_what_it_likes_best(void)
{
	static const char others[] = "application/openmetrics-text;version=1.0.0;q=0.8,"
				     "application/openmetrics-text;version=0.0.1;q=0.75,"
				     "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
	char accept[512];

	CU_ASSERT_EQUAL(form_accepted(others), FORM_OPENMETRICS);
	snprintf(accept, sizeof(accept),
		 "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
		 "encoding=delimited,%s",
		 others);
	CU_ASSERT_EQUAL(form_accepted(accept), FORM_PROTOBUF);
	CU_ASSERT_EQUAL(form_accepted("application/vnd.google.protobuf;encoding=text"), FORM_TEXT);
}

static void gzip_is_for_those_who_name_it(void)
{
	CU_ASSERT_FALSE(is_gzip_accepted(NULL));
	CU_ASSERT_FALSE(is_gzip_accepted("deflate, br"));
	CU_ASSERT_TRUE(is_gzip_accepted("deflate, gzip"));
	CU_ASSERT_TRUE(is_gzip_accepted("GZIP;q=0.001"));
	CU_ASSERT_FALSE(is_gzip_accepted("gzip;q=0, *"));
	CU_ASSERT_FALSE(is_gzip_accepted("*, gzip;q=0.0"));
	CU_ASSERT_TRUE(is_gzip_accepted("*;q=0.5"));
	CU_ASSERT_FALSE(is_gzip_accepted("not-gzip"));
}

static void a_password_is_known_by_its_digits(void)
{
	struct access access;

	CU_ASSERT_EQUAL(access_init(&access, "Aladdin", "open sesame"), 0);
	CU_ASSERT_TRUE(access_is_granted(&access, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
	CU_ASSERT_TRUE(access_is_granted(&access, "basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
	CU_ASSERT_FALSE(access_is_granted(&access, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZR=="));
	CU_ASSERT_FALSE(access_is_granted(&access, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ"));
	CU_ASSERT_FALSE(access_is_granted(&access, "Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
	CU_ASSERT_FALSE(access_is_granted(&access, "Basic"));
	CU_ASSERT_FALSE(access_is_granted(&access, NULL));
	CU_ASSERT_EQUAL(access_init(&access, "a", ""), 0);
	CU_ASSERT_STRING_EQUAL(access.credentials, "YTo=");
	CU_ASSERT_EQUAL(access_init(&access, "a", "b"), 0);
	CU_ASSERT_STRING_EQUAL(access.credentials, "YTpi");
}

static void half_a_password_is_none(void)
{
	char longest[ACCESS_TEXT_SIZE];
	char longer[ACCESS_TEXT_SIZE + 1];
	struct access access;

	memset(longest, 'x', sizeof(longest));
	memset(longer, 'x', sizeof(longer));
	longest[sizeof(longest) - 1] = longer[sizeof(longer) - 1] = '\0';
	CU_ASSERT_EQUAL(access_init(&access, "a", NULL), -EINVAL);
	CU_ASSERT_EQUAL(access_init(&access, NULL, "b"), -EINVAL);
	CU_ASSERT_EQUAL(access_init(&access, "a:b", "c"), -EINVAL);
	CU_ASSERT_EQUAL(access_init(&access, longer, "c"), -EINVAL);
	CU_ASSERT_EQUAL(access_init(&access, "a", longer), -EINVAL);
	CU_ASSERT_EQUAL(access_init(&access, longest, longest), 0);
	CU_ASSERT_EQUAL(access_init(&access, NULL, NULL), 0);
	CU_ASSERT_TRUE(access_is_granted(&access, NULL));
}

UNIT_MAIN("negotiation", {"whoever asks for nothing gets text", whoever_asks_for_nothing_gets_text},
	  {"the highest quality decides", the_highest_quality_decides},
	  {"of equal ones the first is taken", of_equal_ones_the_first_is_taken},
	  {"what is refused is not given", what_is_refused_is_not_given},
	  {"the most precise range decides", the_most_precise_range_decides},
	  {"another version is another form", another_version_is_another_form},
	  {"Prometheus gets what it likes best", prometheus_gets_what_it_likes_best},
	  {"gzip is for those who name it", gzip_is_for_those_who_name_it},
	  {"a password is known by its digits", a_password_is_known_by_its_digits},
	  {"half a password is none", half_a_password_is_none})
