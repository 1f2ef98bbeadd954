#include "analyzers/native/report.h"

#include <fcntl.h>

/* What only one process can have, or what PM2 must not lose sight of: devices
 * (N23), shared memory (N21), FIFOs (N22), GPU contexts (N24), other programs
 * (N28), daemons (N32), thread pools by CPU count (N33). */

static const struct rule shared_memory = {"native-shared-memory-unsynchronised", "N21", "race", HIGH,
					  "shared-mutex,instance-suffix"};
static const struct rule fifo = {"native-fifo-readers", "N22", "exclusive", MEDIUM,
				 "one-process,message-queue"};
static const struct rule device = {"native-exclusive-device", "N23", "exclusive", HIGH,
				   "one-process,one-daemon"};
static const struct rule gpu = {"native-gpu-context", "N24", "native", MEDIUM, "inference-server"};
static const struct rule child = {"native-foreign-child", "N28", "exclusive", HIGH,
				  "one-process,own-app"};
static const struct rule daemonizes = {"native-daemonizes", "N32", "startup", MEDIUM, "foreground"};
static const struct rule pool = {"native-thread-pool-per-cpu", "N33", "native", LOW,
				 "divide-threads"};

static void tell(struct report *r, struct hazard *h, uint32_t call)
{
	report_proof(r, h, ROLE_DECLARED, node_at(r, call), "done in %s", node_fn(r, call));
	report_reached(r, h, call);
}

static bool is_fixed(struct value v)
{
	return v.has_text && !(v.flags & (VALUE_DIFFERS | VALUE_JS | VALUE_UNKNOWN | VALUE_TIME));
}

/* does any part of the code use what works across processes? */
static bool synchronises(const struct report *r)
{
	const struct tree *t = r->f->t;
	for (size_t i = 0; i < r->f->calls.len; i++) {
		struct str name = call_name(t, r->f->calls.ptr[i]);
		if (AMONG(name, "pthread_mutexattr_setpshared", "sem_open", "sem_wait", "semop", "flock",
			  "lockf", "pthread_rwlockattr_setpshared") ||
		    MENTIONS(name, "__atomic_", "__sync_", "atomic_", "std::atomic"))
			return true;
	}
	for (uint32_t i = 0; i < t->symbols.len; i++)
		if (tree_symbol(t, i)->atomic && tree_symbol(t, i)->kind == SYM_FIELD)
			return true;
	return false;
}

static void check_shared_memory(struct report *r, uint32_t call)
{
	if (!AMONG(call_name(r->f->t, call), "shm_open", "shmget") || synchronises(r))
		return;
	struct value name = value_of_arg(r->f, call, 0);
	bool sysv = call_is(r->f->t, call, "shmget");
	struct value mode = value_of_arg(r->f, call, 1);
	bool read_only = !sysv && mode.has_num && (mode.num & O_ACCMODE) == O_RDONLY;
	bool fixed = sysv ? name.has_num && name.num && !name.flags : is_fixed(name);
	if (!fixed || read_only)
		return;
	struct str shown = name.has_text ? name.text : STR("shmget");
	struct hazard *h = report_begin(
	    r, &shared_memory, node_at(r, call), shown,
	    "{n} processes share the memory '" STR_FMT "', and nothing keeps their writes apart",
	    STR_ARG(shown));
	tell(r, h, call);
}

static void check_fifo(struct report *r, uint32_t call)
{
	if (!call_is(r->f->t, call, "mkfifo"))
		return;
	struct value path = value_of_arg(r->f, call, 0);
	if (!is_fixed(path))
		return;
	struct hazard *h = report_begin(
	    r, &fifo, node_at(r, call), path.text,
	    "{n} processes read from '" STR_FMT "'; a message goes to any of them, or in pieces to several",
	    STR_ARG(path.text));
	tell(r, h, call);
}

static bool is_device(struct str path)
{
	static const char *const many[] = {"/dev/tty",	 "/dev/video",	 "/dev/i2c", "/dev/spidev",
					   "/dev/gpio",	 "/dev/serial",	 "/dev/usb", "/dev/hidraw",
					   "/dev/rfcomm", "/dev/input",	 "/dev/lp",  "/dev/watchdog",
					   "/dev/snd"};
	for (size_t i = 0; i < sizeof many / sizeof *many; i++)
		if (str_starts(path, str_from(many[i])))
			return !str_is(path, "/dev/tty");
	return false;
}

static void check_device(struct report *r, uint32_t call)
{
	struct str name = call_name(r->f->t, call), shown = name;
	bool found = AMONG(name, "libusb_open_device_with_vid_pid", "libusb_claim_interface", "hid_open",
			   "hid_open_path", "snd_pcm_open", "modbus_new_rtu");
	if (AMONG(name, "open", "open64", "fopen")) {
		struct value path = value_of_arg(r->f, call, 0), flags = value_of_arg(r->f, call, 1);
		bool read_only = flags.has_num && (flags.num & O_ACCMODE) == O_RDONLY;
		found = path.has_text && is_device(path.text) && !read_only &&
			!(path.flags & (VALUE_DIFFERS | VALUE_JS));
		shown = path.text;
	}
	if (!found)
		return;
	struct hazard *h = report_begin(
	    r, &device, node_at(r, call), shown,
	    "only one process can drive '" STR_FMT "'; a second one is refused or disturbs the first",
	    STR_ARG(shown));
	tell(r, h, call);
}

