package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// Details are what a watched handshake tells beside the row: offers, certificate, key exchange, fingerprint, timing and
// what the network did. Absent parts were not seen.
type Details struct {
	Conversation    int              `json:"conversation"`
	Packets         [2]int           `json:"packets"` // first and last
	Start           string           `json:"start"`   // RFC 3339
	VersionsOffered []string         `json:"versions_offered,omitempty"`
	Signatures      []string         `json:"signature_algorithms,omitempty"` // offered
	ALPN            string           `json:"alpn,omitempty"`
	Resumed         string           `json:"resumed"`     // yes, no, unknown
	RetryRequest    bool             `json:"hello_retry"` // a HelloRetryRequest came first
	EMS             bool             `json:"extended_master_secret"`
	JA3             string           `json:"ja3,omitempty"`
	JA4             string           `json:"ja4,omitempty"`
	LooksLike       string           `json:"client_looks_like,omitempty"`
	LoginProgress   string           `json:"login_progress,omitempty"` // SQLNA's flags
	Certificates    []CertificateRow `json:"certificates,omitempty"`
	DH              *DHRow           `json:"dh,omitempty"`
	Steps           []StepRow        `json:"steps"`
	Closes          []CloseRow       `json:"closes,omitempty"`
	ServerTTL       uint8            `json:"server_ttl,omitempty"`
	ResetTTL        uint8            `json:"reset_ttl,omitempty"`
	Retransmissions int              `json:"retransmissions"`
	BytesLost       int              `json:"bytes_lost"`
	ClientMSS       int              `json:"client_mss,omitempty"`
	ServerMSS       int              `json:"server_mss,omitempty"`
	Through         string           `json:"through,omitempty"`
	Cut             string           `json:"cut,omitempty"`
}

// A CertificateRow is one certificate as sent.
type CertificateRow struct {
	Subject   string   `json:"subject"`
	Names     []string `json:"names,omitempty"`
	Issuer    string   `json:"issuer"`
	NotBefore string   `json:"not_before"`
	NotAfter  string   `json:"not_after"`
	Key       string   `json:"key"`
	Signature string   `json:"signature"`
	SHA256    string   `json:"sha256,omitempty"`
}

// A DHRow holds sizes in bits and bytes: the wire fingerprint of Schannel is a generator as long as the prime.
type DHRow struct {
	PrimeBits      int `json:"prime_bits"`
	PrimeBytes     int `json:"prime_bytes"`
	GeneratorBytes int `json:"generator_bytes"`
	ServerBytes    int `json:"server_public_bytes"`
	ClientBytes    int `json:"client_public_bytes,omitempty"`
}

// A StepRow is one message with its delay from the start of the connection.
type StepRow struct {
	From   string  `json:"from"`
	Name   string  `json:"name"`
	At     float64 `json:"at_ms"`
	Packet int     `json:"packet,omitempty"`
}

// A CloseRow is one FIN or RST.
type CloseRow struct {
	By     string `json:"by"`
	How    string `json:"how"`
	Packet int    `json:"packet"`
}

// details tells a watched handshake; nil for our own, whose transcript is the place for that.
func details(h *fact.Handshake) *Details {
	p := h.Passive
	if p == nil {
		return nil
	}
	d := &Details{Conversation: p.Index, Packets: [2]int{p.First, p.Last}, Start: stamp(p.Start), ALPN: h.ALPN, Resumed: triWord(p.Resumed),
		RetryRequest: h.Retry != nil, JA3: p.JA3, JA4: p.JA4, LooksLike: p.Likely, LoginProgress: p.Progress, ServerTTL: p.ServerTTL,
		ResetTTL: p.ResetTTL, Retransmissions: p.Retransmits, BytesLost: p.Lost, ClientMSS: p.ClientMSS, ServerMSS: p.ServerMSS,
		Through: p.Through, Cut: p.Cut, Steps: []StepRow{}}
	if h.Client != nil {
		d.VersionsOffered, d.Signatures = each(offeredVersions(h), names.Version), each(h.Client.Signatures, names.Scheme)
	}
	d.EMS = h.Server != nil && h.Server.EMS
	for _, s := range h.Steps {
		d.Steps = append(d.Steps, StepRow{From: s.From.String(), Name: strings.TrimSpace(s.Name + " " + s.Note), At: float64(s.At.Microseconds()) / 1000, Packet: s.Packet})
	}
	for _, c := range p.Closes {
		d.Closes = append(d.Closes, CloseRow{By: c.By.String(), How: string(c.How), Packet: c.Packet})
	}
	if h.Chain != nil {
		for _, c := range h.Chain.Certificates {
			d.Certificates = append(d.Certificates, CertificateRow{Subject: c.Subject, Names: append(c.DNSNames[:len(c.DNSNames):len(c.DNSNames)], c.IPs...), Issuer: c.Issuer,
				NotBefore: stamp(c.NotBefore), NotAfter: stamp(c.NotAfter), Key: fmt.Sprintf("%s %d", c.KeyType, c.KeyBits), Signature: c.Signature, SHA256: c.SHA256})
		}
	}
	d.DH = dhRow(h)
	return d
}

func offeredVersions(h *fact.Handshake) []uint16 {
	if len(h.Client.Versions) > 0 {
		return h.Client.Versions
	}
	return []uint16{h.Client.LegacyVersion}
}

func dhRow(h *fact.Handshake) *DHRow {
	k := h.Key
	if k == nil || k.Kind != "DHE" {
		return nil
	}
	row := &DHRow{PrimeBits: 8 * k.PLen, PrimeBytes: k.PLen, GeneratorBytes: k.GLen, ServerBytes: k.YsLen, ClientBytes: len(h.Public)}
	if k.P != nil {
		row.PrimeBits = k.P.BitLen()
	}
	return row
}

func each(list []uint16, name func(uint16) string) []string {
	var out []string
	for _, v := range list {
		if !names.GREASE(v) {
			out = append(out, name(v))
		}
	}
	return out
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func triWord(t fact.Tri) string {
	switch t {
	case fact.Yes:
		return "yes"
	case fact.No:
		return "no"
	}
	return "unknown"
}
