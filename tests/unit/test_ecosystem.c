#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "analyzers/ecosystem/cron.h"
#include "analyzers/ecosystem/internal.h"
#include "analyzers/ecosystem/split.h"
#include "analyzers/ecosystem/yaml_scalar.h"

/* What PM2 makes of a value is compared with PM2 itself in check-pm2-grid.sh;
 * here is what that cannot see: places, scenarios, fixes, findings. */
struct box {
	struct arena arena;
	struct fs fs;
	struct context ctx;
	char dir[32];
};

static int set_up(void **state)
{
	struct box *b = calloc(1, sizeof *b);
	strcpy(b->dir, "/tmp/eco-XXXXXX");
	arena_init(&b->arena);
	if (!mkdtemp(b->dir) || fs_init(&b->fs, &b->arena, b->dir).text)
		return -1;
	b->ctx = (struct context){.arena = &b->arena, .fs = &b->fs, .cpus = 8, .pm2_major = 7, .threads = 1};
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct box *b = *state;
	rmdir(b->dir);
	fs_release(&b->fs);
	arena_release(&b->arena);
	free(b);
	return 0;
}

static const struct eco_config *load(struct box *b, const char *path, const char *text)
{
	return eco_load_text(&b->ctx, str_from(path), str_from(text), (struct str){0});
}

static const struct eco_config *load_app(struct box *b, const char *props)
{
	return load(b, "ecosystem.config.js", arena_printf(&b->arena, "module.exports = { apps: [{ script: 'a.js', %s }] };\n", props));
}

static void assert_text(struct str s, const char *expected)
{
	if (!str_is(s, expected))
		fail_msg("'" STR_FMT "' is not '%s'", STR_ARG(s), expected);
}

static struct str at_place(struct place p)
{
	assert_non_null(p.source);
	return str_sub(p.source->text, p.span.start, p.span.end);
}

static const struct eco_finding *find(const struct eco_config *c, const char *rule)
{
	for (size_t i = 0; i < c->n_findings; i++)
		if (!strcmp(c->findings[i].rule, rule))
			return &c->findings[i];
	return NULL;
}

static const struct eco_finding *expect(const struct eco_config *c, const char *rule)
{
	const struct eco_finding *f = find(c, rule);
	if (!f)
		fail_msg("no finding '%s'", rule);
	return f;
}

static void the_format_follows_from_any_part_of_the_path(void **state)
{
	(void)state;
	assert_int_equal(eco_format_of(STR("x.json.bak")), ECO_JSON);
	assert_int_equal(eco_format_of(STR("my.json.dir/server.js")), ECO_JSON);
	assert_int_equal(eco_format_of(STR("x.config.json.js")), ECO_JSON);
	assert_int_equal(eco_format_of(STR("x.config.yml")), ECO_YAML);
	assert_int_equal(eco_format_of(STR("x.config.cjs")), ECO_JS);
	assert_int_equal(eco_format_of(STR("x.config.mjs")), ECO_MJS);
	assert_int_equal(eco_format_of(STR("ecosystem.config.dev.js")), ECO_NOT_A_CONFIG);
	assert_int_equal(eco_format_of(STR("X.JSON")), ECO_NOT_A_CONFIG);
}

static void values_know_where_they_were_written(void **state)
{
	const struct eco_config *c = load_app(*state, "name: 'api', instances: 2, execMode: 'cluster', cwd: '/x'");
	const struct eco_app *app = &c->models[0].apps[0];
	assert_text(at_place(app->name_at), "'api'");
	assert_text(at_place(app->script_at), "'a.js'");
	assert_text(at_place(app->instances_at), "2");
	assert_text(at_place(app->exec_mode_at), "'cluster'");
	assert_text(at_place(app->cwd_at), "'/x'");
	assert_int_equal(app->exec_mode, EXEC_CLUSTER);
	assert_int_equal(app->processes, 2);
}

static void yaml_places_are_bytes_behind_a_bom_and_umlauts(void **state)
{
	const struct eco_config *c =
		load(*state, "x.yml", "\xef\xbb\xbf# \xc3\xa4\xc3\xb6\napps:\n  - name: \"\xc3\xbc\"\n    script: a.js # x\n    instances: 3\n");
	const struct eco_app *app = &c->models[0].apps[0];
	assert_text(at_place(app->name_at), "\"\xc3\xbc\"");
	assert_text(at_place(app->script_at), "a.js");
	assert_text(at_place(app->instances_at), "3");
	assert_text(app->name, "\xc3\xbc");
}

