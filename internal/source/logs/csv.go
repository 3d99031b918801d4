package logs

import "strings"

// csvFields reads the first fields of a line of comma-separated values (RFC 4180), at most so many. A quoted field that
// is not closed goes on in the next line; what there is of it counts.
func csvFields(line string, most int) (fields []string) {
	for len(fields) < most {
		field, rest, more := csvField(line)
		fields = append(fields, field)
		if !more {
			break
		}
		line = rest
	}
	return fields
}

func csvField(s string) (field, rest string, more bool) {
	if !strings.HasPrefix(s, `"`) {
		return strings.Cut(s, ",")
	}
	var b strings.Builder
	s = s[1:]
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			b.WriteString(s)
			return b.String(), "", false
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		if !strings.HasPrefix(s, `"`) {
			break
		}
		b.WriteByte('"')
		s = s[1:]
	}
	_, rest, more = strings.Cut(s, ",")
	return b.String(), rest, more
}
