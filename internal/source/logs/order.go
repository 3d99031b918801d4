package logs

import (
	"cmp"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Order sorts the files of rotated sets by age, the oldest first: error.log.2.gz, error.log.1, error.log. A number
// tells how often a file was rotated, a date (error.log-20241021) when; the file without either is written to now.
// Files of different sets keep the order in which their sets came first. The names given are not changed.
func Order(names []string) []string {
	sets := map[string]int{}
	list := make([]rotated, len(names))
	for i, n := range names {
		list[i] = rotation(n)
		if _, ok := sets[list[i].set]; !ok {
			sets[list[i].set] = len(sets)
		}
	}
	slices.SortStableFunc(list, func(a, b rotated) int {
		return cmp.Or(sets[a.set]-sets[b.set], a.age.compare(b.age))
	})
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.name
	}
	return out
}

// rotated is a file name and what it tells.
type rotated struct {
	name, set string
	age       age
}

// age is how old a rotated file is. Dated files are older than numbered ones, which can only be left over beside them
// when the scheme was changed to numbers.
type age struct {
	date   string // digits only; "" for none
	number int    // rotations; 0 for the file in use
}

// compare is below 0 when a is older.
func (a age) compare(b age) int {
	switch {
	case a.date != "" && b.date != "":
		return cmp.Or(cmp.Compare(a.date, b.date), b.number-a.number)
	case a.date != "":
		return -1
	case b.date != "":
		return 1
	}
	return b.number - a.number
}

// rotation takes a name apart: "error.log.2.gz", "error.log-20241021.zst", "error-2024-10-21.log", "error.1.log".
func rotation(name string) rotated {
	dir, base := filepath.Split(name)
	for _, ext := range []string{".gz", ".zst", ".bz2", ".xz", ".zip", ".Z"} {
		base = strings.TrimSuffix(base, ext)
	}
	r := rotated{name: name}
	stem, ext := r.age.strip(base), ""
	if stem == base {
		ext = filepath.Ext(base)
		stem = r.age.strip(strings.TrimSuffix(base, ext))
	}
	r.set = dir + stem + ext
	return r
}

// strip takes the numbers off the end of a name, and tells what they say.
func (a *age) strip(stem string) string {
	for {
		i := strings.LastIndexAny(stem, ".-_")
		if i <= 0 || !allDigits(stem[i+1:]) {
			return stem
		}
		digits := stem[i+1:]
		if n, err := strconv.Atoi(digits); err == nil && len(digits) <= 3 && stem[i] == '.' && a.date == "" {
			a.number = n
		} else {
			a.date = digits + a.date
		}
		stem = stem[:i]
	}
}
