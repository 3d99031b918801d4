package wire

import (
	"bytes"
	"crypto/tls"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// steps writes a flight down: "C ClientHello", with "+" where it was decrypted and "-" where it stayed closed.
func steps(f *Flight) []string {
	var list []string
	for _, m := range f.Messages {
		s := string("?CS"[m.From])
		if m.Encrypted {
			s += map[bool]string{true: "+", false: "-"}[m.Opened]
		}
		list = append(list, s+" "+m.Name)
	}
	return list
}

func wantSteps(t *testing.T, f *Flight, want ...string) {
	t.Helper()
	if got := steps(f); !slices.Equal(got, want) {
		t.Errorf("steps\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(f.Errors) > 0 {
		t.Errorf("errors %q", f.Errors)
	}
}

func goServerConfig(t *testing.T) *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{goCertificate(t, "p256")}, NextProtos: []string{"h2"},
		MinVersion: tls.VersionTLS10, SessionTicketsDisabled: true,
	}
}

func goClientConfig(version uint16) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: version, NextProtos: []string{"h2"}, ServerName: "localhost"}
}

func TestDecodeTLS12(t *testing.T) {
	transcript := goConnection(t, goClientConfig(TLS12), goServerConfig(t))
	f := Decode(transcript)
	wantSteps(t, f, "C ClientHello", "S ServerHello", "S Certificate", "S ServerKeyExchange", "S ServerHelloDone",
		"C ClientKeyExchange", "C ChangeCipherSpec", "C+ Finished", "S ChangeCipherSpec", "S+ Finished",
		"C+ application data", "S+ application data", "C+ Alert", "S+ Alert")
	if f.ALPN != "h2" || f.Client.ServerName != "localhost" || len(f.Certificates.Chain) != 1 || len(f.ClientYc) != 32 {
		t.Errorf("%+v", f)
	}
	if f.Finished != [3]bool{false, true, true} || f.KeyExchange.Group != names.X25519 || f.KeyExchange.Scheme != names.ECDSAP256SHA256 {
		t.Errorf("finished %v, key exchange %+v", f.Finished, f.KeyExchange)
	}
	transcript.Secrets = nil
	f = Decode(transcript)
	wantSteps(t, f, "C ClientHello", "S ServerHello", "S Certificate", "S ServerKeyExchange", "S ServerHelloDone",
		"C ClientKeyExchange", "C ChangeCipherSpec", "C- encrypted handshake", "S ChangeCipherSpec", "S- encrypted handshake",
		"C- application data", "S- application data", "C- encrypted alert", "S- encrypted alert")
	if f.Finished != [3]bool{false, true, true} {
		t.Errorf("finished %v", f.Finished)
	}
}

func TestDecodeTLS13(t *testing.T) {
	transcript := goConnection(t, goClientConfig(TLS13), goServerConfig(t))
	f := Decode(transcript)
	wantSteps(t, f, "C ClientHello", "S ServerHello", "S ChangeCipherSpec", "S+ EncryptedExtensions", "S+ Certificate",
		"S+ CertificateVerify", "S+ Finished", "C ChangeCipherSpec", "C+ Finished",
		"C+ application data", "S+ application data", "C+ Alert", "S+ Alert")
	if f.ALPN != "h2" || !bytes.Equal(f.Certificates.Chain[0], testIdentity(t, "p256").chain[0]) || f.Verify.Scheme != names.ECDSAP256SHA256 {
		t.Errorf("protocol %q, %+v, %+v", f.ALPN, f.Certificates, f.Verify)
	}
	if f.Finished != [3]bool{false, true, true} || *f.Messages[11].Alert != (Alert{1, 0}) {
		t.Errorf("finished %v, alert %v", f.Finished, f.Messages[11].Alert)
	}
	transcript.Secrets = nil
	f = Decode(transcript)
	wantSteps(t, f, "C ClientHello", "S ServerHello", "S ChangeCipherSpec", "S- application data", "S- application data",
		"S- application data", "S- application data", "C ChangeCipherSpec", "C- encrypted handshake",
		"C- application data", "S- application data", "C- application data", "S- application data")
	if f.Finished != [3]bool{false, true, true} || f.Certificates != nil {
		t.Errorf("finished %v, certificates %v", f.Finished, f.Certificates)
	}
}

