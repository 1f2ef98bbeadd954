// expect: native-daemonizes daemon medium likely
#define _DEFAULT_SOURCE
#include <unistd.h>

int main(void)
{
	if (daemon(0, 0) != 0)
		return 1;
	for (;;)
		pause();
}
