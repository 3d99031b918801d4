package capture

import (
	"crypto/tls"
	"hash/maphash"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// flowsOf are the finished flows of a capture.
func flowsOf(t *testing.T, path string) (*assembly, []*flow) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []*flow
	a := newAssembly(func(done []*flow) { list = append(list, done...) })
	c, err := openContainer(Input{Name: path, R: f})
	if err != nil {
		return a, nil
	}
	defer c.Close()
	l := &loop{ctx: t.Context(), a: a, r: &reading{}, res: &Result{}, decoder: newDecoder()}
	if err := l.read(0, &source{container: c, name: path}); err != nil {
		t.Fatal(err)
	}
	a.finishAll()
	return a, list
}

// TestShapesReal: of all real connections, moved to the same two addresses, those of one shape are told alike.
func TestShapesReal(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(truthDir(t), "files", "*"))
	if err != nil {
		t.Fatal(err)
	}
	shapes := &shaper{seed: maphash.MakeSeed()}
	known := map[shape]*fact.Handshake{}
	shaped, alike := 0, 0
	for _, path := range paths {
		a, list := flowsOf(t, path)
		r := &reading{names: []string{filepath.Base(path)}, chains: newChainCache(), tapes: a.tapes, table: a.table}
		for _, f := range list {
			for i := range f.addr {
				f.addr[i] = netip.AddrPortFrom([]netip.Addr{clientAddr, serverAddr}[i], f.addr[i].Port())
			}
			s := shapes.of(f)
			h, ok := r.handshake(f)
			if s == noShape || !ok {
				continue
			}
			shaped++
			before := known[s]
			if before == nil {
				known[s] = &h
				continue
			}
			alike++
			if foldKey(before) != foldKey(&h) {
				t.Errorf("one shape:\n%s %s\n%s %s", before.Ref, told(before), h.Ref, told(&h))
			}
		}
	}
	t.Logf("%d connections with a shape, %d like one before", shaped, alike)
	if alike < 50 {
		t.Errorf("only %d of %d connections are like one before", alike, shaped)
	}
}

// quiet leaves out what follows the client's request: there both sides talk at once, in any order.
func quiet(chunks []wire.Chunk) []wire.Chunk {
	i := slices.IndexFunc(chunks, func(c wire.Chunk) bool { return c.From == wire.ClientSide && c.Data[0] == typeData })
	return chunks[:i+1]
}

// TestShapeDiffers: what makes handshakes different makes their shapes different.
func TestShapeDiffers(t *testing.T) {
	client, server := goConfigs(t, tls.VersionTLS12)
	base := quiet(goTLS(t, client, server, 10))
	again := quiet(goTLS(t, client, server, 10))
	other := client.Clone()
	other.ServerName = "other.test"
	named := quiet(goTLS(t, other, server, 10))
	suite := client.Clone()
	suite.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384}
	suited := quiet(goTLS(t, suite, server, 10))
	newer, _ := goConfigs(t, tls.VersionTLS13)
	_, stranger := goConfigs(t, tls.VersionTLS12)
	shapes := &shaper{seed: maphash.MakeSeed()}
	of := func(s *session) shape {
		a, done := collecting()
		a.play(s)
		a.finishAll()
		return shapes.of((*done)[0])
	}
	want := of(whole(40001, base, 1400))
	if want == noShape || of(whole(40002, again, 1400)) != want || of(whole(40003, base, 200)) != want {
		t.Error("like connections differ in shape")
	}
	byServer := newSession(40001)
	byServer.open()
	byServer.say(base, 1400)
	byServer.close(wire.ServerSide)
	moved := whole(40001, base, 1400)
	moved.server = netip.AddrPortFrom(serverAddr, 444)
	for name, s := range map[string]*session{
		"name": whole(40001, named, 1400), "suite": whole(40001, suited, 1400), "version": whole(40001, quiet(goTLS(t, newer, server, 10)), 1400),
		"certificate": whole(40001, quiet(goTLS(t, client, stranger, 10)), 1400), "end": byServer, "port": moved, "messages": whole(40001, base[:3], 1400),
	} {
		if got := of(s); got == want {
			t.Errorf("another %s, the same shape", name)
		}
	}
}
