// expect: native-watch-duplicates /srv/inbox high likely
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

static void import_file(void)
{
	if (system("/usr/local/bin/import /srv/inbox") != 0)
		return;
}

int main(void)
{
	char events[4096];
	int fd = inotify_init1(0);
	inotify_add_watch(fd, "/srv/inbox", IN_CLOSE_WRITE);
	while (read(fd, events, sizeof events) > 0)
		import_file();
	return 0;
}
