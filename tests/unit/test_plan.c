/* the planner's decisions: verdict, status, level, number of instances */
#include "planner/internal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct hazard make(enum family family, enum severity severity, enum confidence confidence)
{
	static const struct card card = {.title = {{"title", "title"}}};
	return (struct hazard){
	    .card = &card,
	    .family = family,
	    .severity = severity,
	    .confidence = confidence,
	    .consequence = CONSEQUENCE_WARN,
	    .message = "{n} processes disagree",
	};
}

static enum verdict verdict_of(struct hazard h, enum target_kind target)
{
	return plan_verdict_of(&h, 1, target).verdict;
}

static void a_high_hazard_forbids_a_second_process(void **state)
{
	static const enum family families[] = {FAMILY_MEMORY_STATE, FAMILY_SCHEDULE, FAMILY_SOCKET,
					       FAMILY_EXCLUSIVE, FAMILY_STARTUP};
	(void)state;
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		struct hazard h = make(families[i], SEVERITY_HIGH, CONFIDENCE_LIKELY);
		assert_int_equal(verdict_of(h, TARGET_PM2), VERDICT_FORK_ONLY);
	}
}

static void what_is_only_possible_forbids_nothing_but_is_heeded(void **state)
{
	(void)state;
	struct hazard h = make(FAMILY_MEMORY_STATE, SEVERITY_HIGH, CONFIDENCE_POSSIBLE);
	struct verdict_answer v = plan_verdict_of(&h, 1, TARGET_PM2);
	assert_int_equal(v.verdict, VERDICT_FORK_RECOMMENDED);
	assert_int_equal(v.confidence, CONFIDENCE_POSSIBLE);
}

static void a_race_alone_never_forces_fork_only(void **state)
{
	(void)state;
	struct hazard h = make(FAMILY_RACE, SEVERITY_HIGH, CONFIDENCE_CERTAIN);
	h.also_single_process = true;
	assert_int_equal(verdict_of(h, TARGET_PM2), VERDICT_CLUSTER_WITH_WARNINGS);
	h.doubles_value = true;
	assert_int_equal(verdict_of(h, TARGET_PM2), VERDICT_FORK_RECOMMENDED);
}

static void a_limit_that_weakens_is_a_warning(void **state)
{
	(void)state;
	struct hazard h = make(FAMILY_MEMORY_STATE, SEVERITY_MEDIUM, CONFIDENCE_CERTAIN);
	assert_int_equal(verdict_of(h, TARGET_PM2), VERDICT_CLUSTER_WITH_WARNINGS);
}

static void a_temporary_file_recommends_fork(void **state)
{
	(void)state;
	struct hazard h = make(FAMILY_LOCAL_FILE, SEVERITY_MEDIUM, CONFIDENCE_LIKELY);
	h.consequence = CONSEQUENCE_FORK_RECOMMENDED;
	assert_int_equal(verdict_of(h, TARGET_PM2), VERDICT_FORK_RECOMMENDED);
}

static void what_breaks_only_between_hosts_counts_for_replicas_alone(void **state)
{
	(void)state;
	struct hazard h = make(FAMILY_LOCAL_FILE, SEVERITY_HIGH, CONFIDENCE_LIKELY);
	h.replicas_only = true;
	assert_int_equal(verdict_of(h, TARGET_PM2), VERDICT_CLUSTER_SAFE);
	assert_int_equal(verdict_of(h, TARGET_REPLICAS), VERDICT_FORK_RECOMMENDED);
	assert_int_equal(plan_status(&h, EXEC_CLUSTER, 4, 1, TARGET_PM2), HAZARD_CONTAINED);
	assert_int_equal(plan_status(&h, EXEC_CLUSTER, 4, 1, TARGET_REPLICAS), HAZARD_ACTIVE);
}

