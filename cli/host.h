#ifndef CLI_HOST_H
#define CLI_HOST_H
/* What this machine can give: CPUs within affinity and cgroup quota, memory
 * within the cgroup limit (versions 2 and 1). */
#include <stdint.h>

struct host {
	uint32_t cpus;
	uint64_t memory_bytes;
};

struct host host_detect(void);
struct arena;
/* absolute path of the running program's own file, "" where the system does not tell */
const char *host_program(struct arena *a);
/* Lowers h by the cgroup limits found below `root` ("" for the real ones:
 * ROOT/proc/self/cgroup, ROOT/sys/fs/cgroup). */
void host_limit(struct host *h, const char *root);

#endif
