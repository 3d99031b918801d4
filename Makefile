# make test   installs what the tests need (as root, only what is missing), then runs them all
# make fuzz   ten seconds for each fuzz target
# make bench  figures as JSON in bench/figures.json
# make accuracy ROWS=FILE  how often a text alone leads to its cause, over labelled texts
# make fidelity [ROWS=FILE] [LAB=DIR]  predictions against measured clients: starts their servers, or takes those of LAB
# make check  format, vet, build: needs nothing installed

export CGO_ENABLED = 0
GO = go

.PHONY: test check real fuzz bench accuracy fidelity generate

test: check real

check:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on these"; exit 1; }
	$(GO) vet ./...
	$(GO) build ./...

real:
	./scripts/install-peers
	TLSWHY_REQUIRE_REAL=$$(./scripts/install-peers --complete) $(GO) test -timeout 30m ./...

fuzz:
	./scripts/fuzz 10s

bench:
	$(GO) run ./internal/bench > bench/figures.json
	@cat bench/figures.json

# the project's own collections, and the labelled ones beside it where they are
ROWS ?= $(wildcard internal/accuracy/testdata/*.jsonl ../shared/corpus/errors.jsonl)
accuracy:
	$(GO) run ./internal/accuracy $(ROWS)

fidelity:
	$(GO) run ./internal/fidelity $(if $(filter command% environment%,$(origin ROWS)),-rows $(ROWS)) -lab "$(LAB)"

generate:
	$(GO) generate ./...
