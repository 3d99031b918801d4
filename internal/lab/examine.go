package lab

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"hash/maphash"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Limits against clients that never end: how many are told apart, how many connections of one are kept, and how
// large a hello may be.
const (
	maxClients     = 256
	maxKept        = 64
	maxClientHello = 64 << 10
)

// An ExamineConfig says where clients under test are served, and how.
type ExamineConfig struct {
	Protocol preamble.Protocol
	Listen   net.IP // loopback unless it is set
	Port     int    // 0: a free one
	Name     string // the server's name, under .test; "": db.shop.test
	Only     string // OnlyLeadingZero: nothing else is asked; "": all
	// Answered is called after each connection that was asked something; not for those that only wait for chance.
	Answered func(Examined, fact.Handshake)
	// Complete is called when nothing is left to ask a client, beside what chance must bring. Calls may come at the same time.
	Complete func(Examined)
	// TurnedAway is called for each connection of a client beyond the limit of different ones, with their number so far.
	TurnedAway func(limit, connections int)
}

// OnlyLeadingZero asks about the leading zeros of Diffie-Hellman numbers alone, always with the right certificate.
const OnlyLeadingZero = "leading-zero"

// An Examination is an endpoint that finds out what the clients that connect to it do.
type Examination struct {
	config  ExamineConfig
	counter *counter
	right   tls.Certificate // for who asks for no name
	ca      string          // the file that clients trust
	door    *door
	seed    maphash.Seed

	mu      sync.Mutex
	clients map[clientKey]*guestbook
	refused int // connections of clients beyond maxClients
}

// An Examined is what one client, told by its address and the shape of its hello, has shown so far. The experiments
// are the handshakes of the case.
type Examined struct {
	Number   int // clients count from 1
	Address  netip.Addr
	Hello    *wire.ClientHello // the first; nil: none of its connections brought one
	Case     *fact.Case
	Made     int  // connections
	Complete bool // nothing is left to ask, beside what chance must bring
}

// A clientKey tells clients apart.
type clientKey struct {
	address netip.Addr
	shape   uint64 // 0: no hello
}

// A guestbook is one client's entry.
type guestbook struct {
	plan
	number    int
	address   netip.Addr
	made      int
	announced bool
}

// Examine serves clients under test until the examination is closed or ctx ends.
func Examine(ctx context.Context, e *Env, config ExamineConfig) (*Examination, error) {
	if config.Protocol.Accept == nil {
		return nil, fmt.Errorf("%s can only be read, not served", config.Protocol.ID)
	}
	if config.Listen == nil {
		config.Listen = e.Listen
	}
	if config.Name == "" {
		config.Name = "db.shop.test"
	}
	if !issuable(config.Name) {
		return nil, fmt.Errorf("the name %q: the lab's CA is good for names under .test and localhost only", config.Name)
	}
	counter, err := newCounter(e, config.Name, config.Listen)
	if err != nil {
		return nil, err
	}
	right, err := counter.certificate("right", "")
	if err != nil {
		return nil, err
	}
	file, err := e.write("examine-ca", pemOf(counter.authority.Root.DER))
	if err != nil {
		return nil, err
	}
	x := &Examination{config: config, counter: counter, right: right, ca: file, seed: maphash.MakeSeed(), clients: map[clientKey]*guestbook{}}
	if x.door, err = openDoor(ctx, onPort(config.Listen, config.Port), x.serve); err != nil {
		return nil, fmt.Errorf("opening an endpoint: %w", err)
	}
	return x, nil
}

// Address is where it listens.
func (x *Examination) Address() string { return x.door.address() }

// CAFile is the file with the CA that clients may trust.
func (x *Examination) CAFile() string { return x.ca }

// Close ends all connections and waits for them.
func (x *Examination) Close() { x.door.close() }

// Clients are all clients so far, in the order in which they came.
func (x *Examination) Clients() []Examined {
	x.mu.Lock()
	defer x.mu.Unlock()
	var list []Examined
	for _, g := range x.clients {
		list = append(list, x.examined(g))
	}
	slices.SortFunc(list, func(a, b Examined) int { return a.Number - b.Number })
	return list
}

// Refused counts the connections that were turned away because there were too many different clients.
func (x *Examination) Refused() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.refused
}

// examined is a copy of an entry; the lock is held.
func (x *Examination) examined(g *guestbook) Examined {
	c := &fact.Case{
		Question:   fact.Question{Target: g.address.String(), Protocol: x.config.Protocol.ID, Host: x.config.Name},
		Handshakes: slices.Clone(g.done),
	}
	return Examined{Number: g.number, Address: g.address, Hello: g.hello, Case: c, Made: g.made, Complete: g.hello == nil || g.complete()}
}

// errCrowd ends the connections of clients beyond maxClients.
var errCrowd = errors.New("too many different clients")

