/* what people and programs read: the text format and its painting, JSON */
#include "cli/format.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <cjson/cJSON.h>
#include "cli/options.h"
#include "cli/paint.h"

static const char code[] = "class Ports {\n"
			   "\tprivate used = new Set<number>();\n"
			   "\tallocate(p) { this.used.add(p); }\n"
			   "}\n";
static const char config_text[] = "module.exports = { apps: [{ name: 'api', instances: 2 }] };\n";

/* one error with its chain, found in one app of one config */
struct sample {
	struct arena arena;
	struct context ctx;
	struct source *code, *config;
	struct card card;
	struct card_text remedy;
	struct evidence evidence[3];
	struct hazard hazard;
	struct finding finding;
	struct eco_app model;
	struct eco_scenario scenario;
	struct eco_scenario_model scenario_model;
	struct eco_config eco;
	uint32_t first;
	struct app_report app;
	struct plan_row row;
	struct config_report report;
	struct run_report run;
};

static struct place find(const struct source *s, const char *word)
{
	size_t at = str_find(s->text, str_from(word));
	return (struct place){s, {(uint32_t)at, (uint32_t)(at + strlen(word))}};
}

static void fill_hazard(struct sample *s)
{
	s->remedy = (struct card_text){{"keep it alone", "保持单进程"}};
	s->card =
	    (struct card){.id = STR("state-in-memory"), .remedies = &s->remedy, .n_remedies = 1};
	s->evidence[0] = (struct evidence){
	    .role = EV_DECLARED, .message = "declared here", .at = find(s->code, "used")};
	s->evidence[1] = (struct evidence){
	    .role = EV_WRITTEN, .message = "added to", .at = find(s->code, "this.used.add(p)")};
	s->evidence[2] = (struct evidence){.role = EV_CONFIG,
					   .message = "'api' runs 2 processes here",
					   .at = find(s->config, "instances: 2")};
	s->hazard = (struct hazard){.card = &s->card,
				    .severity = SEVERITY_HIGH,
				    .confidence = CONFIDENCE_LIKELY,
				    .symbol = STR("used"),
				    .message = "'used' differs in 2 processes",
				    .at = s->evidence[0].at,
				    .evidence = s->evidence,
				    .n_evidence = 3,
				    .status = HAZARD_ACTIVE};
	s->finding = (struct finding){.rule = s->card.id,
				      .level = LEVEL_ERROR,
				      .app = STR("api"),
				      .message = s->hazard.message,
				      .at = s->hazard.at,
				      .evidence = s->evidence,
				      .n_evidence = 3,
				      .card = &s->card,
				      .hazard = &s->hazard};
}

static void begin(struct sample *s, const char *text)
{
	*s = (struct sample){.ctx = {.cpus = 4, .memory_bytes = UINT64_C(16) << 30}};
	arena_init(&s->arena);
	s->code = source_new(&s->arena, STR("app/src/ports.ts"), str_from(text));
	s->config = source_new(&s->arena, STR("app/ecosystem.config.js"), str_from(config_text));
	fill_hazard(s);
	s->model = (struct eco_app){.name = STR("api"),
				    .script = STR("dist/main.js"),
				    .cwd = STR(""),
				    .exec_mode = EXEC_CLUSTER,
				    .processes = 2};
	s->app = (struct app_report){.model = &s->model,
				     .scenarios = &s->first,
				     .n_scenarios = 1,
				     .verdict = VERDICT_FORK_ONLY,
				     .confidence = CONFIDENCE_LIKELY,
				     .hazards = {&s->hazard, 1, NULL, 0},
				     .mode = EXEC_FORK,
				     .instances = 1,
				     .risk = RISK_HIGH,
				     .risk_after = RISK_LOW};
	s->scenario = (struct eco_scenario){.name = STR("default")};
	s->scenario_model =
	    (struct eco_scenario_model){.scenario = &s->scenario, .apps = &s->model, .n_apps = 1};
	s->eco =
	    (struct eco_config){.source = s->config, .models = &s->scenario_model, .n_models = 1};
	s->row = (struct plan_row){.processes_before = 2, .processes_after = 1, .risk_before = RISK_HIGH, .risk_after = RISK_LOW};
	s->report = (struct config_report){&s->eco, &s->app, 1, &s->finding, 1, &s->row, 1, 0};
	s->run =
	    (struct run_report){.configs = &s->report, .n_configs = 1, .files = 1, .errors = 1};
}

