// Command iosweep runs declarative experiments on concurrent file I/O.
package main

import (
	"os"
)

func main() {
	os.Exit(execute(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}
