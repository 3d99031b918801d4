package preamble

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// BrowserPort is where SQL Server Browser answers, over UDP (MC-SQLR 2.1).
const BrowserPort = 1434

// Messages of the SQL Server Resolution Protocol (MC-SQLR 2.2).
const (
	browserAllBroadcast byte = 0x02
	browserAll          byte = 0x03
	browserOne          byte = 0x04
	browserAnswer       byte = 0x05
)

const (
	browserWait  = time.Second // SqlClient waits as long per try
	browserTries = 2           // a datagram may get lost
	maxInstance  = 32          // bytes of an instance's name, the NUL included (MC-SQLR 2.2.3)
	maxInstances = 256
)

// ErrBrowserAnswer is an answer of SQL Browser that cannot be read.
var ErrBrowserAnswer = errors.New("no answer of SQL Browser")

// AskBrowser asks SQL Browser at address, "host:1434", for one instance, or for all when instance is empty. A
// timeout, or a refusal by the host, comes back as the socket's error: nobody answers there, or a
// firewall drops UDP 1434. SQL Browser stays silent about instances it does not know.
func AskBrowser(ctx context.Context, address, instance string) ([]fact.Instance, error) {
	ask, err := browserRequest(instance)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "udp", address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	for range browserTries {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		var list []fact.Instance
		if list, err = askOnce(ctx, c, ask); err == nil || !isTimeout(err) {
			return list, err
		}
	}
	return nil, fmt.Errorf("asking SQL Browser: %w", err)
}

// askOnce sends the question and waits for one datagram.
func askOnce(ctx context.Context, c net.Conn, ask []byte) ([]fact.Instance, error) {
	c.SetReadDeadline(time.Now().Add(browserWait))
	defer heed(ctx, c)()
	if _, err := c.Write(ask); err != nil {
		return nil, err
	}
	b := make([]byte, 64<<10)
	n, err := c.Read(b)
	if err != nil {
		return nil, err
	}
	return readBrowserAnswer(b[:n])
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// browserRequest is CLNT_UCAST_INST for a name, CLNT_UCAST_EX for all.
func browserRequest(instance string) ([]byte, error) {
	switch {
	case instance == "":
		return []byte{browserAll}, nil
	case len(instance) >= maxInstance || strings.ContainsAny(instance, "\x00;"):
		return nil, fmt.Errorf("%q cannot be the name of an instance", instance)
	}
	return append(append([]byte{browserOne}, instance...), 0), nil
}

// readBrowserAnswer reads SVR_RESP: 5, a length, and pairs of name and value; ";;" ends an instance.
func readBrowserAnswer(b []byte) ([]fact.Instance, error) {
	if len(b) < 3 || b[0] != browserAnswer {
		return nil, fmt.Errorf("%w: %d bytes", ErrBrowserAnswer, len(b))
	}
	text := b[3:]
	text = text[:min(len(text), int(binary.LittleEndian.Uint16(b[1:])))]
	var list []fact.Instance
	for len(text) > 0 && len(list) < maxInstances {
		one, rest, _ := bytes.Cut(text, []byte(";;"))
		if i, ok := readInstance(strings.Split(string(one), ";")); ok {
			list = append(list, i)
		}
		text = rest
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: it names no instance", ErrBrowserAnswer)
	}
	return list, nil
}

// readInstance takes what matters of one instance's pairs; without a TCP port Port is 0.
func readInstance(fields []string) (fact.Instance, bool) {
	var i fact.Instance
	for n := 0; n+1 < len(fields); n += 2 {
		value := fields[n+1]
		switch strings.ToLower(fields[n]) {
		case "instancename":
			i.Name = value
		case "version":
			i.Version = value
		case "tcp":
			if port, err := strconv.ParseUint(value, 10, 16); err == nil {
				i.Port = uint16(port)
			}
		}
	}
	return i, i.Name != ""
}

// writeBrowserAnswer builds SVR_RESP.
func writeBrowserAnswer(list []fact.Instance) []byte {
	var text strings.Builder
	for _, i := range list {
		fmt.Fprintf(&text, "ServerName;LAB;InstanceName;%s;IsClustered;No;Version;%s;", i.Name, i.Version)
		if i.Port != 0 {
			fmt.Fprintf(&text, "tcp;%d;", i.Port)
		}
		text.WriteString(";")
	}
	b := binary.LittleEndian.AppendUint16([]byte{browserAnswer}, uint16(text.Len()))
	return append(b, text.String()...)
}

// ServeBrowser answers for SQL Browser on pc until ctx ends, and then returns nil. It closes pc.
func ServeBrowser(ctx context.Context, pc net.PacketConn, list []fact.Instance) error {
	defer pc.Close()
	stop := context.AfterFunc(ctx, func() { pc.Close() })
	defer stop()
	b := make([]byte, 2048)
	for {
		n, from, err := pc.ReadFrom(b)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		if found := matching(b[:n], list); len(found) > 0 {
			pc.WriteTo(writeBrowserAnswer(found), from) // a client that has gone is its own business
		}
	}
}

// matching are the instances that a question is about; none: SQL Browser says nothing.
func matching(ask []byte, list []fact.Instance) []fact.Instance {
	if len(ask) == 0 {
		return nil
	}
	switch ask[0] {
	case browserAll, browserAllBroadcast:
		return list
	case browserOne:
		name, _, _ := bytes.Cut(ask[1:], []byte{0})
		for _, i := range list {
			if strings.EqualFold(i.Name, string(name)) {
				return []fact.Instance{i}
			}
		}
	}
	return nil
}