// meet finds or makes the entry of a client.
func (x *Examination) meet(address netip.Addr, hello *wire.ClientHello) (*guestbook, error) {
	key := clientKey{address: address, shape: x.shape(hello)}
	g := x.clients[key]
	if g == nil && len(x.clients) >= maxClients {
		x.refused++
		return nil, errCrowd
	}
	if g == nil {
		g = &guestbook{number: len(x.clients) + 1, address: address}
		g.hello, g.plain12, g.only = hello, x.config.Protocol.MaxVersion == wire.TLS12, x.config.Only
		x.clients[key] = g
	}
	g.made++
	return g, nil
}

// shape is what the connections of one client have in common: all lists of the hello without the values that differ
// from connection to connection, and the extensions sorted, as some clients shuffle them.
func (x *Examination) shape(hello *wire.ClientHello) uint64 {
	if hello == nil {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(x.seed)
	for _, list := range [][]uint16{{hello.LegacyVersion}, hello.Suites, hello.Versions, hello.Groups, hello.Signatures, steady(hello.Extensions)} {
		for _, v := range slices.DeleteFunc(slices.Clone(list), names.GREASE) {
			maphash.WriteComparable(&h, v)
		}
		h.WriteByte('|')
	}
	for _, p := range hello.ALPN {
		h.WriteString(p)
		h.WriteByte(0)
	}
	return max(h.Sum64(), 1)
}

// steady are the extensions that do not depend on the name asked for, nor on connections before.
func steady(list []wire.Extension) []uint16 {
	var types []uint16
	for _, e := range list {
		switch e.Type {
		case wire.ExtServerName, wire.ExtPadding, wire.ExtPreSharedKey, wire.ExtEarlyData, wire.ExtCookie:
		default:
			types = append(types, e.Type)
		}
	}
	slices.Sort(types)
	return types
}

// An interview is one connection of a client, with the question it is asked.
type interview struct {
	book   *guestbook
	asked  fact.Forcing
	number int // connections of this client count from 1
}

// begin asks a client's connection the next question.
func (x *Examination) begin(address netip.Addr, hello *wire.ClientHello) (*interview, error) {
	x.mu.Lock()
	v, err := x.enter(address, hello)
	turned := x.refused
	x.mu.Unlock()
	if err != nil && x.config.TurnedAway != nil {
		x.config.TurnedAway(maxClients, turned)
	}
	return v, err
}

// enter is begin with the lock held.
func (x *Examination) enter(address netip.Addr, hello *wire.ClientHello) (*interview, error) {
	g, err := x.meet(address, hello)
	if err != nil {
		return nil, err
	}
	f, open := fact.Forcing{What: fact.ClientPlain}, false
	if hello != nil {
		if f, open = g.next(); !open {
			f = fact.Forcing{What: fact.ClientPlain}
		}
	}
	g.pending = append(g.pending, f)
	return &interview{g, f, g.made}, nil
}

// end notes the answer.
func (x *Examination) end(v *interview, h fact.Handshake) {
	x.mu.Lock()
	g := v.book
	g.answered(v.asked)
	h.Ref = fact.Ref{Kind: "live", At: fmt.Sprintf("connection %d", v.number), Name: h.Variant.String()}
	g.note(h)
	announce := g.hello != nil && !g.announced && g.complete()
	g.announced = g.announced || announce
	e := x.examined(g)
	x.mu.Unlock()
	if f, _ := h.Variant.Forcing(); x.config.Answered != nil && f.What != fact.ClientPlain && f.Try <= maxMisses {
		x.config.Answered(e, h)
	}
	if announce && x.config.Complete != nil {
		x.config.Complete(e)
	}
}

// forget drops a connection that this side ended before it told anything.
func (x *Examination) forget(v *interview) {
	if v == nil {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	v.book.answered(v.asked)
	v.book.made--
}

// answered takes a question from those under way.
func (g *guestbook) answered(f fact.Forcing) {
	if i := slices.Index(g.pending, f); i >= 0 {
		g.pending = slices.Delete(g.pending, i, i+1)
	}
}

// note keeps an answer. What may come any number of times is counted with the first like it: connections that are
// asked nothing, and those that wait for chance.
func (g *guestbook) note(h fact.Handshake) {
	now := time.Now()
	h.Seen = fact.Seen{Count: 1, First: now, Last: now}
	f, _ := h.Variant.Forcing()
	endless := f.What == fact.ClientPlain || f.Try > maxMisses
	for i := range g.done {
		o := &g.done[i]
		if like, _ := o.Variant.Forcing(); endless && like.Same(f) && o.Finished == h.Finished && o.End.How == h.End.How {
			o.Seen.Count++
			o.Seen.Last = now
			return
		}
	}
	if len(g.done) < maxKept {
		g.done = append(g.done, h)
	}
}
