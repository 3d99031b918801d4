package preamble

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// mssql is SQL Server's TDS 7: PRELOGIN settles encryption, then TLS's handshake travels in PRELOGIN packets.
func mssql() Protocol {
	return Protocol{
		ID: "mssql", Schemes: []string{"mssql", "sqlserver"}, Ports: []uint16{1433}, MaxVersion: wire.TLS12,
		Dial: dialTDS, Accept: acceptTDS, Deny: denyTDS, Parse: parseTDS,
	}
}

// mssqlStrict is TDS 8.0, Encrypt=strict: TLS first, PRELOGIN inside.
func mssqlStrict() Protocol {
	return Protocol{
		ID: "mssql-strict", Schemes: []string{"mssql-strict"}, Ports: []uint16{1433}, ALPN: []string{"tds/8.0"},
		Dial: pass, Accept: pass, Deny: denyTDS, Parse: parseDirect,
	}
}

func dialTDS(ctx context.Context, c net.Conn, o Options) (net.Conn, fact.Said, error) {
	defer heed(ctx, c)()
	value := encryptionValue(o.Encryption, EncryptOn)
	hello := writeTDS(tdsPrelogin, clientPrelogin(value, o.Instance).bytes())
	if _, err := c.Write(hello); err != nil {
		return c, fact.Said{}, fmt.Errorf("sending PRELOGIN: %w", err)
	}
	kind, payload, err := readTDS(c)
	if errors.Is(err, errNotTDS) {
		var told fact.Said
		noteOther(&told, rest(c, payload))
		return c, told, ErrOther
	}
	if err != nil {
		return c, fact.Said{First: payload}, fmt.Errorf("waiting for the answer to PRELOGIN: %w", err)
	}
	told, outcome, err := heardPrelogin(value, kind, payload)
	if err != nil {
		return c, told, err
	}
	return tdsOutcome(c, told, outcome)
}

// heardPrelogin takes the server's answer. Type 4 is the rule, 0x12 came from old endpoints.
func heardPrelogin(value, kind byte, payload []byte) (fact.Said, Outcome, error) {
	told := fact.Said{Product: "SQL Server"}
	if e, ok := readTDSError(payload); ok {
		return withError(told, e), Disconnect, ErrReply
	}
	p, err := readPrelogin(payload)
	if (kind != tdsReply && kind != tdsPrelogin) || !p.has(optVersion) {
		noteOther(&told, writeTDS(kind, payload))
		told.Product = ""
		return told, Disconnect, ErrOther
	}
	if err != nil {
		return told, Disconnect, fmt.Errorf("reading the answer to PRELOGIN: %w", err)
	}
	told.Version = p.version()
	noteEncryption(&told, value, p.encryption())
	if d := p.get(optInstance); d != nil && d[0] == 1 {
		told.ErrorText = "INSTOPT 1: another instance listens here"
	}
	return told, Agree(value, p.encryption()), nil
}

// noteEncryption fills in what both values say.
func noteEncryption(told *fact.Said, client, reply byte) {
	told.Encryption = encryptionName(client) + " → " + encryptionName(reply)
	told.TLS = fact.Is(reply&^(EncryptClientCert|EncryptExt) != EncryptNotSup)
	outcome := Agree(client, reply)
	told.LoginOnly = outcome == LoginTLS
	told.Wrapped = outcome == LoginTLS || outcome == FullTLS
}

// tdsOutcome is how Dial goes on.
func tdsOutcome(c net.Conn, told fact.Said, outcome Outcome) (net.Conn, fact.Said, error) {
	switch {
	case outcome == FullTLS || outcome == LoginTLS:
		return &tdsConn{Conn: c, loginOnly: told.LoginOnly}, told, nil
	case outcome == Disconnect && told.TLS == fact.Yes:
		return c, told, fmt.Errorf("%w that both agree on: ENCRYPTION %s", ErrDeclined, told.Encryption)
	}
	return c, told, ErrDeclined
}

