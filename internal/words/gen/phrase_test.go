package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestPhrase(t *testing.T) {
	for local, want := range map[string]string{
		"Root-Zertifikat-Datei »%s« existiert nicht\nzweite Zeile\n": "Root-Zertifikat-Datei … existiert nicht",
		"%s: Das Zertifikat von %s wurde widerrufen.\n":              "Das Zertifikat von … wurde widerrufen",
		"证书通用名 %2$s 与所要求的主机名 %1$s 不符。":                               "证书通用名 … 与所要求的主机名 … 不符",
		"ユーザー '%-.48s'@'%-.64s' を拒否します":                              "ユーザー … を拒否します",
		"protocole %u.%u, mais le serveur":                           "protocole … mais le serveur",
		"x%d00 Verbindungen sind offen":                              "*00 Verbindungen sind offen",
		"%d%% der Verbindungen":                                      "der Verbindungen",
		"nein: %s":                                                   "",
		"证书 %s 无效":                                                   "",
		"証明書は無効":                                                     "証明書は無効",
		"Name ** des Zertifikats fehlt":                              "",
	} {
		if got := phrase(local, false); got != want {
			t.Errorf("%q\n got %q\nwant %q", local, got, want)
		}
	}
	if got := phrase("Impossible d''ouvrir le fichier {0} du certificat", true); got != "Impossible d'ouvrir le fichier … du certificat" {
		t.Errorf("of Java: %q", got)
	}
}

func TestKey(t *testing.T) {
	if a, b := key("Le propriétaire … n’est PAS"), key("le proprietaire … n'est pas"); a != b || a != "leproprietaire|nestpas" {
		t.Errorf("%q, %q", a, b)
	}
	for short, want := range map[string]bool{"b|d": true, "d|b": false, "bc": false, "e": true} {
		if says("ab|cd|e", short) != want {
			t.Errorf("%q: not %v", short, want)
		}
	}
}

func TestParseMessages(t *testing.T) {
	const list = "# comment\n@wget\twget by-client\n@libc\t-\nwget\tCertName\tin-use\t%s: no  name.\n+libc\tNoRoute\t-\tNo route to host\n"
	some, err := parseMessages(list, false)
	if err != nil || len(some) != 1 || some[0].english != "%s: no name" || !slices.Equal(some[0].contexts, []string{"wget", "by-client", "in-use"}) {
		t.Errorf("%+v, %v", some, err)
	}
	if all, err := parseMessages(list, true); err != nil || len(all) != 2 || all[1].catalogue != "libc" || all[1].contexts != nil {
		t.Errorf("all: %+v, %v", all, err)
	}
	for _, bad := range []string{"wget\tCertName\t-\tx\n", "@wget\t-\nwget\tCertName\tx\n"} {
		if _, err := parseMessages(bad, true); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// TestList: the list itself is well-formed, and no message stands twice.
func TestList(t *testing.T) {
	data, err := os.ReadFile("messages.tsv")
	if err != nil {
		t.Fatal(err)
	}
	messages, err := parseMessages(string(data), true)
	if err != nil || len(messages) < 200 {
		t.Fatalf("%d messages, %v", len(messages), err)
	}
	seen := map[string]bool{}
	for _, m := range messages {
		if id := m.catalogue + ": " + m.english; seen[id] {
			t.Errorf("%s stands twice", id)
		} else {
			seen[id] = true
		}
	}
}

func TestKnownRows(t *testing.T) {
	dir := t.TempDir()
	src := "package words\nvar a = []row{{say: \"Eins … zwei\", is: fact.PeerAlert(112), in: x}, {\"drei\", fact.CertName, told(\"x\")}, {say: \"vier\", in: x}}\n"
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "b_gen.go"), []byte("package words\nvar b = []row{{say: \"not this\"}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	known, err := knownRows(dir)
	if err != nil || len(known) != 3 || known["eins|zwei"] != "PeerAlert(112)" || known["drei"] != "CertName" || known["vier"] != "" {
		t.Errorf("%q, %v", known, err)
	}
}

func TestCollect(t *testing.T) {
	messages := []message{
		{catalogue: "a", english: "expired", symptom: "CertExpired", contexts: []string{"a", "by-client"}},
		{catalogue: "b", english: "expired too", symptom: "CertExpired", contexts: []string{"b", "by-client"}},
		{catalogue: "b", english: "revoked", symptom: "CertRevoked"},
	}
	say := func(catalogue, language, english, local string) text {
		return text{catalogue, language, english, local}
	}
	texts := []text{
		say("a", "de", "expired", "Das Zertifikat des Servers ist abgelaufen"),
		say("b", "de", "expired too.", "Das Zertifikat des Servers ist abgelaufen."),
		say("a", "fr", "expired", "le certificat du serveur a une erreur"),
		say("b", "fr", "revoked", "Le certificat du serveur a une erreur"),
		say("a", "es", "expired", "el certificado ha caducado hoy"),
		say("a", "it", "expired", "expired"),
		say("a", "pl", "expired", "certyfikat stracił ważność"),
	}
	rows := collect(messages, texts, map[string]string{"elcertificadohacaducado": "CertExpired", "certyfikat": "CertExpired"})
	if len(rows) != 2 || rows[0].say != "Das Zertifikat des Servers ist abgelaufen" || !slices.Equal(rows[0].contexts, []string{"by-client"}) || rows[1].languages[0] != "pl" {
		t.Fatalf("%+v", rows)
	}
	src, told, err := source(rows)
	if err != nil || !strings.HasPrefix(told, "2 phrases of 1 messages in 2 languages (de pl), 2 meanings") {
		t.Errorf("%q, %v", told, err)
	}
	for _, want := range []string{"DO NOT EDIT.", `{fact.CertExpired, []fact.Context{"by-client", "localized"}},`, `{"certyfikat stracił ważność", 1},`, "// pl\n", "// a: expired\n"} {
		if !strings.Contains(string(src), want) {
			t.Errorf("no %q in\n%s", want, src)
		}
	}
}

func TestOrdinary(t *testing.T) {
	m := message{contexts: []string{"wget"}}
	if m.around("证书已经过期") != nil || m.around("Das Zertifikat wurde noch nicht aktiviert") == nil {
		t.Error("an ordinary sentence tells a product, or a particular one none")
	}
}
