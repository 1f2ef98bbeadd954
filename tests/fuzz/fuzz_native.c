/* What comes from outside on the way to native code: the helper's answer over the pipe, and
 * binding.gyp. The first byte says which. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include "analyzers/project/gyp.h"
#include "analyzers/project/native_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t walk(const struct native_result *r)
{
	size_t sum = 0;
	for (size_t i = 0; i < r->n_hazards; i++) {
		const struct native_hazard *h = &r->hazards[i];
		sum += strlen(h->message) + strlen(h->rule) + h->at.path.len;
		for (size_t k = 0; k < h->n_evidence; k++)
			sum += strlen(h->evidence[k].message) + h->evidence[k].at.path.len;
		for (size_t k = 0; k < h->n_remedies; k++)
			sum += native_remedy(h->remedies[k]) != NULL;
	}
	for (size_t i = 0; i < r->n_units; i++)
		for (size_t k = 0; k < r->units[i].n_missing; k++)
			sum += strlen(r->units[i].missing[k]);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct arena a;
	struct str text = {(const char *)data + 1, size - 1};
	arena_init(&a);
	if (data[0] % 2) {
		struct native_result result = {0};
		if (native_read_answer(&a, text, &result) && walk(&result) == SIZE_MAX)
			abort();
	} else {
		struct gyp *root = gyp_parse(&a, text);
		struct gyp *variables = gyp_get(root, "variables");
		gyp_apply_conditions(&a, variables, NULL);
		gyp_apply_conditions(&a, root, variables);
	}
	arena_release(&a);
	return 0;
}
