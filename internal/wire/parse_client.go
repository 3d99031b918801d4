package wire

import (
	"errors"
	"fmt"
)

// ParseClientHello reads a ClientHello, message with its four byte header. What could be read is returned
// beside the error.
func ParseClientHello(msg []byte) (*ClientHello, error) {
	h := &ClientHello{Raw: msg}
	if len(msg) < handshakeHeaderLen {
		return h, errors.New("ClientHello without a whole header")
	}
	c := newCursor(msg[handshakeHeaderLen:])
	h.LegacyVersion = c.u16("version")
	h.Random = c.bytes(32, "random")
	h.SessionID = c.vec8("session ID")
	h.Suites = uint16s(c.vec16("cipher suites"))
	h.Compressions = c.vec8("compression methods")
	h.Extensions = c.extensions()
	c.trailing("ClientHello")
	return h, errors.Join(c.err, h.readExtensions())
}

// extensions reads a block of extensions, which may be absent altogether (RFC 5246 §7.4.1.2).
func (c *cursor) extensions() []Extension {
	if c.empty() {
		return nil
	}
	block := newCursor(c.vec16("extensions"))
	var list []Extension
	for !block.empty() {
		typ := block.u16("extension type")
		data := block.vec16(fmt.Sprintf("extension %d", typ))
		if block.err == nil {
			list = append(list, Extension{Type: typ, Data: data})
		}
	}
	c.absorb("extensions", block)
	return list
}

// absorb takes over the error of a cursor that read a part of the same message.
func (c *cursor) absorb(what string, part *cursor) {
	if c.err == nil && part.err != nil {
		c.err = fmt.Errorf("%s: %w", what, part.err)
	}
}

// readExtensions decodes the extensions that have fields of their own. A malformed one is an error, and the
// others are read all the same.
func (h *ClientHello) readExtensions() error {
	for _, s := range h.Suites {
		h.Renegotiation = h.Renegotiation || s == SuiteRenegotiationSCSV
	}
	return readEach(h.Extensions, h.readExtension)
}

// readEach gives every extension to read and collects what was wrong with them.
func readEach(list []Extension, read func(typ uint16, c *cursor)) error {
	var errs []error
	for _, e := range list {
		c := newCursor(e.Data)
		read(e.Type, c)
		if c.err != nil && len(errs) < maxExtensionErrors {
			errs = append(errs, fmt.Errorf("extension %d: %v", e.Type, c.err))
		}
	}
	return errors.Join(errs...)
}

const (
	maxExtensionErrors = 8 // enough to see what is wrong with a hello
	// extOldKeyShare was key_share up to draft 22 of TLS 1.3; old captures hold it.
	extOldKeyShare uint16 = 40
)

func (h *ClientHello) readExtension(typ uint16, c *cursor) {
	switch typ {
	case ExtServerName:
		h.ServerName = c.hostName()
	case ExtSupportedVersions:
		h.Versions = uint16s(c.vec8("versions"))
	case ExtSupportedGroups:
		h.Groups = uint16s(c.vec16("groups"))
	case ExtKeyShare, extOldKeyShare:
		h.Shares = c.keyShares()
	case ExtSignatureAlgorithms:
		h.Signatures = uint16s(c.vec16("signature algorithms"))
	case ExtALPN:
		h.ALPN = c.protocolNames()
	case ExtExtendedMasterSecret:
		h.EMS = true
	case ExtRenegotiationInfo:
		h.Renegotiation = true
	case ExtSessionTicket:
		h.Ticket = true
	case ExtStatusRequest:
		h.StatusRequest = true
	}
}

// hostName is the first name of type host_name (RFC 6066 §3).
func (c *cursor) hostName() string {
	list := newCursor(c.vec16("server names"))
	name := ""
	for !list.empty() && name == "" {
		typ := list.u8("name type")
		if value := list.vec16("server name"); typ == 0 {
			name = string(value)
		}
	}
	c.absorb("server names", list)
	return name
}

func (c *cursor) keyShares() []KeyShare {
	list := newCursor(c.vec16("key shares"))
	var shares []KeyShare
	for !list.empty() {
		s := list.keyShare()
		if list.err == nil {
			shares = append(shares, s)
		}
	}
	c.absorb("key shares", list)
	return shares
}

func (c *cursor) keyShare() KeyShare {
	return KeyShare{Group: c.u16("share's group"), Data: c.vec16("key share")}
}

// protocolNames reads an ALPN list (RFC 7301 §3.1); empty names, which are not allowed, are left out.
func (c *cursor) protocolNames() []string {
	list := newCursor(c.vec16("protocol names"))
	var protocols []string
	for !list.empty() {
		if name := list.vec8("protocol name"); len(name) > 0 {
			protocols = append(protocols, string(name))
		}
	}
	c.absorb("protocol names", list)
	return protocols
}
