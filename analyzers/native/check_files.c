#include "analyzers/native/report.h"

#include <fcntl.h>

/* Files and databases that several processes open: fixed temporary names (N10),
 * logs with rotation of their own (N11), read-modify-write (N12), embedded
 * databases (N13, N14), locks that keep a second instance out (N07). */

static const struct rule fixed_temp = {"native-fixed-temp-file", "N10", "local-file", MEDIUM,
				       "mkstemp,instance-suffix"};
static const struct rule unsafe_temp = {"native-fixed-temp-file", "N10", "race", MEDIUM, "mkstemp"};
static const struct rule rotation = {"native-log-rotation", "N11", "local-file", MEDIUM,
				     "log-stdout,instance-suffix"};
static const struct rule rewrite = {"native-file-read-modify-write", "N12", "local-file", HIGH,
				    "flock,one-writer,database"};
static const struct rule single = {"native-single-instance-lock", "N07", "exclusive", MEDIUM,
				   "one-process,drop-pidfile"};
static const struct rule sqlite = {"native-sqlite-file", "N13", "local-file", MEDIUM,
				   "sqlite-wal"};
static const struct rule sqlite_memory = {"native-sqlite-memory", "N13", "memory-state", HIGH,
					  "one-process,database"};
static const struct rule exclusive_db = {"native-exclusive-database", "N14", "exclusive", HIGH,
					 "one-process,one-writer,read-only-open"};

enum mode { MODE_READ = 1, MODE_WRITE = 2, MODE_APPEND = 4, MODE_EXCL = 8 };

struct opened {
	uint32_t call, fn;
	unsigned mode;
	struct value path;
	uint8_t phases;
};

struct files {
	struct report *r;
	VEC(struct opened) opened;
};

static unsigned mode_of_fopen(struct str mode)
{
	if (mode.len == 0)
		return 0;
	bool plus = memchr(mode.ptr, '+', mode.len) != NULL;
	unsigned m = mode.ptr[0] == 'r' ? MODE_READ : mode.ptr[0] == 'a' ? MODE_APPEND : MODE_WRITE;
	return plus ? m | MODE_READ | MODE_WRITE : m;
}

static unsigned mode_of_open(int64_t flags)
{
	unsigned m = 0;
	if ((flags & O_ACCMODE) != O_WRONLY)
		m |= MODE_READ;
	if ((flags & O_ACCMODE) != O_RDONLY)
		m |= flags & O_APPEND ? MODE_APPEND : MODE_WRITE;
	if (flags & O_CREAT && flags & O_EXCL)
		m |= MODE_EXCL;
	return m;
}

static unsigned mode_of(const struct report *r, uint32_t call)
{
	struct str name = call_name(r->f->t, call);
	if (AMONG(name, "fopen", "fopen64")) {
		struct value v = value_of_arg(r->f, call, 1);
		return v.has_text ? mode_of_fopen(v.text) : 0;
	}
	if (AMONG(name, "open", "open64")) {
		struct value v = value_of_arg(r->f, call, 1);
		return v.has_num ? mode_of_open(v.num) : 0;
	}
	if (str_is(name, "creat"))
		return MODE_WRITE;
	size_t n = call_n_args(r->f->t, call);
	if (n && AMONG(name, "std::basic_ofstream::basic_ofstream", "std::basic_ofstream::open")) {
		struct value v = value_of_arg(r->f, call, 1);
		bool append = v.has_num && v.num & 1; /* std::ios::app */
		return append ? MODE_APPEND : MODE_WRITE;
	}
	if (n && AMONG(name, "std::basic_ifstream::basic_ifstream", "std::basic_ifstream::open"))
		return MODE_READ;
	return 0;
}

/* the same name in every process */
static bool is_shared(const struct value *path)
{
	return path->has_text && path->text.len &&
	       !(path->flags & (VALUE_DIFFERS | VALUE_JS | VALUE_UNKNOWN | VALUE_TIME));
}

static bool is_special(struct str path)
{
	return str_starts(path, STR("/dev/")) || str_starts(path, STR("/proc/")) ||
	       str_starts(path, STR("/sys/"));
}

static void collect(struct files *x)
{
	const struct facts *f = x->r->f;
	for (size_t i = 0; i < f->calls.len; i++) {
		uint32_t call = f->calls.ptr[i];
		unsigned mode = mode_of(x->r, call);
		struct opened o = {call, tree_node(f->t, call)->fn, mode, {0}, facts_phase(f, call)};
		if (mode == 0 || o.phases == 0 || o.phases == PHASE_EXIT)
			continue;
		o.path = value_of_arg(f, call, 0);
		if (is_shared(&o.path) && !is_special(o.path.text))
			vec_push(&x->opened, o);
	}
}

static const struct opened *find(const struct files *x, const struct opened *like, unsigned mode)
{
	for (size_t i = 0; i < x->opened.len; i++) {
		const struct opened *o = &x->opened.ptr[i];
		if (o->mode & mode && o != like && str_eq(o->path.text, like->path.text))
			return o;
	}
	return NULL;
}

