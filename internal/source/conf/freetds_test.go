package conf

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const freetdsSample = `[global]
	tds version = auto
; ssl = on
[db]
	HOST = 127.0.0.1
	port = 1
	Encryption   =  require
	ca  file = /etc/ssl/ca.pem
	ca_file = /etc/ssl/ca.pem
	encryptoin = off
	check certificate hostname = no
	enable tls v1 = yes
	encryption = required
`

func TestFreeTDS(t *testing.T) {
	wantSettings(t, tree{"freetds.conf": freetdsSample}.read(t, "freetds.conf"), `
freetds.conf:2  global > tds version auto
freetds.conf:5  db > host 127.0.0.1
freetds.conf:6  db > port 1
freetds.conf:7  db > encryption require
freetds.conf:8  db > ca file /etc/ssl/ca.pem
freetds.conf:9  db > ca_file /etc/ssl/ca.pem  ? ca file
freetds.conf:10  db > encryptoin off  ? encryption
freetds.conf:11  db > check certificate hostname no
freetds.conf:12  db > enable tls v1 yes
freetds.conf:13  db > encryption required  ? encryption=require`)
}

// TestFreeTDSAgrees: the library's own log of how it reads the file names the options that we call unknown, and no others.
func TestFreeTDSAgrees(t *testing.T) {
	program := needProgram(t, "tsql")
	dir := t.TempDir()
	conf, log := filepath.Join(dir, "freetds.conf"), filepath.Join(dir, "log")
	if err := os.WriteFile(conf, []byte(freetdsSample), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-S", "db", "-U", "u", "-P", "p")
	cmd.Env = append(os.Environ(), "FREETDSCONF="+conf, "TDSDUMPCONFIG="+log)
	_ = cmd.Run() // nobody listens on port 1; the log is all that is wanted
	text, err := os.ReadFile(log)
	if err != nil || !strings.Contains(string(text), "ca file") {
		t.Skipf("this tsql writes no log of its configuration: %v", err)
	}
	for _, s := range (tree{"freetds.conf": freetdsSample}).read(t, "freetds.conf").Settings {
		theirs := strings.Contains(string(text), "UNRECOGNIZED option '"+s.Name+"'")
		if ours := s.Unknown && s.Name != "encryption"; ours != theirs {
			t.Errorf("%s: unknown to us %v, to FreeTDS %v", s.Name, ours, theirs)
		}
	}
}
