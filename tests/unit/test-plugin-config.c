// SPDX-License-Identifier: MIT
/*
 * The list of plugins in a configuration, with two plugins that exist here only.
 */
#include "config.h"

#include "host/configuration.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/explain.h"
#include "unit.h"

struct web_options {
	const char *listen;
	int64_t n_clients;
	double share;
	bool is_open;
	int64_t timeout_ns;
	uint64_t limit;
	uint32_t level;
	struct sonde_list paths;
	const char *token;
	const char *certificate;
	bool verify;
};

static const char *const levels[] = {"none", "fast", "best", NULL};

#define AT(field) .offset = offsetof(struct web_options, field), .help = "About " #field "."

static const struct sonde_option tls_rows[] = {
	{.name = "certificate", .type = SONDE_OPTION_STRING, AT(certificate)},
	{.name = "verify", .type = SONDE_OPTION_BOOL, .default_text = "true", AT(verify)},
	{0},
};

static const struct sonde_option web_rows[] = {
	{.name = "listen", .type = SONDE_OPTION_STRING, .flags = SONDE_OPTION_REQUIRED, AT(listen)},
	{.name = "clients",
	 .type = SONDE_OPTION_INT,
	 .default_text = "8",
	 .min = "1",
	 .max = "5000000000",
	 AT(n_clients)},
	{.name = "share",
	 .type = SONDE_OPTION_DOUBLE,
	 .default_text = "0.5",
	 .max = "1",
	 AT(share)},
	{.name = "open", .type = SONDE_OPTION_BOOL, AT(is_open)},
	{.name = "timeout",
	 .type = SONDE_OPTION_DURATION,
	 .default_text = "250ms",
	 .min = "1ms",
	 .flags = SONDE_OPTION_RELOADABLE,
	 AT(timeout_ns)},
	{.name = "limit", .type = SONDE_OPTION_SIZE, .default_text = "64KiB", AT(limit)},
	{.name = "level",
	 .type = SONDE_OPTION_ENUM,
	 .default_text = "fast",
	 .words = levels,
	 AT(level)},
	{.name = "paths", .type = SONDE_OPTION_LIST, .default_text = "/, /home", AT(paths)},
	{.name = "token", .type = SONDE_OPTION_STRING, .flags = SONDE_OPTION_SECRET, AT(token)},
	{.name = "old", .type = SONDE_OPTION_BOOL, .flags = SONDE_OPTION_DEPRECATED, AT(is_open)},
	{.name = "tls", .type = SONDE_OPTION_GROUP, .members = tls_rows, .help = "Encryption."},
	{0},
};

static int find(void *context, const char *plugin, struct option_table *ret_table,
		struct message *ret_message)
{
	(void)context;
	if (strcmp(plugin, "bare") == 0) {
		*ret_table = (struct option_table){0};
		return 0;
	}
	if (strcmp(plugin, "web") == 0) {
		*ret_table = (struct option_table){web_rows, sizeof(web_rows[0]),
						   sizeof(struct web_options)};
		return 0;
	}
	message_set(ret_message, "there is no plugin '%s'", plugin);
	return -ENOENT;
}

static const struct plugin_catalogue catalogue = {.find = find};

static char folder[] = "/tmp/sonde-test-XXXXXX";

static void remove_folder(void)
{
	unlink("x.cfg");
	rmdir(folder);
}

/* Errors name the file: it is always the same, in a folder of this test. */
static void write_file(const char *text)
{
	static bool is_there;

	if (!is_there) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
		CU_ASSERT_EQUAL_FATAL(chdir(folder), 0);
		atexit(remove_folder);
		is_there = true;
	}
	FILE *file = fopen("x.cfg", "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

struct loaded {
	struct configuration configuration;
	struct complaints complaints;
	int result;
};

static struct loaded load_with(const char *text, char *const *environment,
			       const char *const *overrides)
{
	struct loaded loaded = {0};

	write_file(text);
	CU_ASSERT_EQUAL_FATAL(configuration_init(&loaded.configuration), 0);
	const struct configuration_source source = {
		.file = "x.cfg",
		.is_named = true,
		.environment = environment,
		.overrides = overrides,
		.plugins = &catalogue,
	};

	loaded.result = configuration_load(&loaded.configuration, &source, &loaded.complaints);
	return loaded;
}

static struct loaded load(const char *text)
{
	return load_with(text, NULL, NULL);
}

static void unload(struct loaded *loaded)
{
	configuration_deinit(&loaded->configuration);
	complaints_deinit(&loaded->complaints);
}

/* Whether just these lines are said, with a newline behind each. */
static bool says(const struct messages *messages, const char *expected)
{
	char said[4096] = "";

	for (size_t i = 0; i < messages->n_lines; i++)
		snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s\n",
			 messages->lines[i]);
	if (strcmp(said, expected) == 0)
		return true;
	printf("#   expected: %s#   found: %s", expected, said);
	return false;
}

