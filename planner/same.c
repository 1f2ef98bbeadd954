/* Whether PM2 runs an app alike in two scenarios: then it is reported once. */
#include "planner/internal.h"

static bool strs_equal(const struct str *a, size_t n, const struct str *b, size_t m)
{
	if (n != m)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!str_eq(a[i], b[i]))
			return false;
	return true;
}

static bool env_equal(const struct eco_app *a, const struct eco_app *b)
{
	if (a->n_env != b->n_env || a->env_open != b->env_open)
		return false;
	for (size_t i = 0; i < a->n_env; i++)
		if (!str_eq(a->env[i].name, b->env[i].name) ||
		    !str_eq(a->env[i].value, b->env[i].value))
			return false;
	return true;
}

static bool unknown_equal(const struct eco_app *a, const struct eco_app *b)
{
	if (a->n_unknown != b->n_unknown)
		return false;
	for (size_t i = 0; i < a->n_unknown; i++)
		if (strcmp(a->unknown[i].field, b->unknown[i].field) != 0)
			return false;
	return true;
}

/* NaN stands for none or unknown */
static bool number_equal(double a, double b)
{
	return a == b || (a != a && b != b);
}

bool plan_models_equal(const struct eco_app *a, const struct eco_app *b)
{
	return a->index == b->index && a->exec_mode == b->exec_mode &&
	       a->processes == b->processes && a->skipped == b->skipped &&
	       a->shell_script == b->shell_script && a->wait_ready == b->wait_ready &&
	       a->watch == b->watch && a->autorestart == b->autorestart &&
	       number_equal(a->instances, b->instances) &&
	       number_equal(a->max_memory_restart, b->max_memory_restart) &&
	       number_equal(a->kill_timeout, b->kill_timeout) &&
	       number_equal(a->listen_timeout, b->listen_timeout) && str_eq(a->name, b->name) &&
	       str_eq(a->script, b->script) && str_eq(a->cwd, b->cwd) &&
	       str_eq(a->interpreter, b->interpreter) && str_eq(a->instance_var, b->instance_var) &&
	       str_eq(a->cron_restart, b->cron_restart) && str_eq(a->port, b->port) &&
	       strs_equal(a->args, a->n_args, b->args, b->n_args) &&
	       strs_equal(a->node_args, a->n_node_args, b->node_args, b->n_node_args) &&
	       env_equal(a, b) && unknown_equal(a, b);
}
