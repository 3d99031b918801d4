package capture

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// readOne reads one capture.
func readOne(t testing.TB, data []byte, o Options) *Result {
	t.Helper()
	res, err := Read(context.Background(), []Input{{Name: "test.pcap", R: bytes.NewReader(data)}}, o)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// sameCounts compares a folded reading, in which most handshakes are only counted by their shape, with one that
// decodes each.
func sameCounts(t *testing.T, name string, data []byte) (handshakes, distinct int) {
	t.Helper()
	each, folded := readOne(t, data, Options{Conversations: true}), readOne(t, data, Options{})
	want := map[string][]string{}
	for i := range each.Handshakes {
		h := &each.Handshakes[i]
		key := foldKey(h)
		want[key] = append(want[key], h.Ref.At)
	}
	if len(folded.Handshakes) != len(want) || folded.TLS != each.TLS {
		t.Errorf("%s: %d distinct of %d, want %d of %d", name, len(folded.Handshakes), folded.TLS, len(want), each.TLS)
	}
	for i := range folded.Handshakes {
		h := &folded.Handshakes[i]
		refs := want[foldKey(h)]
		if h.Seen.Count != len(refs) {
			t.Errorf("%s: %s counted %d times, want %d: %v", name, h.Ref.At, h.Seen.Count, len(refs), refs)
		}
		for _, r := range h.Seen.Refs {
			if !slices.Contains(refs, r.At) {
				t.Errorf("%s: %s is not like %s", name, r.At, h.Ref.At)
			}
		}
		if n := sum(h.Seen.PerMinute); n != h.Seen.Count && h.Seen.Last.Sub(h.Seen.First).Hours() < 24*7 {
			t.Errorf("%s: %d in minutes, %d in all", name, n, h.Seen.Count)
		}
	}
	return each.TLS, len(want)
}

func sum(list []uint32) int {
	n := 0
	for _, v := range list {
		n += int(v)
	}
	return n
}

// TestFoldedReal folds real captures, and each twice over with its ports moved: all handshakes of the copy are like
// those of the original.
func TestFoldedReal(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(truthDir(t), "files", "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%v, %d files", err, len(paths))
	}
	handshakes, distinct := 0, 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		n, d := sameCounts(t, filepath.Base(path), data)
		handshakes, distinct = handshakes+n, distinct+d
	}
	t.Logf("%d handshakes, %d distinct", handshakes, distinct)
	if handshakes < 900 || distinct == handshakes {
		t.Errorf("%d handshakes, %d distinct: nothing was folded", handshakes, distinct)
	}
}

// TestFoldOverflow: what does not fit is counted.
func TestFoldOverflow(t *testing.T) {
	d := newFolder(false)
	d.limit = 2
	for i := range 5 {
		h := fact.Handshake{Path: ends(t), Passive: &fact.Passive{Index: i}, Protocol: fmt.Sprint("p", i%3)}
		d.add(&h)
	}
	if len(d.list) != 2 || d.left != 1 || d.count != 5 {
		t.Errorf("%d listed, %d left, %d in all", len(d.list), d.left, d.count)
	}
}

func ends(t testing.TB) []netip.AddrPort {
	t.Helper()
	return []netip.AddrPort{netip.AddrPortFrom(clientAddr, 40001), netip.AddrPortFrom(serverAddr, 443)}
}
