#include "analyzers/native/report.h"

#include <netinet/in.h>
#include <sys/socket.h>

/* Sockets that are opened in C or C++: PM2's cluster does not share those.
 * Ports (N16, N17), unix sockets (N18), prefork servers (N20), packet capture
 * (N25). */

static const struct rule port = {"native-port-not-shared", "N16", "exclusive", HIGH,
				 "one-process,reuseport,instance-port"};
static const struct rule udp = {"native-udp-steals-datagrams", "N17", "socket", HIGH,
				"one-process,reuseport-udp"};
static const struct rule unix_path = {"native-unix-socket-stolen", "N18", "exclusive", HIGH,
				      "one-process,instance-suffix"};
static const struct rule prefork = {"native-prefork", "N20", "native", LOW, "one-process"};
static const struct rule capture = {"native-packet-capture", "N25", "exclusive", HIGH,
				    "one-process,packet-fanout"};

#ifndef SO_REUSEPORT
#define SO_REUSEPORT 15
#endif
enum { LINUX_AF_PACKET = 17, LINUX_PACKET_FANOUT = 18, LINUX_SOL_PACKET = 263 };

struct socket_use {
	uint32_t socket_call, reuse_call;
	int64_t type;         /* SOCK_STREAM, SOCK_DGRAM, 0: not known */
	bool reuse_port, reuse_address, multicast, fanout, listens;
};

static bool in_or_below(const struct report *r, uint32_t call, uint32_t fn)
{
	uint32_t in = tree_node(r->f->t, call)->fn;
	if (in == fn)
		return true;
	struct list calls = in == NONE ? (struct list){NULL, 0} : facts_calls(r->f, in);
	for (size_t i = 0; i < calls.len; i++)
		if (tree_node(r->f->t, calls.ptr[i])->fn == fn)
			return true;
	return false;
}

static void look_at_option(const struct report *r, uint32_t call, struct socket_use *u)
{
	struct value level = value_of_arg(r->f, call, 1), option = value_of_arg(r->f, call, 2);
	if (!option.has_num)
		return;
	bool socket_level = !level.has_num || level.num == SOL_SOCKET;
	if (socket_level && option.num == SO_REUSEPORT) {
		u->reuse_port = true;
	} else if (socket_level && option.num == SO_REUSEADDR) {
		u->reuse_address = true;
		u->reuse_call = call;
	} else if (level.has_num && level.num == IPPROTO_IP && option.num == IP_ADD_MEMBERSHIP) {
		u->multicast = true;
	} else if (level.has_num && level.num == IPPROTO_IPV6 && option.num == IPV6_JOIN_GROUP) {
		u->multicast = true;
	} else if (level.has_num && level.num == LINUX_SOL_PACKET && option.num == LINUX_PACKET_FANOUT) {
		u->fanout = true;
	}
}

/* what the function that binds does with its socket, also through a helper function */
static struct socket_use use_of(const struct report *r, uint32_t bind)
{
	struct tree *t = r->f->t;
	uint32_t fn = tree_node(t, bind)->fn;
	struct socket_use u = {.socket_call = NONE, .reuse_call = NONE};
	for (size_t i = 0; i < r->f->calls.len; i++) {
		uint32_t call = r->f->calls.ptr[i];
		struct str name = call_name(t, call);
		if (!AMONG(name, "socket", "setsockopt", "listen") || !in_or_below(r, call, fn))
			continue;
		if (str_is(name, "setsockopt")) {
			look_at_option(r, call, &u);
		} else if (str_is(name, "listen")) {
			u.listens = true;
		} else if (u.socket_call == NONE || tree_node(t, call)->fn == fn) {
			struct value type = value_of_arg(r->f, call, 1);
			u.socket_call = call;
			u.type = type.has_num ? type.num & 0xf : 0;
		}
	}
	if (u.type == 0 && u.listens)
		u.type = SOCK_STREAM;
	return u;
}

/* ---- ports ---- */

static bool may_collide(struct value v)
{
	bool ephemeral = v.has_num && v.num == 0 && !v.flags;
	return !ephemeral && !(v.flags & VALUE_DIFFERS);
}

static const char *shown_port(const struct report *r, struct value v)
{
	if (v.has_num && v.num)
		return arena_printf(r->f->t->arena, "port %lld", (long long)v.num);
	if (v.has_text)
		return arena_printf(r->f->t->arena, "port " STR_FMT, STR_ARG(v.text));
	return v.flags & VALUE_ENV ? "the port from the environment" : "its port";
}

