#!/usr/bin/env bash
# Installs iosweep below a prefix: stage.sh BINARY PREFIX [PROGRAM]. PROGRAM is a build of the same source for
# this machine, if BINARY is for another one. It writes the man pages, the completions and the schema.
set -euo pipefail
binary=$1 prefix=$2 program=${3:-$1}

install -d "$prefix"/{bin,share/man/man1,share/bash-completion/completions,share/zsh/site-functions,share/fish/vendor_completions.d,share/iosweep,share/doc/iosweep}
install -m 755 "$binary" "$prefix/bin/iosweep"
go run -tags man ./cmd/iosweep man "$prefix/share/man/man1"
"$program" completion bash >"$prefix/share/bash-completion/completions/iosweep"
"$program" completion zsh >"$prefix/share/zsh/site-functions/_iosweep"
"$program" completion fish >"$prefix/share/fish/vendor_completions.d/iosweep.fish"
"$program" completion powershell >"$prefix/share/iosweep/iosweep.ps1"
"$program" schema >"$prefix/share/iosweep/experiment.schema.json"
install -m 644 LICENSE README.md CHANGELOG.md "$prefix/share/doc/iosweep/"
