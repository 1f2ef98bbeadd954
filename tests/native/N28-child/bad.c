// expect: native-foreign-child kill high likely
// expect: native-foreign-child "killall -q transcoder" high likely
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	int pid = 0;
	FILE *f = fopen("/run/transcoder", "r");
	if (f && fscanf(f, "%d", &pid) == 1)
		kill(pid, SIGTERM);
	if (system("killall -q transcoder") != 0)
		return 1;
	return 0;
}
