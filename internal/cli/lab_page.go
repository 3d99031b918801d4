package cli

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/report"
)

// openPage serves the page that lists the endpoints, and the files they hand over, until ctx ends. It returns its URL.
func (s *stand) openPage(ctx context.Context, o *labOptions) (string, error) {
	if o.page == "off" {
		return "", nil
	}
	address := o.page
	if address == "" {
		address = net.JoinHostPort(o.address().String(), "0")
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 30 * time.Second, MaxHeaderBytes: 16 << 10}
	go server.Serve(l)
	context.AfterFunc(ctx, func() { server.Close() })
	return "http://" + s.bench.env.ToReach(l.Addr().String()) + "/", nil
}

func (s *stand) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		if err := report.LabPage(&b, s.seenFrom(r)); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		give(w, "text/html; charset=utf-8", b.Bytes())
	})
	mux.HandleFunc("GET /lab.json", func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		if err := report.LabJSON(&b, s.seenFrom(r)); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		give(w, "application/json", b.Bytes())
	})
	mux.HandleFunc("GET /ca.pem", func(w http.ResponseWriter, r *http.Request) { s.giveFile(w, r, "ca.pem") })
	mux.HandleFunc("GET /file/{name}", func(w http.ResponseWriter, r *http.Request) { s.giveFile(w, r, r.PathValue("name")) })
	return mux
}

// give sends what a browser must neither run nor guess the type of.
func give(w http.ResponseWriter, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.Write(body)
}

// giveFile hands over a file that an endpoint names, and no other.
func (s *stand) giveFile(w http.ResponseWriter, r *http.Request, name string) {
	l := s.shown.Load()
	path := filepath.Join(s.bench.dir, name)
	known := path == l.CA
	for _, f := range l.Faults {
		for _, e := range f.Endpoints {
			known = known || slices.Contains(e.Files, path)
		}
	}
	body, err := os.ReadFile(path)
	if !known || err != nil {
		http.NotFound(w, r)
		return
	}
	give(w, "application/x-pem-file", body)
}

// seenFrom is the list for who asks: where the lab listens on all addresses, with the one that was reached.
func (s *stand) seenFrom(r *http.Request) report.Lab {
	l := *s.shown.Load()
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok || !s.bench.env.Listen.IsUnspecified() || local.IP.IsLoopback() {
		return l
	}
	here := s.bench.env.Reach().String()
	there := func(text string) string { return strings.ReplaceAll(text, here, local.IP.String()) }
	l.Faults = slices.Clone(l.Faults)
	for i := range l.Faults {
		l.Faults[i].Endpoints = slices.Clone(l.Faults[i].Endpoints)
		for j := range l.Faults[i].Endpoints {
			e := &l.Faults[i].Endpoints[j]
			e.Target, e.Address, e.Command = there(e.Target), there(e.Address), there(e.Command)
		}
	}
	return l
}
