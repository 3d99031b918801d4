package preamble

import "testing"

// TestNegotiateIsTheTableOfMSTDS holds every cell of the table in MS-TDS 2.2.6.5.
func TestNegotiateIsTheTableOfMSTDS(t *testing.T) {
	const off, on, not, req, cert = EncryptOff, EncryptOn, EncryptNotSup, EncryptReq, EncryptClientCert
	type cell struct {
		reply   byte
		outcome Outcome
	}
	rows := []struct {
		client            byte
		off, on, disabled cell
	}{
		{off, cell{off, LoginTLS}, cell{req, FullTLS}, cell{not, NoTLS}},
		{on, cell{on, FullTLS}, cell{on, FullTLS}, cell{not, Disconnect}},
		{not, cell{not, NoTLS}, cell{req, Disconnect}, cell{not, NoTLS}},
		{req, cell{on, FullTLS}, cell{on, FullTLS}, cell{not, Disconnect}},
		{cert | off, cell{off, LoginTLS}, cell{req, FullTLS}, cell{not, Disconnect}},
		{cert | on, cell{on, FullTLS}, cell{on, FullTLS}, cell{not, Disconnect}},
		{cert | req, cell{on, FullTLS}, cell{on, FullTLS}, cell{not, Disconnect}},
	}
	for _, r := range rows {
		for server, want := range map[byte]cell{off: r.off, on: r.on, not: r.disabled} {
			reply, outcome := Negotiate(r.client, server)
			if reply != want.reply || outcome != want.outcome {
				t.Errorf("client %s, server %s: reply %s, outcome %d; want %s, %d", encryptionName(r.client), encryptionName(server),
					encryptionName(reply), outcome, encryptionName(want.reply), want.outcome)
			}
			if agreed := Agree(r.client, reply); agreed != outcome && r.client != cert|off {
				t.Errorf("client %s, reply %s: the client makes %d of it, the server %d", encryptionName(r.client), encryptionName(reply), agreed, outcome)
			}
		}
	}
}

func TestAgreeOnRepliesThatBreakTheRules(t *testing.T) {
	for _, r := range []struct {
		client, reply byte
		want          Outcome
	}{
		{EncryptOn, EncryptOff, Disconnect},
		{EncryptNotSup, EncryptOff, NoTLS},
		{EncryptOff, EncryptOn, FullTLS},
		{EncryptOff, EncryptExt | EncryptReq, FullTLS},
		{EncryptOff, 0x1f, NoTLS},
		{EncryptOn, 0x1f, Disconnect},
	} {
		if got := Agree(r.client, r.reply); got != r.want {
			t.Errorf("client %s, reply %#x: %d, want %d", encryptionName(r.client), r.reply, got, r.want)
		}
	}
}

func TestEncryptionNames(t *testing.T) {
	for v, want := range map[byte]string{0: "OFF", 1: "ON", 2: "NOT_SUP", 3: "REQ", 0x81: "CLIENT_CERT|ON", 0x20: "EXT|OFF", 0x1f: "?"} {
		if got := encryptionName(v); got != want {
			t.Errorf("%#x: %s, want %s", v, got, want)
		}
	}
}
