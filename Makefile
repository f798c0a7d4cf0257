# The commands of this repository. `make` alone builds.

BIN    := bin/iosweep
COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
export GOFLAGS := -trimpath $(GOFLAGS)
export CGO_ENABLED := 0

.PHONY: build install release run test check long test-cluster lint cross bench gallery soak simulate tools clean

build: ## bin/iosweep, static
	go build -ldflags "-X main.commit=$(COMMIT)" -o $(BIN) ./cmd/iosweep

PREFIX  := /usr/local
DESTDIR :=

install: build ## iosweep with its man pages and completions, below PREFIX
	packaging/stage.sh $(BIN) "$(DESTDIR)$(PREFIX)"

release: ## the archives and packages of all systems, in dist
	packaging/release.sh dist

run: build ## the quickstart: a first table in less than a minute
	$(BIN) run quickstart --workspace .

# Most tests wait for other processes, so two tests run per processor. make lint runs go vet.
PARALLEL  := $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))
TESTFLAGS := -vet=off -p $(PARALLEL) -parallel $(PARALLEL)

# The race detector needs cgo. atexit_sleep_ms=0 removes the sleep of one second at the end of
# each program. Drawing and compressing would be 20 times slower with the detector and take half
# of the test time. So packages that draw, compress, compute and parse are compiled without it.
# Our goroutines share only fonts with them, and the tests of reports also pass with the detector in
# all packages. They must not use a generic type of package sync, because the linker may take its
# code from any package that uses it. To save time, there is no debugging data, and the garbage
# collector runs rarely.
UNSHARED := image compress hash github.com/klauspost/compress golang.org/x/image github.com/golang/freetype gonum.org codeberg.org gopkg.in
RACE     := CGO_ENABLED=1 GORACE=atexit_sleep_ms=0 GOGC=400 go test -race -ldflags=-w -gcflags=all=-dwarf=false \
	$(foreach p,$(UNSHARED),'-gcflags=$(p)/...=-dwarf=false -race=false')

test: tools ## the short tests, with the race detector
	$(RACE) -short $(TESTFLAGS) -timeout 25m ./...

check: lint cross test long ## all checks that a change must pass

# The packages with tests that -short leaves out or shortens, and the scripts of cmd/iosweep that it does
# not change.
SHORTENED := $(sort $(dir $(shell grep -rlE 'testing\.Short\(\)|skipIfShort' --include='*_test.go' .)))
UNCHANGED := $(subst $(eval ) ,|,$(basename $(notdir $(shell grep -LF 'short]' cmd/iosweep/testdata/script/*.txtar))))

long: tools ## the tests that make test leaves out or shortens; for every operation and strategy with the race detector
	$(RACE) -run '^(TestMatrix|TestConditions)$$' $(TESTFLAGS) -timeout 15m ./cmd/iosweep
	go test -skip '^TestMatrix$$|^TestConditions$$|^TestScripts$$/^($(UNCHANGED))$$' $(TESTFLAGS) -timeout 60m $(SHORTENED)

test-cluster: tools ## the tests with Slurm, as root: daemons of their own on 127.0.0.1
	go test -count=1 -v -timeout 60m -run 'Cluster|TwoNodes' ./cluster/... ./cmd/iosweep

lint: tools
	@out=$$(go tool gofumpt -l .); test -z "$$out" || { echo "not formatted (go tool gofumpt -w .):"; echo "$$out"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff
	codespell

cross: ## build and vet for the other systems
	GOOS=linux   GOARCH=arm64 go build -o /dev/null ./cmd/iosweep
	GOOS=darwin  GOARCH=arm64 go build -o /dev/null ./cmd/iosweep
	GOOS=windows GOARCH=amd64 go build -o /dev/null ./cmd/iosweep
	GOOS=darwin  GOARCH=arm64 go vet ./...
	GOOS=windows GOARCH=amd64 go vet ./...

# The settings of make bench: a directory in memory and one on a disk, the longest time for
# each, the profile (whole or quick), and the results directory.
BENCH_TMPFS   := /dev/shm
BENCH_DISK    := .
BENCH_BUDGET  := 12m
BENCH_PROFILE := whole
BENCH         := results/bench-$(shell date +%Y%m%d-%H%M%S)

# One run of an experiment. Exit code 1 (a trial failed) and 3 (the budget is spent) are
# accepted, because the table shows the missing figures and the number of rounds.
bench-run = PATH="$(CURDIR)/bin:$$PATH" $(BIN) run $(2) $(if $(filter-out whole,$(BENCH_PROFILE)),--profile $(BENCH_PROFILE)) \
	--workspace $(3) --budget $(BENCH_BUDGET) --out $(BENCH)/$(1) || { code=$$?; test $$code -eq 1 -o $$code -eq 3; }

bench: SHELL := /bin/bash
bench: .SHELLFLAGS := -o pipefail -c
bench: build bin/iosweep-floor tools ## check the promised figures: ratios within a run in memory and on a disk, and Go benchmarks
	mkdir -p $(BENCH)
	$(call bench-run,memory,engines,$(BENCH_TMPFS))
	$(call bench-run,disk,engines,$(BENCH_DISK))
	$(call bench-run,memory-large,engines-large,$(BENCH_TMPFS))
	$(call bench-run,disk-large,engines-large,$(BENCH_DISK))
	$(call bench-run,disk-direct,engines-direct,$(BENCH_DISK))
	GOTMPDIR=$(or $(TMPDIR),/tmp) TMPDIR=$(BENCH_TMPFS) go test -run '^$$' -bench . -benchmem -timeout 60m ./experiments ./internal/workload ./operations ./runner/... ./journal ./reports/html ./cluster | tee $(BENCH)/go.txt
	python3 experiments/floor/promises.py $(BENCH)/memory $(BENCH)/disk $(BENCH)/memory-large $(BENCH)/disk-large $(BENCH)/disk-direct $(BENCH)/go.txt | tee $(BENCH)/promises.md

GALLERY := results/gallery-$(shell date +%Y%m%d-%H%M%S)

gallery: build ## draw docs/images/gallery again: run docs/gallery.yaml for four minutes
	$(BIN) run docs/gallery.yaml --workspace /dev/shm --out $(GALLERY)
	rm -f docs/images/gallery/*
	cp $(GALLERY)/plots/* docs/images/gallery/

bin/iosweep-floor: experiments/floor/floor.c ## the fastest implementation for this machine, in C
	mkdir -p bin
	$(CC) -O2 -pthread -o $@ $<

TIME := 15m

soak: ## kill and resume runs for this time: make soak TIME=8h
	go test -count=1 -timeout 0 -run '^TestKilledAtAnyMoment$$' -v ./cmd/iosweep -soak $(TIME)

simulate: ## the coverage of intervals and the error rate of verdicts in 10,000 simulated runs of each kind
	go test -count=1 -run 'Cover|Verdicts' -v ./internal/estimate -simulate 10000
	go test -count=1 -timeout 1h -run Verdicts -v ./analysis/reproduce -simulate 10000

tools: ## install the programs that tests need
	.ci/install-tools

clean:
	rm -rf bin dist
