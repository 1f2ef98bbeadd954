#include "cli/project_file.h"

#include <stdio.h>

/* in double quotes: names are other people's */
static void quoted(struct str s, FILE *out)
{
	fputc('"', out);
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			fprintf(out, c == '"' || c == '\\' ? "\\%c" : "%c", c);
	}
	fputc('"', out);
}

static void print_names(const char *key, const struct str *names, size_t n, FILE *out)
{
	if (!n)
		return;
	fprintf(out, "%s: [", key);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s" STR_FMT, i ? ", " : "", STR_ARG(names[i]));
	fputs("]\n", out);
}

static void print_apps(const struct project_policy *p, FILE *out)
{
	if (p->n_apps)
		fputs("apps:\n", out);
	for (size_t i = 0; i < p->n_apps; i++) {
		const struct app_policy *a = &p->apps[i];
		bool later = false;
		for (size_t k = i + 1; k < p->n_apps; k++)
			later = later || str_eq(p->apps[k].name, a->name);
		if (later)
			continue;
		fputs("  ", out);
		quoted(a->name, out);
		fputs(":\n", out);
		if (a->pin) {
			fputs("    pin: ", out);
			quoted(str_from(a->pin), out);
			fputc('\n', out);
		}
		if (a->rss)
			fprintf(out, "    rss: %llu\n", (unsigned long long)a->rss);
		if (a->weight > 0)
			fprintf(out, "    weight: %g\n", a->weight);
		if (a->pool)
			fprintf(out, "    pool: %u\n", a->pool);
	}
}

static void print_rules(const struct project_policy *p, FILE *out)
{
	if (p->n_rules)
		fputs("rules:\n", out);
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct rule_policy *x = &p->rules[i];
		fprintf(out, "  " STR_FMT ": {", STR_ARG(x->name));
		if (x->level != RULE_AS_IS)
			fprintf(out, "level: %s", rule_level_name(x->level));
		if (x->tolerated)
			fprintf(out, "%sfails: false", x->level != RULE_AS_IS ? ", " : "");
		fputs("}\n", out);
	}
}

void project_file_print(const struct project_file *p, struct str config, FILE *out)
{
	static const char *const levels[] = {"error", "error", "warning", "note", "never"};
	fputs("# ", out);
	quoted(config, out);
	fprintf(out, p->n_files ? ", settled in\n" : ": nothing is settled\n");
	for (size_t i = 0; i < p->n_files; i++) {
		fputs("#   ", out);
		quoted(str_from(p->files[i]), out);
		fputc('\n', out);
	}
	fprintf(out, "fail-on: %s\n", levels[p->policy.fail_on]);
	print_names("select", p->policy.select, p->policy.n_select, out);
	print_names("ignore", p->policy.ignore, p->policy.n_ignore, out);
	print_rules(&p->policy, out);
	print_apps(&p->policy, out);
	if (p->target)
		fprintf(out, "target: %s\n", p->target);
	if (p->policy.max_connections)
		fprintf(out, "max-connections: %u\n", p->policy.max_connections);
	if (p->baseline) {
		fputs("baseline: ", out);
		quoted(str_from(p->baseline), out);
		fputc('\n', out);
	}
	if (p->n_rows)
		fputs("catalogue:\n", out);
	for (size_t i = 0; i < p->n_rows; i++) {
		fputs("  - ", out);
		quoted(str_from(p->rows[i].path), out);
		fputc('\n', out);
	}
	if (p->no_inline)
		fputs("no-inline: true\n", out);
}
