#ifndef RULES_REACH_H
#define RULES_REACH_H
/* Small questions about calls and reach that several checks ask. */
#include "rules/hazard.h"

/* the index-th argument of a call, `new` or decorator (-1: the last), or 0 */
js_node reach_argument(const struct js_file *js, js_node call, int index);
/* can `to` be called from `from`, through the project's own functions? */
bool reach_calls(const struct program *p, prog_id from, prog_id to);
/* is fn reached from a root that a decorator or call of this package made ("@nestjs/common", "Sse")? */
const struct prog_root *reach_from(const struct program *p, uint32_t app, prog_id fn, const char *module,
				   const char *name);
/* Does fn run only for what each process gets by itself: messages of a broker that all processes subscribe to, or
 * its own timers? Then sending to the process's own clients reaches all of them. */
bool reach_is_fanned_out(const struct program *p, uint32_t app, prog_id fn);
/* live in the app: loaded, and reached from some root */
bool reach_is_live(const struct check *c, const struct prog_call *call);
/* "Server.to.emit": path and members of what is called, without parentheses; into the arena */
struct str reach_name(struct arena *a, const struct entity *e);
/* the class that contains the node, or 0 */
js_node reach_class_of(const struct js_file *js, js_node n);
/* is the class (NULL: no) the one at `node` of `file`, or one that extends it? */
bool reach_is_a(const struct program *p, const struct prog_class *k, prog_id file, js_node node);
/* The guards of an app that runs once say nothing: they are asked as if it ran twice. */
struct eco_app reach_doubled(const struct eco_app *model);

#endif
