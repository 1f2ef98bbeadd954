/* dump_program ROOT ENTRY... [--files] [--calls] [--cells] [--fns] [--roots]: what analyzers/program makes of the sources
 * that the entries load, each entry an app of its own. Without options: all. For our own eyes, not installed. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "analyzers/program/program.h"

static const char *const phase_names[] = {"load", "boot", "request", "socket", "message", "timer", "event", "shutdown"};
static const char *const life_names[] = {"?", "process", "request", "connection", "call"};
static const char *const shape_names[] = {"?", "map", "set", "weak", "array", "object", "number", "string", "bool", "nothing",
					  "function", "class", "regexp", "promise", "timer", "instance", "package"};
static const char *const op_names[] = {"read", "key-read", "iterate", "assign", "update", "add", "remove", "call",
				       "escape", "inner"};
static const char *const kind_names[] = {"binding", "static", "field", "closure", "global"};
static const char *const effect_names[] = {"db-write", "db-read", "db-delete", "http-send", "http-get", "mail", "payment",
					   "queue-add", "file-write", "file-delete", "file-read", "socket-send", "spawn",
					   "shared-write", "shared-read", "local-write", "log", "unknown", "lock", "db-anew", "claim"};

static void bits(uint32_t value, const char *const *names, size_t n)
{
	const char *sep = "";
	for (size_t i = 0; i < n; i++)
		if (value & (1u << i)) {
			printf("%s%s", sep, names[i]);
			sep = ",";
		}
	if (!*sep)
		printf("-");
}

static void phases_of(const struct program *p, prog_id fn)
{
	uint32_t all = 0;
	for (uint32_t app = 0; app < p->n_apps; app++)
		all |= prog_phases(p, app, fn);
	bits(all, phase_names, 8);
}

static void entity(const struct program *p, const struct entity *e)
{
	static const char *const kinds[] = {"unknown", "global", "package", "function", "class", "instance",
					    "package-instance", "cell", "module", "param", "value"};
	printf("%s", kinds[e->kind]);
	if (e->module.len || e->path.len)
		printf(" " STR_FMT "#" STR_FMT, STR_ARG(e->module), STR_ARG(e->path));
	if (e->kind == ENT_FUNCTION)
		printf(" %s", prog_fn_name(p, e->fn));
	if (e->kind == ENT_CELL)
		printf(" " STR_FMT, STR_ARG(p->cells[e->cell].name));
	if ((e->kind == ENT_CLASS || e->kind == ENT_INSTANCE) && prog_class_at(p, e->file, e->node))
		printf(" " STR_FMT, STR_ARG(prog_class_at(p, e->file, e->node)->name));
	if (e->kind == ENT_MODULE)
		printf(" " STR_FMT, STR_ARG(p->files[e->file].source->path));
	if (e->members.len)
		printf(" ." STR_FMT, STR_ARG(e->members));
	if (e->type_arg.len)
		printf(" <" STR_FMT ">", STR_ARG(e->type_arg));
}

static uint32_t line(const struct program *p, prog_id file, js_node n)
{
	return source_position(p->files[file].source, prog_place(p, file, n).span.start).line;
}

static void at(const struct program *p, prog_id file, js_node n)
{
	printf(STR_FMT ":%u", STR_ARG(p->files[file].source->path), line(p, file, n));
}

static void dump_files(const struct program *p)
{
	for (prog_id i = 0; i < p->n_files; i++) {
		const struct prog_file *f = &p->files[i];
		printf("file " STR_FMT " apps %llx\n", STR_ARG(f->source->path), (unsigned long long)f->apps);
		for (size_t k = 0; k < f->n_edges; k++)
			printf("\t%u -> " STR_FMT "%s\n", line(p, i, f->edges[k].at),
			       STR_ARG(p->files[f->edges[k].to].source->path), f->edges[k].lazy ? " lazy" : "");
		for (size_t k = 0; k < f->n_unresolved; k++)
			printf("\t%u unresolved: %s\n", line(p, i, f->unresolved[k].at), f->unresolved[k].why);
		for (uint32_t k = 0; k < f->js->n_troubles; k++)
			printf("\ttrouble: %s\n", f->js->troubles[k].message);
	}
}

static void dump_roots(const struct program *p)
{
	for (size_t i = 0; i < p->n_roots; i++) {
		const struct prog_root *r = &p->roots[i];
		printf("root ");
		at(p, r->file, r->at);
		printf(" ");
		bits(r->phase, phase_names, 8);
		printf(" '" STR_FMT "' -> %s, by ", STR_ARG(r->label), prog_fn_name(p, r->fn));
		entity(p, &r->by);
		printf("\n");
	}
}

static void dump_fns(const struct program *p)
{
	for (prog_id i = 0; i < p->n_fns; i++) {
		const struct prog_fn *f = &p->fns[i];
		printf("fn ");
		at(p, f->file, prog_fn_node(p, i));
		printf(" %s [", prog_fn_name(p, i));
		phases_of(p, i);
		printf("] does ");
		bits(f->effects, effect_names, 19);
		printf(" all ");
		bits(f->effects_all, effect_names, 19);
		printf(" calls");
		for (size_t k = 0; k < f->n_callees; k++)
			printf(" %s", prog_fn_name(p, f->callees[k]));
		printf("\n");
	}
}

static void dump_classes(const struct program *p)
{
	for (size_t i = 0; i < p->n_classes; i++) {
		const struct prog_class *c = &p->classes[i];
		printf("class ");
		at(p, c->file, c->node);
		printf(" " STR_FMT " %s (%s)%s apps %llx\n", STR_ARG(c->name), life_names[c->life],
		       c->life_why ? c->life_why : "", c->provided ? " provided" : "", (unsigned long long)c->apps);
	}
}

static void dump_cells(const struct program *p)
{
	for (size_t i = 0; i < p->n_cells; i++) {
		const struct prog_cell *c = &p->cells[i];
		printf("cell ");
		at(p, c->file, c->decl);
		printf(" " STR_FMT " %s life=%s shape=%s%s%s", STR_ARG(c->name), kind_names[c->kind], life_names[c->life],
		       shape_names[c->shape], c->exported ? " exported" : "", c->is_const_data ? " const-data" : "");
		if (c->maker.kind != ENT_UNKNOWN) {
			printf(" by ");
			entity(p, &c->maker);
		}
		printf("\n");
		for (size_t k = 0; k < c->n_accesses; k++) {
			const struct cell_access *a = &c->accesses[k];
			struct str text = js_text(p->files[a->file].js, a->node);
			printf("\t%s ", op_names[a->op]);
			at(p, a->file, a->node);
			printf(" in %s [", prog_fn_name(p, a->fn));
			phases_of(p, a->fn);
			printf("]%s: %.*s\n", a->through_alias ? " alias" : "",
			       (int)(strcspn(text.ptr, "\n") < 60 && strcspn(text.ptr, "\n") < text.len
					 ? strcspn(text.ptr, "\n") : text.len < 60 ? text.len : 60), text.ptr);
		}
	}
}

static void dump_calls(const struct program *p)
{
	for (size_t i = 0; i < p->n_calls; i++) {
		const struct prog_call *c = &p->calls[i];
		struct str text = js_text(p->files[c->file].js, c->node);
		printf("call ");
		at(p, c->file, c->node);
		printf(" %.*s: ", (int)(text.len < 40 ? strcspn(text.ptr, "\n") < text.len ? strcspn(text.ptr, "\n") : text.len
						     : strcspn(text.ptr, "\n") < 40 ? strcspn(text.ptr, "\n") : 40), text.ptr);
		entity(p, &c->callee);
		if (c->target != PROG_NONE)
			printf(" -> %s", prog_fn_name(p, c->target));
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct fs fs;
	struct prog_app_input apps[64];
	const char *only = "";
	size_t n = 0;
	if (argc < 3) {
		fprintf(stderr, "usage: dump_program ROOT ENTRY... [--files|--roots|--fns|--classes|--cells|--calls|--none]\n");
		return 2;
	}
	arena_init(&arena);
	struct err err = fs_init(&fs, &arena, argv[1]);
	if (err.text) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	struct context ctx = {.arena = &arena, .fs = &fs, .cpus = 4, .pm2_major = 7, .threads = 2};
	struct project *project = project_new(&ctx);
	for (int i = 2; i < argc; i++) {
		if (argv[i][0] == '-') {
			only = argv[i];
			continue;
		}
		struct project_entry *e = arena_new(&arena, struct project_entry);
		struct project_entries *es = arena_new(&arena, struct project_entries);
		e->path = str_from(argv[i]);
		es->entries = e;
		es->n = 1;
		apps[n++] = (struct prog_app_input){.entries = es};
	}
	struct program *p = program_build(&ctx, project, apps, n);
	if (!*only || !strcmp(only, "--files"))
		dump_files(p);
	if (!*only || !strcmp(only, "--roots"))
		dump_roots(p);
	if (!*only || !strcmp(only, "--fns"))
		dump_fns(p);
	if (!*only || !strcmp(only, "--classes"))
		dump_classes(p);
	if (!*only || !strcmp(only, "--cells"))
		dump_cells(p);
	if (!*only || !strcmp(only, "--calls"))
		dump_calls(p);
	printf("%zu files, %zu functions, %zu calls, %zu classes, %zu cells, %zu roots, %zu bytes\n", p->n_files, p->n_fns,
	       p->n_calls, p->n_classes, p->n_cells, p->n_roots, arena.bytes);
	program_free(p);
	project_free(project);
	fs_release(&fs);
	arena_release(&arena);
	return 0;
}