static bool refuses(const char *text, const char *expected)
{
	struct loaded loaded = load(text);
	bool is_right = loaded.result == -EINVAL && says(&loaded.complaints.errors, expected);

	unload(&loaded);
	return is_right;
}

static void defaults(void)
{
	struct loaded loaded = load("plugins: ( { plugin = \"web\"; listen = \"a:1\"; },"
				    " { plugin = \"bare\"; } );");

	CU_ASSERT_EQUAL_FATAL(loaded.result, 0);
	CU_ASSERT_EQUAL_FATAL(loaded.configuration.n_plugins, 2);
	const struct plugin_config *web = loaded.configuration.plugins[0];
	const struct web_options *options = web->options;

	CU_ASSERT_STRING_EQUAL(web->common->plugin, "web");
	CU_ASSERT_STRING_EQUAL(web->common->name, "web");
	CU_ASSERT_EQUAL(web->common->interval_ns, INT64_C(10000000000));
	CU_ASSERT_EQUAL(web->common->deadline_ns, 0);
	CU_ASSERT_EQUAL(web->common->queue_snapshots, 64);
	CU_ASSERT_EQUAL(web->common->queue_size, 8 << 20);
	CU_ASSERT_STRING_EQUAL(options->listen, "a:1");
	CU_ASSERT_EQUAL(options->n_clients, 8);
	CU_ASSERT_EQUAL(options->share, 0.5);
	CU_ASSERT_FALSE(options->is_open);
	CU_ASSERT_EQUAL(options->timeout_ns, 250000000);
	CU_ASSERT_EQUAL(options->limit, 65536);
	CU_ASSERT_EQUAL(options->level, 1);
	CU_ASSERT_EQUAL_FATAL(options->paths.n_items, 2);
	CU_ASSERT_STRING_EQUAL(options->paths.items[1], "/home");
	CU_ASSERT_PTR_NULL(options->token);
	CU_ASSERT_TRUE(options->verify);
	CU_ASSERT_PTR_NULL(loaded.configuration.plugins[1]->options);
	unload(&loaded);
}

static void all_types(void)
{
	struct loaded loaded =
		load("plugins: ( { listen = \"b:2\"; clients = 4294967360L; share = 1; open = true;"
		     " timeout = \"2m\"; limit = \"5GiB\"; level = \"best\"; paths = [];"
		     " tls: { certificate = \"c\"; verify = false; }; interval = \"5s\";"
		     " deadline = \"1s\"; queue: { snapshots = 3; size = \"1MiB\"; };"
		     " name = \"w\"; plugin = \"web\"; } );");

	CU_ASSERT_TRUE_FATAL(says(&loaded.complaints.errors, ""));
	const struct plugin_config *web = loaded.configuration.plugins[0];
	const struct web_options *options = web->options;

	CU_ASSERT_STRING_EQUAL(web->common->name, "w");
	CU_ASSERT_EQUAL(web->common->interval_ns, INT64_C(5000000000));
	CU_ASSERT_EQUAL(web->common->deadline_ns, 1000000000);
	CU_ASSERT_EQUAL(web->common->queue_snapshots, 3);
	CU_ASSERT_EQUAL(options->n_clients, INT64_C(4294967360));
	CU_ASSERT_EQUAL(options->share, 1.0);
	CU_ASSERT_TRUE(options->is_open);
	CU_ASSERT_EQUAL(options->timeout_ns, INT64_C(120000000000));
	CU_ASSERT_EQUAL(options->limit, UINT64_C(5) << 30);
	CU_ASSERT_EQUAL(options->level, 2);
	CU_ASSERT_EQUAL(options->paths.n_items, 0);
	CU_ASSERT_STRING_EQUAL(options->certificate, "c");
	CU_ASSERT_FALSE(options->verify);
	unload(&loaded);
}

