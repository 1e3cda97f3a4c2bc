# Bekal. Needs Go, a C compiler and make; `make help` lists the targets.

GO           ?= go
FUZZTIME     ?= 60s
TEST_TIMEOUT ?= 30m
SEEDS        ?= 100
LINT         := bin/golangci-lint
VULNCHECK    := golang.org/x/vuln/cmd/govulncheck@v1.9.0

# The revision is written into the program where git can tell it.
VCS := $(shell git rev-parse HEAD >/dev/null 2>&1 && echo true || echo false)

.DEFAULT_GOAL := build
.PHONY: build demo simulate test lint vulncheck bench fuzz clean help

build: ## build bin/bekal (what plain `make` does)
	$(GO) build -buildvcs=$(VCS) -o bin/bekal ./cmd/bekal

demo: build ## three nights against a simulated bank; ARGS=--once ends without asking
	bin/bekal demo --dir demo $(ARGS)

simulate: build ## play SEEDS (100) courses of 90 nights with heavy faults, each audited after every night
	bin/bekal simulate --seeds $(SEEDS) --nights 90 --deposits 200 --faults heavy $(ARGS)

test: ## install what the tests need, then run all of them with the race detector
	@.ci/setup sshd proftpd pam sqlite3 strace
	$(GO) test -race -timeout $(TEST_TIMEOUT) ./...

lint: $(LINT) ## run the linter, in the version that .ci/tools pins
	$(LINT) run ./...

$(LINT): .ci/tools/go.mod .ci/tools/go.sum
	$(GO) build -C .ci/tools -buildvcs=false -o $(CURDIR)/$(LINT) github.com/golangci/golangci-lint/v2/cmd/golangci-lint

# Needs the internet: its list of known faults is not ours to keep.
vulncheck: ## look the dependencies up in Go's public list of known faults
	$(GO) run $(VULNCHECK) ./...

# Decoding, encoding and reading first; then the cycle of a million deposits,
# once. BEKAL_BENCH_DEPOSITS sets another number.
bench: ## measure: decode, encode, and a whole cycle of 1,000,000 deposits
	@.ci/setup sqlite3
	$(GO) test -run '^$$' -bench . -benchmem ./formats ./gateway/intake
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 2h ./cmd/bekal

# Without a bound, making one input smaller may take all of the time.
fuzz: ## run every fuzz target for FUZZTIME (60s)
	@grep -rHo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' cmd configs formats gateway reconcile | sort | \
	while IFS=: read -r file target; do \
		echo "=== $${target#func } in ./$$(dirname "$$file"), for $(FUZZTIME)"; \
		$(GO) test -run '^$$' -fuzz "^$${target#func }\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "./$$(dirname "$$file")" || exit 1; \
	done

clean: ## remove what was built, and the demo's folder
	rm -rf bin demo

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)$$/  make \1\t\2/' | expand -t 18
