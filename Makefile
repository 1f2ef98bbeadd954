# make help says what there is. CC CFLAGS CPPFLAGS LDFLAGS LDLIBS DESTDIR PREFIX are yours.
CC     = cc
CFLAGS = -O2 -g
PREFIX = /usr/local
BUILD  = build
# a path below this folder is relative to it: the dependencies in the .d files are written under one name
override BUILD := $(patsubst $(CURDIR)/%,%,$(BUILD))

CLANG        = clang
CLANG_TIDY   = clang-tidy
CLANG_FORMAT = clang-format
FUZZ_SECONDS = 20

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
       -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wformat=2 -Wundef
ifeq ($(CI),true)
WERROR = 1
endif
ifeq ($(WERROR),1)
WARN += -Werror
endif

# libraries: pkg-config for two, C sources out of pinned npm packages for the parser
PKGS      := yaml-0.1 libcjson
PKG_FLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS  := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
TS         = node_modules/tree-sitter/vendor/tree-sitter/lib
OUR_FLAGS  = -std=c17 -D_XOPEN_SOURCE=700 -I. -I$(TS)/include $(PKG_FLAGS)
COMPILE    = $(CC) $(OUR_FLAGS) $(CPPFLAGS) $(WARN) $(CFLAGS)
LIBS       = $(PKG_LIBS) -lpthread -lm $(LDLIBS)

# libclang has no pkg-config file: LLVM is the newest tree that holds its headers, or yours
LLVM := $(shell ls -d /usr/lib/llvm-*/include/clang-c /usr/lib64/llvm*/include/clang-c \
                      /usr/local/include/clang-c /usr/include/clang-c 2>/dev/null | \
                sort -V | tail -n 1 | sed 's,/include/clang-c$$,,')
export LLVM

SRC    := $(sort $(shell find base analyzers rules planner cli -name '*.c' \
            ! -path 'analyzers/native/*' ! -path rules/embed.c 2>/dev/null))
