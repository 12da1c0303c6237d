# SPDX-License-Identifier: MIT
sonde_SOURCES += \
	src/tool/agent.c src/tool/agent.h \
	src/tool/agent-session.c src/tool/agent-session.h \
	src/tool/budget.c src/tool/budget.h \
	src/tool/budget-write.c \
	src/tool/child.c src/tool/child.h \
	src/tool/cmd-agent.c \
	src/tool/cmd-calls.c \
	src/tool/cmd-check.c \
	src/tool/cmd-config.c \
	src/tool/cmd-diff.c \
	src/tool/cmd-label.c \
	src/tool/cmd-merge.c \
	src/tool/cmd-plugins.c \
	src/tool/cmd-report.c \
	src/tool/cmd-run.c \
	src/tool/cmd-sessions.c \
	src/tool/cmd-set.c \
	src/tool/command.c src/tool/command.h \
	src/tool/configured.c src/tool/configured.h \
	src/tool/debug-scopes.c src/tool/debug-scopes.h \
	src/tool/demangle.c src/tool/demangle.h \
	src/tool/detached.c src/tool/detached.h \
	src/tool/gzip-piece.c src/tool/gzip-piece.h \
	src/tool/limits.c src/tool/limits.h \
	src/tool/main.c \
	src/tool/object-report.c src/tool/object-report.h \
	src/tool/plugin-path.c src/tool/plugin-path.h \
	src/tool/preload.c src/tool/preload.h \
	src/tool/recording-file.c src/tool/recording-file.h \
	src/tool/profile.c src/tool/profile.h \
	src/tool/recording-store.c src/tool/recording-store.h \
	src/tool/recording-text.c src/tool/recording-text.h \
	src/tool/report.c src/tool/report.h \
	src/tool/rule.c src/tool/rule.h \
	src/tool/run-tags.c src/tool/run-tags.h \
	src/tool/run-plugins.c src/tool/run-plugins.h \
	src/tool/scope-name.c src/tool/scope-name.h \
	src/tool/session-collect.c src/tool/session-collect.h \
	src/tool/subject.c src/tool/subject.h \
	src/tool/symbols.c src/tool/symbols.h \
	src/tool/whole-write.c src/tool/whole-write.h

sonde_LDADD += $(JANSSON_LIBS) $(ZLIB_LIBS) $(LIBDW_LIBS)
sonde_LDADD += $(JANSSON_LIBS) $(LIBCONFIG_LIBS) $(ZLIB_LIBS) -lm
dist_man_MANS = docs/sonde.1
EXTRA_DIST += docs/agent.md docs/configuration.md docs/diff.md docs/stacks.md docs/test-runs.md
