#include "cli/report/texts.h"

#include <stdarg.h>

enum { MAX_NAMES = 12 };

const struct card_text report_texts[N_REPORT_TEXTS] = {
#define TEXT(id, en, zh) [id] = {{en, zh}},
#include "cli/report/texts.inc"
#undef TEXT
};

static bool is_name(const char *s, size_t n, const char *name)
{
	return strlen(name) == n && memcmp(s, name, n) == 0;
}

const char *report_fill(struct doc *d, const char *s, const char *const *names, const char *const *values, size_t n)
{
	struct buf b = {0};
	while (*s) {
		size_t len = strcspn(s, "{"), name = 0;
		buf_add(&b, (struct str){s, len});
		s += len;
		if (!*s)
			break;
		len = strcspn(s, "}");
		while (name < n && !is_name(s + 1, len - 1, names[name]))
			name++;
		if (s[len] && name < n) {
			buf_adds(&b, values[name]);
			s += len + 1;
		} else
			buf_addc(&b, *s++);
	}
	const char *out = arena_cstr(&d->arena, buf_str(&b));
	buf_release(&b);
	return out;
}

const char *report_say(struct doc *d, enum report_text id, ...)
{
	const char *names[MAX_NAMES], *values[MAX_NAMES], *name;
	size_t n = 0;
	va_list ap;
	va_start(ap, id);
	while (n < MAX_NAMES && (name = va_arg(ap, const char *))) {
		names[n] = name;
		values[n++] = va_arg(ap, const char *);
	}
	va_end(ap);
	return report_fill(d, report_texts[id].in[d->o->lang], names, values, n);
}