// All versions and kinds of cipher that Go has, tickets and client certificates included.
func TestDecodeGo(t *testing.T) {
	ecdsa, rsa := goCertificate(t, "p256"), goCertificate(t, "rsa")
	for _, version := range []uint16{TLS10, TLS11, TLS12, TLS13} {
		for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
			if !slices.Contains(suite.SupportedVersions, version) {
				continue
			}
			server := &tls.Config{Certificates: []tls.Certificate{ecdsa, rsa}, MinVersion: tls.VersionTLS10,
				CipherSuites: []uint16{suite.ID}, ClientAuth: tls.RequestClientCert}
			client := goClientConfig(version)
			client.CipherSuites, client.Certificates = []uint16{suite.ID}, server.Certificates
			f := Decode(goConnection(t, client, server))
			if f.Server == nil || version < TLS13 && f.Server.Suite != suite.ID || len(f.Errors) > 0 {
				t.Errorf("%s: %q, errors %q", suite.Name, steps(f), f.Errors)
				continue
			}
			if f.Finished != [3]bool{false, true, true} || len(f.Certificates.Chain) != 1 || len(f.ClientChain) != 1 || f.Request == nil {
				t.Errorf("%s %s: %+v", names.Version(version), suite.Name, f)
			}
			for _, m := range f.Messages {
				if m.Encrypted && !m.Opened {
					t.Errorf("%s: %s of %s stayed closed", suite.Name, m.Name, m.From)
				}
			}
			if last := f.Messages[len(f.Messages)-1]; last.Alert == nil {
				t.Errorf("%s: last message %s", suite.Name, last.Name)
			}
		}
	}
}

// Where the stream is cut into chunks must not matter.
func TestDecodeWhateverTheChunks(t *testing.T) {
	for _, version := range []uint16{TLS10, TLS12, TLS13} {
		transcript := goConnection(t, goClientConfig(version), goServerConfig(t))
		want := Decode(transcript)
		fine := &Transcript{Secrets: transcript.Secrets}
		for _, c := range transcript.Chunks {
			for i := range c.Data {
				fine.Chunks = append(fine.Chunks, Chunk{From: c.From, At: c.At, Data: c.Data[i : i+1]})
			}
		}
		got := Decode(fine)
		if !slices.Equal(steps(got), steps(want)) || len(got.Errors) != len(want.Errors) || !bytes.Equal(got.Client.Raw, want.Client.Raw) {
			t.Errorf("%x: %q, want %q", version, steps(got), steps(want))
		}
	}
}

func TestDecodeRetry(t *testing.T) {
	server := goServerConfig(t)
	server.CurvePreferences = []tls.CurveID{tls.CurveP384}
	transcript := goConnection(t, goClientConfig(TLS13), server)
	for _, secrets := range [][]Secret{transcript.Secrets, nil} {
		transcript.Secrets = secrets
		f := Decode(transcript)
		if f.Retry == nil || f.Retry.Share.Group != names.P384 || f.SecondClient == nil || f.Server.Share.Group != names.P384 {
			t.Fatalf("%q", steps(f))
		}
		// The server's ChangeCipherSpec may be recorded before or behind the client's answer: they cross on the wire.
		got := slices.DeleteFunc(steps(f), func(s string) bool { return strings.HasSuffix(s, "ChangeCipherSpec") })
		if !slices.Equal(got[:4], []string{"C ClientHello", "S HelloRetryRequest", "C ClientHello", "S ServerHello"}) || len(f.Errors) > 0 {
			t.Errorf("%q, errors %q", got, f.Errors)
		}
		if f.Finished != [3]bool{false, true, true} || f.SecondClient.RecordVersion != TLS12 || f.Client.RecordVersion != TLS10 {
			t.Errorf("finished %v", f.Finished)
		}
	}
}

func TestDecodeAlertInstead(t *testing.T) {
	client := goClientConfig(TLS12)
	client.MaxVersion = tls.VersionTLS11
	server := goServerConfig(t)
	server.MinVersion = tls.VersionTLS12
	f := Decode(goConnection(t, client, server))
	wantSteps(t, f, "C ClientHello", "S Alert")
	if *f.Messages[1].Alert != (Alert{2, AlertProtocolVersion}) || f.Server != nil {
		t.Errorf("%+v", f)
	}
}

// A client that refuses the certificate says so under keys in TLS 1.3, and in clear in TLS 1.2.
func TestDecodeRefusedCertificate(t *testing.T) {
	for version, want := range map[uint16]string{TLS12: "C Alert", TLS13: "C- encrypted alert"} {
		client := goClientConfig(version)
		client.RootCAs = emptyRoots()
		transcript := goConnection(t, client, goServerConfig(t))
		opened := Decode(transcript)
		transcript.Secrets = nil
		f := Decode(transcript)
		if !slices.Contains(steps(f), want) || f.Finished[ClientSide] || version == TLS13 && f.Finished[ServerSide] {
			t.Errorf("%x: %q, finished %v", version, steps(f), f.Finished)
		}
		last := opened.Messages[len(opened.Messages)-1]
		if last.From != ClientSide || last.Alert == nil || last.Alert.Code != 42 {
			t.Errorf("%x: opened %q", version, steps(opened))
		}
	}
}
