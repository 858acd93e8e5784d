GOTESTSUM   = gotest.tools/gotestsum@v1.13.0
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.1

.PHONY: test lint bench zerodowntime fuzz generate

test: lint ## install what is missing, then vet, lint and run every test
	@.ci/tools
	go run $(GOTESTSUM) --format pkgname --format-hide-empty-pkg --rerun-fails=1 --rerun-fails-max-failures=5 --packages ./... -- -race -timeout 40m

lint:
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...

bench: ## compare with nginx and pgbench on this machine; a few minutes
	go run ./bench

zerodowntime: ## replace the service under load, in every way; forty minutes
	go run ./bench/zerodowntime

fuzz: ## one minute for each fuzz target
	@go list ./... | while read p; do for f in $$(go test -list '^Fuzz' $$p | grep ^Fuzz); do \
	  echo "$$p $$f"; go test -run='^$$' -fuzz="^$$f$$" -fuzztime=60s -fuzzminimizetime=1s $$p || exit 1; done; done

generate: ## rebuild the script and the style sheet
	go generate ./static
