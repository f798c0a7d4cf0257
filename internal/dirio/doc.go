// Package dirio opens directories below one that is open already, and never
// leaves it. A path is looked up again each time that it is used, and somebody
// who may write one of its directories may have put another one there meanwhile;
// an open directory stays the same one.
//
// It is for Linux. Elsewhere there is os.Root, which does not stop at a mount.
package dirio
