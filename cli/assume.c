#include "cli/assume.h"

#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/vec.h"

static bool parse_what_if(struct cli *cli, const char *text, struct what_if *w)
{
	const char *equals = strrchr(text, '=');
	const char *mode = equals ? equals + 1 : "", *colon = strchr(mode, ':');
	struct str word = {mode, colon ? (size_t)(colon - mode) : strlen(mode)};
	const char *number = colon ? colon + 1 : str_is(word, "cluster") || str_is(word, "fork") ? "1" : mode;
	char *end = NULL;
	unsigned long n = *number >= '0' && *number <= '9' ? strtoul(number, &end, 10) : 0;
	bool max = strcmp(number, "max") == 0, counted = end && !*end && n >= 1 && n <= 4096;
	bool known = str_is(word, "cluster") || str_is(word, "fork") || !colon;
	if (!equals || equals == text || !known || (!max && !counted)) {
		cli_error(cli, "--what-if: '%s' is not understood; write api=cluster:4, api=fork:1 or api=max", text);
		return false;
	}
	*w = (struct what_if){{text, (size_t)(equals - text)}, !str_is(word, "fork"), max ? 0 : (uint32_t)n};
	return true;
}

/* every name once, in the order of the configs */
static size_t app_names(struct session *s, const char ***out)
{
	VEC(const char *) names = {0};
	for (size_t i = 0; i < s->n_configs; i++)
		for (size_t m = 0; m < s->configs[i]->n_models; m++)
			for (size_t k = 0; k < s->configs[i]->models[m].n_apps; k++) {
				struct str name = s->configs[i]->models[m].apps[k].name;
				bool known = !name.len;
				for (size_t w = 0; w < names.len && !known; w++)
					known = str_is(name, names.ptr[w]);
				if (!known)
					vec_push(&names, arena_cstr(&s->arena, name));
			}
	*out = names.ptr;
	return names.len;
}

bool assume_app(struct session *s, struct cli *cli, const char *option, struct str name)
{
	enum { SHOWN = 12 };
	const char **names;
	size_t n = app_names(s, &names);
	bool found = false;
	for (size_t i = 0; i < n && !found; i++)
		found = str_is(name, names[i]);
	const char *word = arena_cstr(&s->arena, name), *near = found ? NULL : nearest_word(word, names, n);
	struct buf list = {0};
	for (size_t i = 0; i < n && i < SHOWN; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
	if (n > SHOWN)
		buf_adds(&list, ", ...");
	if (!found && near)
		cli_error(cli, "--%s: no app is called '%s'; did you mean '%s'?", option, word, near);
	else if (!found)
		cli_error(cli, "--%s: no app is called '%s'; there are: %.*s", option, word, (int)list.len, list.len ? list.ptr : "");
	buf_release(&list);
	free(names);
	return found;
}

static bool read_what_ifs(struct session *s, struct cli *cli)
{
	const struct option_list *given = &cli->settings->what_if;
	struct what_if *w = arena_array(&s->arena, struct what_if, given->len);
	for (size_t i = 0; i < given->len; i++) {
		if (!parse_what_if(cli, given->ptr[i], &w[i]) || !assume_app(s, cli, "what-if", w[i].app))
			return false;
	}
	s->policy.what_ifs = w;
	s->policy.n_what_ifs = given->len;
	return true;
}

/* name=MB, or name=180M */
static bool parse_rss(struct cli *cli, const char *text, struct str *name, uint64_t *bytes)
{
	const char *equals = strrchr(text, '=');
	const char *size = equals ? equals + 1 : "";
	bool plain = *size && strspn(size, "0123456789") == strlen(size);
	if (!equals || equals == text || !parse_size(size, bytes)) {
		cli_error(cli, "--rss: '%s' is not understood; write api=180, in megabytes, or api=1.5G", text);
		return false;
	}
	if (plain)
		*bytes = *bytes << 20;
	*name = (struct str){text, (size_t)(equals - text)};
	return true;
}

/* the last entry of a name wins as a whole, so the new one begins as a copy */
static struct app_policy *own_entry(struct session *s, struct project_policy *p, struct str name)
{
	struct app_policy *apps = arena_array(&s->arena, struct app_policy, p->n_apps + 1);
	struct app_policy mine = {.name = name};
	for (size_t i = 0; i < p->n_apps; i++) {
		apps[i] = p->apps[i];
		if (str_eq(apps[i].name, name))
			mine = apps[i];
	}
	apps[p->n_apps] = mine;
	p->apps = apps;
	return &apps[p->n_apps++];
}

static bool read_rss(struct session *s, struct cli *cli, struct project_policy *projects)
{
	const struct option_list *given = &cli->settings->rss;
	for (size_t i = 0; i < given->len; i++) {
		struct str name;
		uint64_t bytes;
		if (!parse_rss(cli, given->ptr[i], &name, &bytes) || !assume_app(s, cli, "rss", name))
			return false;
		for (size_t k = 0; k < s->n_configs; k++)
			own_entry(s, &projects[k], name)->rss = bytes;
	}
	return true;
}

static bool read_connections(struct session *s, struct cli *cli, struct project_policy *projects)
{
	const char *text = cli->settings->max_connections;
	if (!text)
		return true;
	char *end;
	unsigned long n = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
	if (n < 1 || n > 1000000 || *end) {
		cli_error(cli, "--max-connections: '%s' is not a number from 1 to 1000000", text);
		return false;
	}
	for (size_t k = 0; k < s->n_configs; k++)
		projects[k].max_connections = (uint32_t)n;
	return true;
}

bool assume_read(struct session *s, struct cli *cli)
{
	struct project_policy *projects = arena_array(&s->arena, struct project_policy, s->n_configs);
	for (size_t k = 0; k < s->n_configs; k++)
		projects[k] = s->policy.projects[k];
	s->policy.projects = projects;
	return read_what_ifs(s, cli) && read_rss(s, cli, projects) && read_connections(s, cli, projects);
}