static void wrong_options(void)
{
	CU_ASSERT_TRUE(refuses("plugins: (\n{ plugin = \"web\"; name = \"w\"; listen = \"a\";\n"
			       "lisen = \"b\";\ntls: { verfy = true; }; }\n);",
			       "x.cfg:3: plugins.w.lisen: unknown option; did you mean 'listen'?\n"
			       "x.cfg:4: plugins.w.tls.verfy: unknown option; did you mean "
			       "'verify'?\n"));
	CU_ASSERT_TRUE(refuses("plugins: ( { plugin = \"web\"; listen = 3; clients = 0; "
			       "timeout = 5; level = \"bets\"; intervall = \"1s\"; } );",
			       "x.cfg:1: plugins.web.listen: expected a string, found an integer\n"
			       "x.cfg:1: plugins.web.clients: 0 is out of range: 1 to 5000000000\n"
			       "x.cfg:1: plugins.web.timeout: expected a duration such as "
			       "\"250ms\" or \"10s\", found an integer\n"
			       "x.cfg:1: plugins.web.level: unknown word 'bets'; did you mean "
			       "'best'?\n"
			       "x.cfg:1: plugins.web.intervall: unknown option; did you mean "
			       "'interval'?\n"
			       "x.cfg:1: plugins.web.listen: must be given\n"));
	CU_ASSERT_TRUE(refuses("plugins: ( { plugin = \"web\"; clients = 4294967297; } );",
			       "x.cfg:1: plugins[0].clients: integer 4294967297 is too large (at "
			       "most 2147483647)\n"));
	CU_ASSERT_TRUE(
		refuses("plugins: ( { plugin = \"bare\"; tls = 1; queue = 3; } );",
			"x.cfg:1: plugins.bare.tls: unknown option\n"
			"x.cfg:1: plugins.bare.queue: expected a group, found an integer\n"));
}

static void wrong_entries(void)
{
	CU_ASSERT_TRUE(refuses("plugins: ( { name = \"x\"; } );",
			       "x.cfg:1: plugins[0]: which plugin? An entry begins with plugin = "
			       "\"NAME\"\n"));
	CU_ASSERT_TRUE(refuses("plugins: ( { plugin = \"bare\"; },\n 3 );",
			       "x.cfg:2: plugins[1]: expected a group, found an integer\n"));
	CU_ASSERT_TRUE(
		refuses("plugins: { plugin = \"bare\"; };",
			"x.cfg:1: plugins: expected a list of groups: ( { plugin = \"NAME\"; "
			"}, ... )\n"));
	CU_ASSERT_TRUE(refuses("\nplugins: ( { plugin = \"wbe\"; } );",
			       "x.cfg:2: plugins[0]: there is no plugin 'wbe'\n"));
	CU_ASSERT_TRUE(refuses("plugin: ( );",
			       "x.cfg:1: plugin: unknown setting; did you mean 'plugins'?\n"));
	CU_ASSERT_TRUE(refuses("plugins: ( { plugin = \"bare\"; name = \"a b\"; } );",
			       "x.cfg:1: plugins.a b.name: 'a b' is no name of 1 to 63 letters, "
			       "digits, _ and -\n"));
}

static void same_name(void)
{
	CU_ASSERT_TRUE(refuses("plugins: (\n{ plugin = \"bare\"; },\n{ plugin = \"bare\"; }\n);",
			       "x.cfg:3: plugins.bare.name: x.cfg:2 has an instance of this name; "
			       "give one another\n"));
	CU_ASSERT_TRUE(refuses("plugins: (\n{ plugin = \"bare\"; name = \"b\"; },\n"
			       "{ plugin = \"web\"; listen = \"\";\nname = \"b\"; }\n);",
			       "x.cfg:4: plugins.b.name: x.cfg:2 has an instance of this name; "
			       "give one another\n"));
	struct loaded loaded = load("plugins: ( { plugin = \"bare\"; name = \"a\"; },"
				    " { plugin = \"bare\"; name = \"b\"; } );");

	CU_ASSERT_EQUAL(loaded.result, 0);
	unload(&loaded);
}