static void report_port(struct report *r, uint32_t at, struct value v, const struct socket_use *u)
{
	struct hazard *h = report_begin(
	    r, &port, node_at(r, at), str_from(shown_port(r, v)),
	    "a socket on %s that is opened in native code is not shared by PM2; the second process "
	    "gets EADDRINUSE",
	    shown_port(r, v));
	h->confidence = v.has_num || v.has_text || v.flags & VALUE_ENV ? CERTAIN : POSSIBLE;
	if (u && u->socket_call != NONE)
		report_proof(r, h, ROLE_DECLARED, node_at(r, u->socket_call), "opened in %s",
			     node_fn(r, u->socket_call));
	report_proof(r, h, ROLE_WRITTEN, node_at(r, at), "bound in %s, without SO_REUSEPORT",
		     node_fn(r, at));
	report_reached(r, h, at);
}

static void report_udp(struct report *r, uint32_t at, struct value v, const struct socket_use *u)
{
	struct hazard *h = report_begin(
	    r, &udp, node_at(r, at), str_from(shown_port(r, v)),
	    "with SO_REUSEADDR every process can bind %s, but only the one that bound last receives "
	    "datagrams",
	    shown_port(r, v));
	h->confidence = v.has_num || v.has_text || v.flags & VALUE_ENV ? CERTAIN : POSSIBLE;
	if (u && u->reuse_call != NONE)
		report_proof(r, h, ROLE_DECLARED, node_at(r, u->reuse_call), "SO_REUSEADDR is set here");
	report_proof(r, h, ROLE_WRITTEN, node_at(r, at), "bound in %s", node_fn(r, at));
	report_reached(r, h, at);
}

static struct value port_of_address(const struct report *r, uint32_t bind, uint32_t var)
{
	struct tree *t = r->f->t;
	struct value v = {0};
	if (var != NONE) {
		v = value_of_field(r->f, var, "sin_port", NULL);
		if (!v.has_num && !v.flags)
			v = value_of_field(r->f, var, "sin6_port", NULL);
	}
	for (size_t i = 0; i < r->f->calls.len && !v.has_num && !v.flags; i++) {
		uint32_t call = r->f->calls.ptr[i];
		struct str name = call_name(t, call);
		if (AMONG(name, "uv_ip4_addr", "uv_ip6_addr") && var != NONE &&
		    variable_of(r->f, call_arg(t, call, 2)) == var)
			v = value_of_arg(r->f, call, 1);
		else if (str_is(name, "getaddrinfo") && tree_node(t, call)->fn == tree_node(t, bind)->fn)
			v = value_of_arg(r->f, call, 1);
	}
	if (!v.has_num && !v.has_text && !v.flags)
		v.flags = VALUE_UNKNOWN;
	return v;
}

static void check_unix(struct report *r, uint32_t at, struct value path);

static void check_bind(struct report *r, uint32_t call)
{
	struct tree *t = r->f->t;
	uint32_t var = variable_of(r->f, call_arg(t, call, 1));
	struct str type = var == NONE ? STR("") : tree_symbol(t, var)->type;
	if (MENTIONS(type, "sockaddr_un")) {
		check_unix(r, call, value_of_field(r->f, var, "sun_path", NULL));
		return;
	}
	if (MENTIONS(type, "sockaddr_ll", "sockaddr_nl", "sockaddr_can", "sockaddr_vm"))
		return;
	struct socket_use u = use_of(r, call);
	struct value v = port_of_address(r, call, var);
	if (u.reuse_port || !may_collide(v) || u.type == 0)
		return;
	if (u.type == SOCK_STREAM && u.listens)
		report_port(r, call, v, &u);
	else if (u.type == SOCK_DGRAM && !u.multicast && u.reuse_address)
		report_udp(r, call, v, &u);
	else if (u.type == SOCK_DGRAM && !u.multicast)
		report_port(r, call, v, &u);
}

static void check_uv(struct report *r, uint32_t call)
{
	enum { TCP_REUSEPORT = 2, UDP_REUSEADDR = 4, UDP_REUSEPORT = 8 };
	struct tree *t = r->f->t;
	bool tcp = call_is(t, call, "uv_tcp_bind");
	struct value flags = value_of_arg(r->f, call, 2);
	int64_t set = flags.has_num ? flags.num : 0;
	struct value v = port_of_address(r, call, variable_of(r->f, call_arg(t, call, 1)));
	if (!may_collide(v) || set & (tcp ? TCP_REUSEPORT : UDP_REUSEPORT))
		return;
	if (!tcp && set & UDP_REUSEADDR)
		report_udp(r, call, v, NULL);
	else
		report_port(r, call, v, NULL);
}

struct server {
	const char *call;
	size_t port;
};

