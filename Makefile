# The commands of this repository. `make` alone builds.

BIN    := bin/iosweep
COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
export GOFLAGS := -trimpath $(GOFLAGS)

.PHONY: build run test check lint cross bench soak simulate tools clean

build: ## bin/iosweep, static
	CGO_ENABLED=0 go build -ldflags "-X main.commit=$(COMMIT)" -o $(BIN) ./cmd/iosweep

run: build ## the quickstart: a first table, in under a minute
	$(BIN) run quickstart --workspace .

test: tools ## all tests, with the race detector
	CGO_ENABLED=1 go test -race -timeout 20m ./...

check: lint cross test ## everything that a change has to pass

lint:
	@out=$$(go tool gofumpt -l .); test -z "$$out" || { echo "not formatted (go tool gofumpt -w .):"; echo "$$out"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff

cross: ## the other systems build and pass vet
	GOOS=linux   GOARCH=arm64 CGO_ENABLED=0 go build -o /dev/null ./cmd/iosweep
	GOOS=darwin  GOARCH=arm64 CGO_ENABLED=0 go build -o /dev/null ./cmd/iosweep
	GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go build -o /dev/null ./cmd/iosweep
	GOOS=darwin  GOARCH=arm64 go vet ./...
	GOOS=windows GOARCH=amd64 go vet ./...

bench: ## the promised figures, as ratios and sums within one run
	go test -run '^$$' -bench . -benchmem -timeout 30m ./experiments ./operations ./runner ./runner/journal

TIME := 15m

soak: ## kills and resumes runs for as long as asked: make soak TIME=8h
	CGO_ENABLED=0 go test -count=1 -timeout 0 -run '^TestKilledAtAnyMoment$$' -v ./cmd/iosweep -soak $(TIME)

simulate: ## how often intervals hold and verdicts are true, of 10,000 simulated runs of each kind
	CGO_ENABLED=0 go test -count=1 -run 'Cover|Verdicts' -v ./internal/estimate -simulate 10000

tools: ## programs that tests run beside iosweep
	.ci/install-tools

clean:
	rm -rf bin
