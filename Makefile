# The commands of this repository. `make` alone builds.

BIN    := bin/iosweep
COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
export GOFLAGS := -trimpath $(GOFLAGS)
export CGO_ENABLED := 0

.PHONY: build run test check long lint cross bench soak simulate tools clean

build: ## bin/iosweep, static
	go build -ldflags "-X main.commit=$(COMMIT)" -o $(BIN) ./cmd/iosweep

run: build ## the quickstart: a first table, in under a minute
	$(BIN) run quickstart --workspace .

# Most tests wait for other processes, so twice as many of them run at once as there are
# processors. make lint has go vet already.
TWICE     := $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))
TESTFLAGS := -vet=off -p $(TWICE) -parallel $(TWICE)

# The race detector needs cgo, and every program that has it would sleep for a second at its
# end. It makes drawing and compressing 20 times slower, half of the time that the tests
# would take. So packages that draw, compress, compute and parse are compiled without it. They
# share nothing between goroutines of ours, and use no generic type of package sync, which
# the linker may take from any package that does. Debugging data are left out, and garbage is
# collected seldom, for the time they take.
UNSHARED := image compress hash golang.org/x/image github.com/golang/freetype gonum.org codeberg.org gopkg.in
RACE     := CGO_ENABLED=1 GORACE=atexit_sleep_ms=0 GOGC=400 go test -race -ldflags=-w -gcflags=all=-dwarf=false \
	$(foreach p,$(UNSHARED),'-gcflags=$(p)/...=-dwarf=false -race=false')

test: tools ## a selection of the tests, with the race detector
	$(RACE) -short $(TESTFLAGS) -timeout 15m ./...

check: lint cross test long ## everything that a change has to pass

long: tools ## all tests; those that run every operation by every strategy with the race detector
	$(RACE) -run '^(TestMatrix|TestConditions)$$' $(TESTFLAGS) -timeout 15m ./cmd/iosweep
	go test $(TESTFLAGS) -timeout 30m ./...

lint: tools
	@out=$$(go tool gofumpt -l .); test -z "$$out" || { echo "not formatted (go tool gofumpt -w .):"; echo "$$out"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff
	codespell

cross: ## the other systems build and pass vet
	GOOS=linux   GOARCH=arm64 go build -o /dev/null ./cmd/iosweep
	GOOS=darwin  GOARCH=arm64 go build -o /dev/null ./cmd/iosweep
	GOOS=windows GOARCH=amd64 go build -o /dev/null ./cmd/iosweep
	GOOS=darwin  GOARCH=arm64 go vet ./...
	GOOS=windows GOARCH=amd64 go vet ./...

# Where make bench measures: a directory in memory and one on a disk, for at most so
# long each, and where its results go. Profile: whole or quick.
BENCH_TMPFS   := /dev/shm
BENCH_DISK    := .
BENCH_BUDGET  := 12m
BENCH_PROFILE := whole
BENCH         := results/bench-$(shell date +%Y%m%d-%H%M%S)

# One run of the experiment. Exit code 1 says that a trial failed, and 3 that the budget
# is spent: the table says which figures that takes away, and how many rounds there were.
bench-run = PATH="$(CURDIR)/bin:$$PATH" $(BIN) run engines $(if $(filter-out whole,$(BENCH_PROFILE)),--profile $(BENCH_PROFILE)) \
	--workspace $(2) --budget $(BENCH_BUDGET) --out $(BENCH)/$(1) || { code=$$?; test $$code -eq 1 -o $$code -eq 3; }

bench: SHELL := /bin/bash
bench: .SHELLFLAGS := -o pipefail -c
bench: build bin/iosweep-floor tools ## the promised figures, as ratios within one run: in memory, on a disk, in Go
	mkdir -p $(BENCH)
	$(call bench-run,memory,$(BENCH_TMPFS))
	$(call bench-run,disk,$(BENCH_DISK))
	GOTMPDIR=$(or $(TMPDIR),/tmp) TMPDIR=$(BENCH_TMPFS) go test -run '^$$' -bench . -benchmem -timeout 60m ./experiments ./internal/workload ./operations ./runner/... ./journal | tee $(BENCH)/go.txt
	python3 experiments/floor/promises.py $(BENCH)/memory $(BENCH)/disk $(BENCH)/go.txt | tee $(BENCH)/promises.md

bin/iosweep-floor: experiments/floor/floor.c ## what the machine can do at best, in C
	mkdir -p bin
	$(CC) -O2 -pthread -o $@ $<

TIME := 15m

soak: ## kills and resumes runs for as long as asked: make soak TIME=8h
	go test -count=1 -timeout 0 -run '^TestKilledAtAnyMoment$$' -v ./cmd/iosweep -soak $(TIME)

simulate: ## how often intervals hold and verdicts are true, of 10,000 simulated runs of each kind
	go test -count=1 -run 'Cover|Verdicts' -v ./internal/estimate -simulate 10000

tools: ## programs that tests run beside iosweep
	.ci/install-tools

clean:
	rm -rf bin
