#define _GNU_SOURCE /* sched_getaffinity, _SC_PHYS_PAGES */
#include "cli/host.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/arena.h"

static bool read_line(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "r");
	if (!f)
		return false;
	bool ok = fgets(out, (int)size, f) != NULL;
	fclose(f);
	if (ok)
		out[strcspn(out, "\n")] = '\0';
	return ok;
}

static void limit_cpus(struct host *h, double quota, double period)
{
	if (!(quota > 0 && period > 0))
		return;
	double n = quota / period;
	uint32_t whole = n < 1 ? 1 : n > 4096 ? 4096 : (uint32_t)n;
	if (n > whole)
		whole++;
	if (whole < h->cpus)
		h->cpus = whole;
}

static void limit_memory(struct host *h, const char *text)
{
	char *end;
	double n = strtod(text, &end);
	if (end != text && n > 0 && n < (double)h->memory_bytes)
		h->memory_bytes = (uint64_t)n;
}

static void limit_v2(struct host *h, const char *dir, struct arena *a)
{
	char line[128];
	double quota, period;
	if (read_line(arena_printf(a, "%s/cpu.max", dir), line, sizeof line) &&
	    sscanf(line, "%lf %lf", &quota, &period) == 2)
		limit_cpus(h, quota, period);
	if (read_line(arena_printf(a, "%s/memory.max", dir), line, sizeof line))
		limit_memory(h, line);
}

static void limit_v1(struct host *h, const char *dir, struct arena *a)
{
	char quota[128], period[128], memory[128];
	if (read_line(arena_printf(a, "%s/cpu.cfs_quota_us", dir), quota, sizeof quota) &&
	    read_line(arena_printf(a, "%s/cpu.cfs_period_us", dir), period, sizeof period))
		limit_cpus(h, strtod(quota, NULL), strtod(period, NULL));
	if (read_line(arena_printf(a, "%s/memory.limit_in_bytes", dir), memory, sizeof memory))
		limit_memory(h, memory);
}

/* A limit of any parent holds too. Inside of a container the path may be the
 * host's and not exist here: then only the mount's own files are found. */
static void limit_upward(struct host *h, struct arena *a, const char *mount, const char *path,
			 void (*limit)(struct host *, const char *, struct arena *))
{
	char *p = arena_cstr(a, str_from(path));
	for (;;) {
		limit(h, arena_printf(a, "%s%s", mount, p), a);
		char *slash = strrchr(p, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
}

static bool names(const char *controllers, const char *one)
{
	size_t n = strlen(one);
	for (const char *p = controllers; (p = strstr(p, one)); p += n)
		if ((p == controllers || p[-1] == ',') && (!p[n] || p[n] == ','))
			return true;
	return false;
}

/* one line of /proc/self/cgroup: "0::/path" or "4:cpu,cpuacct:/path" */
static void limit_by_line(struct host *h, struct arena *a, const char *root, char *line)
{
	char *controllers = strchr(line, ':');
	char *path = controllers ? strchr(controllers + 1, ':') : NULL;
	if (!path)
		return;
	controllers++;
	*path++ = '\0';
	const char *mount = arena_printf(a, "%s/sys/fs/cgroup", root);
	if (!*controllers)
		limit_upward(h, a, mount, path, limit_v2);
	else if (names(controllers, "cpu"))
		limit_upward(h, a, arena_printf(a, "%s/cpu", mount), path, limit_v1);
	else if (names(controllers, "memory"))
		limit_upward(h, a, arena_printf(a, "%s/memory", mount), path, limit_v1);
}

void host_limit(struct host *h, const char *root)
{
	struct arena a;
	char line[4096];
	arena_init(&a);
	FILE *f = fopen(arena_printf(&a, "%s/proc/self/cgroup", root), "r");
	while (f && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		limit_by_line(h, &a, root, line);
	}
	if (f)
		fclose(f);
	arena_release(&a);
}

const char *host_program(struct arena *a)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path);
	return n > 0 && (size_t)n < sizeof path ? arena_cstr(a, (struct str){path, (size_t)n}) : "";
}

struct host host_detect(void)
{
	struct host h = {1, 0};
	cpu_set_t set;
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	if (sched_getaffinity(0, sizeof set, &set) == 0)
		h.cpus = (uint32_t)CPU_COUNT(&set);
	else if (online > 0)
		h.cpus = (uint32_t)online;
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
	if (pages > 0 && size > 0)
		h.memory_bytes = (uint64_t)pages * (uint64_t)size;
	host_limit(&h, "");
	return h;
}
