#!/usr/bin/env bash
# Installs iosweep below a prefix: stage.sh BINARY PREFIX. The binary runs here: it writes the completions and the
# schema. All users can read the files, whatever the umask.
set -euo pipefail
binary=$1 prefix=$2
man=$prefix/share/man/man1 doc=$prefix/share/doc/iosweep
umask 022

# licenses prints the licenses of iosweep, of Go, and of all modules in the programs for the systems of a release.
licenses() {
	cat LICENSE
	printf '\n----- The Go standard library -----\n\n'
	cat "$(go env GOROOT)/LICENSE" 2>/dev/null || echo "https://go.dev/LICENSE"
	for system in linux darwin windows; do
		GOOS=$system GOARCH=amd64 go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/iosweep
	done | LC_ALL=C sort -u | while read -r module version dir; do
		printf '\n----- %s %s -----\n\n' "$module" "$version"
		(cd "$dir" && find . -type f ! -path '*/testdata/*' \( -iname 'licen[cs]e*' -o -iname 'notice*' -o -iname 'patents*' -o -name ftl.txt \) |
			LC_ALL=C sort | while read -r file; do
			if iconv -f UTF-8 -t UTF-8 "$file" >/dev/null 2>&1; then cat "$file"; else iconv -f ISO-8859-1 -t UTF-8 "$file"; fi
		done)
	done
	printf '\n----- The libraries of report.html -----\n\n'
	cat reports/html/lib/LICENCES
}

install -d "$prefix"/{bin,share/man/man1,share/bash-completion/completions,share/zsh/site-functions,share/fish/vendor_completions.d,share/iosweep,share/doc/iosweep}
install -m 755 "$binary" "$prefix/bin/iosweep"
go run -tags man ./cmd/iosweep man "$man"
gzip -9nf "$man"/iosweep*.1
"$binary" completion bash >"$prefix/share/bash-completion/completions/iosweep"
"$binary" completion zsh >"$prefix/share/zsh/site-functions/_iosweep"
"$binary" completion fish >"$prefix/share/fish/vendor_completions.d/iosweep.fish"
"$binary" completion powershell >"$prefix/share/iosweep/iosweep.ps1"
"$binary" schema >"$prefix/share/iosweep/experiment.schema.json"
licenses >"$doc/copyright"
gzip -9nc CHANGELOG.md >"$doc/changelog.gz"
install -m 644 README.md "$doc/"
(cd docs && find . -name '*.md' -o -name '*.png' -o -name '*.svg') | while read -r file; do
	install -d "$doc/docs/$(dirname "$file")"
	install -m 644 "docs/$file" "$doc/docs/$file"
done
