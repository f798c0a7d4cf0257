#!/usr/bin/env bash
# Builds the files of a release: release.sh DIR. The same commit gives the same bytes in every directory and on
# every day: binaries have no paths, and all files have the time of the commit.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1
nfpm=github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.4
sbom=github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0

if [ -n "$(git status --porcelain)" ]; then
	echo "the working tree has changes: commit them, or the release would not be reproducible" >&2
	exit 1
fi
commit=$(git rev-parse --short=12 HEAD)
export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) TZ=UTC LC_ALL=C CGO_ENABLED=0 GOFLAGS=-trimpath
umask 022

build() { # build GOOS GOARCH FILE
	GOOS=$1 GOARCH=$2 go build -buildvcs=false -ldflags "-s -w -buildid= -X main.commit=$commit" -o "$3" ./cmd/iosweep
}
dated() { # dated DIR: all files have the time of the commit
	find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}

rm -rf "$out"
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build "$(go env GOHOSTOS)" "$(go env GOHOSTARCH)" "$work/program"
version=$("$work/program" version | cut -d' ' -f2 | cut -d+ -f1)

for os in linux darwin windows; do
	for arch in amd64 arm64; do
		name=iosweep-$version-$os-$arch
		binary=$work/$os-$arch
		build $os $arch "$binary"
		packaging/stage.sh "$binary" "$work/$name" "$work/program"
		[ $os != windows ] || mv "$work/$name/bin/iosweep" "$work/$name/bin/iosweep.exe"
		dated "$work/$name"
		tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --format=ustar -c "$name" | gzip -9n >"$out/$name.tar.gz"
		if [ $os = linux ]; then
			for kind in deb rpm; do
				STAGE=$work/$name VERSION=$version ARCH=$arch go run $nfpm package --config packaging/nfpm.yaml --packager $kind --target "$out"
			done
		fi
	done
done
go run $sbom app -json -noserial -licenses=false -main cmd/iosweep -output "$out/iosweep-$version.cdx.json" .
cp packaging/Containerfile "$out/"
(cd "$out" && sha256sum -- * >SHA256SUMS)