static void each_side_of_a_test_on_the_environment_is_a_scenario(void **state)
{
	const struct eco_config *c = load_app(*state, "instances: process.env.NODE_ENV === 'production' ? 'max' : 1, exec_mode: 'cluster'");
	assert_int_equal(c->n_models, 2);
	assert_text(c->models[0].scenario->name, "default");
	assert_int_equal(c->models[0].apps[0].processes, 1);
	assert_text(c->models[1].scenario->name, "NODE_ENV=production");
	assert_int_equal(c->models[1].apps[0].processes, 8);
}

static void a_variable_that_only_passes_through_opens_no_scenario(void **state)
{
	const struct eco_config *c = load_app(*state, "env: { PORT: process.env.PORT || 3000, HOST: process.env.HOST }");
	assert_int_equal(c->n_models, 1);
	assert_text(c->models[0].apps[0].port, "3000");
}

static void an_app_may_take_the_whole_environment(void **state)
{
	const struct eco_config *c = load_app(*state, "env: process.env");
	assert_int_equal(c->models[0].verdict, ECO_STARTS);
	assert_int_equal(c->n_findings, 0);
}

static void one_app_in_two_environments_shares_its_port_with_a_note(void **state)
{
	static const struct { const char *a, *b; int level; } cases[] = {
		{"api", "api-staging", ECO_LEVEL_NOTE}, {"prod", "dev", ECO_LEVEL_NOTE}, {"api_dev", "api:prod", ECO_LEVEL_NOTE},
		{"api", "web", ECO_LEVEL_CARD}, {"api-dev", "web-dev", ECO_LEVEL_CARD}, {"contest", "con", ECO_LEVEL_CARD},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct box *b = *state;
		const struct eco_config *c = load_app(b, arena_printf(&b->arena,
				"name: '%s', env: { PORT: 1 } }, { name: '%s', script: 'b.js', env: { PORT: 1 }", cases[i].a, cases[i].b));
		assert_int_equal(expect(c, "same-port")->level, cases[i].level);
	}
}

static void a_file_for_deploying_alone_needs_no_app(void **state)
{
	assert_null(find(load(*state, "ecosystem.config.js", "module.exports = { apps: [], deploy: { production: {} } };"), "apps-empty"));
	expect(load(*state, "ecosystem.config.js", "module.exports = { apps: [] };"), "apps-empty");
}

static void a_block_is_chosen_after_evaluation(void **state)
{
	const struct eco_config *c = load_app(*state, "env: { A: '1', B: '1' }, env_production: { A: '2' }, append_env_to_name: true");
	assert_int_equal(c->n_models, 2);
	const struct eco_app *app = &c->models[1].apps[0];
	assert_text(c->models[1].scenario->name, "--env production");
	assert_text(app->name, "a-production");
	assert_text(app->env[0].value, "2");
	assert_text(app->env[1].value, "1");
}

static void one_scenario_can_be_asked_for(void **state)
{
	struct box *b = *state;
	const char *text = "module.exports = { apps: [{ script: 'a.js', instances: process.env.N === '4' ? 4 : 1, env_x: { A: 'b' } }] };";
	struct eco_config *c = eco_load_text(&b->ctx, STR("a.config.js"), str_from(text), STR("N=4 --env x"));
	assert_int_equal(c->n_models, 1);
	assert_text(c->models[0].scenario->name, "N=4 --env x");
	assert_int_equal(c->models[0].apps[0].processes, 4);
	assert_text(c->models[0].apps[0].env[0].value, "b");
}

static void the_command_line_is_that_of_pm2_start(void **state)
{
	const char *text = "const i = process.argv.indexOf('--env');\n"
			   "const e = i < 0 ? process.argv[3] : process.argv[i + 1];\n"
			   "module.exports = { apps: [{ script: 'a.js', name: e, instances: e === 'x' ? 4 : 1, env_x: { A: 'b' } }] };";
	const struct eco_config *c = load(*state, "sub/a.config.js", text);
	assert_int_equal(c->n_models, 2);
	assert_text(c->models[0].apps[0].name, "a.config.js");
	assert_int_equal(c->models[0].apps[0].processes, 1);
	assert_text(c->models[1].scenario->name, "--env x");
	assert_text(c->models[1].apps[0].name, "x");
	assert_int_equal(c->models[1].apps[0].processes, 4);
}

