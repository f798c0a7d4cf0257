//go:build !unix

package regular

import "testing"

func special(_ *testing.T, dir string) map[string]string {
	return map[string]string{dir: "a directory"}
}
