/* process, os, fs, module. The target machine answers for os; fs reads below
 * the project root; what hangs on the clock, the user or another program is
 * unknown. */
#include "analyzers/javascript/eval_internal.h"

#include <math.h>

/* ---- process ---- */

struct str path_absolute(struct interp *ip, struct str relative)
{
	struct str root = ip->fs ? ip->fs->root : STR("/project");
	if (!relative.len)
		return root;
	return str_from(arena_printf(ip->arena, STR_FMT "%s" STR_FMT, STR_ARG(root),
				     str_is(root, "/") ? "" : "/", STR_ARG(relative)));
}

/* where `pm2 start` is called: told, else the folder of the config */
struct str cwd_absolute(struct interp *ip)
{
	struct str told = ip->o->ctx ? ip->o->ctx->pm2_cwd : (struct str){NULL, 0};
	return path_absolute(ip, told.ptr ? told : path_dir(ip->o->path));
}

static struct value *env_object(struct interp *ip)
{
	const struct eval_options *o = ip->o;
	struct value *v = val_object_new(ip->arena, NULL);
	const struct env_var *env = o->env ? o->env : o->ctx ? o->ctx->env : NULL;
	size_t n = o->env ? o->n_env : o->ctx ? o->ctx->n_env : 0;
	v->u.obj->class_name = "process.env";
	for (size_t i = 0; i < n; i++)
		val_set(ip->arena, v->u.obj, env[i].name,
			val_string(ip->arena, env[i].value, NULL));
	return v;
}

struct value *process_object(struct interp *ip)
{
	if (ip->process)
		return ip->process;
	ip->process = val_object_new(ip->arena, NULL);
	ip->process->u.obj->class_name = "process";
	ip->env = env_object(ip);
	val_set(ip->arena, ip->process->u.obj, STR("env"), ip->env);
	return ip->process;
}

struct value *read_env(struct frame *fr, js_node n, struct str name)
{
	struct interp *ip = fr->ip;
	process_object(ip);
	const struct value *set = val_get(ip->env->u.obj, name);
	if (!set && builtin_find("Object", '#', name))
		return builtin_member(fr, n, "Object", '#', name);
	note_read(ip, name);
	if (set && is_unknown(set))
		return spread_unknown(ip, set);
	if (!set && ip->env->u.obj->open)
		return unknown(fr, n,
			       "the variable " STR_FMT " may be set by code that is not looked at",
			       STR_ARG(name));
	struct origin *o = arena_new(ip->arena, struct origin);
	*o = *origin_new(fr, n, ORIGIN_ENV, set ? set->origin : NULL);
	o->env_name = name;
	struct value *v = val_new(ip->arena, VAL_UNDEFINED, o);
	if (set) {
		*v = *set;
		v->origin = o;
	}
	struct env_path *p = arena_new(ip->arena, struct env_path);
	*p = (struct env_path){.op = ENV_SELF, .name = name};
	v->env = p;
	return v;
}

static struct value *process_cwd(struct interp *ip, struct call *c)
{
	return val_string(ip->arena, cwd_absolute(ip),
			  origin_new(c->fr, c->node, ORIGIN_MACHINE, NULL));
}

static struct value *process_exit(struct interp *ip, struct call *c)
{
	(void)c;
	ip->abrupt = ABRUPT_EXITED;
	ip->exits = !ip->journal;
	return NULL;
}

static struct value *platform(struct interp *ip, struct call *c)
{
	return val_string(ip->arena, STR("linux"),
			  origin_new(c->fr, c->node, ORIGIN_MACHINE, NULL));
}

static struct value *not_known(struct interp *ip, struct call *c)
{
	(void)ip;
	return unknown(c->fr, c->node, "depends on %s", c->self->name);
}

static struct value *nothing(struct interp *ip, struct call *c)
{
	(void)c;
	return ip->undefined;
}

static struct value *process_argv(struct interp *ip, struct call *c)
{
	const struct origin *o = origin_new(c->fr, c->node, ORIGIN_MACHINE, NULL);
	struct value *v = val_array_new(ip->arena, o);
	if (!ip->o->argv)
		return not_known(ip, c);
	ip->reads_argv = true;
	for (size_t i = 0; i < ip->o->n_argv; i++)
		val_push(ip->arena, v->u.arr, val_string(ip->arena, ip->o->argv[i], o));
	return v;
}

/* ---- os ---- */