static void check_server(struct report *r, uint32_t call)
{
	static const struct server known[] = {{"evhttp_bind_socket", 2},
					      {"evhttp_bind_socket_with_handle", 2},
					      {"MHD_start_daemon", 1},
					      {"mg_http_listen", 1}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!call_is(r->f->t, call, known[i].call))
			continue;
		struct value v = value_of_arg(r->f, call, known[i].port);
		if (may_collide(v))
			report_port(r, call, v, NULL);
	}
}

/* ---- unix sockets ---- */

static uint32_t unlinked_at(const struct report *r, struct str path)
{
	for (size_t i = 0; i < r->f->calls.len; i++) {
		uint32_t call = r->f->calls.ptr[i];
		if (!AMONG(call_name(r->f->t, call), "unlink", "remove", "std::remove"))
			continue;
		struct value v = value_of_arg(r->f, call, 0);
		if (v.has_text && str_eq(v.text, path) && facts_phase(r->f, call) & ~PHASE_EXIT)
			return call;
	}
	return NONE;
}

static void check_unix(struct report *r, uint32_t at, struct value path)
{
	if (!path.has_text || path.text.len == 0 ||
	    path.flags & (VALUE_DIFFERS | VALUE_JS | VALUE_UNKNOWN))
		return;
	uint32_t gone = unlinked_at(r, path.text);
	struct hazard *h = report_begin(
	    r, &unix_path, node_at(r, at), path.text,
	    gone != NONE ? "each process removes '" STR_FMT "' and binds it anew, so only the last one "
			   "that started can be reached"
			 : "the second process cannot bind '" STR_FMT "' and gets EADDRINUSE",
	    STR_ARG(path.text));
	h->confidence = CERTAIN;
	if (gone != NONE)
		report_proof(r, h, ROLE_WRITTEN, node_at(r, gone), "removed in %s", node_fn(r, gone));
	report_proof(r, h, ROLE_WRITTEN, node_at(r, at), "bound in %s", node_fn(r, at));
	report_reached(r, h, at);
}

/* ---- the rest ---- */

static void check_prefork(struct report *r, uint32_t call)
{
	uint32_t fn = tree_node(r->f->t, call)->fn;
	bool serves = false;
	for (uint32_t i = 0; fn != NONE && i < r->f->t->symbols.len; i++)
		serves |= (r->f->effects[i] & EFFECT_ACCEPT) != 0;
	if (!serves || !(facts_phase(r->f, call) & PHASE_LOAD) ||
	    enclosing(r->f->t, call, NODE_LOOP) == NONE)
		return;
	struct hazard *h = report_begin(r, &prefork, node_at(r, call), STR("fork"),
					"the program starts worker processes of its own that share one "
					"socket; more than one instance would multiply them");
	report_proof(r, h, ROLE_WRITTEN, node_at(r, call), "forked in %s", node_fn(r, call));
	report_reached(r, h, call);
}

static void check_capture(struct report *r, uint32_t call)
{
	struct str name = call_name(r->f->t, call);
	bool packets = AMONG(name, "pcap_open_live", "pcap_create"), tun = false;
	if (str_is(name, "socket")) {
		struct value family = value_of_arg(r->f, call, 0);
		packets = family.has_num && family.num == LINUX_AF_PACKET && !use_of(r, call).fanout;
	} else if (str_is(name, "open")) {
		struct value path = value_of_arg(r->f, call, 0);
		tun = path.has_text && str_is(path.text, "/dev/net/tun");
	}
	if (!packets && !tun)
		return;
	struct hazard *h = report_begin(
	    r, &capture, node_at(r, call), name,
	    tun ? "the network device can be attached to one process only; the second one fails"
		: "every process sees every packet, so each packet is handled {n} times");
	if (tun)
		h->confidence = POSSIBLE; /* without a fixed name each process gets its own */
	report_proof(r, h, ROLE_DECLARED, node_at(r, call), "opened in %s", node_fn(r, call));
	report_reached(r, h, call);
}

void check_sockets(struct report *r)
{
	for (size_t i = 0; i < r->f->calls.len; i++) {
		uint32_t call = r->f->calls.ptr[i];
		struct str name = call_name(r->f->t, call);
		if (!(facts_phase(r->f, call) & (PHASE_LOAD | PHASE_RUNTIME)))
			continue;
		if (str_is(name, "bind"))
			check_bind(r, call);
		else if (AMONG(name, "uv_tcp_bind", "uv_udp_bind"))
			check_uv(r, call);
		else if (str_is(name, "uv_pipe_bind"))
			check_unix(r, call, value_of_arg(r->f, call, 1));
		else if (str_is(name, "fork"))
			check_prefork(r, call);
		else
			check_capture(r, call);
		check_server(r, call);
	}
}