static const char *render(struct sample *s, const struct format *f, struct format_options o)
{
	struct buf b = {0};
	o.ctx = &s->ctx;
	o.version = "0";
	if (!o.width)
		o.width = 80;
	f->write(&s->run, &o, &b);
	const char *text = arena_cstr(&s->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static void a_finding_shows_its_chain_as_source_frames(void **state)
{
	struct sample s;
	(void)state;
	begin(&s, code);
	const char *text =
	    render(&s, &format_text, (struct format_options){.work_dir = STR("app")});
	static const char want[] =
	    "error: 'used' differs in 2 processes\n"
	    " --> src/ports.ts:2:10  [state-in-memory] in app api\n"
	    "2 |     private used = new Set<number>();\n"
	    "  |             ^^^^ declared here\n"
	    " ::: src/ports.ts:3:16\n"
	    "3 |     allocate(p) { this.used.add(p); }\n"
	    "  |                   ^^^^^^^^^^^^^^^^ added to\n"
	    " ::: ecosystem.config.js:1:42\n"
	    "1 | module.exports = { apps: [{ name: 'api', instances: 2 }] };\n"
	    "  |                                          ^^^^^^^^^^^^\n"
	    "  |     'api' runs 2 processes here\n"
	    "  = to do: keep it alone\n"
	    "  = why: clusterlint explain state-in-memory\n";
	assert_true(strlen(text) > sizeof want);
	assert_memory_equal(text, want, sizeof want - 1);
	arena_release(&s.arena);
}

static void the_plan_shows_before_and_after(void **state)
{
	struct sample s;
	(void)state;
	begin(&s, code);
	const char *text = render(&s, &format_text, (struct format_options){.view = VIEW_PLAN});
	assert_non_null(strstr(text, "  app        now         planned  risk         verdict\n"
				     "  api        cluster x2  fork x1  high -> low  fork-only\n"
				     "  processes  2           1        high -> low\n"));
	arena_release(&s.arena);
}

static void chinese_columns_align_by_display_width(void **state)
{
	struct sample s;
	(void)state;
	begin(&s, code);
	const char *text =
	    render(&s, &format_text,
		   (struct format_options){.view = VIEW_PLAN, .lang = LANG_ZH, .utf8 = true});
	assert_non_null(strstr(text, "  应用    现在        建议     风险     结论\n"
				     "  api     cluster ×2  fork ×1  高 → 低  fork-only\n"
				     "  进程数  2           1        高 → 低\n"));
	arena_release(&s.arena);
}

static void colour_is_written_only_when_asked_for(void **state)
{
	struct sample s;
	(void)state;
	begin(&s, code);
	assert_null(strchr(render(&s, &format_text, (struct format_options){0}), '\033'));
	assert_non_null(strstr(render(&s, &format_text, (struct format_options){.color = true}),
			       "\033[1;31merror\033[0m"));
	assert_null(
	    strchr(render(&s, &format_json, (struct format_options){.color = true}), '\033'));
	arena_release(&s.arena);
}

static void no_line_is_wider_than_the_terminal(void **state)
{
	struct sample s;
	(void)state;
	struct buf long_line = {0};
	for (int i = 0; i < 4000; i++)
		buf_adds(&long_line, "var a=\"中\";");
	buf_adds(&long_line, "private used = this.used.add(p);");
	for (int i = 0; i < 4000; i++)
		buf_adds(&long_line, "b();");
	begin(&s, long_line.ptr);
	s.finding.message =
	    "a rather long message that has to be broken over several lines, since nobody's "
	    "terminal is as wide as that";
	const char *text = render(&s, &format_text, (struct format_options){.width = 60});
	for (const char *line = text; *line;) {
		size_t n = strcspn(line, "\n");
		assert_true(text_width((struct str){line, n}) <= 60);
		line += n + 1;
	}
	assert_non_null(strstr(text, "^^^^"));
	buf_release(&long_line);
	arena_release(&s.arena);
}

static void untrusted_text_cannot_steer_the_terminal(void **state)
{
	struct sample s;
	(void)state;
	begin(&s, "class Ports { used = '\033[2J\x07\xff\xe2\x80\xae'; this.used.add(p) }\n");
	s.model.name = STR("a\033]0;x\nb");
	const char *text = render(&s, &format_text, (struct format_options){0});
	assert_null(strchr(text, '\033'));
	assert_null(strchr(text, '\x07'));
	assert_non_null(strstr(text, "\\x1b[2J\\x07\\xff\\u202e"));
	arena_release(&s.arena);
}

static const cJSON *at(const cJSON *o, const char *path)
{
	char key[64];
	while (*path && o) {
		size_t n = strcspn(path, ".");
		snprintf(key, sizeof key, "%.*s", (int)n, path);
		o = *key >= '0' && *key <= '9' ? cJSON_GetArrayItem(o, *key - '0')
					       : cJSON_GetObjectItemCaseSensitive(o, key);
		path += n + (path[n] == '.');
	}
	return o;
}

static void json_keeps_its_contract(void **state)
{
	struct sample s;
	(void)state;
	begin(&s, code);
	cJSON *doc = cJSON_Parse(render(&s, &format_json, (struct format_options){0}));
	assert_non_null(doc);
	assert_int_equal(at(doc, "schema_version")->valueint, 1);
	assert_true(at(doc, "target.memory_bytes")->valuedouble == 17179869184.0);
	assert_string_equal(at(doc, "configs.0.apps.0.verdict")->valuestring, "fork-only");
	assert_int_equal(at(doc, "configs.0.apps.0.current.processes")->valueint, 2);
	assert_true(cJSON_IsNull(at(doc, "configs.0.apps.0.current.instances_at")));
	assert_int_equal(at(doc, "configs.0.plan.processes_after")->valueint, 1);
	const cJSON *place = at(doc, "findings.0.evidence.1.at");
	assert_string_equal(at(place, "path")->valuestring, "app/src/ports.ts");
	assert_int_equal(at(place, "line")->valueint, 3);
	assert_int_equal(at(place, "column")->valueint, 16);
	assert_int_equal(at(place, "end_column")->valueint, 32);
	assert_int_equal(at(doc, "summary.errors")->valueint, 1);
	cJSON_Delete(doc);
	arena_release(&s.arena);
}

static void json_is_utf8_whatever_the_input(void **state)
{
	struct sample s;
	(void)state;
	begin(&s, code);
	s.model.name = (struct str){"a\xff\0\xed\xa0\x80z", 7};
	const char *text = render(&s, &format_json, (struct format_options){0});
	assert_null(strchr(text, '\xff'));
	cJSON *doc = cJSON_Parse(text);
	assert_string_equal(at(doc, "configs.0.apps.0.name")->valuestring,
			    "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
	cJSON_Delete(doc);
	arena_release(&s.arena);
}

static void the_help_names_every_format(void **state)
{
	const char *help = NULL;
	(void)state;
	for (size_t i = 0; i < output_options.len; i++)
		if (output_options.ptr[i].kind == OPT_FORMAT)
			help = output_options.ptr[i].help;
	assert_non_null(help);
	for (size_t i = 0; i < n_formats; i++)
		assert_non_null(strstr(help, formats[i]->name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_finding_shows_its_chain_as_source_frames),
	    cmocka_unit_test(the_plan_shows_before_and_after),
	    cmocka_unit_test(chinese_columns_align_by_display_width),
	    cmocka_unit_test(colour_is_written_only_when_asked_for),
	    cmocka_unit_test(no_line_is_wider_than_the_terminal),
	    cmocka_unit_test(untrusted_text_cannot_steer_the_terminal),
	    cmocka_unit_test(json_keeps_its_contract),
	    cmocka_unit_test(json_is_utf8_whatever_the_input),
	    cmocka_unit_test(the_help_names_every_format),
	};
	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
