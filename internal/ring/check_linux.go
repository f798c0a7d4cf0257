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

// DisabledPath is the file that says whether the machine forbids io_uring:
// admin-guide/sysctl/kernel.rst.
const DisabledPath = "/proc/sys/kernel/io_uring_disabled"

var errTooOld = errors.New("the kernel's io_uring lacks")

// without returns the error for what a ring cannot do on this kernel, nil if that is
// nothing.
func without(missing []string) error {
	if missing == nil {
		return nil
	}
	return fmt.Errorf("%w %s", errTooOld, strings.Join(missing, ", "))
}

// Check makes a ring and gives it back. The error says why there can be none that does
// what an Entry can ask for, on files of its own table, linked to one another; Explain
// has it in words.
func Check() error {
	runtime.LockOSThread() // the ring is this thread's
	defer runtime.UnlockOSThread()
	r, err := New(1, 1)
	if err != nil {
		return err
	}
	defer r.Close() // nothing is under way
	if err := r.lacking(featLinkedFile); err != nil {
		return err
	}
	if err := r.RegisterFiles(1); err != nil {
		return err
	}
	return r.supports(slices.Sorted(maps.Keys(opNames)))
}

// lacking says which features are missing, by the header's names.
func (r *Ring) lacking(features uint32) error {
	var missing []string
	for _, f := range []struct {
		bit  uint32
		name string
	}{{featLinkedFile, "FEAT_LINKED_FILE"}, {featNoDrop, "FEAT_NODROP"}, {featSingleMmap, "FEAT_SINGLE_MMAP"}} {
		if features&^r.params.features&f.bit != 0 {
			missing = append(missing, f.name)
		}
	}
	return without(missing)
}

// supports asks the kernel which requests it knows.
func (r *Ring) supports(needed []Op) error {
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
	return without(missing)
}

// Explain says in words why Check failed, and what to do about it. disabled is what
// stands in DisabledPath.
func Explain(err error, disabled string) (found, advice string) {
	disabled = strings.TrimSpace(disabled)
	switch {
	case errors.Is(err, errTooOld):
		return "this kernel is too old for it: " + err.Error(), "run a kernel of 5.18 or later"
	case errors.Is(err, unix.ENOSYS):
		return "this kernel has none", "run a kernel of 5.18 or later that has CONFIG_IO_URING"
	case errors.Is(err, unix.EPERM) && (disabled == "1" || disabled == "2"):
		// 1 lets processes with CAP_SYS_ADMIN and one group use it.
		return "it is forbidden: " + DisabledPath + " is " + disabled, "sudo sysctl kernel.io_uring_disabled=0"
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return "it is forbidden by a filter of system calls, or a security module: " + err.Error(),
			"allow it in the container's system calls (docker: --security-opt seccomp=unconfined)"
	case errors.Is(err, unix.ENOMEM):
		return "there is too little locked memory for a ring: " + err.Error(), "raise the limit of locked memory (ulimit -l)"
	case errors.Is(err, unix.EMFILE), errors.Is(err, unix.ENFILE):
		return "there are too few descriptors for a ring: " + err.Error(), "raise the limit of open files (ulimit -n)"
	}
	return "a ring cannot be made: " + err.Error(), "see io_uring_setup(2)"
}

// Reason is Explain in one sentence for this machine; "" if err is nil.
func Reason(err error) string {
	if err == nil {
		return ""
	}
	disabled, _ := os.ReadFile(DisabledPath) // a kernel before 6.6 has none, and then nothing is disabled
	found, advice := Explain(err, string(disabled))
	return found + "; " + advice
}
