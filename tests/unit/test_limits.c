/* what a machine and a database can hold: memory, connections, consumers, threads */
#include "planner/pools.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { APPS = 3 };

struct bench {
	struct arena arena;
	struct context ctx;
	struct policy policy;
	struct project_policy project;
	struct eco_app models[APPS];
	struct app_policy own[APPS];
	struct eco_scenario scenario;
	struct eco_scenario_model model;
	struct eco_config config;
	uint32_t first;
	struct source *source;
	struct plan_config plan;
};

static void begin(struct bench *b, uint32_t cpus, uint64_t memory, uint32_t connections)
{
	*b = (struct bench){.ctx = {.cpus = cpus, .memory_bytes = memory}, .project = {.max_connections = connections}};
	arena_init(&b->arena);
	b->ctx.arena = &b->arena;
	b->source = source_new(&b->arena, STR("api.js"), STR("new Pool()\n"));
	b->model.scenario = &b->scenario;
	b->config.models = &b->model;
	b->config.n_models = 1;
	b->plan.ctx = &b->ctx;
	b->plan.config = &b->config;
	b->plan.policy = &b->policy;
	b->plan.project = &b->project;
}

static struct plan_app *add(struct bench *b, enum verdict verdict, uint32_t pool, const char *server)
{
	size_t i = b->plan.apps.len;
	b->models[i] = (struct eco_app){.index = (uint32_t)i, .name = STR("app"), .exec_mode = EXEC_FORK, .processes = 1,
					.interpreter = STR("node"), .max_memory_restart = NAN};
	b->own[i] = (struct app_policy){.name = STR("app")};
	struct plan_app app = {.scenarios = &b->first, .hosts = 1, .spread = 1, .own = &b->own[i]};
	app.r.model = &b->models[i];
	app.r.verdict = verdict;
	app.r.n_scenarios = 1;
	app.db = (struct db_pool){pool, server ? pool_server(str_from(server)) : NULL, {b->source, {0, 10}}, {0}};
	vec_push(&b->plan.apps, app);
	return &b->plan.apps.ptr[i];
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

static bool tells(const struct plan_app *app, const char *part)
{
	for (size_t i = 0; i < app->reasons.len; i++)
		if (strstr(app->reasons.ptr[i].en, part))
			return app->reasons.ptr[i].zh != NULL;
	return false;
}

#define GB(n) (UINT64_C(n) << 30)

static void a_reload_counts_two_processes_more_in_cluster_mode_alone(void **state)
{
	struct bench b;
	(void)state;
	begin(&b, 8, GB(16), 0);
	struct plan_app *app = add(&b, VERDICT_CLUSTER_SAFE, 10, "postgres");
	assert_int_equal((int)plan_connections(&b.plan, app, EXEC_CLUSTER, 4), 60);
	assert_int_equal((int)plan_connections(&b.plan, app, EXEC_FORK, 4), 40);
	assert_int_equal((int)plan_connections(&b.plan, app, EXEC_FORK, 0), 0);
	app->hosts = 3;
	assert_int_equal((int)plan_connections(&b.plan, app, EXEC_FORK, 1), 30);
	end(&b);
}

static void connections_take_instances_until_a_reload_fits(void **state)
{
	struct bench b;
	(void)state;
	begin(&b, 16, GB(64), 100);
	add(&b, VERDICT_CLUSTER_SAFE, 10, "postgres");
	add(&b, VERDICT_FORK_ONLY, 20, "postgres");
	plan_instances(&b.plan);
	assert_int_equal(b.plan.apps.ptr[0].r.instances, 6); /* 10 x (6 + 2) and 20 */
	assert_string_equal(b.plan.apps.ptr[0].r.limited_by, "database connections");
	assert_true(tells(&b.plan.apps.ptr[0], "limited by database connections to 6"));
	assert_int_equal(b.plan.apps.ptr[1].r.instances, 1);
	assert_null(plan_unfit(&b.plan, 0).en);
	end(&b);
}

static void what_the_settings_tell_of_a_pool_wins(void **state)
{
	struct bench b;
	(void)state;
	begin(&b, 16, GB(64), 100);
	add(&b, VERDICT_CLUSTER_SAFE, 10, "postgres");
	b.own[0].pool = 2;
	assert_int_equal(plan_pool(&b.plan.apps.ptr[0]), 2);
	plan_instances(&b.plan);
	assert_int_equal(b.plan.apps.ptr[0].r.instances, 8);
	assert_null(b.plan.apps.ptr[0].r.limited_by);
	end(&b);
}

static void connections_to_mongodb_are_no_connections_to_the_sql_server(void **state)
{
	static const struct db_server mongo = {.name = "MongoDB", .documents = true};
	struct bench b;
	(void)state;
	begin(&b, 16, GB(64), 200);
	add(&b, VERDICT_CLUSTER_SAFE, 100, NULL);
	b.plan.apps.ptr[0].db.server = &mongo;
	plan_instances(&b.plan);
	assert_int_equal(b.plan.apps.ptr[0].r.instances, 1); /* it is the only database: 100 x (1 + 2) */
	assert_non_null(plan_unfit(&b.plan, 0).en);
	end(&b);
	begin(&b, 16, GB(64), 200);
	add(&b, VERDICT_CLUSTER_SAFE, 100, NULL);
	b.plan.apps.ptr[0].db.server = &mongo;
	add(&b, VERDICT_CLUSTER_SAFE, 5, "mysql");
	plan_instances(&b.plan);
	assert_int_equal(b.plan.apps.ptr[0].r.instances, 8);
	assert_null(plan_unfit(&b.plan, 0).en);
	end(&b);
}

static void a_server_s_default_is_told_and_limits_nothing(void **state)
{
	struct bench b;
	(void)state;
	begin(&b, 32, GB(64), 0);
	add(&b, VERDICT_CLUSTER_SAFE, 10, "postgresql");
	add(&b, VERDICT_CLUSTER_SAFE, 2, "postgresql");
	plan_instances(&b.plan);
	assert_int_equal(b.plan.apps.ptr[0].r.instances, 16);
	assert_true(tells(&b.plan.apps.ptr[0], "may open 180 database connections"));
	assert_false(tells(&b.plan.apps.ptr[1], "database connections"));
	end(&b);
}

static void a_consumer_more_than_partitions_is_not_planned(void **state)
{
	struct bench b;
	(void)state;
	begin(&b, 16, GB(64), 0);
	add(&b, VERDICT_CLUSTER_SAFE, 0, NULL)->consumers = (struct consumers){.most = 3, .why = {"3 partitions", "3 个分区"}};
	plan_instances(&b.plan);
	assert_int_equal(b.plan.apps.ptr[0].r.instances, 3);
	assert_string_equal(b.plan.apps.ptr[0].r.limited_by, "partitions");
	end(&b);
}

static void threads_beyond_the_cpus_are_told(void **state)
{
	static const struct env_var env[] = {{{"UV_THREADPOOL_SIZE", 18}, {"64", 2}}};
	struct bench b;
	(void)state;
	begin(&b, 8, GB(16), 0);
	add(&b, VERDICT_CLUSTER_SAFE, 0, NULL);
	b.models[0].env = env;
	b.models[0].n_env = 1;
	plan_instances(&b.plan);
	assert_true(tells(&b.plan.apps.ptr[0], "256 threads on 8 CPUs"));
	end(&b);
}

static void a_plan_that_no_machine_can_hold_is_told_by_what_is_surely_taken(void **state)
{
	struct bench b;
	(void)state;
	begin(&b, 4, GB(1), 0);
	add(&b, VERDICT_FORK_ONLY, 0, NULL);
	add(&b, VERDICT_FORK_ONLY, 0, NULL);
	plan_instances(&b.plan);
	assert_null(plan_unfit(&b.plan, 0).en); /* nobody measured */
	b.own[0].rss = b.own[1].rss = UINT64_C(600) << 20;
	assert_non_null(plan_unfit(&b.plan, 0).en);
	assert_non_null(plan_unfit(&b.plan, 0).zh);
	end(&b);
}

static void memory_is_measured_then_limited_then_usual(void **state)
{
	static const struct str args[] = {{"--max-old-space-size=512", 24}};
	struct bench b;
	(void)state;
	begin(&b, 4, GB(1), 0);
	struct plan_app *app = add(&b, VERDICT_CLUSTER_SAFE, 0, NULL);
	assert_int_equal(plan_rss(app) >> 20, 200);
	b.models[0].node_args = args;
	b.models[0].n_node_args = 1;
	assert_int_equal(plan_rss(app) >> 20, 512);
	b.models[0].max_memory_restart = 700.0 * 1024 * 1024;
	assert_int_equal(plan_rss(app) >> 20, 700);
	b.own[0].rss = UINT64_C(90) << 20;
	assert_int_equal(plan_rss(app) >> 20, 90);
	end(&b);
}

static void an_uri_says_the_size_of_a_pool(void **state)
{
	(void)state;
	assert_int_equal(pool_uri_number(STR("postgresql://h/db?schema=public&connection_limit=7"), "connection_limit"), 7);
	assert_int_equal(pool_uri_number(STR("postgresql://h/db?connection_limit=7&x=1"), "connection_limit"), 7);
	assert_int_equal(pool_uri_number(STR("postgresql://h/db?xconnection_limit=7"), "connection_limit"), 0);
	assert_int_equal(pool_uri_number(STR("postgresql://connection_limit=7/db"), "connection_limit"), 0);
	assert_int_equal(pool_uri_number(STR("mongodb://h/db?maxPoolSize="), "maxPoolSize"), 0);
	assert_int_equal(pool_uri_number(STR(""), "maxPoolSize"), 0);
}

static void servers_are_known_by_their_names(void **state)
{
	(void)state;
	assert_string_equal(pool_server(STR("postgresql"))->name, "PostgreSQL");
	assert_int_equal(pool_server(STR("mariadb"))->allows, 151);
	assert_null(pool_server(STR("sqlite")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_reload_counts_two_processes_more_in_cluster_mode_alone),
	    cmocka_unit_test(connections_take_instances_until_a_reload_fits),
	    cmocka_unit_test(what_the_settings_tell_of_a_pool_wins),
	    cmocka_unit_test(connections_to_mongodb_are_no_connections_to_the_sql_server),
	    cmocka_unit_test(a_server_s_default_is_told_and_limits_nothing),
	    cmocka_unit_test(a_consumer_more_than_partitions_is_not_planned),
	    cmocka_unit_test(threads_beyond_the_cpus_are_told),
	    cmocka_unit_test(a_plan_that_no_machine_can_hold_is_told_by_what_is_surely_taken),
	    cmocka_unit_test(memory_is_measured_then_limited_then_usual),
	    cmocka_unit_test(an_uri_says_the_size_of_a_pool),
	    cmocka_unit_test(servers_are_known_by_their_names),
	};
	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
