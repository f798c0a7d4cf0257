package experiments

import "strings"

// A KeyInfo describes a key of the experiment file that an override can set.
type KeyInfo struct {
	Path  string // such as trials.repeats
	Doc   string // its first sentence
	Words []string
}

// Keys returns the keys that --set accepts, in the order of the reference. It leaves out the keys below names
// that the file chooses, such as the keys of a command.
func Keys() []KeyInfo {
	return keysBelow("", fileKeys)
}

func keysBelow(prefix string, keys []key) (list []KeyInfo) {
	for i := range keys {
		k := &keys[i]
		path := prefix + k.name
		switch {
		case k.name == "grid" && prefix == "":
			for a := range numAxes {
				g := &gridKeys[a]
				list = append(list, KeyInfo{path + "." + g.name, firstSentence(g.doc), g.elem.words})
			}
		case k.kind == mapping && len(k.keys) > 0:
			list = append(list, keysBelow(path+".", k.keys)...)
		case k.kind != mapping && k.kind != oneOrList:
			list = append(list, KeyInfo{path, firstSentence(k.doc), k.words})
		}
	}
	return list
}

func firstSentence(doc string) string {
	sentence, _, _ := strings.Cut(doc, ". ")
	return strings.TrimSuffix(sentence, ".")
}