static struct value *machine_number(struct call *c, double num)
{
	return val_number(c->fr->ip->arena, num, origin_new(c->fr, c->node, ORIGIN_MACHINE, NULL));
}

static struct value *os_parallelism(struct interp *ip, struct call *c)
{
	if (!ip->o->ctx || !ip->o->ctx->cpus)
		return not_known(ip, c);
	return machine_number(c, ip->o->ctx->cpus);
}

static struct value *os_cpus(struct interp *ip, struct call *c)
{
	struct value *v =
	    val_array_new(ip->arena, origin_new(c->fr, c->node, ORIGIN_MACHINE, NULL));
	if (!ip->o->ctx || !ip->o->ctx->cpus)
		return not_known(ip, c);
	for (uint32_t i = 0; i < ip->o->ctx->cpus && i < 4096; i++)
		val_push(ip->arena, v->u.arr, unknown(c->fr, c->node, "depends on the processor"));
	return v;
}

static struct value *os_totalmem(struct interp *ip, struct call *c)
{
	if (!ip->o->ctx || !ip->o->ctx->memory_bytes)
		return not_known(ip, c);
	return machine_number(c, (double)ip->o->ctx->memory_bytes);
}

static struct value *os_eol(struct interp *ip, struct call *c)
{
	(void)ip;
	return result_string(c, STR("\n"));
}

/* ---- fs ---- */

const struct source *read_source(struct frame *fr, js_node n, struct str path, struct value **odd)
{
	struct interp *ip = fr->ip;
	struct str text;
	*odd = NULL;
	for (size_t i = 0; i < ip->files.len; i++)
		if (str_eq(ip->files.ptr[i]->path, path))
			return ip->files.ptr[i];
	size_t before = ip->arena->bytes;
	struct err e = fs_read(ip->fs, ip->arena, path, &text);
	if (e.text) {
		*odd = fs_kind(ip->fs, path) == FS_MISSING ? NULL : unknown(fr, n, "%s", e.text);
		return NULL;
	}
	const struct source *s = source_new(ip->arena, arena_str(ip->arena, path), text);
	ip->bytes_start += ip->arena->bytes - before;
	vec_push(&ip->files, s);
	return s;
}

/* the path of an argument relative to the root; false: *v is what the call gives */
static bool file_arg(struct call *c, struct str *path, struct value **v)
{
	struct interp *ip = c->fr->ip;
	struct str text;
	if (is_kind(arg(ip, c, 0), VAL_OBJECT) &&
	    str_is(str_from(c->args[0]->u.obj->class_name), "URL"))
		c->args[0] = val_get(c->args[0]->u.obj, STR("pathname"));
	if (!arg_str(c, 0, &text, v))
		return false;
	if (!ip->fs || ip->bind) {
		*v = unknown(c->fr, c->node, "reads a file");
		return false;
	}
	struct str cwd = cwd_absolute(ip), absolute = node_path_resolve(ip->arena, cwd, &text, 1);
	if (fs_join(ip->fs, ip->arena, STR(""), absolute, path))
		return true;
	*v = unknown(c->fr, c->node, "'" STR_FMT "' lies outside of the project root",
		     STR_ARG(absolute));
	return false;
}

static struct value *no_such_file(struct call *c, const char *call)
{
	struct interp *ip = c->fr->ip;
	struct str text;
	struct value *odd;
	if (!arg_str(c, 0, &text, &odd))
		return odd;
	throw_error(c->fr, c->node, "Error", "ENOENT: no such file or directory, %s '" STR_FMT "'",
		    call, STR_ARG(text));
	struct val_object *o = ip->thrown->u.obj;
	val_set(ip->arena, o, STR("errno"), number(c->fr, c->node, -2));
	val_set(ip->arena, o, STR("code"), string(c->fr, c->node, STR("ENOENT")));
	val_set(ip->arena, o, STR("syscall"), string(c->fr, c->node, str_from(call)));
	val_set(ip->arena, o, STR("path"), string(c->fr, c->node, text));
	return NULL;
}

static struct value *fs_exists_sync(struct interp *ip, struct call *c)
{
	struct str path;
	struct value *v;
	if (!file_arg(c, &path, &v))
		return v;
	return result_bool(c, fs_kind(ip->fs, path) != FS_MISSING);
}

