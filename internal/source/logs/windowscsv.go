package logs

import (
	"strconv"
	"strings"
	"time"
)

// windowsCSV reads events saved as CSV: by the Event Viewer ("Level,Date and Time,Source,Event ID,Task Category" and the text),
// in whatever language it runs in, and by Get-WinEvent | Export-Csv, whose columns depend on what was selected. A row is
// known by what its fields look like.
var windowsCSV = Dialect{
	ID:      "windows-csv",
	Anchors: []string{"Schannel", "SSL", "TLS", "MSSQL", "certificate", "証明書"},
	Parse: func(line []byte, o *Options) (Record, bool) {
		f := csvFields(strings.TrimPrefix(string(line), "\ufeff"), 40)
		if r, ok := viewerRow(f, o); ok {
			return r, true
		}
		return exportedRow(f, o)
	},
}

// viewerRow: level, date, source, number, category, text.
func viewerRow(f []string, o *Options) (Record, bool) {
	if len(f) < 5 || !eventNumber(f[3]) || f[2] == "" {
		return Record{}, false
	}
	at := windowsTime(f[1], o)
	if at.IsZero() {
		return Record{}, false
	}
	r := Record{At: at, Level: f[0]}
	r.windowsSource(f[2], f[3], f[len(f)-1])
	return r, true
}

// exportedRow: a source, a number of Schannel's or SQL Server's, a date and a text, wherever they stand.
func exportedRow(f []string, o *Options) (Record, bool) {
	var r Record
	var source, id, text string
	for _, v := range f {
		switch {
		case source == "" && (v == "Schannel" || strings.HasPrefix(v, "MSSQL") || strings.HasPrefix(v, "Microsoft-Windows-Schannel")):
			source = v
		case id == "" && len(v) == 5 && eventNumber(v):
			id = v
		case r.Level == "" && isLevel(v):
			r.Level = v
		case r.At.IsZero() && len(v) < 40 && !windowsTime(v, o).IsZero():
			r.At = windowsTime(v, o)
		case len(v) > len(text):
			text = v
		}
	}
	if source == "" || id == "" {
		return r, false
	}
	r.windowsSource(source, id, text)
	return r, true
}

func eventNumber(s string) bool { return allDigits(s) && len(s) <= 5 }

// windowsTime reads a date as Windows shows it: "1/10/2024 8:41:45 AM" (month first), "2024/01/10 8:41:45", "10.01.2024 08:41:45",
// "10/01/2024 08:41:45" (day first, without AM or PM), and ISO. Zero for anything else.
func windowsTime(s string, o *Options) time.Time {
	if t, _, ok := isoClock([]byte(s), o); ok {
		return t
	}
	f := strings.Fields(strings.ReplaceAll(s, "\u202f", " "))
	if len(f) < 2 {
		return time.Time{}
	}
	v, ok := threeNumbers(f[0], "/.-")
	clock, ok2 := threeNumbers(f[1], ":")
	if !ok || !ok2 || clock[0] > 23 || clock[1] > 59 || clock[2] > 59 {
		return time.Time{}
	}
	half := ""
	if len(f) > 2 {
		half = strings.ToUpper(f[2])
	}
	year, month, day := v[2], v[1], v[0]
	switch {
	case v[0] > 999:
		year, month, day = v[0], v[1], v[2]
	case half == "AM" || half == "PM":
		month, day = v[0], v[1]
	}
	if half == "PM" && clock[0] < 12 {
		clock[0] += 12
	} else if half == "AM" && clock[0] == 12 {
		clock[0] = 0
	}
	t, ok := moment(year, time.Month(month), day, clock, 0, o.location())
	if !ok {
		return time.Time{}
	}
	return t
}

// threeNumbers splits "8:41:45" and its like; two numbers are three with 0.
func threeNumbers(s, separators string) (v [3]int, ok bool) {
	f := strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(separators, c) })
	if len(f) < 2 || len(f) > 3 || strings.ContainsAny(s[:1], separators) {
		return v, false
	}
	for i, w := range f {
		w, _, _ = strings.Cut(w, ",")
		n, err := strconv.Atoi(w)
		if err != nil || n < 0 || n > 9999 {
			return v, false
		}
		v[i] = n
	}
	return v, true
}
