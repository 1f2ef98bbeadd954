/* Build tool: embed FILE... writes the C source behind rules/embedded.h.
 * Not part of clusterlint itself. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Octal escapes always have three digits, so that no digit of the text can join
 * them; '?' is escaped against trigraphs. */
static void put(int c)
{
	if (c == '\n')
		fputs("\\n\"\n\"", stdout);
	else if (c == '"' || c == '\\' || c == '?')
		printf("\\%c", c);
	else if (c >= ' ' && c < 127)
		putchar(c);
	else
		printf("\\%03o", (unsigned)c);
}

static int embed(int i, const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f) {
		fprintf(stderr, "embed: %s: %s\n", path, strerror(errno));
		return -1;
	}
	printf("static const char text_%d[] = \"", i);
	for (int c; (c = getc(f)) != EOF;)
		put(c);
	puts("\";");
	int bad = ferror(f);
	if (bad)
		fprintf(stderr, "embed: %s: cannot be read\n", path);
	fclose(f);
	return bad ? -1 : 0;
}

int main(int argc, char **argv)
{
	puts("#include \"rules/embedded.h\"\n");
	for (int i = 1; i < argc; i++)
		if (embed(i, argv[i]) != 0)
			return 1;
	puts("const struct embedded_file embedded_files[] = {");
	for (int i = 1; i < argc; i++)
		printf("\t{\"%s\", text_%d, sizeof text_%d - 1},\n", argv[i], i, i);
	puts("\t{0}\n};"); /* ISO C knows no empty array */
	printf("const size_t n_embedded_files = %d;\n", argc - 1);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
