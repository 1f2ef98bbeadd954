// a mutex that all processes respect
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	int fd = shm_open("/prices", O_RDWR | O_CREAT, 0600);
	struct shared { pthread_mutex_t lock; int n; } *s =
	    mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	pthread_mutexattr_t attr;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&s->lock, &attr);
	for (;;) {
		pthread_mutex_lock(&s->lock);
		s->n++;
		pthread_mutex_unlock(&s->lock);
		pause();
	}
}
