package client

import (
	"bufio"
	"crypto/tls"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

func shapes() map[string]Profile {
	out := map[string]Profile{}
	for _, p := range []Profile{openssl3(), opensslLevel(0), openssl3Min12(), openssl3Max12(), openssl3Only13(), cc34(), openssl111(), node20(),
		java17(), java8(), gnutls37(), goTLS(), goTLS10(), dotnetLinuxProfile()} {
		out[p.ID] = p
	}
	return out
}

// TestShapesAreTheRecordedOnes compares what we build with what the clients sent.
func TestShapesAreTheRecordedOnes(t *testing.T) {
	f, err := os.Open("testdata/hellos.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := shapes()
	for s := bufio.NewScanner(f); s.Scan(); {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		col := strings.Split(s.Text(), "\t")
		p, ok := all[col[0]]
		if !ok {
			t.Errorf("no profile %s", col[0])
			continue
		}
		sameHello(t, col[0], build(t, p.Hello(here)), col)
	}
}

func sameHello(t *testing.T, id string, h *wire.ClientHello, col []string) {
	t.Helper()
	var shares []uint16
	for _, s := range h.Shares {
		shares = append(shares, s.Group)
	}
	for i, got := range [][]uint16{{h.RecordVersion}, h.Versions, h.Suites, h.Groups, shares, h.Signatures} {
		if want := numbers(t, col[i+2]); !slices.Equal(got, want) {
			t.Errorf("%s, column %d: built %04x, recorded %04x", id, i+2, got, want)
		}
	}
	if len(h.SessionID) != 32 {
		t.Errorf("%s: session ID of %d bytes", id, len(h.SessionID))
	}
}

func numbers(t *testing.T, words string) []uint16 {
	t.Helper()
	var out []uint16
	for _, w := range strings.Fields(words) {
		n, err := strconv.ParseUint(w, 16, 16)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, uint16(n))
	}
	return out
}

// TestGoShapeIsThisGos: the standard library at hand says what it sends, signature_algorithms_cert included.
func TestGoShapeIsThisGos(t *testing.T) {
	a, b := net.Pipe()
	defer b.Close()
	go tls.Client(a, &tls.Config{ServerName: here.Name, MinVersion: tls.VersionTLS12}).Handshake()
	buf := make([]byte, 4096)
	n, err := b.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	real, err := wire.ParseClientHello(buf[5:n])
	if err != nil {
		t.Fatal(err)
	}
	ours := build(t, goTLS().Hello(here))
	if !slices.Equal(ours.Signatures, real.Signatures) || !slices.Equal(ours.Versions, real.Versions) {
		t.Errorf("signatures %x and %x, versions %x and %x", ours.Signatures, real.Signatures, ours.Versions, real.Versions)
	}
	if a, b := extension(ours, wire.ExtSignatureAlgsCert), extension(real, wire.ExtSignatureAlgsCert); a != b {
		t.Errorf("signature_algorithms_cert %x, really %x", a, b)
	}
}

func extension(h *wire.ClientHello, typ uint16) string {
	for _, e := range h.Extensions {
		if e.Type == typ {
			return string(e.Data)
		}
	}
	return ""
}

// TestSecurityLevels holds the levels against the table of SSL_CTX_set_security_level(3).
func TestSecurityLevels(t *testing.T) {
	for level, want := range []struct{ rsa, ec int }{{0, 0}, {1024, 160}, {2048, 224}, {3072, 256}, {7680, 384}, {15360, 512}} {
		p := opensslLevel(level)
		if p.Trust.MinRSABits != want.rsa || p.Trust.MinECBits != want.ec || p.Limits.MinDHBits != want.rsa || p.OpenSSL != level {
			t.Errorf("level %d: %+v %+v", level, p.Trust, p.Limits)
		}
		if (p.ID == "openssl3") == (level == 0) {
			t.Errorf("level %d has the hello %s", level, p.ID)
		}
	}
}

// TestOldSchannelLacksGCM: before Windows 10 there was no ECDHE_RSA suite with GCM, so DHE came first among those.
func TestOldSchannelLacksGCM(t *testing.T) {
	for _, r := range schannelReleases() {
		h := build(t, r.profile().Hello(here))
		gcm := slices.Contains(h.Suites, 0xc030)
		if old := r.id == "2008R2" || r.id == "2012R2"; gcm == old {
			t.Errorf("%s: ECDHE_RSA_AES256_GCM %v", r.id, gcm)
		}
		if slices.Contains(h.Versions, wire.TLS13) != (r.id == "2022" || r.id == "2025") {
			t.Errorf("%s offers %x", r.id, h.Versions)
		}
		if !slices.Contains(h.Suites, 0x009f) {
			t.Errorf("%s does not offer %s", r.id, names.SuiteName(0x009f))
		}
	}
}