static struct value *fs_read_file_sync(struct interp *ip, struct call *c)
{
	struct str path;
	struct value *v, *how = arg(ip, c, 1);
	if (!file_arg(c, &path, &v))
		return v;
	if (fs_kind(ip->fs, path) == FS_MISSING)
		return no_such_file(c, "open");
	const struct source *s = read_source(c->fr, c->node, path, &v);
	if (!s)
		return v ? v : no_such_file(c, "open");
	if (is_kind(how, VAL_OBJECT) && val_get(how->u.obj, STR("encoding")))
		how = val_get(how->u.obj, STR("encoding"));
	v = result_string(c, s->text);
	if (how->kind == VAL_STRING &&
	    (str_starts(how->u.str, STR("utf")) || str_starts(how->u.str, STR("UTF"))))
		return v;
	if (how->kind != VAL_UNDEFINED && how->kind != VAL_NULL && how->kind != VAL_OBJECT)
		return unknown(c->fr, c->node, "reads a file in another encoding");
	struct value *buffer = result_object(c); /* a Buffer: only its text is of use */
	buffer->u.obj->class_name = "Buffer";
	val_set(ip->arena, buffer->u.obj, STR("text"), v);
	return buffer;
}

static struct value *fs_readdir_sync(struct interp *ip, struct call *c)
{
	struct str path;
	struct value *v, *how = arg(ip, c, 1);
	if (!file_arg(c, &path, &v))
		return v;
	const struct fs_listing *list = fs_list(ip->fs, path);
	if (fs_kind(ip->fs, path) == FS_MISSING)
		return no_such_file(c, "scandir");
	if (!list || how->kind == VAL_OBJECT)
		return unknown(c->fr, c->node, "reads a directory with options");
	struct value *names = result_array(c);
	for (size_t i = 0; i < list->n; i++)
		val_push(ip->arena, names->u.arr, result_string(c, list->names[i]));
	return names;
}

static struct value *kind_is(struct interp *ip, struct call *c)
{
	const struct value *kind =
	    is_kind(c->this_, VAL_OBJECT) ? val_get(c->this_->u.obj, STR("kind")) : NULL;
	(void)ip;
	return result_bool(c, kind && kind->u.num == c->self->data);
}

static const struct builtin stat_methods[] = {
    {.name = "isFile", .fn = kind_is, .data = FS_FILE},
    {.name = "isDirectory", .fn = kind_is, .data = FS_DIR},
};

static struct value *fs_stat_sync(struct interp *ip, struct call *c)
{
	struct str path;
	struct value *v, *how = arg(ip, c, 1);
	if (!file_arg(c, &path, &v))
		return v;
	enum fs_kind kind = fs_kind(ip->fs, path);
	if (kind == FS_MISSING && (how->kind == VAL_OBJECT || is_unknown(how)))
		return unknown(c->fr, c->node, "asks for a file that is not there, with options");
	if (kind == FS_MISSING)
		return no_such_file(c, "stat");
	v = result_object(c);
	v->u.obj->open = true; /* sizes and times */
	val_set(ip->arena, v->u.obj, STR("kind"), number(c->fr, c->node, kind));
	for (int i = 0; i < 2; i++)
		val_set(ip->arena, v->u.obj, str_from(stat_methods[i].name),
			builtin_value(ip, &stat_methods[i]));
	return v;
}

/* ---- require ---- */

static struct value *require_call(struct interp *ip, struct call *c)
{
	struct str specifier;
	struct value *odd;
	(void)ip;
	if (!arg_str(c, 0, &specifier, &odd))
		return odd;
	return require_value(c->fr, c->node, specifier, false);
}

static struct value *require_main(struct interp *ip, struct call *c)
{
	(void)ip;
	return unknown(c->fr, c->node, "depends on the program that loads this file");
}

static struct value *create_require(struct interp *ip, struct call *c);