static void a_mitigated_hazard_decides_nothing(void **state)
{
	(void)state;
	struct hazard h = make(FAMILY_SOCKET, SEVERITY_HIGH, CONFIDENCE_CERTAIN);
	h.mitigation = MITIGATION_FULL;
	assert_int_equal(verdict_of(h, TARGET_PM2), VERDICT_CLUSTER_SAFE);
	assert_int_equal(plan_status(&h, EXEC_CLUSTER, 4, 1, TARGET_PM2), HAZARD_MITIGATED);
}

static void one_process_in_cluster_mode_overlaps_for_exclusive_things_only(void **state)
{
	(void)state;
	struct hazard lock = make(FAMILY_EXCLUSIVE, SEVERITY_HIGH, CONFIDENCE_LIKELY);
	struct hazard map = make(FAMILY_MEMORY_STATE, SEVERITY_HIGH, CONFIDENCE_LIKELY);
	assert_int_equal(plan_status(&lock, EXEC_CLUSTER, 1, 1, TARGET_PM2), HAZARD_OVERLAP);
	assert_int_equal(plan_status(&lock, EXEC_FORK, 1, 1, TARGET_PM2), HAZARD_CONTAINED);
	assert_int_equal(plan_status(&map, EXEC_CLUSTER, 1, 1, TARGET_PM2), HAZARD_CONTAINED);
	assert_int_equal(plan_status(&map, EXEC_FORK, 1, 2, TARGET_PM2), HAZARD_ACTIVE);
}

static enum level level_of(enum severity s, enum confidence c, enum hazard_status status)
{
	struct hazard h = make(FAMILY_MEMORY_STATE, s, c);
	h.status = status;
	return plan_level(&h, false);
}

static void levels_follow_status_severity_and_confidence(void **state)
{
	(void)state;
	assert_int_equal(level_of(SEVERITY_HIGH, CONFIDENCE_LIKELY, HAZARD_ACTIVE), LEVEL_ERROR);
	assert_int_equal(level_of(SEVERITY_HIGH, CONFIDENCE_POSSIBLE, HAZARD_ACTIVE),
			 LEVEL_WARNING);
	assert_int_equal(level_of(SEVERITY_MEDIUM, CONFIDENCE_CERTAIN, HAZARD_ACTIVE),
			 LEVEL_WARNING);
	assert_int_equal(level_of(SEVERITY_LOW, CONFIDENCE_CERTAIN, HAZARD_ACTIVE), LEVEL_NOTE);
	assert_int_equal(level_of(SEVERITY_HIGH, CONFIDENCE_LIKELY, HAZARD_OVERLAP), LEVEL_WARNING);
	assert_int_equal(level_of(SEVERITY_HIGH, CONFIDENCE_CERTAIN, HAZARD_CONTAINED), LEVEL_NOTE);
}

static void a_race_is_an_error_only_where_value_is_doubled_by_several(void **state)
{
	(void)state;
	struct hazard h = make(FAMILY_RACE, SEVERITY_HIGH, CONFIDENCE_LIKELY);
	h.also_single_process = true;
	h.status = HAZARD_ACTIVE;
	assert_int_equal(plan_level(&h, false), LEVEL_WARNING);
	h.doubles_value = true;
	assert_int_equal(plan_level(&h, false), LEVEL_ERROR);
	assert_int_equal(plan_level(&h, true), LEVEL_WARNING);
	h.status = HAZARD_CONTAINED;
	assert_int_equal(plan_level(&h, false), LEVEL_NOTE);
}

static void the_number_of_processes_is_filled_into_messages(void **state)
{
	struct arena a;
	(void)state;
	arena_init(&a);
	assert_string_equal(plan_fill(&a, "{n} of {n}", 4, false), "4 of 4");
	assert_string_equal(plan_fill(&a, "{n} processes", 1, false), "several processes");
	assert_string_equal(plan_fill(&a, "{n} processes", 0, false), "several processes");
	assert_string_equal(plan_fill(&a, "有 {n} 个进程就会做 {n} 次", 0, true), "有多个进程就会做多次");
	assert_null(plan_fill(&a, NULL, 2, false));
	arena_release(&a);
}

