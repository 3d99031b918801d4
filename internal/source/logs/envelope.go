package logs

import "cmp"

// An Envelope is what carried a line: a syslog header, a container runtime's JSON, a prefix of docker compose.
//
// The framework opens envelopes from the outside in, at most maxLayers of them, and offers the innermost line to the
// dialects first, then the ones around it: a dialect that needs the header (Postfix tells its program there) reads the
// whole line itself. What the dialect leaves empty in its Record is filled from the envelopes' records.
type Envelope struct {
	ID string
	// Open takes one layer off a line. The record holds what the header tells (time, host as Server, program as
	// Product, severity as Level). inner is a part of line or a new slice. ok is false for a line without this header.
	Open func(line []byte, o *Options) (inner []byte, r Record, ok bool)
}

// maxLayers is how deep envelopes may stand within one another: a compose prefix, syslog, the journal, JSON.
const maxLayers = 4

// opened is a line without its envelopes.
type opened struct {
	layers [maxLayers + 1][]byte // the line itself first, the innermost last
	n      int                   // layers in use
	around Record                // what the envelopes tell, the innermost's word first
}

// open takes the envelopes off a line.
func open(line []byte, list []*Envelope, o *Options) opened {
	out := opened{n: 1}
	out.layers[0] = line
	for out.n <= maxLayers {
		inner, r, ok := openOne(out.layers[out.n-1], list, o)
		if !ok {
			break
		}
		out.layers[out.n] = inner
		out.n++
		out.around = filled(r, out.around)
	}
	return out
}

func openOne(line []byte, list []*Envelope, o *Options) ([]byte, Record, bool) {
	for _, e := range list {
		if inner, r, ok := e.Open(line, o); ok {
			return inner, r, true
		}
	}
	return nil, Record{}, false
}

func (o *opened) inner() []byte { return o.layers[o.n-1] }

// filled gives r what it leaves empty from the record around it.
func filled(r, around Record) Record {
	if r.At.IsZero() {
		r.At = around.At
	}
	if !r.Client.IsValid() {
		r.Client = around.Client
	}
	r.Level, r.Product, r.Server = cmp.Or(r.Level, around.Level), cmp.Or(r.Product, around.Product), cmp.Or(r.Server, around.Server)
	r.Upstream, r.Host = cmp.Or(r.Upstream, around.Upstream), cmp.Or(r.Host, around.Host)
	r.Name = cmp.Or(r.Name, around.Name)
	if len(around.Contexts) > 0 {
		r.Contexts = append(r.Contexts[:len(r.Contexts):len(r.Contexts)], around.Contexts...)
	}
	return r
}
