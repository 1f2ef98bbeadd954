// expect: native-shared-memory-unsynchronised /prices high likely
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	int fd = shm_open("/prices", O_RDWR | O_CREAT, 0600);
	int *table = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	for (;;) {
		table[0] += 1;
		pause();
	}
}
