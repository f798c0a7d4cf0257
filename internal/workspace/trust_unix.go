//go:build unix

package workspace

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// renamable returns the reason why other users may rename files in a directory, or "" if they
// may not. They may if they own the directory, or if they can write it and it is not sticky.
// In a sticky directory only the owner of a file and the owner of the directory may rename the
// file: rename(2).
func renamable(dir string) string {
	info, err := os.Stat(dir)
	if err != nil {
		return err.Error()
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	sticky := info.Mode()&fs.ModeSticky != 0
	switch mode := info.Mode().Perm(); {
	case !ownedByUsOrRoot(info):
		return fmt.Sprintf("%s belongs to user %d, who may rename files in it", dir, stat.Uid)
	case mode&0o002 != 0 && !sticky:
		return fmt.Sprintf("%s may be written by everybody and has no sticky bit (mode %#o)", dir, mode)
	case mode&0o020 != 0 && !sticky && (hasAccessList(dir) || !privateGroup(stat.Gid)):
		return fmt.Sprintf("%s may be written by group %d, or by users of an access list, and has no sticky bit (mode %#o)", dir, stat.Gid, mode)
	}
	return ""
}

// ownedByUsOrRoot reports whether a file belongs to this user or to root.
func ownedByUsOrRoot(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return !ok || stat.Uid == 0 || int(stat.Uid) == os.Geteuid()
}

// privateGroup reports whether a group contains only this user and root. Many systems create
// such a group for each user. A group that is missing in /etc/group may have any members.
func privateGroup(gid uint32) bool {
	ours, name := map[string]bool{"root": true}, ""
	var primary []string // users with this primary group
	for _, user := range records("/etc/passwd") {
		if user[2] == strconv.Itoa(os.Geteuid()) {
			ours[user[0]], name = true, user[0]
		}
		if user[3] == strconv.FormatUint(uint64(gid), 10) {
			primary = append(primary, user[0])
		}
	}
	for _, group := range records("/etc/group") {
		if group[2] != strconv.FormatUint(uint64(gid), 10) {
			continue
		}
		members := append(primary, strings.Split(group[3], ",")...)
		for _, member := range members {
			if member != "" && !ours[member] {
				return false
			}
		}
		// If the group does not contain this user, its other members may be unknown here.
		return name != "" && slices.Contains(members, name)
	}
	return false
}

// records returns the records of a file in the format of passwd(5) or group(5), or none if the
// file cannot be read. Each record has at least four fields.
func records(path string) (all [][]string) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil // in an incomplete file a member could be missing
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Split(strings.TrimSpace(line), ":"); len(fields) >= 4 {
			all = append(all, fields)
		}
	}
	return all
}
