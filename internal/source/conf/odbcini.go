package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// odbcini reads odbc.ini and odbcinst.ini (unixODBC, iODBC): the scope is the data source or driver, and the words are
// those of the driver that it names, as in a connection string.
var odbcini = dialect{ID: "odbc.ini", sniff: sniffODBCIni, read: readODBCIni}

func sniffODBCIni(name string, head []byte) int {
	switch baseName(name) {
	case "odbc.ini", ".odbc.ini", "odbcinst.ini", ".odbcinst.ini":
		return 90
	}
	if hasSection(head, "ODBC Data Sources", "ODBC Drivers") {
		return 85
	}
	for l := range iniLines(string(head), "#;") {
		value := strings.ToLower(l.value)
		if strings.EqualFold(l.key, "driver") && (strings.Contains(value, "odbc") || strings.Contains(value, ".so") || strings.Contains(value, "freetds")) {
			return 75
		}
	}
	return 0
}

// odbcIniOwn are words of the driver manager, which every section may have.
var odbcIniOwn = []string{"Driver", "Driver64", "Setup", "Setup64", "Description", "UsageCount", "FileUsage", "CPTimeout", "CPReuse", "Threading", "DontDLClose",
	"Trace", "TraceFile", "Pooling", "CommLog", "Debug", "InstallDir"}

func readODBCIni(r *reader, f file) {
	drivers := map[string]string{}
	for l := range iniLines(f.text, "#;") {
		if strings.EqualFold(l.key, "driver") {
			drivers[l.section] = l.value
		}
	}
	definitions := strings.HasSuffix(baseName(f.name), "odbcinst.ini") // there a section is the driver
	for l := range iniLines(f.text, "#;") {
		driver := drivers[l.section]
		if definitions {
			driver = l.section + " " + driver
		}
		if s, ok := odbcIniSetting(l, driver); ok {
			r.set(f, l.number, s)
		}
	}
}

// odbcIniSetting is the setting of a line of a section whose driver is named so.
func odbcIniSetting(l iniLine, driver string) (fact.Setting, bool) {
	for _, own := range odbcIniOwn {
		if strings.EqualFold(l.key, own) {
			return fact.Setting{Scope: within(l.section), Name: own, Args: []string{l.value}}, true
		}
	}
	if driver == "" {
		return fact.Setting{Scope: within(l.section), Name: l.key, Args: []string{l.value}}, true
	}
	s, ok := odbcDriver("driver="+strings.ToLower(driver)).setting(l.key, l.value, "")
	s.Scope, s.Dialect = within(l.section), ""
	return s, ok
}