static void the_number_of_scenarios_is_bounded_and_said(void **state)
{
	struct box *b = *state;
	char *apps = arena_printf(&b->arena, "%s", "");
	for (int i = 0; i < 40; i++)
		apps = arena_printf(&b->arena, "%s{ name: 'n%d', script: 'a.js', instances: process.env.V%d ? 2 : 1 },", apps, i, i);
	const struct eco_config *c = load(b, "x.config.js", arena_printf(&b->arena, "module.exports = [%s];", apps));
	assert_true(c->n_models <= 32);
	assert_int_equal(c->n_notes, 1);
}

static void what_cannot_be_decided_is_unknown_with_its_reason(void **state)
{
	const struct eco_config *c = load_app(*state, "instances: require('os').loadavg()[0], name: 'x'");
	const struct eco_app *app = &c->models[0].apps[0];
	assert_false(app->instances_known);
	assert_int_equal(app->processes, 0);
	assert_int_equal(app->exec_mode, EXEC_UNKNOWN);
	assert_true(app->n_unknown >= 2);
}

static void a_refused_file_still_tells_what_would_have_been(void **state)
{
	const struct eco_config *c = load_app(*state, "name: 'x', kill_timeout: '2s', instances: 2, exec_mode: 'cluster'");
	assert_true(c->loadable);
	assert_true(c->models[0].starts_nothing);
	assert_int_equal(c->models[0].verdict, ECO_REJECTED);
	assert_int_equal(c->models[0].apps[0].processes, 2);
	assert_text(at_place(expect(c, "wrong-type")->at), "'2s'");
}

static void broken_syntax_is_no_model_but_a_finding(void **state)
{
	const struct eco_config *c = load(*state, "x.config.js", "module.exports = { apps: [ };\n");
	assert_false(c->loadable);
	assert_non_null(c->why_not);
	expect(c, "config-does-not-load");
}

static void a_program_by_its_name_is_read_all_the_same(void **state)
{
	const struct eco_config *c = load(*state, "ecosystem.config.dev.js", "module.exports = { apps: [{ name: 'x', script: 'a.js' }] };\n");
	assert_int_equal(c->models[0].verdict, ECO_SCRIPT);
	assert_int_equal(c->models[0].n_apps, 1);
	assert_text(str_from(expect(c, "config-not-recognised")->args[1]), "ecosystem.dev.config.js");
}

static void a_comment_at_the_end_of_json_gets_a_line_break(void **state)
{
	const struct eco_config *c = load(*state, "x.json", "{\"apps\":[{\"script\":\"a.js\"}]} // end");
	const struct eco_finding *f = expect(c, "json-comment-swallows-bracket");
	assert_int_equal(c->models[0].verdict, ECO_PARSE_ERROR);
	assert_true(f->fix->safe);
	assert_text(f->fix->edits[0].text, "\n");
	assert_int_equal(f->fix->edits[0].span.start, 35);
}

static void a_fix_keeps_the_quotes_of_its_file(void **state)
{
	struct box *b = *state;
	const struct eco_config *c = load(b, "x.json", "{\"script\":\"a.js\",\"exec_mode\":\"Cluster\",\"instances\":2}");
	assert_text(expect(c, "exec-mode-not-known")->fix->edits[0].text, "\"cluster\"");
	c = load_app(b, "max_memory_restart: '1.5G'");
	assert_text(expect(c, "memory-limit-unit")->fix->edits[0].text, "'1536M'");
	c = load(b, "x.yml", "script: a.js\nautorestart: yes\n");
	assert_text(expect(c, "wrong-type")->fix->edits[0].text, "true");
	c = load_app(b, "'instance': 4");
	const struct eco_edit *e = &expect(c, "misspelled-key")->fix->edits[0];
	assert_text(e->text, "instances");
	assert_text(str_sub(e->source->text, e->span.start, e->span.end), "instance");
}

static void a_finding_is_said_once_for_all_scenarios(void **state)
{
	const struct eco_config *c = load_app(*state, "name: 'x', depends_on: [], env_a: { A: '1' }, env_b: { A: '2' }");
	size_t n = 0;
	for (size_t i = 0; i < c->n_findings; i++)
		n += !strcmp(c->findings[i].rule, "unknown-key");
	assert_int_equal(c->n_models, 3);
	assert_int_equal(n, 1);
}

static void messages_are_filled_and_their_pieces_kept(void **state)
{
	const struct eco_config *c = load_app(*state, "max_restarts: 0");
	const struct eco_finding *f = expect(c, "lost-falsy-value");
	assert_string_equal(f->message, "pm2 takes 'max_restarts: 0' for not set and uses 16: write 'autorestart: false'");
	assert_int_equal(f->n_args, 4);
	assert_string_equal(f->args[2], "16");
}

