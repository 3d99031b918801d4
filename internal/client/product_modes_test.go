package client

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// TestModesFileNamesModes: each row of the file that explains measured modes names a product and one of its modes.
func TestModesFileNamesModes(t *testing.T) {
	data, err := os.ReadFile("testdata/modes_tls.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.SplitSeq(string(data), "\n") {
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "client\t") {
			continue
		}
		col := strings.Split(line, "\t")
		release := ""
		if _, after, ok := strings.Cut(line, "release="); ok {
			release, _, _ = strings.Cut(after, " ")
		}
		p, ok := product(col[2])
		if !ok {
			t.Errorf("%s: no such product", line)
			continue
		}
		if m, ok := p.Mode(col[3], release); !ok || m.ID != col[3] {
			t.Errorf("%s: no such mode", line)
		}
		rows++
	}
	if rows < 90 {
		t.Errorf("%d rows", rows)
	}
}

// TestNginxReleases: TLS 1.3 is offered to upstreams since 1.23.4.
func TestNginxReleases(t *testing.T) {
	for release, offers13 := range map[string]bool{"1.18": false, "1.23.3": false, "1.23.4": true, "1.31.5": true, "": true} {
		m, ok := nginxUpstream().Mode("defaults", release)
		h := build(t, m.Does.Profile.Hello(Target{}))
		if !ok || offers(h, wire.TLS13) != offers13 {
			t.Errorf("nginx %q offers %x", release, h.Versions)
		}
	}
}

// TestShapesNeedFewConnections: a server must be known after twelve.
func TestShapesNeedFewConnections(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range generals() {
		if p.ID == "dotnet" || p.ID == "java" {
			continue // .NET has a hello for each Windows; Java 8 is one more
		}
		for _, m := range p.Modes {
			seen[m.Does.Shape()] = true
		}
	}
	if len(seen) > 12 {
		t.Errorf("%d shapes: %v", len(seen), seen)
	}
}

// TestJavaBreaksOffAtWarnings: a warning of an unknown name ends JSSE's handshake, and nobody else's.
func TestJavaBreaksOffAtWarnings(t *testing.T) {
	warned := &fact.Handshake{Alerts: []fact.Alert{{From: wire.ServerSide, Level: 1, Code: wire.AlertUnrecognizedName}}}
	_, m, _ := Find("java truststore")
	reason := m.Does.Refuse(StepHello, warned)
	text := m.Does.Text(Failure{Step: StepHello, How: fact.EndLocal, Reason: reason})
	if text != "javax.net.ssl.SSLHandshakeException: received handshake warning: unrecognized_name" {
		t.Errorf("%q, %q", reason, text)
	}
	if m.Does.Refuse(StepHello, &fact.Handshake{}) != "" {
		t.Error("breaks off without a warning")
	}
}

// TestDotnetNamesChainStatus compares with System.Security.Cryptography.X509Certificates.X509ChainStatusFlags.
func TestDotnetNamesChainStatus(t *testing.T) {
	_, m, _ := Find("dotnet linux")
	for kind, flag := range map[fact.ProblemKind]string{fact.LeafExpired: "NotTimeValid", fact.SelfSignedLeaf: "UntrustedRoot",
		fact.IssuerMissing: "PartialChain", fact.WrongPurpose: "NotValidForUsage"} {
		want := "The remote certificate is invalid because of errors in the certificate chain: " + flag
		if got := m.Does.Text(badChain(refusedFor(kind, ""))); !strings.HasSuffix(got, want) {
			t.Errorf("%s: %q", kind, got)
		}
	}
}

// TestProductsCanBeTold: IDs and aliases are unique, lower-case and without a mode twice for one release.
func TestProductsCanBeTold(t *testing.T) {
	seen := map[string]string{}
	for _, p := range generals() {
		for _, name := range append([]string{p.ID}, p.Aliases...) {
			if other := seen[name]; other != "" || name != strings.ToLower(name) {
				t.Errorf("%q of %s and %s", name, p.ID, other)
			}
			seen[name] = p.ID
		}
		modes := map[string]bool{}
		for _, m := range p.Modes {
			key, _ := json.Marshal([]string{m.ID, m.Versions})
			if modes[string(key)] {
				t.Errorf("%s has %s twice", p.ID, m.ID)
			}
			modes[string(key)] = true
		}
	}
}
