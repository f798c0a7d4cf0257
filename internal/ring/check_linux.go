package ring

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// DisabledPath is the file that shows whether the machine forbids io_uring. The
// kernel documents it in admin-guide/sysctl/kernel.rst.
const DisabledPath = "/proc/sys/kernel/io_uring_disabled"

var errTooOld = errors.New("the kernel's io_uring does not support")

// missingError returns an error that lists unsupported features, or nil if there are none.
func missingError(missing []string) error {
	if missing == nil {
		return nil
	}
	return fmt.Errorf("%w %s", errTooOld, strings.Join(missing, ", "))
}

// Check creates a ring and closes it. It returns an error if the kernel does not support all
// requests of Entry, the ring's file table, and linked requests that use a file of that table.
// Explain describes the error.
func Check() error {
	runtime.LockOSThread() // a ring belongs to one thread
	defer runtime.UnlockOSThread()
	r, err := New(1, 1)
	if err != nil {
		return err
	}
	defer r.Close() // there are no pending requests
	if err := r.checkFeatures(featLinkedFile); err != nil {
		return err
	}
	if err := r.RegisterFiles(1); err != nil {
		return err
	}
	return r.checkOps(slices.Sorted(maps.Keys(opNames)))
}

// checkFeatures returns an error with the missing features, by their names in the header.
func (r *Ring) checkFeatures(features uint32) error {
	var missing []string
	for _, f := range []struct {
		bit  uint32
		name string
	}{{featLinkedFile, "FEAT_LINKED_FILE"}, {featNoDrop, "FEAT_NODROP"}, {featSingleMmap, "FEAT_SINGLE_MMAP"}} {
		if features&^r.params.features&f.bit != 0 {
			missing = append(missing, f.name)
		}
	}
	return missingError(missing)
}

// checkOps asks the kernel which operations it supports, and returns an error with the missing
// ones.
func (r *Ring) checkOps(needed []Op) error {
	var known probe
	if err := r.register(registerProbe, unsafe.Pointer(&known), len(known.ops)); err != nil {
		return err
	}
	var missing []string
	for _, op := range needed {
		if known.ops[op].flags&opSupported == 0 {
			missing = append(missing, op.String())
		}
	}
	return missingError(missing)
}

// Explain describes an error of Check and gives advice. disabled is the content of
// DisabledPath.
func Explain(err error, disabled string) (found, advice string) {
	disabled = strings.TrimSpace(disabled)
	switch {
	case errors.Is(err, errTooOld):
		return "this kernel is too old: " + err.Error(), "use Linux 5.18 or later"
	case errors.Is(err, unix.ENOSYS):
		return "this kernel does not support it", "use Linux 5.18 or later with CONFIG_IO_URING"
	case errors.Is(err, unix.EPERM) && (disabled == "1" || disabled == "2"):
		// 1 allows it only to processes with CAP_SYS_ADMIN and to one group.
		return "it is forbidden: " + DisabledPath + " is " + disabled, "sudo sysctl kernel.io_uring_disabled=0"
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return "it is forbidden by a system call filter or a security module: " + err.Error(),
			"allow it in the container's system calls (docker: --security-opt seccomp=unconfined)"
	case errors.Is(err, unix.ENOMEM):
		return "the limit of locked memory is too low for a ring: " + err.Error(), "raise the limit of locked memory (ulimit -l)"
	case errors.Is(err, unix.EMFILE), errors.Is(err, unix.ENFILE):
		return "the limit of open files is too low for a ring: " + err.Error(), "raise the limit of open files (ulimit -n)"
	}
	return "a ring cannot be created: " + err.Error(), "see io_uring_setup(2)"
}

// Reason returns the text of Explain for this machine in one line, or "" if err is nil.
func Reason(err error) string {
	if err == nil {
		return ""
	}
	disabled, _ := os.ReadFile(DisabledPath) // before Linux 6.6 the file does not exist, and io_uring is not disabled
	found, advice := Explain(err, string(disabled))
	return found + "; " + advice
}