static uint32_t renamed_at(const struct files *x, const struct opened *o)
{
	const struct facts *f = x->r->f;
	for (size_t i = 0; i < f->calls.len; i++) {
		uint32_t call = f->calls.ptr[i];
		if (!AMONG(call_name(f->t, call), "rename", "std::rename", "std::filesystem::rename"))
			continue;
		struct value from = value_of_arg(f, call, 0);
		if (from.has_text && str_eq(from.text, o->path.text))
			return call;
	}
	return NONE;
}

static bool locks_file(const struct files *x, const struct opened *o)
{
	return o->fn != NONE && x->r->f->effects[o->fn] & EFFECT_FLOCK;
}

static void check_rewrite(struct files *x, const struct opened *w, const struct opened *rd)
{
	struct report *r = x->r;
	struct hazard *h = report_begin(
	    r, &rewrite, node_at(r, w->call), w->path.text,
	    "'" STR_FMT "' is read, changed and written back; of two processes that do it at once one "
	    "loses its change",
	    STR_ARG(w->path.text));
	h->also_single_process = false;
	report_proof(r, h, ROLE_READ, node_at(r, rd->call), "read in %s", node_fn(r, rd->call));
	report_proof(r, h, ROLE_WRITTEN, node_at(r, w->call), "written in %s", node_fn(r, w->call));
	report_reached(r, h, w->call);
}

static void check_written(struct files *x, const struct opened *o)
{
	struct report *r = x->r;
	uint32_t moved = renamed_at(x, o);
	if (o->mode & MODE_APPEND) {
		if (moved == NONE)
			return; /* appending lines does not lose any */
		struct hazard *h = report_begin(
		    r, &rotation, node_at(r, o->call), o->path.text,
		    "every process renames '" STR_FMT "' for itself; the others go on writing to the old "
		    "file, or rename the new one away",
		    STR_ARG(o->path.text));
		report_proof(r, h, ROLE_WRITTEN, node_at(r, o->call), "appended to in %s",
			     node_fn(r, o->call));
		report_proof(r, h, ROLE_WRITTEN, node_at(r, moved), "rotated in %s", node_fn(r, moved));
		report_reached(r, h, moved);
		return;
	}
	const struct opened *reader = o->mode & MODE_READ ? o : find(x, o, MODE_READ);
	if (reader && moved == NONE && reader->phases & PHASE_RUNTIME) {
		check_rewrite(x, o, reader);
		return;
	}
	struct hazard *h = report_begin(
	    r, &fixed_temp, node_at(r, o->call), o->path.text,
	    "all {n} processes write the same file '" STR_FMT "'; one reads, sends or renames what the "
	    "other is just writing",
	    STR_ARG(o->path.text));
	report_proof(r, h, ROLE_WRITTEN, node_at(r, o->call), "written in %s", node_fn(r, o->call));
	report_reached(r, h, o->call);
}

static void report_single(struct report *r, uint32_t at, struct str name, uint32_t opened)
{
	struct hazard *h = report_begin(
	    r, &single, node_at(r, at), name,
	    "a second process finds '" STR_FMT "' taken at start and ends, so PM2 starts it again and "
	    "again",
	    STR_ARG(name));
	if (opened != NONE)
		report_proof(r, h, ROLE_DECLARED, node_at(r, opened), "the name is the same in every process");
	report_proof(r, h, ROLE_GUARD, node_at(r, at), "taken in %s", node_fn(r, at));
	report_reached(r, h, at);
}

static void check_opened(struct files *x, const struct opened *o)
{
	if (o->mode & MODE_EXCL) {
		report_single(x->r, o->call, o->path.text, NONE);
		return;
	}
	if (!(o->mode & (MODE_WRITE | MODE_APPEND)) || locks_file(x, o))
		return;
	if (str_ends(o->path.text, STR(".pid"))) {
		report_single(x->r, o->call, o->path.text, NONE);
		return;
	}
	if (o->phases & PHASE_RUNTIME)
		check_written(x, o);
}

/* a lock taken once at start keeps every other instance out */
static void check_lock(struct files *x, uint32_t call)
{
	const struct facts *f = x->r->f;
	if (!(effects_of_call(f, call) & EFFECT_FLOCK) || facts_phase(f, call) & PHASE_RUNTIME ||
	    !facts_phase(f, call))
		return;
	if (call_is(f->t, call, "sem_open")) {
		struct value name = value_of_arg(f, call, 0);
		if (is_shared(&name))
			report_single(x->r, call, name.text, NONE);
		return;
	}
	for (size_t i = 0; i < x->opened.len; i++) {
		const struct opened *o = &x->opened.ptr[i];
		if (o->fn == tree_node(f->t, call)->fn && o->mode & (MODE_WRITE | MODE_APPEND)) {
			report_single(x->r, call, o->path.text, o->call);
			return;
		}
	}
}

