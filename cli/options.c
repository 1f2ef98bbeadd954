#include "cli/options.h"

#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/context.h"
#include "base/str.h"
#include "cli/cli.h"

#define FIELD(name) offsetof(struct settings, name)
#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const fail_on_choices[] = {[FAIL_ON_PROJECT] = "project",
					      [FAIL_ON_ERROR] = "error",
					      [FAIL_ON_WARNING] = "warning",
					      [FAIL_ON_NOTE] = "note",
					      [FAIL_ON_NEVER] = "never",
					      NULL};
static const char *const lang_choices[] = {
    [LANG_CHOICE_AUTO] = "auto", [LANG_CHOICE_EN] = "en", [LANG_CHOICE_ZH] = "zh", NULL};
static const char *const color_choices[] = {
    [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never", NULL};

static const struct option globals[] = {
    {"help", 'h', OPT_BOOL, FIELD(help), NULL, NULL, "show what there is"},
    {"version", 'V', OPT_BOOL, FIELD(version), NULL, NULL, "show the version"},
    {"quiet", 'q', OPT_BOOL, FIELD(quiet), NULL, NULL,
     "print no report for people; errors and the exit status stay"},
    {"color", 0, OPT_CHOICE, FIELD(color), "WHEN", color_choices,
     "auto, always or never (default: auto; NO_COLOR, FORCE_COLOR, CLICOLOR are heeded)"},
    {"hyperlinks", 0, OPT_CHOICE, FIELD(hyperlinks), "WHEN", color_choices,
     "make places links: auto, always or never (default: auto, on terminals that are known to show "
     "them; NO_HYPERLINKS, FORCE_HYPERLINK are heeded)"},
    {"ascii", 0, OPT_BOOL, FIELD(ascii), NULL, NULL,
     "draw with ASCII alone, as is done where the locale is not UTF-8"},
    {"lang", 0, OPT_CHOICE, FIELD(lang), "LANG", lang_choices,
     "en, zh or auto (default: auto, from the locale; machine formats: en)"},
};

static const struct option analysis[] = {
    {"cpus", 0, OPT_NUMBER, FIELD(cpus), "N", NULL,
     "CPUs of the target machine (default: this host's, limits of its container included)"},
    {"memory", 0, OPT_SIZE, FIELD(memory), "SIZE", NULL,
     "memory of the target machine: 512M, 16G (default: this host's)"},
    {"target", 0, OPT_TEXT, FIELD(target), "TARGET", NULL,
     "pm2: processes of one host (default); replicas: they share no disk either; or a machine "
     "that the settings name"},
    {"env", 0, OPT_LIST, FIELD(env), "NAME=VALUE", NULL,
     "a variable of the environment that the config is evaluated in; a NAME alone picks "
     "env_NAME, as pm2 start --env does"},
    {"env-file", 0, OPT_LIST, FIELD(env_files), "FILE", NULL, "such variables, one a line"},
    {"inherit-env", 0, OPT_BOOL, FIELD(inherit_env), NULL, NULL,
     "take over the variables of this shell"},
    {"scenario", 0, OPT_TEXT, FIELD(scenario), "NAME", NULL,
     "look at this scenario alone, as the report names it"},
    {"settings", 0, OPT_TEXT, FIELD(settings), "FILE", NULL,
     "take the settings from FILE (default: .clusterlint.yml from the config's folder up to the "
     "root)"},
    {"recursive", 'r', OPT_BOOL, FIELD(recursive), NULL, NULL,
     "without a CONFIG, also look for configs in the folders below"},
    {"root", 0, OPT_TEXT, FIELD(root), "DIR", NULL,
     "project root (default: nearest .git, workspace, or this folder)"},
    {"pm2-cwd", 0, OPT_TEXT, FIELD(pm2_cwd), "DIR", NULL,
     "folder in which pm2 start is called (default: the config's)"},
    {"map", 0, OPT_LIST, FIELD(map), "FROM=TO", NULL,
     "where an absolute path of the deployed machine lies in this project"},
    {"pm2-version", 0, OPT_NUMBER, FIELD(pm2_version), "MAJOR", NULL,
     "PM2 that runs the config: 5, 6 or 7 (default: what the project pins, else 7)"},
    {"no-inline", 0, OPT_BOOL, FIELD(no_inline), NULL, NULL,
     "ignore comments that accept findings (clusterlint-ignore)"},
    {"native-deps", 0, OPT_BOOL, FIELD(native_deps), NULL, NULL,
     "also look at the C and C++ of addons below node_modules"},
    {"rules", 0, OPT_LIST, FIELD(rules), "FILE", NULL,
     "more rows for the package catalogue, in YAML"},
    {"threads", 0, OPT_NUMBER, FIELD(threads), "N", NULL, "threads that read the sources"},
};

static const struct option outputs[] = {
    {"format", 'f', OPT_FORMAT, 0, "FORMAT", NULL,
     "text (default), concise, json, jsonl, sarif, github, gitlab, junit, checkstyle or markdown; "
     "may be given several times, each with an --output of its own"},
    {"output", 'o', OPT_OUTPUT, 0, "FILE", NULL,
     "write the format before it to FILE instead of the standard output"},
    {"statistics", 0, OPT_BOOL, FIELD(statistics), NULL, NULL,
     "in the formats text and concise, count the findings of each rule instead of showing them"},
    {"fail-on", 0, OPT_CHOICE, FIELD(fail_on), "LEVEL", fail_on_choices,
     "exit with 1 from this level on: error, warning, note or never (default: project, which is what the settings say, else error)"},
};

static const char *const report_formats[] = {"markdown", "html", NULL};
static const struct option reports[] = {
	{"format", 'f', OPT_FORMAT, 0, "FORMAT", report_formats,
	 "markdown (default) or html; may be given several times, each with an --output of its own"},
	{"output", 'o', OPT_OUTPUT, 0, "FILE", NULL, "write the format before it to FILE instead of the standard output"},
};

static const struct option fixes[] = {
	{"write", 'w', OPT_BOOL, FIELD(write_back), NULL, NULL,
	 "change the config; without it the changes are only shown"},
	{"check", 0, OPT_BOOL, FIELD(check_only), NULL, NULL,
	 "exit with 1 where something would change, and change nothing"},
	{"plan", 0, OPT_BOOL, FIELD(fix_plan), NULL, NULL,
	 "also what the plan recommends, not only what is wrong"},
	{"only", 0, OPT_LIST, FIELD(only), "APP", NULL, "this app alone; may be given several times"},
	{"unsafe", 0, OPT_BOOL, FIELD(unsafe), NULL, NULL,
	 "also fixes that may change what an app does"},
};

static const struct option plans[] = {
	{"what-if", 0, OPT_LIST, FIELD(what_if), "APP=MODE:N", NULL,
	 "judge the config as if APP ran like this: api=cluster:4, api=fork:1, api=max; exits with 1 like check where "
	 "that is an error; may be given several times"},
};

static const struct option limits[] = {
	{"rss", 0, OPT_LIST, FIELD(rss), "APP=MB", NULL,
	 "measured memory of one process of APP in megabytes, as pm2 list shows it; may be given several times"},
	{"max-connections", 0, OPT_TEXT, FIELD(max_connections), "N", NULL,
	 "connections that the database allows (default: what the settings say)"},
};

#define BASELINE_OPTION                                                                            \
	{"baseline", 0, OPT_TEXT, FIELD(baseline), "FILE", NULL,                                   \
	 "findings that FILE knows do not count; clusterlint baseline update writes it"}

static const struct option gates[] = {
    {"show-config", 0, OPT_BOOL, FIELD(show_config), NULL, NULL,
     "print the settings that hold for each config, and end"},
    {"show-files", 0, OPT_BOOL, FIELD(show_files), NULL, NULL,
     "print the files that would be read, and end"},
    {"dump-graph", 0, OPT_BOOL, FIELD(dump_graph), NULL, NULL,
     "print which file reached which app, and why, and end"},
    BASELINE_OPTION,
    {"since", 0, OPT_TEXT, FIELD(since), "REF", NULL,
     "only findings that touch what changed since this commit or branch (needs git)"},
    {"staged", 0, OPT_BOOL, FIELD(staged), NULL, NULL,
     "only findings that touch what is staged for the next commit (needs git)"},
};

static const struct option baselines[] = {
    BASELINE_OPTION,
    {"accept-new", 0, OPT_BOOL, FIELD(accept_new), NULL, NULL,
     "also take in findings that the file does not know yet"},
};

static const struct option inits[] = {
    {"write", 'w', OPT_BOOL, FIELD(write_back), NULL, NULL,
     "write the files that are not there yet; without it they are only shown"},
    {"action", 0, OPT_TEXT, FIELD(action), "OWNER/REPOSITORY@VERSION", NULL,
     "where the GitHub action lies, for a workflow"},
};

const struct option_table init_options = {"What is written", inits, COUNT(inits)};
const struct option_table gate_options = {"Which findings count", gates, COUNT(gates)};
const struct option_table baseline_options = {"What is written", baselines, COUNT(baselines)};
const struct option_table plan_options = {"What is asked", plans, COUNT(plans)};
const struct option_table limit_options = {"What is measured", limits, COUNT(limits)};
const struct option_table fix_options = {"What is changed", fixes, COUNT(fixes)};
const struct option_table global_options = {"Options", globals, COUNT(globals)};
const struct option_table analysis_options = {"What is assumed", analysis, COUNT(analysis)};
const struct option_table report_options = {"What comes out", reports, COUNT(reports)};
const struct option_table output_options = {"What comes out", outputs, COUNT(outputs)};

void settings_release(struct settings *s)
{
	vec_release(&s->env);
	vec_release(&s->env_files);
	vec_release(&s->map);
	vec_release(&s->only);
	vec_release(&s->what_if);
	vec_release(&s->rss);
	vec_release(&s->rules);
	vec_release(&s->outputs);
	vec_release(&s->args);
}

const char *nearest_word(const char *word, const char *const *words, size_t n)
{
	const char *best = NULL;
	unsigned distance = 3;
	for (size_t i = 0; i < n; i++) {
		unsigned d = str_distance(str_from(word), str_from(words[i]), distance);
		if (d < distance && d < strlen(words[i])) {
			best = words[i];
			distance = d;
		}
	}
	return best;
}

bool parse_size(const char *text, uint64_t *out)
{
	static const char units[] = "KMGT";
	char *end;
	if (*text < '0' || *text > '9')
		return false;
	double n = strtod(text, &end);
	const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
	if (unit) {
		for (long i = unit - units + 1; i > 0; i--)
			n *= 1024;
		end++;
	}
	bool tail = !*end || strcmp(end, "B") == 0 || strcmp(end, "b") == 0 ||
		    (unit && strcmp(end, "iB") == 0);
	if (!tail || !(n >= 1 && n < 1e18))
		return false;
	*out = (uint64_t)n;
	return true;
}

/* ---- reading ---- */

struct parse {
	const struct option_table *const *tables;
	size_t n_tables;
	struct settings *settings;
	FILE *err;
};

static const struct option *find_option(const struct parse *p, const char *name, size_t len,
					char letter)
{
	for (size_t t = 0; t < p->n_tables; t++)
		for (size_t i = 0; i < p->tables[t]->len; i++) {
			const struct option *o = &p->tables[t]->ptr[i];
			if (letter ? o->letter == letter
				   : strlen(o->name) == len && memcmp(o->name, name, len) == 0)
				return o;
		}
	return NULL;
}

/* in the language that was asked for before this option */
static struct cli told_to(const struct parse *p)
{
	return (struct cli){.err = p->err, .settings = p->settings, .lang = cli_lang(p->settings)};
}

static void say_unknown(const struct parse *p, const char *arg, struct str name)
{
	VEC(const char *) words = {0};
	for (size_t t = 0; t < p->n_tables; t++)
		for (size_t i = 0; i < p->tables[t]->len; i++)
			vec_push(&words, p->tables[t]->ptr[i].name);
	struct arena a;
	struct cli cli = told_to(p);
	arena_init(&a);
	const char *near = nearest_word(arena_cstr(&a, name), words.ptr, words.len);
	if (near)
		cli_error(&cli, "unknown option '%s'; did you mean '--%s'?", arg, near);
	else
		cli_error(&cli, "unknown option '%s'; see clusterlint --help", arg);
	arena_release(&a);
	vec_release(&words);
}

static bool bad_value(const struct parse *p, const struct option *o, const char *value,
		      const char *what)
{
	struct cli cli = told_to(p);
	cli_error(&cli, "--%s: '%s' is not %s", o->name, value, what);
	return false;
}

static bool set_number(const struct parse *p, const struct option *o, const char *value,
		       uint32_t *out)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);
	if (*value < '0' || *value > '9' || *end || n < 1 || n > 4096)
		return bad_value(p, o, value, "a number from 1 to 4096");
	*out = (uint32_t)n;
	return true;
}