CARDS  := $(sort $(shell find rules -name '*.yaml' 2>/dev/null))
NATIVE := $(sort $(wildcard analyzers/native/*.c))
UNIT   := $(sort $(wildcard tests/unit/test_*.c))
FUZZ   := $(sort $(wildcard tests/fuzz/fuzz_*.c))
MAN    := $(sort $(wildcard man/*.[157]))
FORMAT  = $(shell find base analyzers rules planner cli tests/unit tests/fuzz \
            -name '*.[ch]' 2>/dev/null)

PARSER  = $(BUILD)/tree-sitter/core.o \
          $(foreach g,javascript typescript tsx,$(BUILD)/tree-sitter/$g-parser.o \
                                                $(BUILD)/tree-sitter/$g-scanner.o)
OBJ     = $(SRC:%.c=$(BUILD)/%.o) $(BUILD)/cards.o
LIBOBJ  = $(filter-out $(BUILD)/cli/main.o,$(OBJ)) $(PARSER)
MAIN    = $(if $(wildcard cli/main.c),$(BUILD)/clusterlint)
HELPER  = $(if $(NATIVE),$(if $(LLVM),$(BUILD)/clusterlint-native))
TESTS   = $(UNIT:%.c=$(BUILD)/%)

all: $(OBJ) $(PARSER) $(MAIN) native

$(BUILD)/clusterlint: $(BUILD)/cli/main.o $(LIBOBJ) $(BUILD)/sources.stamp
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)

$(BUILD)/%.o: %.c $(BUILD)/flags.stamp | deps
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<

$(BUILD)/cards.o: $(BUILD)/cards.c $(BUILD)/flags.stamp | deps
	$(COMPILE) -MMD -MP -c -o $@ $<

$(BUILD)/cards.c: $(BUILD)/embed $(CARDS) $(BUILD)/sources.stamp
	$(BUILD)/embed $(CARDS) > $@.tmp
	mv $@.tmp $@

$(BUILD)/embed: rules/embed.c $(BUILD)/flags.stamp
	$(COMPILE) $(LDFLAGS) -o $@ $<

# other people's code: their flags, no warnings
GRAMMAR_javascript = node_modules/tree-sitter-javascript/src
GRAMMAR_typescript = node_modules/tree-sitter-typescript/typescript/src
GRAMMAR_tsx        = node_modules/tree-sitter-typescript/tsx/src
PARSER_COMPILE     = $(CC) -std=c11 -D_POSIX_C_SOURCE=200112L -D_DEFAULT_SOURCE $(CPPFLAGS) \
                     $(CFLAGS) $(PARSER_CFLAGS) -w -c -o $@

$(BUILD)/tree-sitter/core.o: $(BUILD)/parser.stamp | deps
	@mkdir -p $(@D)
	$(PARSER_COMPILE) -I$(TS)/include -I$(TS)/src $(TS)/src/lib.c
define grammar
$(BUILD)/tree-sitter/$1-%.o: $(BUILD)/parser.stamp | deps
	@mkdir -p $$(@D)
	$$(PARSER_COMPILE) -I$$(GRAMMAR_$1) $$(GRAMMAR_$1)/$$*.c
endef
$(foreach g,javascript typescript tsx,$(eval $(call grammar,$g)))

# the helper program for C and C++
native: $(HELPER)
ifneq ($(NATIVE),)
ifeq ($(LLVM),)
	@echo 'libclang not found (Debian: apt install libclang-dev): clusterlint-native is not built'
endif
endif
NATIVE_OBJ = $(NATIVE:%.c=$(BUILD)/%.o)
$(NATIVE_OBJ): OUR_FLAGS += -isystem $(LLVM)/include
$(BUILD)/clusterlint-native: $(NATIVE_OBJ) $(filter $(BUILD)/base/%,$(OBJ)) $(BUILD)/sources.stamp
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) -L$(LLVM)/lib -lclang $(LIBS)

# stamps: what was compiled with which flags, from which sources, is made again when that changes
define stamp
@mkdir -p $(@D)
@echo '$(subst ','\'',$1)' | cmp -s - $@ || echo '$(subst ','\'',$1)' > $@
endef
$(BUILD)/flags.stamp: FORCE
	$(call stamp,$(COMPILE))
$(BUILD)/sources.stamp: FORCE
	$(call stamp,$(LDFLAGS) $(LIBS) $(SRC) $(CARDS) $(NATIVE))
$(BUILD)/parser.stamp: FORCE
	$(call stamp,$(CC) $(CPPFLAGS) $(CFLAGS) $(PARSER_CFLAGS) $(shell cksum < package-lock.json))

# says what is missing and what to type; test and demo install it
deps:
	@.ci/bootstrap --check build

# tests: make test ONLY=word runs those whose name holds the word
test:
	@.ci/bootstrap test
	@$(MAKE) --no-print-directory BUILD='$(BUILD)' run-tests
tests: all $(TESTS) $(BUILD)/tests/tools/model-json $(BUILD)/tests/tools/eval_dump
run-tests: tests
	@tests/run.sh '$(BUILD)'
# through an archive, so that a test links only what it uses
$(BUILD)/tests/unit/test_%: $(BUILD)/tests/unit/test_%.o $(BUILD)/objects.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS)
$(BUILD)/objects.a: $(LIBOBJ) $(BUILD)/sources.stamp
	rm -f $@
	$(AR) rcs $@ $(filter %.o,$^)

# tools for our own eyes: make build/tests/tools/dump_ast prints a syntax tree, dump_program a program
$(BUILD)/tests/tools/%: $(BUILD)/tests/tools/%.o $(BUILD)/objects.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

sanitize:
	@.ci/bootstrap test
	@CHECK_TIMEOUT=1200 $(MAKE) --no-print-directory BUILD=build-sanitize run-tests CPPFLAGS='-DARENA_POISON' \
	  CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all' \
	  PARSER_CFLAGS=-fno-sanitize=undefined LDFLAGS='-fsanitize=address,undefined'

fuzz:
	@.ci/bootstrap build
	@$(MAKE) --no-print-directory BUILD=build-fuzz run-fuzz CC='$(CLANG)' CPPFLAGS='-DARENA_POISON' \
	  CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined' \
	  PARSER_CFLAGS=-fno-sanitize=undefined LDFLAGS='-fsanitize=address,undefined'
run-fuzz: $(FUZZ:%.c=$(BUILD)/%)
	@tests/fuzz.sh '$(BUILD)' $(FUZZ_SECONDS)
$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/objects.a
	$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

demo:
	@.ci/bootstrap build
	@$(MAKE) --no-print-directory BUILD='$(BUILD)' all
	@tests/demo.sh '$(BUILD)'

test-live: all
	@tests/live.sh '$(BUILD)'

bench: all
	@node tests/bench/bench.mjs '$(BUILD)' $(BENCH_ARGS)

check-layers:
	@tests/check-layers.sh
check-rules:
	@tests/check-rules.sh

format:
	$(CLANG_FORMAT) -i $(FORMAT)
format-check:
	$(CLANG_FORMAT) --dry-run --Werror $(FORMAT)
tidy: $(BUILD)/cards.c
	printf '%s\n' $(SRC) | xargs -P 2 -n 4 sh -c \
	  '$(CLANG_TIDY) --quiet --warnings-as-errors="*" "$$@" -- $(OUR_FLAGS) $(CPPFLAGS)' tidy

# documents that the program makes out of its own tables
MADE = man/clusterlint-rules.7 man/clusterlint.yml.5 completions/clusterlint.bash completions/_clusterlint \
       completions/clusterlint.fish docs/rules.md docs/rules.zh.md
docs: $(MADE:%=$(BUILD)/%)
WHAT_clusterlint-rules.7  = man-rules
WHAT_clusterlint.yml.5    = man-settings
WHAT_clusterlint.bash     = bash
WHAT__clusterlint         = zsh
WHAT_clusterlint.fish     = fish
WHAT_rules.md             = rules --lang en
WHAT_rules.zh.md          = rules --lang zh
$(MADE:%=$(BUILD)/%): $(BUILD)/clusterlint
	@mkdir -p $(@D)
	$(BUILD)/clusterlint docs $(WHAT_$(@F)) > $@.tmp
	mv $@.tmp $@

# what is installed below PREFIX: source, folder, name, mode; uninstall takes the same away
define installed
$(BUILD)/clusterlint bin clusterlint 755
$(if $(HELPER),$(HELPER) libexec/clusterlint clusterlint-native 755)
$(foreach p,$(MAN) $(BUILD)/man/clusterlint-rules.7 $(BUILD)/man/clusterlint.yml.5,
$p share/man/man$(patsubst .%,%,$(suffix $p)) $(notdir $p) 644)
$(BUILD)/completions/clusterlint.bash share/bash-completion/completions clusterlint 644
$(BUILD)/completions/_clusterlint share/zsh/site-functions _clusterlint 644
$(BUILD)/completions/clusterlint.fish share/fish/vendor_completions.d clusterlint.fish 644
cli/clusterlint.schema.json share/clusterlint clusterlint.schema.json 644
endef
export INSTALLED = $(installed)

install: all docs
	echo "$$INSTALLED" | while read -r from dir name mode; do [ -z "$$from" ] || \
	  { mkdir -p '$(DESTDIR)$(PREFIX)'/"$$dir" && \
	  install -m "$$mode" "$$from" '$(DESTDIR)$(PREFIX)'/"$$dir/$$name"; } || exit 1; done
uninstall:
	echo "$$INSTALLED" | while read -r from dir name mode; do [ -z "$$from" ] || \
	  rm -f '$(DESTDIR)$(PREFIX)'/"$$dir/$$name"; done
	rm -f '$(DESTDIR)$(PREFIX)/libexec/clusterlint/clusterlint-native'
	for dir in share/clusterlint libexec/clusterlint; do \
	  rmdir '$(DESTDIR)$(PREFIX)'/$$dir 2>/dev/null || true; done

clean:
	rm -rf build build-sanitize build-fuzz build-clang

help:
	@echo 'make                 build/clusterlint (installs nothing, says what is missing)'
	@echo 'make demo            the main job on the sample project; installs what is missing'
	@echo 'make test            unit tests, fixtures, checks; installs what is missing; ONLY=word, UPDATE=1'
	@echo 'make sanitize        the same under address and undefined-behaviour sanitizers'
	@echo 'make fuzz            libFuzzer targets, FUZZ_SECONDS=20 each (needs clang)'
	@echo 'make test-live       tests against a real PM2'
	@echo 'make bench           time of a check as a ratio against a linter; BENCH_ARGS="COPIES RUNS"'
	@echo 'make check-layers    includes go one way; make check-rules: cards fit the registry'
	@echo 'make format tidy     clang-format, clang-tidy; format-check changes nothing'
	@echo 'make docs            manual pages, completions, the rules as Markdown, into build/'
	@echo 'make install         to PREFIX=/usr/local below DESTDIR; uninstall takes it away'
	@echo 'make clean'

-include $(OBJ:.o=.d) $(NATIVE_OBJ:.o=.d) $(TESTS:=.d) $(FUZZ:%.c=$(BUILD)/%.d)

FORCE:
.PHONY: all docs native deps test tests run-tests sanitize fuzz run-fuzz demo test-live bench check-layers \
        check-rules format format-check tidy install uninstall clean help FORCE
.DELETE_ON_ERROR:
.SECONDARY:
