package cli

import (
	"net"
	"testing"
)

// mutePort accepts connections and never says a word.
func mutePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
		}
	}()
	return l.Addr().String()
}

// TestMutePortLeavesTime: asking a port what it speaks must leave the time to diagnose it. Without that, the first
// handshake met the end of the whole run, which looked like a SYN without answer.
func TestMutePortLeavesTime(t *testing.T) {
	r := diagnosed(t, mutePort(t), "--timeout", "600ms")
	expect(t, r, "silent-after-hello", "likely")
}