/* ---- instances ---- */

struct bench {
	struct arena arena;
	struct context ctx;
	struct eco_app models[3];
	struct eco_scenario_model scenario;
	struct eco_config config;
	uint32_t first;
	struct plan_config plan;
};

static void add_app(struct bench *b, enum verdict verdict, bool edge, double memory)
{
	size_t i = b->plan.apps.len;
	b->models[i] = (struct eco_app){.index = (uint32_t)i,
					.name = STR("app"),
					.exec_mode = EXEC_FORK,
					.processes = 1,
					.interpreter = STR("node"),
					.max_memory_restart = memory};
	struct plan_app app = {.scenarios = &b->first, .hosts = 1, .spread = 1};
	app.r.model = &b->models[i];
	app.r.verdict = verdict;
	app.r.edge = edge;
	app.r.n_scenarios = 1;
	vec_push(&b->plan.apps, app);
}

static void begin(struct bench *b, uint32_t cpus, uint64_t memory)
{
	*b = (struct bench){.ctx = {.cpus = cpus, .memory_bytes = memory}};
	arena_init(&b->arena);
	b->ctx.arena = &b->arena;
	b->config.models = &b->scenario;
	b->config.n_models = 1;
	b->plan.ctx = &b->ctx;
	b->plan.config = &b->config;
}

static void end(struct bench *b)
{
	for (size_t i = 0; i < b->plan.apps.len; i++) {
		vec_release(&b->plan.apps.ptr[i].reasons);
		vec_release(&b->plan.apps.ptr[i].notes);
	}
	vec_release(&b->plan.apps);
	arena_release(&b->arena);
}

static void an_edge_gets_all_cpus_a_safe_app_half_and_others_one(void **state)
{
	struct bench b;
	(void)state;
	begin(&b, 8, UINT64_C(16) << 30);
	add_app(&b, VERDICT_CLUSTER_SAFE, true, NAN);
	add_app(&b, VERDICT_CLUSTER_WITH_WARNINGS, false, NAN);
	add_app(&b, VERDICT_FORK_ONLY, true, NAN);
	plan_instances(&b.plan);
	assert_int_equal(b.plan.apps.ptr[0].r.instances, 8);
	assert_int_equal(b.plan.apps.ptr[0].r.mode, EXEC_CLUSTER);
	assert_int_equal(b.plan.apps.ptr[1].r.instances, 4);
	assert_int_equal(b.plan.apps.ptr[2].r.instances, 1);
	assert_int_equal(b.plan.apps.ptr[2].r.mode, EXEC_FORK);
	end(&b);
}

static void a_safe_app_gets_two_on_a_small_machine(void **state)
{
	struct bench b;
	(void)state;
	begin(&b, 1, UINT64_C(4) << 30);
	add_app(&b, VERDICT_CLUSTER_SAFE, false, NAN);
	plan_instances(&b.plan);
	assert_int_equal(b.plan.apps.ptr[0].r.instances, 2);
	end(&b);
}

static void an_app_whose_code_is_unknown_is_left_as_it_is(void **state)
{
	struct bench b;
	(void)state;
	begin(&b, 8, UINT64_C(16) << 30);
	add_app(&b, VERDICT_UNKNOWN, false, NAN);
	b.models[0].exec_mode = EXEC_CLUSTER;
	b.models[0].processes = 8;
	plan_instances(&b.plan);
	assert_int_equal(b.plan.apps.ptr[0].r.instances, 8);
	assert_int_equal(b.plan.apps.ptr[0].r.mode, EXEC_CLUSTER);
	assert_int_equal(b.plan.apps.ptr[0].r.risk, RISK_UNKNOWN);
	end(&b);
}