func acceptTDS(ctx context.Context, c net.Conn, o Options) (net.Conn, fact.Said, error) {
	defer heed(ctx, c)()
	told := fact.Said{Product: "SQL Server"}
	kind, payload, err := readTDS(c)
	if err != nil && !errors.Is(err, errNotTDS) {
		return c, told, fmt.Errorf("reading PRELOGIN: %w", err)
	}
	if err != nil {
		noteOther(&told, rest(c, payload))
		return c, told, ErrOther
	}
	asked, err := readPrelogin(payload)
	if kind != tdsPrelogin || err != nil || len(asked) == 0 || asked[0].token != optVersion {
		// VERSION must come first, or the server closes (MS-TDS 3.3.5.1).
		return c, told, errors.Join(fmt.Errorf("%w: packet type 0x%02x", ErrOther, kind), err)
	}
	if o.Error != nil {
		_, err := c.Write(writeTDS(tdsReply, writeTDSError(*o.Error, 0x74000004)))
		return c, withError(told, *o.Error), errors.Join(ErrReply, err)
	}
	if o.Encryption == "strict" { // an instance set to strict takes nothing but TLS as first bytes
		return c, told, fmt.Errorf("%w: TDS 8.0 alone", ErrOther)
	}
	return answerPrelogin(c, o, told, asked)
}

// answerPrelogin replies to a client and says how the server goes on.
func answerPrelogin(c net.Conn, o Options, told fact.Said, asked prelogin) (net.Conn, fact.Said, error) {
	setting := serverSetting(o)
	reply, outcome := Negotiate(asked.encryption(), setting)
	p := serverPrelogin(o.Server, reply, asked)
	told.Version = p.version()
	noteEncryption(&told, asked.encryption(), reply)
	if _, err := c.Write(writeTDS(tdsReply, p.bytes())); err != nil {
		return c, told, fmt.Errorf("answering PRELOGIN: %w", err)
	}
	switch {
	case outcome == FullTLS || outcome == LoginTLS:
		return &tdsConn{Conn: c, loginOnly: outcome == LoginTLS}, told, nil
	case setting == EncryptNotSup:
		return c, told, ErrDeclined
	}
	return c, told, ErrNoTLS
}

// serverSetting is how Accept's options set a SQL Server.
func serverSetting(o Options) byte {
	switch {
	case o.NoTLS:
		return EncryptNotSup
	case o.NeedTLS:
		return EncryptOn
	}
	return encryptionValue(o.Encryption, EncryptOff)
}

// denyTDS reads up to the LOGIN7 and answers error 18456. With TDS 8.0 a PRELOGIN comes first, inside TLS. In
// login-only encryption the answer goes out below TLS.
func denyTDS(ctx context.Context, c net.Conn, o Options) error {
	defer heed(ctx, c)()
	kind, payload, err := readTDS(c)
	if err == nil && kind == tdsPrelogin {
		asked, _ := readPrelogin(payload)
		p := serverPrelogin(o.Server, EncryptNotSup, asked)
		if _, err := c.Write(writeTDS(tdsReply, p.bytes())); err != nil {
			return fmt.Errorf("answering PRELOGIN: %w", err)
		}
		kind, payload, err = readTDS(c)
	}
	if err != nil {
		return fmt.Errorf("reading the login: %w", err)
	}
	if kind != tdsLogin7 {
		return fmt.Errorf("%w: packet type 0x%02x where the login was due", ErrOther, kind)
	}
	e := Error{Code: 18456, Text: "Login failed for user."}
	if o.Error != nil {
		e = *o.Error
	}
	out := c
	if t := wrappedBelow(c); t != nil && t.loginOnly {
		t.Unwrap()
		out = t
	}
	_, err = out.Write(writeTDS(tdsReply, writeTDSError(e, loginVersion(payload))))
	return err
}

// loginVersion reads the TDS version of a LOGIN7: the only part of it that is looked at.
func loginVersion(login []byte) uint32 {
	if len(login) < 8 {
		return 0x74000004
	}
	return binary.LittleEndian.Uint32(login[4:])
}
