package journal

import "bytes"

// rewrittenBy returns how a damaged line differs from a whole one, if another program has changed
// the file, and what to do. Editors, shells and git do this to text files. It returns "" if the
// cause is unknown.
func rewrittenBy(l *lines) string {
	for _, sign := range []struct{ begin, cause string }{
		{"\xef\xbb\xbf", "it begins with a byte order mark (EF BB BF), which an editor has added; remove these 3 bytes"},
		{"\xff\xfe", utf16},
		{"\xfe\xff", utf16},
		{"\x1f\x8b", "it is compressed; decompress the file with gzip -d"},
		{"version https://git-lfs", "it is a pointer of Git LFS; fetch the file with git lfs pull"},
		{"<<<<<<< ", "git has written a conflict into it, and two versions of a journal cannot be merged; choose one of them with git checkout --ours or --theirs"},
		{`{"length": `, reformatted},
	} {
		if bytes.HasPrefix(l.text, []byte(sign.begin)) {
			return sign.cause
		}
	}
	trimmed := bytes.TrimSpace(l.text)
	_, err := unframe(trimmed)
	switch {
	case l.zeros.begin >= 0 && string(l.text) == "{":
		return utf16
	case l.zeros.begin >= 0:
		return ""
	case string(trimmed) == "{" && l.ended:
		return reformatted
	case bytes.Contains(l.text, []byte("}\r{")):
		return `its lines end with a carriage return (CR) alone; convert them with tr '\r' '\n'`
	case len(trimmed) == 0:
		return "it is an empty line, which another program has added; remove it"
	case err == nil && len(trimmed) < len(l.text):
		return "it has blanks or carriage returns at its beginning or end, which another program has added; remove them"
	}
	return ""
}

const (
	utf16       = "it is in UTF-16, as some editors and shells save text; convert the file with iconv -f UTF-16 -t UTF-8"
	reformatted = "another program has written it with other blanks; use the original file"
)