const struct builtin builtins_node[] = {
    {.name = "require", .fn = require_call},
    {.name = "require.main", .fn = require_main, .flags = B_CONST},
    {.name = "require.resolve"},
    {.name = "require.cache"},
    {.name = "module.createRequire", .fn = create_require},
    {.name = "process.cwd", .fn = process_cwd},
    {.name = "process.exit", .fn = process_exit},
    {.name = "process.platform", .fn = platform, .flags = B_CONST},
    {.name = "process.argv", .fn = process_argv, .flags = B_CONST},
    {.name = "process.execPath", .fn = not_known, .flags = B_CONST},
    {.name = "process.execArgv", .fn = not_known, .flags = B_CONST},
    {.name = "process.pid", .fn = not_known, .flags = B_CONST},
    {.name = "process.ppid", .fn = not_known, .flags = B_CONST},
    {.name = "process.title", .fn = not_known, .flags = B_CONST},
    {.name = "process.version", .fn = not_known, .flags = B_CONST},
    {.name = "process.versions", .fn = not_known, .flags = B_CONST},
    {.name = "process.arch", .fn = not_known, .flags = B_CONST},
    {.name = "process.stdout", .fn = not_known, .flags = B_CONST},
    {.name = "process.stderr", .fn = not_known, .flags = B_CONST},
    {.name = "process.stdin", .fn = not_known, .flags = B_CONST},
    {.name = "process.config", .fn = not_known, .flags = B_CONST},
    {.name = "process.exitCode", .fn = not_known, .flags = B_CONST},
    {.name = "process.on", .fn = nothing},
    {.name = "process.once", .fn = nothing},
    {.name = "process.chdir", .fn = not_known},
    {.name = "process.emitWarning", .fn = nothing},
    {.name = "process.send", .fn = not_known, .flags = B_CONST},
    {.name = "process.memoryUsage", .fn = not_known},
    {.name = "process.uptime", .fn = not_known},
    {.name = "process.hrtime", .fn = not_known},
    {.name = "process.getuid", .fn = not_known},
    {.name = "process.geteuid", .fn = not_known},
    {.name = "process.getgid", .fn = not_known},
    {.name = "process.umask", .fn = not_known},
    {.name = "process.nextTick", .fn = not_known},
    {.name = "process.abort", .fn = not_known},
    {.name = "process.kill", .fn = not_known},
    {.name = "process.loadEnvFile", .fn = not_known},
    {.name = "process.release", .fn = not_known, .flags = B_CONST},
    {.name = "process.features", .fn = not_known, .flags = B_CONST},
    {.name = "process.stdin", .fn = not_known, .flags = B_CONST},
    {.name = "process.argv0", .fn = not_known, .flags = B_CONST},
    {.name = "process.mainModule", .fn = not_known, .flags = B_CONST},
    {.name = "process.binding", .fn = not_known},
    {.name = "process.cpuUsage", .fn = not_known},
    {.name = "process.resourceUsage", .fn = not_known},
    {.name = "process.emit", .fn = nothing},
    {.name = "process.removeListener", .fn = nothing},
    {.name = "process.removeAllListeners", .fn = nothing},
    {.name = "process.setMaxListeners", .fn = nothing},
    {.name = "process.connected", .fn = not_known, .flags = B_CONST},
    {.name = "process.default", .fn = not_known, .flags = B_CONST},
    {.name = "process.report", .fn = not_known, .flags = B_CONST},
    {.name = "os.cpus", .fn = os_cpus},
    {.name = "os.availableParallelism", .fn = os_parallelism},
    {.name = "os.totalmem", .fn = os_totalmem},
    {.name = "os.platform", .fn = platform},
    {.name = "os.EOL", .fn = os_eol, .flags = B_CONST},
    {.name = "os.freemem", .fn = not_known},
    {.name = "os.homedir", .fn = not_known},
    {.name = "os.hostname", .fn = not_known},
    {.name = "os.tmpdir", .fn = not_known},
    {.name = "os.userInfo", .fn = not_known},
    {.name = "os.networkInterfaces", .fn = not_known},
    {.name = "os.loadavg", .fn = not_known},
    {.name = "os.uptime", .fn = not_known},
    {.name = "os.arch", .fn = not_known},
    {.name = "os.release", .fn = not_known},
    {.name = "fs.existsSync", .fn = fs_exists_sync, .flags = B_PURE},
    {.name = "fs.readFileSync", .fn = fs_read_file_sync, .flags = B_PURE},
    {.name = "fs.readdirSync", .fn = fs_readdir_sync, .flags = B_PURE},
    {.name = "fs.statSync", .fn = fs_stat_sync, .flags = B_PURE},
    {.name = "fs.lstatSync", .fn = fs_stat_sync, .flags = B_PURE},
    {0},
};

static struct value *create_require(struct interp *ip, struct call *c)
{
	(void)c; /* for another file than this one it would differ: nobody does */
	return builtin_value(ip, &builtins_node[0]);
}
