# The same words everywhere: make help lists them.
SHELL := /bin/bash
GO := CGO_ENABLED=0 go
MODULES := instance scripts
TEMPL := $(GO) run github.com/a-h/templ/cmd/templ@v0.3.977
GOFUMPT := $(GO) run mvdan.cc/gofumpt@v0.12.0
LINT := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.DEFAULT_GOAL := help
.PHONY: help run demo test race check bench generate verify screenshots mutants tools build

help: ## list these words
	@grep -hE '^[a-z/-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: build ## start a community on http://127.0.0.1:8080
	@bin/opengather serve --data opengather-data

demo: build ## start a community that is full of a believable year
	@# Filled beside and moved when it is whole, so that half a year is never served.
	@test -e opengather-demo || { rm -rf opengather-demo.partial && bin/opengather demo --data opengather-demo.partial && mv opengather-demo.partial opengather-demo; }
	@bin/opengather serve --data opengather-demo

build: ## build the program into bin/
	@cd instance && $(GO) build -trimpath -o ../bin/opengather ./cmd/opengather

tools: ## install what the tests need, as root on Debian, or say it
	@scripts/install-debian
	@scripts/versitygw >/dev/null

test: tools ## pass the tests, on SQLite and PostgreSQL and in Chromium
	@scripts/with-postgres scripts/in-memory scripts/test

race: tools ## pass the tests of packages that start goroutines under the race detector
	@scripts/install-debian race
	@scripts/with-postgres scripts/in-memory scripts/race

check: ## formatting, vet, lint, tidiness, generated files, weaknesses, secrets
	@scripts/check

generate: ## write the generated files
	@cp docs/data.yaml instance/privacy/data.yaml
	@cd scripts && GOWORK=off $(GO) run ./notices
	@for m in $(MODULES); do (cd $$m && GOWORK=off $(TEMPL) generate -path . && GOWORK=off $(GOFUMPT) -w .) || exit 1; done

verify: ## generated files are what their sources say
	@scripts/verify

mutants: tools ## every planted fault turns its test red
	@scripts/with-postgres scripts/in-memory bash -c 'cd scripts && $(GO) run ./mutants -dir ../instance/testdata/mutants -module ../instance -timeout 15m $(if $(GREEN),-green)'

bench: tools ## measure, as ratios to a bare page in the same run
	@# On the disk, as a community is.
	@TMPDIR=$${TMPDIR:-/tmp} scripts/with-postgres bash -c 'cd scripts && $(GO) run ./bench $(if $(PARTS),-parts $(PARTS))'

screenshots: tools ## take pictures of every page into screenshots/
	@cd instance && $(GO) test -count=1 -run '^TestScreenshots$$' -timeout 15m ./e2e/look -args -pictures ../../../screenshots