static void check_gpu(struct report *r, uint32_t call)
{
	if (!AMONG(call_name(r->f->t, call), "cudaSetDevice", "cuCtxCreate", "cuCtxCreate_v2",
		   "cuInit", "rknn_init"))
		return;
	struct hazard *h = report_begin(r, &gpu, node_at(r, call), tree_node(r->f->t, call)->text,
					"each process opens a context of its own on the accelerator, so its "
					"memory is needed {n} times");
	h->confidence = POSSIBLE;
	tell(r, h, call);
}

/* ---- other programs ---- */

static bool read_from_file(const struct report *r, uint32_t call)
{
	struct tree *t = r->f->t;
	uint32_t var = variable_of(r->f, call_arg(t, call, 0));
	if (var == NONE)
		return false;
	struct list refs = facts_refs(r->f, var);
	for (size_t i = 0; i < refs.len; i++) {
		uint32_t p = enclosing(t, refs.ptr[i], NODE_CALL);
		if (p != NONE && AMONG(call_name(t, p), "fscanf", "__isoc99_fscanf", "std::basic_istream::operator>>"))
			return true;
	}
	return false;
}

static void check_child(struct report *r, uint32_t call)
{
	struct str name = call_name(r->f->t, call);
	if (str_is(name, "kill") && read_from_file(r, call)) {
		struct hazard *h = report_begin(
		    r, &child, node_at(r, call), STR("kill"),
		    "a process is ended whose number was read from a file; with {n} processes it is the one "
		    "that another of them started");
		tell(r, h, call);
		return;
	}
	if (!AMONG(name, "system", "std::system", "popen"))
		return;
	struct value command = value_of_arg(r->f, call, 0);
	if (!is_fixed(command))
		return;
	struct str text = str_trim(command.text);
	bool stays = (text.len && text.ptr[text.len - 1] == '&') ||
		     MENTIONS(text, "nohup ", " --daemon", "setsid ", "killall ", "pkill ",
			      "systemctl start", "systemctl restart", "systemctl stop", " -daemonize");
	if (!stays)
		return;
	struct hazard *h = report_begin(
	    r, &child, node_at(r, call), text,
	    "every process runs '" STR_FMT "', which starts or ends a program that all of them share",
	    STR_ARG(text));
	tell(r, h, call);
}

/* ---- supervision and threads ---- */

static bool calls_in(const struct report *r, uint32_t fn, const char *name)
{
	for (size_t i = 0; i < r->f->calls.len; i++)
		if (tree_node(r->f->t, r->f->calls.ptr[i])->fn == fn &&
		    call_is(r->f->t, r->f->calls.ptr[i], name))
			return true;
	return false;
}

static void check_daemon(struct report *r, uint32_t call)
{
	struct tree *t = r->f->t;
	uint32_t fn = tree_node(t, call)->fn;
	bool by_hand = call_is(t, call, "setsid") && fn != NONE && calls_in(r, fn, "fork");
	if (!call_is(t, call, "daemon") && !by_hand)
		return;
	if (!(facts_phase(r->f, call) & PHASE_LOAD) || facts_phase(r->f, call) & PHASE_RUNTIME)
		return;
	bool optional = false;
	for (uint32_t n = enclosing(t, call, NODE_IF); !by_hand && n != NONE; n = enclosing(t, n, NODE_IF))
		optional |= !is_inside(t, call, tree_node(t, n)->first);
	if (by_hand) {
		struct list calls = facts_calls(r->f, fn);
		for (size_t i = 0; i < calls.len; i++)
			optional |= enclosing(t, calls.ptr[i], NODE_IF) != NONE;
	}
	struct hazard *h = report_begin(
	    r, &daemonizes, node_at(r, call), tree_node(t, call)->text,
	    optional ? "the program can put itself into the background; started that way PM2 loses sight of "
		       "it and starts it again and again"
		     : "the program puts itself into the background, so PM2 takes it for dead and starts it "
		       "again and again");
	h->also_single_process = true;
	if (optional)
		h->severity = LOW, h->confidence = POSSIBLE;
	tell(r, h, call);
}

static void check_pool(struct report *r, uint32_t call)
{
	struct str name = call_name(r->f->t, call);
	bool counts = AMONG(name, "std::thread::hardware_concurrency", "omp_get_max_threads",
			    "omp_get_num_procs", "uv_available_parallelism", "get_nprocs");
	if (str_is(name, "sysconf")) {
		struct value what = value_of_arg(r->f, call, 0);
		counts = what.has_num && (what.num == 84 || what.num == 83); /* processors online, configured */
	}
	bool threads = false;
	for (size_t i = 0; i < r->f->roots.len; i++)
		threads |= r->f->roots.ptr[i].kind == ROOT_THREAD;
	if (!counts || (!threads && !MENTIONS(name, "omp_")))
		return;
	struct hazard *h = report_begin(r, &pool, node_at(r, call), tree_node(r->f->t, call)->text,
					"each process starts as many threads as there are CPUs, so {n} "
					"processes start {n} times as many");
	tell(r, h, call);
}

void check_exclusive(struct report *r)
{
	for (size_t i = 0; i < r->f->calls.len; i++) {
		uint32_t call = r->f->calls.ptr[i];
		if (!(facts_phase(r->f, call) & (PHASE_LOAD | PHASE_RUNTIME)))
			continue;
		check_shared_memory(r, call);
		check_fifo(r, call);
		check_device(r, call);
		check_gpu(r, call);
		check_child(r, call);
		check_daemon(r, call);
		check_pool(r, call);
	}
}
