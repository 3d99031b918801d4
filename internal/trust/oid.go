package trust

import (
	"strconv"
	"strings"
)

// dotted writes the body of an object identifier as "2.5.4.3". Arcs over 2^56, and bodies that end inside an arc,
// are refused. Object identifiers of 64 bytes are longer than any in use.
func dotted(body []byte) (string, bool) {
	if len(body) == 0 || len(body) > 64 {
		return "", false
	}
	var parts []string
	var arc uint64
	for i, b := range body {
		if arc >= 1<<49 {
			return "", false
		}
		arc = arc<<7 | uint64(b&0x7f)
		if b&0x80 != 0 {
			if i == len(body)-1 {
				return "", false
			}
			continue
		}
		if parts == nil { // the first two arcs share one number (X.690 §8.19.4)
			first := min(arc/40, 2)
			parts = append(parts, strconv.FormatUint(first, 10))
			arc -= first * 40
		}
		parts = append(parts, strconv.FormatUint(arc, 10))
		arc = 0
	}
	return strings.Join(parts, "."), true
}
