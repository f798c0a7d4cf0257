#!/usr/bin/env bash
# Builds the files of a release: release.sh DIR. The same commit and version of Go give the same bytes in every
# directory and on every day: binaries have no paths, and all files have the time of the commit.
set -euo pipefail
out=$(realpath -m "$1")
cd "$(dirname "$0")/.."
nfpm=github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.4
sbom=github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0

if [ -n "$(git status --porcelain)" ]; then
	echo "the working tree has changes: commit them, or the release would not be reproducible" >&2
	exit 1
fi
if [ -n "$(ls -A "$out" 2>/dev/null)" ] && [ ! -e "$out/SHA256SUMS" ]; then
	echo "$out has other files than a release: choose another directory" >&2
	exit 1
fi
commit=$(git rev-parse --short=12 HEAD)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C CGO_ENABLED=0 GOFLAGS=-trimpath GOAMD64=v1 GOARM64=v8.0 GOEXPERIMENT=
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/dist"

build() { # build GOOS GOARCH FILE
	GOOS=$1 GOARCH=$2 go build -buildvcs=false -ldflags "-s -w -buildid= -X main.commit=$commit" -o "$3" ./cmd/iosweep
}
dated() { # dated DIR: all files have the time of the commit
	find "$1" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
}

build "$(go env GOHOSTOS)" "$(go env GOHOSTARCH)" "$work/program"
version=$("$work/program" version | cut -d' ' -f2 | cut -d+ -f1)
packaging/stage.sh "$work/program" "$work/staged"
rm "$work/staged/bin/iosweep"
cat packaging/nfpm.yaml - >"$work/nfpm.yaml" <<END
changelog: $work/changelog.yaml
END
cat >"$work/changelog.yaml" <<END
- semver: $version-1
  date: $date
  deb: {distributions: [stable], urgency: low}
  packager: The iosweep authors <iosweep@users.noreply.example>
  changes: [{note: The file changelog.gz has the changes.}]
END

for os in linux darwin windows; do
	for arch in amd64 arm64; do
		name=iosweep-$version-$os-$arch
		binary=$work/$name/bin/iosweep
		[ $os != windows ] || binary+=.exe
		cp -R "$work/staged" "$work/$name"
		build $os $arch "$binary"
		chmod 755 "$binary"
		dated "$work/$name"
		tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --format=ustar -c "$name" | gzip -9n >"$work/dist/$name.tar.gz"
		# The list of modules has the time of the commit, and no hashes of the program that writes it: they differ
		# from one kind of machine to another.
		go run $sbom bin -json -noserial -std -version "v$version" "$binary" |
			sed -e "s/\"timestamp\": \".*\"/\"timestamp\": \"$date\"/" -e '/"tools": /,/^    \]/{/"hashes": /,/\]/d}' >"$work/dist/$name.cdx.json"
		if [ $os = linux ]; then
			for kind in rpm deb; do
				if [ $kind = deb ]; then # zsh of Debian has another directory for the completions of packages
					mv "$work/$name/share/zsh/site-functions" "$work/$name/share/zsh/vendor-completions"
					dated "$work/$name"
				fi
				STAGE=$work/$name VERSION=$version ARCH=$arch go run $nfpm package --config "$work/nfpm.yaml" --packager $kind --target "$work/dist"
			done
		fi
		rm -r "${work:?}/$name"
	done
done
cp packaging/Containerfile "$work/dist/"
(cd "$work/dist" && sha256sum -- * >SHA256SUMS)
rm -rf "$out"
mkdir -p "$(dirname "$out")"
mv "$work/dist" "$out"