static void long_deadline(void)
{
	CU_ASSERT_TRUE(refuses("plugins: ( { plugin = \"bare\"; interval = \"1s\";\n"
			       "deadline = \"1s\"; } );",
			       "x.cfg:2: plugins.bare.deadline: 1s is not less than the interval, "
			       "1s\n"));
}

static void without_catalogue(void)
{
	struct configuration configuration;
	struct complaints complaints = {0};
	struct configuration_source source = {.file = "x.cfg", .is_named = true};
	struct loaded loaded = load("plugins: ( { plugin = \"bare\"; } );");

	unload(&loaded);
	CU_ASSERT_EQUAL_FATAL(configuration_init(&configuration), 0);
	CU_ASSERT_EQUAL(configuration_load(&configuration, &source, &complaints), -EINVAL);
	CU_ASSERT_TRUE(says(&complaints.errors, "x.cfg:1: plugins: unknown setting\n"));
	configuration_deinit(&configuration);
	complaints_deinit(&complaints);
}

static void overridden(void)
{
	char *environment[] = {"SONDE_PLUGINS_MY_WEB_LISTEN=c:3",
			       "SONDE_PLUGINS_MY_WEB_TLS_VERIFY=off",
			       "SONDE_PLUGINS_MY_WEB_QUEUE_SNAPSHOTS=7",
			       "SONDE_PLUGINS_MY_WEB_CLIENTS=0",
			       "SONDE_PLUGINS_MY_WEB_NAME=x",
			       "SONDE_PLUGINS_MY_WEB_LISTN=x",
			       NULL};
	const char *overrides[] = {"plugins.my-web.level=best", "plugins.my-web.levl=best",
				   "plugins.your-web.level=best", NULL};
	struct loaded loaded = load_with("plugins: ( { plugin = \"web\"; name = \"my-web\"; } );",
					 environment, overrides);

	CU_ASSERT_TRUE(says(&loaded.complaints.errors,
			    "SONDE_PLUGINS_MY_WEB_CLIENTS: plugins.my-web.clients: 0 is out of "
			    "range: 1 to 5000000000\n"
			    "command line: plugins.my-web.levl: unknown option; did you mean "
			    "'level'?\n"
			    "command line: plugins.your-web.level: unknown setting\n"));
	CU_ASSERT_TRUE(says(&loaded.complaints.warnings,
			    "SONDE_PLUGINS_MY_WEB_NAME: unknown variable\n"
			    "SONDE_PLUGINS_MY_WEB_LISTN: unknown variable; did you mean "
			    "'SONDE_PLUGINS_MY_WEB_LISTEN'?\n"));
	const struct plugin_config *web = loaded.configuration.plugins[0];
	const struct web_options *options = web->options;

	CU_ASSERT_STRING_EQUAL(options->listen, "c:3");
	CU_ASSERT_FALSE(options->verify);
	CU_ASSERT_EQUAL(options->level, 2);
	CU_ASSERT_EQUAL(web->common->queue_snapshots, 7);
	unload(&loaded);
}

static void deprecated(void)
{
	struct loaded loaded =
		load("plugins: ( { plugin = \"web\"; listen = \"\"; old = true; } );");

	CU_ASSERT_EQUAL(loaded.result, 0);
	CU_ASSERT_TRUE(says(&loaded.complaints.warnings,
			    "x.cfg:1: plugins.web.old: deprecated: About is_open.\n"));
	unload(&loaded);
}

static char *printed(const struct configuration *configuration)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	configuration_print(configuration, stream);
	fclose(stream);
	return text;
}

