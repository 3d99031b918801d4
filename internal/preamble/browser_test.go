package preamble

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

func TestAskBrowser(t *testing.T) {
	list := []fact.Instance{{Name: "MSSQLSERVER", Version: "16.0.1000.6", Port: 1433}, {Name: "SQLEXPRESS", Version: "15.0.2000.5", Port: 49172}, {Name: "PIPES", Version: "15.0.2000.5"}}
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(patience(t))
	served := make(chan error, 1)
	go func() { served <- ServeBrowser(ctx, pc, list) }()

	if got, err := AskBrowser(ctx, pc.LocalAddr().String(), ""); err != nil || !slices.Equal(got, list) {
		t.Errorf("all: %+v, %v", got, err)
	}
	if got, err := AskBrowser(ctx, pc.LocalAddr().String(), "sqlexpress"); err != nil || !slices.Equal(got, list[1:2]) {
		t.Errorf("one: %+v, %v", got, err)
	}
	cancel()
	if err := <-served; err != nil {
		t.Errorf("ServeBrowser: %v", err)
	}
	if got, err := AskBrowser(patience(t), pc.LocalAddr().String(), ""); err == nil {
		t.Errorf("nobody listens: %+v", got)
	}
}

func TestBrowserIsSilentAboutWhatItDoesNotKnow(t *testing.T) {
	list := []fact.Instance{{Name: "A"}}
	for _, ask := range []string{"", "\x04B\x00", "\x0f\x01A\x00", "\x05", "GET /"} {
		if got := matching([]byte(ask), list); got != nil {
			t.Errorf("%q: %v", ask, got)
		}
	}
	if got := matching([]byte("\x02"), list); len(got) != 1 {
		t.Errorf("broadcast: %v", got)
	}
}

// TestBrowserBytes holds the layouts of MC-SQLR 2.2.3 and 2.2.5.
func TestBrowserBytes(t *testing.T) {
	if b, err := browserRequest("YUKONSTD"); err != nil || string(b) != "\x04YUKONSTD\x00" {
		t.Errorf("CLNT_UCAST_INST %q, %v", b, err)
	}
	if b, _ := browserRequest(""); string(b) != "\x03" {
		t.Errorf("CLNT_UCAST_EX %q", b)
	}
	text := "ServerName;ILSUNG1;InstanceName;YUKONSTD;IsClustered;No;Version;9.00.1399.06;tcp;57137;;"
	got, err := readBrowserAnswer(append([]byte{5, byte(len(text)), 0}, text...))
	if want := (fact.Instance{Name: "YUKONSTD", Version: "9.00.1399.06", Port: 57137}); err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("SVR_RESP: %+v, %v", got, err)
	}
	for _, bad := range []string{"", "\x05", "\x05\x00\x00", "\x04\x05\x00abc", "\x05\xff\xff;;;;;;;;", "\x05\x06\x00\x01\x99\x05"} {
		if got, err := readBrowserAnswer([]byte(bad)); !errors.Is(err, ErrBrowserAnswer) {
			t.Errorf("%q: %v, %v", bad, got, err)
		}
	}
	for _, name := range []string{strings.Repeat("x", 32), "a\x00b", "a;b"} {
		if _, err := browserRequest(name); err == nil {
			t.Errorf("%q passes as an instance's name", name)
		}
	}
}