static void an_ordinary_config_has_no_findings(void **state)
{
	const struct eco_config *c = load(*state, "ecosystem.config.js",
		"module.exports = { apps: [{ name: 'api', script: './dist/main.js', exec_mode: 'cluster', instances: 'max',\n"
		"  max_memory_restart: '500M', env: { NODE_ENV: 'development' }, env_production: { NODE_ENV: 'production', PORT: 3000 },\n"
		"  watch: false, out_file: './logs/out.log', error_file: './logs/err.log', merge_logs: true, kill_timeout: 5000 }],\n"
		"  deploy: { production: { user: 'u', host: ['a', 'b'], ref: 'origin/main', repo: 'r', path: '/p' } } };\n");
	for (size_t i = 0; i < c->n_findings; i++)
		fail_msg("%s: %s", c->findings[i].rule, c->findings[i].message);
	assert_int_equal(c->n_deploy, 1);
	assert_int_equal(c->deploy[0].hosts, 2);
}

static void deploy_alone_is_a_use_of_its_own(void **state)
{
	const struct eco_config *c = load(*state, "x.config.js", "module.exports = { deploy: { p: { host: 'a' } } };");
	assert_null(find(c, "config-no-apps"));
}

static void put_file(struct box *b, const char *name, const char *text)
{
	FILE *f = fopen(arena_printf(&b->arena, "%s/%s", b->dir, name), "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void a_file_with_a_blank_is_told_from_a_command(void **state)
{
	struct box *b = *state;
	put_file(b, "my app.js", "");
	expect(load(b, "x.config.js", "module.exports = [{ script: './my app.js' }];"), "script-with-blank");
	assert_null(find(load(b, "x.config.js", "module.exports = [{ script: 'npm run start' }];"), "script-with-blank"));
	unlink(arena_printf(&b->arena, "%s/my app.js", b->dir));
}

static void a_relative_cwd_is_silent_where_it_works(void **state)
{
	struct box *b = *state;
	const char *dir = arena_printf(&b->arena, "%s/app", b->dir);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_null(find(load(b, "x.config.js", "module.exports = [{ script: 'a.js', cwd: './app' }];"), "relative-cwd"));
	assert_non_null(find(load(b, "deploy/x.config.js", "module.exports = [{ script: 'a.js', cwd: './app' }];"), "relative-cwd"));
	rmdir(dir);
}

static void the_versions_of_pm2_differ_in_what_means_cluster(void **state)
{
	(void)state;
	assert_true(interpreter_means_cluster(STR("./node_modules/.bin/tsx"), 6));
	assert_false(interpreter_means_cluster(STR("./node_modules/.bin/tsx"), 7));
	assert_false(interpreter_means_cluster(STR("bun"), 5));
	assert_true(interpreter_means_cluster(STR("/usr/bin/bun"), 7));
	assert_true(interpreter_means_cluster(STR("ts-node"), 7));
}

static void processes_are_counted_as_the_daemon_does(void **state)
{
	(void)state;
	assert_int_equal(processes_of(0, 8), 8);
	assert_int_equal(processes_of(-1, 8), 7);
	assert_int_equal(processes_of(-9, 8), 1);
	assert_int_equal(processes_of(2.7, 8), 2);
	assert_int_equal(processes_of(NAN, 8), 0);
	assert_int_equal(processes_of(INFINITY, 8), 0);
}

static void cron_patterns_that_select_nothing_hang_the_daemon(void **state)
{
	(void)state;
	assert_true(cron_read(STR("/5 * * * *")).hangs);
	assert_int_equal(cron_read(STR("/5 * * * *")).empty_field, 1);
	assert_true(cron_read(STR("*5 * * * *")).hangs);
	assert_true(cron_read(STR("70/5 * * * *")).hangs);
	assert_true(cron_read(STR(", * * * *")).hangs);
	assert_false(cron_read(STR("*/5 * * * *")).hangs);
	assert_true(cron_read(STR("0 0 * /3 *")).never);
	assert_true(cron_read(STR("0 0 31 2,4 *")).never);
	assert_false(cron_read(STR("0 0 L 2 *")).never);
	assert_false(cron_read(STR("0 0 29 feb *")).never);
	assert_true(cron_read(STR("0 0 1 * mon")).day_and_weekday);
	assert_false(cron_read(STR("0 0 * * 1-5")).day_and_weekday);
	assert_int_equal(cron_read(STR("0 0 ? * 1")).asked_field, 3);
	assert_false(cron_read(STR("0 0 ? * 1")).day_and_weekday);
	assert_int_equal(cron_read(STR("? 4 * * *")).asked_field, 1);
	assert_int_equal(cron_read(STR("0 4 * * *")).asked_field, -1);
	assert_true(cron_read(STR("0 0 5/10 * *")).off_by_one);
	assert_true(cron_read(STR("0 * * * * *")).seconds);
	assert_false(cron_read(STR("@daily")).valid);
}

static void texts_are_split_differently_since_7(void **state)
{
	struct box *b = *state;
	const struct value *text = val_string(&b->arena, STR("--a \"b c\" --d='e f'"), NULL);
	const struct value *seven = split_args(&b->arena, text, 7), *six = split_args(&b->arena, text, 6);
	assert_int_equal(seven->u.arr->n, 3);
	assert_text(seven->u.arr->items[2]->u.str, "--d='e f'");
	assert_text(six->u.arr->items[1]->u.str, "b c");
}

static void misspelled_keys_lead_to_the_right_one(void **state)
{
	(void)state;
	assert_string_equal(schema_suggest(STR("max-memory-restart")), "max_memory_restart");
	assert_string_equal(schema_suggest(STR("autorestrat")), "autorestart");
	assert_string_equal(schema_suggest(STR("workers")), "instances");
	assert_null(schema_suggest(STR("health_check")));
	assert_null(schema_suggest(STR("owner")));
}

static void numbers_of_yaml_were_read_otherwise_before_7(void **state)
{
	(void)state;
	assert_int_equal(yaml_implicit(STR("1_000"), true), YT_INT);
	assert_int_equal(yaml_implicit(STR("1_000.5_0"), true), YT_FLOAT);
	assert_int_equal(yaml_implicit(STR("0x_ff"), true), YT_INT);
	assert_int_equal(yaml_implicit(STR("1e400"), true), YT_FLOAT);
	assert_int_equal(yaml_implicit(STR("1_000"), false), YT_STR);
	assert_int_equal(yaml_implicit(STR("1e400"), false), YT_STR);
	static const char *const texts[] = {"_1", "1_", "1e1_0", "0_x1", "-_1", "_"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_int_equal(yaml_implicit(str_from(texts[i]), true), YT_STR);
}

#define IN_BOX(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_format_follows_from_any_part_of_the_path),
		IN_BOX(values_know_where_they_were_written),
		IN_BOX(yaml_places_are_bytes_behind_a_bom_and_umlauts),
		IN_BOX(each_side_of_a_test_on_the_environment_is_a_scenario),
		IN_BOX(a_variable_that_only_passes_through_opens_no_scenario),
		IN_BOX(an_app_may_take_the_whole_environment),
		IN_BOX(one_app_in_two_environments_shares_its_port_with_a_note),
		IN_BOX(a_file_for_deploying_alone_needs_no_app),
		IN_BOX(a_block_is_chosen_after_evaluation),
		IN_BOX(one_scenario_can_be_asked_for),
		IN_BOX(the_command_line_is_that_of_pm2_start),
		IN_BOX(the_number_of_scenarios_is_bounded_and_said),
		IN_BOX(what_cannot_be_decided_is_unknown_with_its_reason),
		IN_BOX(a_refused_file_still_tells_what_would_have_been),
		IN_BOX(broken_syntax_is_no_model_but_a_finding),
		IN_BOX(a_program_by_its_name_is_read_all_the_same),
		IN_BOX(a_comment_at_the_end_of_json_gets_a_line_break),
		IN_BOX(a_fix_keeps_the_quotes_of_its_file),
		IN_BOX(a_finding_is_said_once_for_all_scenarios),
		IN_BOX(messages_are_filled_and_their_pieces_kept),
		IN_BOX(an_ordinary_config_has_no_findings),
		IN_BOX(deploy_alone_is_a_use_of_its_own),
		IN_BOX(a_file_with_a_blank_is_told_from_a_command),
		IN_BOX(a_relative_cwd_is_silent_where_it_works),
		cmocka_unit_test(the_versions_of_pm2_differ_in_what_means_cluster),
		cmocka_unit_test(processes_are_counted_as_the_daemon_does),
		cmocka_unit_test(cron_patterns_that_select_nothing_hang_the_daemon),
		IN_BOX(texts_are_split_differently_since_7),
		cmocka_unit_test(numbers_of_yaml_were_read_otherwise_before_7),
		cmocka_unit_test(misspelled_keys_lead_to_the_right_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
