# SPDX-License-Identifier: MIT
#
# The unit is the same for the machine and for a user: what they host is what they may read.
EXTRA_DIST += data/sonde-agent.service.in
CLEANFILES += data/sonde-agent.service
noinst_DATA = data/sonde-agent.service

if HAVE_SYSTEM_UNITS
systemdsystemunit_DATA = data/sonde-agent.service
endif
if HAVE_USER_UNITS
systemduserunit_DATA = data/sonde-agent.service
endif

data/sonde-agent.service: $(srcdir)/data/sonde-agent.service.in $(srcdir)/data/local.mk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)sed 's|[@]bindir[@]|$(bindir)|' $(srcdir)/data/sonde-agent.service.in >$@-t && mv $@-t $@