static void check_temp_name(struct report *r, uint32_t call)
{
	if (!AMONG(call_name(r->f->t, call), "tmpnam", "tmpnam_r", "tempnam", "mktemp", "std::tmpnam") ||
	    !facts_phase(r->f, call))
		return;
	struct hazard *h = report_begin(
	    r, &unsafe_temp, node_at(r, call), tree_node(r->f->t, call)->text,
	    "" STR_FMT "() only makes up a name; another process can take it before it is opened",
	    STR_ARG(tree_node(r->f->t, call)->text));
	h->also_single_process = true;
	report_proof(r, h, ROLE_WRITTEN, node_at(r, call), "made up in %s", node_fn(r, call));
	report_reached(r, h, call);
}

/* ---- embedded databases ---- */

static bool waits_for_others(const struct report *r)
{
	const struct tree *t = r->f->t;
	for (size_t i = 0; i < r->f->calls.len; i++)
		if (AMONG(call_name(t, r->f->calls.ptr[i]), "sqlite3_busy_timeout",
			  "sqlite3_busy_handler"))
			return true;
	for (uint32_t i = 0; i < t->nodes.len; i++)
		if (tree_node(t, i)->kind == NODE_STRING &&
		    MENTIONS(tree_node(t, i)->text, "busy_timeout"))
			return true;
	return false;
}

static void check_sqlite(struct report *r, uint32_t call)
{
	struct str name = call_name(r->f->t, call);
	if (!AMONG(name, "sqlite3_open", "sqlite3_open16", "sqlite3_open_v2") ||
	    !facts_phase(r->f, call))
		return;
	struct value path = value_of_arg(r->f, call, 0), flags = {0};
	if (str_is(name, "sqlite3_open_v2"))
		flags = value_of_arg(r->f, call, 2);
	enum { SQLITE_READONLY = 1 };
	if (!path.has_text || path.flags & (VALUE_DIFFERS | VALUE_JS) ||
	    (flags.has_num && flags.num & SQLITE_READONLY))
		return;
	bool memory = path.text.len == 0 || str_is(path.text, ":memory:");
	if (!memory && waits_for_others(r))
		return;
	struct hazard *h =
	    memory ? report_begin(r, &sqlite_memory, node_at(r, call), path.text,
				  "the SQLite database lives in the memory of one process; the other {n} "
				  "processes have their own")
		   : report_begin(r, &sqlite, node_at(r, call), path.text,
				  "{n} processes write '" STR_FMT "' without a busy timeout, so some writes "
				  "end with 'database is locked'",
				  STR_ARG(path.text));
	report_proof(r, h, ROLE_DECLARED, node_at(r, call), "opened in %s", node_fn(r, call));
	report_reached(r, h, call);
}

struct store {
	const char *call;
	size_t path;
	int flags;       /* argument with the open mode; -1: none */
	int64_t writes;  /* it is opened for writing when one of these bits is set */
};

static void check_store(struct report *r, uint32_t call)
{
	static const struct store known[] = {
	    {"leveldb::DB::Open", 1, -1, 0},	   {"leveldb_open", 1, -1, 0},
	    {"rocksdb::DB::Open", 1, -1, 0},	   {"rocksdb_open", 1, -1, 0},
	    {"rocksdb::TransactionDB::Open", 2, -1, 0}, {"duckdb_open", 0, -1, 0},
	    {"gdbm_open", 0, 2, 7},		   {"H5Fopen", 0, 1, 1},
	    {"H5Fcreate", 0, -1, 0},		   {"unqlite_open", 1, -1, 0}};
	const struct store *s = NULL;
	for (size_t i = 0; i < sizeof known / sizeof *known && !s; i++)
		if (call_is(r->f->t, call, known[i].call))
			s = &known[i];
	if (!s || !facts_phase(r->f, call))
		return;
	struct value path = value_of_arg(r->f, call, s->path);
	if (s->flags >= 0) {
		struct value mode = value_of_arg(r->f, call, (size_t)s->flags);
		if (mode.has_num && !(mode.num & s->writes))
			return;
	}
	bool memory = path.has_text && (path.text.len == 0 || str_is(path.text, ":memory:"));
	if (path.flags & (VALUE_PID | VALUE_INSTANCE | VALUE_RANDOM | VALUE_ARG) || memory)
		return;
	struct str shown = path.has_text ? path.text : tree_node(r->f->t, call)->text;
	struct hazard *h = report_begin(
	    r, &exclusive_db, node_at(r, call), shown,
	    "only one process at a time can open '" STR_FMT "'; the second one fails at start",
	    STR_ARG(shown));
	h->confidence = path.has_text ? LIKELY : POSSIBLE;
	report_proof(r, h, ROLE_DECLARED, node_at(r, call), "opened in %s", node_fn(r, call));
	report_reached(r, h, call);
}

void check_files(struct report *r)
{
	struct files x = {.r = r};
	collect(&x);
	for (size_t i = 0; i < x.opened.len; i++)
		check_opened(&x, &x.opened.ptr[i]);
	for (size_t i = 0; i < r->f->calls.len; i++) {
		uint32_t call = r->f->calls.ptr[i];
		check_lock(&x, call);
		check_temp_name(r, call);
		check_sqlite(r, call);
		check_store(r, call);
	}
	vec_release(&x.opened);
}