static void memory_takes_instances_from_the_hungriest_and_says_so(void **state)
{
	struct bench b;
	(void)state;
	begin(&b, 8, UINT64_C(8) << 30);
	add_app(&b, VERDICT_CLUSTER_SAFE, false, 2147483648.0);
	add_app(&b, VERDICT_FORK_ONLY, false, 1073741824.0);
	plan_instances(&b.plan);
	assert_int_equal(b.plan.apps.ptr[0].r.instances, 2);
	assert_string_equal(b.plan.apps.ptr[0].r.limited_by, "memory");
	assert_int_equal(b.plan.apps.ptr[1].r.instances, 1);
	assert_null(b.plan.apps.ptr[1].r.limited_by);
	end(&b);
}

static void a_launcher_cannot_be_clustered(void **state)
{
	static const struct project_entries npm = {.wrapper = true, .wrapper_name = "npm"};
	struct bench b;
	(void)state;
	begin(&b, 8, UINT64_C(8) << 30);
	add_app(&b, VERDICT_CLUSTER_SAFE, false, NAN);
	b.plan.apps.ptr[0].r.entries = &npm;
	plan_instances(&b.plan);
	assert_int_equal(b.plan.apps.ptr[0].r.instances, 1);
	assert_int_equal(b.plan.apps.ptr[0].r.mode, EXEC_FORK);
	end(&b);
}

/* ---- fingerprints ---- */

static struct finding finding_at(const struct source *s, const char *word)
{
	size_t at = str_find(s->text, str_from(word));
	return (struct finding){
	    .rule = STR("state-in-memory"),
	    .app = STR("api"),
	    .at = {s, {(uint32_t)at, (uint32_t)(at + strlen(word))}},
	};
}

static void a_fingerprint_survives_moved_lines_and_reformatting(void **state)
{
	struct arena a;
	(void)state;
	arena_init(&a);
	struct source *before = source_new(&a, STR("a.js"), STR("const m = new Map(['x']);\n"));
	struct source *after =
	    source_new(&a, STR("b.js"), STR("// moved\n\nconst m = new Map([\n  \"x\",\n]);\n"));
	struct finding f[2] = {finding_at(before, "m = new Map(['x'])"),
			       finding_at(after, "m = new Map([\n  \"x\",\n])")};
	plan_fingerprints(&f[0], 1);
	plan_fingerprints(&f[1], 1);
	assert_string_equal(f[0].fingerprint, f[1].fingerprint);
	assert_int_equal(strlen(f[0].fingerprint), 32);
	plan_fingerprints(f, 2);
	assert_string_not_equal(f[0].fingerprint, f[1].fingerprint);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_high_hazard_forbids_a_second_process),
	    cmocka_unit_test(what_is_only_possible_forbids_nothing_but_is_heeded),
	    cmocka_unit_test(a_race_alone_never_forces_fork_only),
	    cmocka_unit_test(a_limit_that_weakens_is_a_warning),
	    cmocka_unit_test(a_temporary_file_recommends_fork),
	    cmocka_unit_test(what_breaks_only_between_hosts_counts_for_replicas_alone),
	    cmocka_unit_test(a_mitigated_hazard_decides_nothing),
	    cmocka_unit_test(one_process_in_cluster_mode_overlaps_for_exclusive_things_only),
	    cmocka_unit_test(levels_follow_status_severity_and_confidence),
	    cmocka_unit_test(a_race_is_an_error_only_where_value_is_doubled_by_several),
	    cmocka_unit_test(the_number_of_processes_is_filled_into_messages),
	    cmocka_unit_test(an_edge_gets_all_cpus_a_safe_app_half_and_others_one),
	    cmocka_unit_test(a_safe_app_gets_two_on_a_small_machine),
	    cmocka_unit_test(an_app_whose_code_is_unknown_is_left_as_it_is),
	    cmocka_unit_test(memory_takes_instances_from_the_hungriest_and_says_so),
	    cmocka_unit_test(a_launcher_cannot_be_clustered),
	    cmocka_unit_test(a_fingerprint_survives_moved_lines_and_reformatting),
	};
	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
