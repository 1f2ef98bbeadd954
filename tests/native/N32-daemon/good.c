// only when asked to
// expect: native-daemonizes daemon low possible
#define _DEFAULT_SOURCE
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "-d") == 0) {
		if (daemon(0, 0) != 0)
			return 1;
	}
	for (;;)
		pause();
}
