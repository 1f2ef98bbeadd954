// handlers that only leave word
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t late, ended, reload;

static void on_alarm(int sig) { (void)sig; late = 1; }
static void on_term(int sig) { (void)sig; ended = 1; }
static void on_hup(int sig) { (void)sig; reload++; }

int main(void)
{
	signal(SIGALRM, on_alarm);
	signal(SIGTERM, on_term);
	signal(SIGHUP, on_hup);
	while (!ended) {
		pause();
		late = reload = 0;
	}
}