static bool set_choice(const struct parse *p, const struct option *o, const char *value, int *out)
{
	for (int i = 0; o->choices[i]; i++)
		if (strcmp(o->choices[i], value) == 0) {
			*out = i;
			return true;
		}
	struct buf list = {0};
	struct cli cli = told_to(p);
	for (int i = 0; o->choices[i]; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", o->choices[i]);
	cli_error(&cli, "--%s: '%s' is none of %s", o->name, value, list.ptr);
	buf_release(&list);
	return false;
}

/* --format begins an output, unless one waits for its format (--output before --format) */
static void set_output(struct settings *s, const char *format, const char *file)
{
	struct output *last = s->outputs.len ? &s->outputs.ptr[s->outputs.len - 1] : NULL;
	if (last && format && !last->format)
		last->format = format;
	else if (last && file && !last->file)
		last->file = file;
	else
		vec_push(&s->outputs, (struct output){format, file});
}

static bool set(const struct parse *p, const struct option *o, const char *value)
{
	void *at = (char *)p->settings + o->offset;
	switch (o->kind) {
	case OPT_BOOL:
		*(bool *)at = true;
		return true;
	case OPT_TEXT:
		*(const char **)at = value;
		return true;
	case OPT_LIST:
		vec_push((struct option_list *)at, value);
		return true;
	case OPT_NUMBER:
		return set_number(p, o, value, at);
	case OPT_SIZE:
		return parse_size(value, at) || bad_value(p, o, value, "a size like 512M or 16G");
	case OPT_CHOICE:
		return set_choice(p, o, value, at);
	case OPT_FORMAT:
		set_output(p->settings, value, NULL);
		return true;
	case OPT_OUTPUT:
		set_output(p->settings, NULL, value);
		return true;
	}
	return false;
}

/* the value behind the option: --name=value, -nvalue, or the next argument; *taken counts arguments
 */
static const char *value_of(const struct parse *p, const struct option *o, const char *attached,
			    int argc, char **argv, int *taken)
{
	if (attached)
		return attached;
	if (argc < 2) {
		struct cli cli = told_to(p);
		cli_error(&cli, "--%s needs a value: --%s %s", o->name, o->name, o->arg);
		return NULL;
	}
	*taken = 2;
	return argv[1];
}

/* one option at argv[0]; returns the arguments that it took, 0 after an error */
static int parse_option(const struct parse *p, int argc, char **argv)
{
	bool is_long = argv[0][1] == '-';
	const char *name = argv[0] + (is_long ? 2 : 1);
	const char *equals = is_long ? strchr(name, '=') : NULL;
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct option *o = find_option(p, name, len, is_long ? 0 : *name);
	if (!o) {
		say_unknown(p, argv[0], (struct str){name, is_long ? len : 0});
		return 0;
	}
	const char *attached = equals ? equals + 1 : !is_long && name[1] ? name + 1 : NULL;
	int taken = 1;
	if (o->kind == OPT_BOOL) {
		if (!attached)
			return set(p, o, NULL) ? 1 : 0;
		struct cli cli = told_to(p);
	cli_error(&cli, "--%s takes no value", o->name);
		return 0;
	}
	const char *value = value_of(p, o, attached, argc, argv, &taken);
	return value && set(p, o, value) ? taken : 0;
}

int options_parse(const struct option_table *const *tables, size_t n, int argc, char **argv,
		  bool stop_at_word, struct settings *s, FILE *err)
{
	struct parse p = {tables, n, s, err};
	int i = 0;
	while (i < argc) {
		if (strcmp(argv[i], "--") == 0) {
			for (i++; i < argc; i++)
				vec_push(&s->args, argv[i]);
			break;
		}
		if (argv[i][0] != '-' || !argv[i][1]) {
			if (stop_at_word)
				return i;
			vec_push(&s->args, argv[i++]);
			continue;
		}
		int taken = parse_option(&p, argc - i, argv + i);
		if (!taken)
			return -1;
		i += taken;
	}
	return i;
}

/* ---- help ---- */

static void help_text(const char *text, int indent, FILE *out)
{
	enum { WIDTH = 80 };
	int column = indent;
	while (*text) {
		int word = (int)strcspn(text, " ");
		if (column > indent && column + 1 + word > WIDTH) {
			fprintf(out, "\n%*s", indent, "");
			column = indent;
		}
		column += fprintf(out, "%s%.*s", column > indent ? " " : "", word, text);
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

void options_help(const struct option_table *const *tables, size_t n, FILE *out)
{
	enum { INDENT = 26 };
	for (size_t t = 0; t < n; t++) {
		fprintf(out, "\n%s:\n", tables[t]->title);
		for (size_t i = 0; i < tables[t]->len; i++) {
			const struct option *o = &tables[t]->ptr[i];
			int w =
			    o->letter ? fprintf(out, "  -%c, ", o->letter) : fprintf(out, "      ");
			w += fprintf(out, "--%s", o->name);
			if (o->arg)
				w += fprintf(out, " %s", o->arg);
			if (w > INDENT - 2) {
				fputc('\n', out);
				w = 0;
			}
			fprintf(out, "%*s", INDENT - w, "");
			help_text(o->help, INDENT, out);
		}
	}
}