static void written(void)
{
	struct loaded loaded =
		load("plugins: ( { plugin = \"web\"; listen = \"a\"; token = \"geheim\";\n"
		     "limit = \"1.5KiB\"; }, { plugin = \"bare\"; } );");
	char *first = printed(&loaded.configuration);
	struct loaded again = load(first);
	char *second = printed(&again.configuration);

	CU_ASSERT_EQUAL(again.result, 0);
	CU_ASSERT_PTR_NULL(strstr(first, "geheim"));
	CU_ASSERT_PTR_NOT_NULL(strstr(first, "\t\t# token is secret; # x.cfg:1\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(first, "\t\tlimit = \"1536B\"; # x.cfg:2\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(first, "\t\tclients = 8; # default\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(first, "\t\t\tverify = true; # default\n"));
	/* The origins differ, but for those of what has none. */
	CU_ASSERT_PTR_NOT_NULL(strstr(second, "\t\tlimit = \"1536B\"; # x.cfg:"));
	CU_ASSERT_PTR_NOT_NULL(strstr(second, "\t\t\tverify = true; # x.cfg:"));
	free(first);
	free(second);
	unload(&loaded);
	unload(&again);
}

static enum plugin_change change(const char *before, const char *after)
{
	struct loaded first = load(before);
	struct loaded second = load(after);
	enum plugin_change result = plugin_config_compare(first.configuration.plugins[0],
							  second.configuration.plugins[0]);

	unload(&first);
	unload(&second);
	return result;
}

static void compared(void)
{
	const char *before = "plugins: ( { plugin = \"web\"; listen = \"a\"; } );";

	CU_ASSERT_EQUAL(change(before, "plugins: (\n{ plugin = \"web\"; listen = \"a\"; "
				       "timeout = \"0.25s\"; name = \"web\"; } );"),
			PLUGIN_SAME);
	CU_ASSERT_EQUAL(change(before, "plugins: ( { plugin = \"web\"; listen = \"a\"; "
				       "timeout = \"1s\"; interval = \"1s\"; } );"),
			PLUGIN_RELOADABLE);
	CU_ASSERT_EQUAL(change(before, "plugins: ( { plugin = \"web\"; listen = \"b\"; "
				       "timeout = \"1s\"; } );"),
			PLUGIN_OTHER);
	CU_ASSERT_EQUAL(change(before, "plugins: ( { plugin = \"bare\"; name = \"web\"; } );"),
			PLUGIN_OTHER);
}

static void explained(void)
{
	char text[4096] = "";
	FILE *stream = fmemopen(text, sizeof(text), "w");
	struct message message = {""};

	CU_ASSERT_EQUAL(explain("plugins.web.tls", &catalogue, EXPLAIN_TEXT, stream, &message), 0);
	CU_ASSERT_EQUAL(explain("plugins.web.limit", &catalogue, EXPLAIN_TEXT, stream, &message),
			0);
	fclose(stream);
	CU_ASSERT_STRING_EQUAL(text, "plugins.web.tls.certificate\n"
				     "    string: any text; default: none\n"
				     "    About certificate.\n\n"
				     "plugins.web.tls.verify\n"
				     "    boolean: true, false; default: true\n"
				     "    About verify.\n\n"
				     "plugins.web.limit\n"
				     "    size: any size; default: \"64KiB\"\n"
				     "    About limit.\n\n");
	CU_ASSERT_EQUAL(explain("plugins.web.limt", &catalogue, EXPLAIN_TEXT, stdout, &message),
			-ENOENT);
	CU_ASSERT_STRING_EQUAL(message.text,
			       "plugin 'web' has no option 'limt'; did you mean 'limit'?");
	CU_ASSERT_EQUAL(explain("plugins.wbe", &catalogue, EXPLAIN_TEXT, stdout, &message),
			-ENOENT);
	CU_ASSERT_STRING_EQUAL(message.text, "there is no plugin 'wbe'");
}

static void in_the_manual(void)
{
	const char *source = getenv("top_srcdir");
	char *path = NULL;
	char rows[4096] = "";
	char manual[65536] = "";
	FILE *stream = fmemopen(rows, sizeof(rows), "w");

	explain_options(&plugin_common_table, "plugins.NAME", EXPLAIN_MARKDOWN, stream);
	fclose(stream);
	CU_ASSERT_FATAL(asprintf(&path, "%s/docs/configuration.md", source ? source : "..") > 0);
	stream = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT(fread(manual, 1, sizeof(manual) - 1, stream) > 0);
	fclose(stream);
	free(path);
	CU_ASSERT_PTR_NOT_NULL(strstr(manual, rows));
}

/* A table of one row, which is changed before it is checked. */
static const char *fault_of(struct sonde_option row)
{
	static struct message message;
	struct sonde_option rows[] = {row, {0}};
	struct option_table table = {rows, sizeof(rows[0]), sizeof(struct web_options)};

	message.text[0] = '\0';
	option_table_check(&table, &plugin_common_table, &message);
	return message.text;
}

static void faulty_tables(void)
{
	struct sonde_option row = {
		.name = "a", .type = SONDE_OPTION_INT, AT(n_clients), .default_text = "1"};
	struct sonde_option wrong = row;

	CU_ASSERT_STRING_EQUAL(fault_of(row), "");
	wrong.type = 77;
	CU_ASSERT_STRING_EQUAL(fault_of(wrong),
			       "option 'a' is of a type that this version of sonde does not know");
	wrong = row;
	wrong.offset = sizeof(struct web_options) - 4;
	CU_ASSERT_STRING_EQUAL(fault_of(wrong),
			       "option 'a' lies beyond the end of the options' struct");
	wrong.offset = SIZE_MAX - 3;
	CU_ASSERT_STRING_EQUAL(fault_of(wrong),
			       "option 'a' lies beyond the end of the options' struct");
	wrong.offset = 4;
	CU_ASSERT_STRING_EQUAL(fault_of(wrong),
			       "option 'a' has an offset that is not aligned for its type");
	wrong = row;
	wrong.max = "0";
	CU_ASSERT_STRING_EQUAL(fault_of(wrong),
			       "option 'a': default: 1 is out of range: at most 0");
	wrong.min = "x";
	CU_ASSERT_STRING_EQUAL(fault_of(wrong),
			       "option 'a' has a bound that is no value of its type");
	wrong = row;
	wrong.name = "queue";
	CU_ASSERT_STRING_EQUAL(fault_of(wrong),
			       "option 'queue' has a name that every instance has");
	wrong.name = "A";
	CU_ASSERT_STRING_EQUAL(fault_of(wrong),
			       "option 'A' has a name of other than a to z, 0 to 9 and _");
	wrong = row;
	wrong.help = NULL;
	CU_ASSERT_STRING_EQUAL(fault_of(wrong), "option 'a' has no help");
	wrong = row;
	wrong.flags = SONDE_OPTION_REQUIRED;
	CU_ASSERT_STRING_EQUAL(fault_of(wrong), "option 'a' has a default and is required");
	wrong.type = SONDE_OPTION_GROUP;
	CU_ASSERT_STRING_EQUAL(fault_of(wrong), "option 'a' is a group without members");
}

/* As a plugin has it that was built with a later header. */
static void longer_rows(void)
{
	static const struct {
		struct sonde_option row;
		uint64_t added;
	} rows[] = {
		{{.name = "a", .type = SONDE_OPTION_INT, AT(n_clients)}, 1},
		{{.name = "b", .type = SONDE_OPTION_SIZE, .default_text = "1KiB", AT(limit)}, 2},
		{{0}, 0},
	};
	struct option_table table = {&rows[0].row, sizeof(rows[0]), sizeof(struct web_options)};
	struct option_values values;

	CU_ASSERT_EQUAL(option_table_check(&table, &plugin_common_table, NULL), 0);
	CU_ASSERT_PTR_EQUAL(option_table_find(&table, "b"), &rows[1].row);
	CU_ASSERT_PTR_NULL(option_table_find(&table, "c"));
	CU_ASSERT_EQUAL(option_values_init(&values, &table), 0);
	CU_ASSERT_EQUAL(((struct web_options *)values.data)->limit, 1024);
	option_values_deinit(&values);
	table.row_size = sizeof(struct sonde_option) - 8;
	CU_ASSERT_EQUAL(option_table_check(&table, &plugin_common_table, NULL), -EINVAL);
}

UNIT_MAIN("plugins in a configuration",
	  {"an instance has the defaults of its table and of all instances", defaults},
	  {"an option of each type is filled in", all_types},
	  {"a wrong option is refused with its line and the nearest name", wrong_options},
	  {"an entry that is none is refused", wrong_entries},
	  {"no two instances have one name", same_name},
	  {"a deadline is shorter than the interval", long_deadline},
	  {"without a catalogue there are no plugins", without_catalogue},
	  {"variables and the command line override options, checked like the file", overridden},
	  {"a deprecated option is warned of", deprecated},
	  {"what is printed reads back as the same, without secrets", written},
	  {"what differs tells whether a new instance is needed", compared},
	  {"options are explained", explained},
	  {"the manual has the options of all instances as they are", in_the_manual},
	  {"what is wrong with a table is said", faulty_tables},
	  {"rows may be longer than those known here, and not shorter", longer_rows})
