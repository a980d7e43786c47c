# Everything here needs Go, git and make only; what else is needed is built from pinned sources in tools/go.mod.
SHELL := /bin/bash
GO ?= go
TOOL := $(GO) tool -modfile=tools/go.mod
# The race detector needs a C compiler; where there is none the tests run without it and say so.
RACE := $(shell command -v "$$($(GO) env CC)" >/dev/null 2>&1 && echo -race)

# What the demo shows (upgrade, rollback, worker-crash, standalone, fleet), and how long and by which seed the soak runs; without a seed it
# draws one and names it.
SCENARIO ?= upgrade
DURATION ?= 10m
SEED ?=

# What runs a cloud of its own at speed comes last and two at a time: it waits more than it works, but to it a busy machine is
# a slow cloud.
HEAVY := e2e|matrix|podlock

.PHONY: demo soak matrix test check bench tools build

demo: tools ## upgrade one pair against the simulated cloud; SCENARIO names another story
	$(GO) run ./testsuite/demo -scenario $(SCENARIO) $(ARGS)

soak: tools ## many upgrades while everything around them fails; DURATION and SEED
	$(GO) run ./testsuite/soak -duration $(DURATION) $(if $(SEED),-seed $(SEED)) $(ARGS)

matrix: tools ## every activity × every fault, a quarter of an hour; writes docs/fault-matrix.md
	MATRIX=full $(GO) test -timeout 60m -count=1 ./testsuite/matrix

test: tools ## every test, end to end on a real Temporal server included
	$(if $(RACE),,@echo "no C compiler: running without the race detector")
	cd testsuite/thirdparty && $(GO) test $(RACE) -timeout 10m ./...
	$(GO) test $(RACE) -timeout 10m $$($(GO) list ./... | grep -v -E '/testsuite/($(HEAVY))$$')
	$(GO) test $(RACE) -timeout 20m -p 2 $(patsubst %,./testsuite/%,$(subst |, ,$(HEAVY)))

check: tools ## format, vet, staticcheck, determinism of workflows, tidy modules
	@unformatted="$$(gofmt -l .)"; test -z "$$unformatted" || { echo "gofmt: $$unformatted"; exit 1; }
	$(GO) vet ./...
	cd testsuite/thirdparty && $(GO) vet ./... && $(GO) mod tidy -diff
	$(TOOL) staticcheck ./...
	$(TOOL) workflowcheck -test=false ./workflows/...
	$(GO) mod tidy -diff
	cd tools && $(GO) mod tidy -diff

bench: ## benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

build: ## worker and starter into bin/
	$(GO) build -o bin/ ./worker ./starter

tools: ## the pinned tools; the Temporal CLI takes minutes the first time
	@for tool in temporal staticcheck workflowcheck; do \
		echo "tools: $$tool (built once, then cached; temporal takes some minutes the first time) …"; \
		$(TOOL) -n $$tool >/dev/null & pid=$$!; \
		while kill -0 $$pid 2>/dev/null; do sleep 15 & nap=$$!; wait -n $$pid $$nap; if kill -0 $$pid 2>/dev/null; then echo "tools: $$tool is still being built …"; fi; kill $$nap 2>/dev/null; done; \
		wait $$pid || exit 1; \
	done
