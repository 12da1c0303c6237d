// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/choice-wire.h"
#include "host/plugin-backoff.h"
#include "host/plugin-channel.h"
#include "host/plugin-child.h"
#include "host/process-family.h"
#include "host/snapshot-wire.h"
#include "sonde/plugin.h"

enum { CRASHES_MAX = 3 }; /* it is not started again after so many */

#define RECENTLY_NS INT64_C(1000000000)

#define GRACE_NS INT64_C(100000000) /* to end by itself when its time is up */

struct plugin_process {
	const struct plugin_choice *choice;
	const char *directory;
	struct plugin_health *health; /* shared with the process */
	pid_t pid;		      /* 0: there is none now */
	pid_t last_pid;		      /* the last one that there was, */
	int64_t ended_ns;	      /* and when it ended */
	int channel;
	struct snapshot *figures;
	unsigned int n_crashes;
	int64_t start_ns;   /* when to start it again */
	bool is_choice_new; /* to the process that runs now */
	bool wants_moments; /* so does that one */
	uint64_t n_offered; /* snapshots, to this process and those before it */
	bool is_ending;
	int64_t until_ns;
	bool is_over;
};

static int64_t now_ns(void)
{
	return clock_kernel_ns(CLOCK_MONOTONIC);
}

static int start(struct plugin_process *process)
{
	int channel[2];
	int result = channel_new(channel);

	if (result < 0)
		return result;
	process->is_choice_new = false;
	process->wants_moments = false;
	process->pid = fork();
	if (process->pid == 0)
		plugin_child_run(process->choice, process->directory, process->health, channel[1]);
	result = process->pid < 0 ? -errno : 0;
	close(channel[1]);
	if (result == 0) {
		/* It does so, too: whoever comes first. */
		setpgid(process->pid, process->pid);
		process->last_pid = process->pid;
		process->channel = channel[0];
		return 0;
	}
	process->pid = 0;
	close(channel[0]);
	return result;
}

int plugin_process_new(const struct plugin_choice *choice, const char *directory,
		       struct plugin_process **ret_process)
{
	struct plugin_process *process = calloc(1, sizeof(*process));
	struct plugin_health *health = mmap(NULL, sizeof(*health), PROT_READ | PROT_WRITE,
					    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int result = process && health != MAP_FAILED ? 0 : -ENOMEM;

	if (result == 0) {
		*process = (struct plugin_process){
			.choice = choice, .directory = directory, .health = health, .channel = -1};
		result = start(process);
	}
	if (result == 0) {
		*ret_process = process;
		return 0;
	}
	if (health != MAP_FAILED)
		munmap(health, sizeof(*health));
	free(process);
	return result;
}

static void close_channel(struct plugin_process *process)
{
	if (process->channel >= 0)
		close(process->channel);
	process->channel = -1;
}

/* With all that it has started. */
static void end_by_force(struct plugin_process *process)
{
	health_killed(process->health, process_family_kill(process->pid));
	kill(process->pid, SIGKILL);
	waitpid(process->pid, NULL, 0);
	process->pid = 0;
}

struct plugin_process *plugin_process_free(struct plugin_process *process)
{
	if (!process)
		return NULL;
	if (process->pid > 0)
		end_by_force(process);
	close_channel(process);
	snapshot_put(process->figures);
	munmap(process->health, sizeof(*process->health));
	free(process);
	return NULL;
}

int plugin_process_fd(const struct plugin_process *process)
{
	return process->channel;
}

static uint64_t n_accounted(const struct plugin_health *health)
{
	return health_counted(health, COUNT_TAKEN) + health_counted(health, COUNT_PARTIAL) +
	       health_counted(health, COUNT_SUPERSEDED) + health_n_lost(health);
}

/* Snapshots that the process had and that nobody will hear of again. */
static void count_lost(struct plugin_process *process)
{
	uint64_t n_known = n_accounted(process->health);

	if (process->n_offered > n_known)
		health_count(process->health, COUNT_DROPPED_STUCK, process->n_offered - n_known);
}

static void describe_end(const struct plugin_process *process, int status, char *ret_reason)
{
	const char *where = process->health->callback == CALLBACK_NONE
				    ? "a moment without callback"
				    : plugin_callback_name(process->health->callback);
	char how[64];

	if (WIFSIGNALED(status))
		snprintf(how, sizeof(how), "SIG%s", sigabbrev_np(WTERMSIG(status)));
	else
		snprintf(how, sizeof(how), "exit with status %d", WEXITSTATUS(status));
	if (process->n_crashes > 1)
		snprintf(ret_reason, HEALTH_TEXT_SIZE, "%s in %s (crash number %u)", how, where,
			 process->n_crashes);
	else
		snprintf(ret_reason, HEALTH_TEXT_SIZE, "%s in %s", how, where);
}

/* It has ended without being asked to, or not as it should. */
static void crashed(struct plugin_process *process, int status)
{
	char reason[HEALTH_TEXT_SIZE];

	process->n_crashes++;
	describe_end(process, status, reason);
	count_lost(process);
	health_begin_again(process->health);
	health_change(process->health, PLUGIN_CRASHED, reason);
	if (process->is_ending || process->n_crashes >= CRASHES_MAX)
		process->is_over = true;
	else
		process->start_ns = now_ns() + backoff_ns(process->n_crashes, backoff_random());
}

/* In order; or given up, which its health says already. */
static void ended(struct plugin_process *process)
{
	health_change(process->health, PLUGIN_STOPPED, NULL);
	process->is_over = true;
}

static void collect_end(struct plugin_process *process)
{
	int status;

	if (process->pid <= 0 || waitpid(process->pid, &status, WNOHANG) != process->pid)
		return;
	bool is_in_order = process->is_ending && WIFEXITED(status) && health_has_ended(process->health);

	/* Of those that a crash has orphaned, what is in its group can be found. */
	if (kill(-process->pid, SIGKILL) == 0 && !is_in_order)
		health_killed(process->health, 1);
	process->pid = 0;
	process->ended_ns = now_ns();
	close_channel(process);
	if (is_in_order)
		ended(process);
	else
		crashed(process, status);
}

static void take_figures(struct plugin_process *process, int fd)
{
	struct snapshot *figures;
	struct snapshot_source source;

	if (snapshot_wire_read(fd, &figures, &source) < 0)
		return;
	free((void *)source.tags);
	snapshot_put(process->figures);
	process->figures = figures;
}

static void read_channel(struct plugin_process *process)
{
	struct packet packet;
	int result = process->channel < 0 ? -EPIPE : 0;
	int fd;

	while (result == 0) {
		result = channel_receive(process->channel, &packet, &fd);
		if (result == 0 && packet.type == PACKET_FIGURES && fd >= 0)
			take_figures(process, fd);
		if (result == 0 && packet.type == PACKET_WINDOWS)
			process->wants_moments = true;
		if (fd >= 0)
			close(fd);
	}
	/* It has closed its end: it is about to be waited for. */
	if (result == -EPIPE)
		close_channel(process);
}

static void start_again(struct plugin_process *process)
{
	process->start_ns = 0;
	health_begin_again(process->health);
	if (start(process) == 0)
		return;
	health_change(process->health, PLUGIN_FAILED, "it cannot be started again");
	process->is_over = true;
}

static void send_choice(struct plugin_process *process)
{
	const struct packet packet = {.type = PACKET_CHOICE};
	int fd = choice_wire_write(process->choice);

	if (fd >= 0 && channel_send(process->channel, &packet, fd) == 0)
		process->is_choice_new = false;
	if (fd >= 0)
		close(fd);
}

/* Its time is up, and it has not ended by itself. */
static void kill_late(struct plugin_process *process)
{
	char reason[HEALTH_TEXT_SIZE];

	uint32_t callback = process->health->callback;

	snprintf(reason, sizeof(reason), "%s has not come back before the end of the run",
		 callback == CALLBACK_NONE ? "its process" : plugin_callback_name(callback));
	health_change(process->health, PLUGIN_STUCK, reason);
	count_lost(process);
	end_by_force(process);
	close_channel(process);
	process->is_over = true;
}

int64_t plugin_process_work(struct plugin_process *process)
{
	read_channel(process);
	collect_end(process);
	if (process->start_ns && !process->is_ending && now_ns() >= process->start_ns)
		start_again(process);
	if (process->is_ending && process->pid > 0 && now_ns() >= process->until_ns + GRACE_NS)
		kill_late(process);
	if (process->is_over)
		return INT64_MAX;
	if (process->pid > 0 && process->channel < 0)
		return now_ns() + GRACE_NS / 10; /* it ends, and nothing will tell when */
	if (process->is_ending)
		return process->until_ns + GRACE_NS;
	if (process->is_choice_new && process->channel >= 0)
		send_choice(process);
	if (process->is_choice_new && process->pid > 0)
		return now_ns() + GRACE_NS;
	return process->start_ns ? process->start_ns : INT64_MAX;
}

bool plugin_process_is_exporter(const struct plugin_process *process)
{
	uint32_t kind = process->health->kind;

	return kind == 0 || (kind & SONDE_KIND_EXPORTER);
}

void plugin_process_offer(struct plugin_process *process, int snapshot_fd)
{
	const struct packet packet = {.type = PACKET_SNAPSHOT};

	if (process->is_over || health_state(process->health) == PLUGIN_FAILED)
		return;
	process->n_offered++;
	if (process->channel < 0 || channel_send(process->channel, &packet, snapshot_fd) < 0)
		health_count(process->health, COUNT_DROPPED_FULL, 1);
}

bool plugin_process_wants_moments(const struct plugin_process *process)
{
	return process->wants_moments && process->channel >= 0 && !process->is_ending;
}

void plugin_process_keep_up(const struct plugin_process *process, int snapshot_fd)
{
	const struct packet packet = {.type = PACKET_MOMENT};

	/* One that there is no room for is made up for by the next. */
	if (snapshot_fd >= 0)
		channel_send(process->channel, &packet, snapshot_fd);
}

struct snapshot *plugin_process_figures(const struct plugin_process *process)
{
	return process->figures;
}

void plugin_process_keep(struct plugin_process *process, const struct plugin_choice *choice)
{
	process->choice = choice;
}

void plugin_process_reload(struct plugin_process *process, const struct plugin_choice *choice)
{
	process->choice = choice;
	process->is_choice_new = process->pid > 0;
}

void plugin_process_end(struct plugin_process *process, int64_t until_ns)
{
	const struct packet packet = {.type = PACKET_END, .until_ns = until_ns};

	process->is_ending = true;
	process->until_ns = until_ns;
	if (process->pid <= 0)
		process->is_over = true;
	else if (channel_send(process->channel, &packet, -1) < 0)
		close_channel(process); /* which asks for its end as well */
}

bool plugin_process_is_over(const struct plugin_process *process)
{
	return process->is_over;
}

/* It may just have been waited for; much later, its number may be another's. */
static bool is_from(const struct plugin_process *process, int sender)
{
	if (sender <= 0)
		return false;
	if (process->pid > 0)
		return process_is_of_family(sender, process->pid);
	return sender == process->last_pid && now_ns() < process->ended_ns + RECENTLY_NS;
}

bool plugin_process_blame(struct plugin_process *process, int sender, int signal)
{
	char text[HEALTH_TEXT_SIZE];

	if (!is_from(process, sender))
		return false;
	snprintf(text, sizeof(text), "it has sent SIG%s to sonde, which ignores it",
		 signal > 0 && signal < NSIG && sigabbrev_np(signal) ? sigabbrev_np(signal) : "?");
	health_count(process->health, COUNT_SIGNALS_IGNORED, 1);
	health_add_line(process->health, SONDE_LOG_ERROR, text);
	return true;
}

void plugin_process_left_out(struct plugin_process *process, uint64_t n_series)
{
	uint64_t n_before = health_counted(process->health, COUNT_SERIES_LEFT_OUT);

	if (n_series > n_before)
		health_count(process->health, COUNT_SERIES_LEFT_OUT, n_series - n_before);
}

void plugin_process_health(const struct plugin_process *process, struct plugin_health *ret_health)
{
	health_copy(process->health, ret_health);
}

const struct plugin_choice *plugin_process_choice(const struct plugin_process *process)
{
	return process->choice;
}
