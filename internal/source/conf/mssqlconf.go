package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// mssqlconf reads /var/opt/mssql/mssql.conf, where "mssql-conf set network.tlscert …" writes ("Configure SQL Server
// settings with mssql-conf"). Names are given as that command takes them: with the section before the dot.
var mssqlconf = dialect{ID: "mssql.conf", sniff: sniffMSSQL, read: readMSSQL}

var mssqlNetwork = newVocabulary("mssql.conf", `
network.tlscert
network.tlskey
network.tlsprotocols
network.tlsciphers
network.forceencryption
network.forcestrict
network.tcpport
network.ipaddress
network.rpcport
network.kerberoskeytabfile
network.kerberoscredupdatefrequency
network.privilegedadaccount
network.disablesssd
network.enablekdcfromkrb5conf
network.forcesecureldap
network.ldaphostcanon
network.trustedcacert
`)

func sniffMSSQL(name string, head []byte) int {
	if baseName(name) == "mssql.conf" {
		return 90
	}
	for l := range iniLines(string(head), "#;") {
		if l.section == "network" && containsFolded([]string{"tlscert", "tlskey", "tlsprotocols", "forceencryption", "tlsciphers"}, l.key) {
			return 85
		}
	}
	return 0
}

func readMSSQL(r *reader, f file) {
	for l := range iniLines(f.text, "#;") {
		if !strings.EqualFold(l.section, "network") {
			continue
		}
		if r.full {
			return
		}
		s := fact.Setting{Scope: within(l.section), Name: "network." + l.key, Args: []string{l.value}}
		if w, known := mssqlNetwork.find(s.Name); known {
			s.Name = w.name
		} else {
			s.Unknown, s.Near = true, mssqlNetwork.meant(s.Name)
		}
		r.set(f, l.number, s)
	}
}
