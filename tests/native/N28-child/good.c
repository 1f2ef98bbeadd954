// a tool for one job
#include <stdlib.h>

int main(void)
{
	return system("convert in.png out.jpg");
}
