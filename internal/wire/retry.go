package wire

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"github.com/tlswhy/tlswhy/internal/names"
)

// Rebuild makes the second hello, which answers a HelloRetryRequest: the same but for the share that was asked
// for, the cookie echoed, and early_data gone (RFC 8446 §4.1.2). h is the Hello that b was built from. It fails
// where the standard says illegal_parameter (§4.1.4): a group that was not offered, one whose share was
// already sent, or a request that changes nothing; and with ErrGroupUnsupported for a group without shares.
// A client in middlebox compatibility mode sends a ChangeCipherSpec before Records (appendix D.4).
func (h Hello) Rebuild(b *Built, retry *ServerHello) (*Built, error) {
	if retry.Share == nil && retry.Cookie == nil {
		return nil, errors.New("retry request asks for nothing new")
	}
	next := &Built{Shares: b.Shares, parts: b.parts, random: b.random}
	next.parts.recordVersion = h.secondRecordVersion()
	next.parts.extensions = withoutExtension(b.parts.extensions, ExtEarlyData)
	next.resumeAfterRetry(b, retry)
	if retry.Share != nil {
		if err := h.answerGroup(next, retry.Share.Group); err != nil {
			return nil, err
		}
	}
	if retry.Cookie != nil {
		if err := echoCookie(next, retry.Cookie); err != nil {
			return nil, err
		}
	}
	return h.finish(next)
}

// resumeAfterRetry offers the session again, or not where it cannot go with the suite chosen.
func (b *Built) resumeAfterRetry(first *Built, retry *ServerHello) {
	if !first.psk.fits(retry.Suite) {
		b.parts.extensions = withoutExtension(b.parts.extensions, ExtPreSharedKey)
		return
	}
	suite, _ := names.SuiteByID(retry.Suite)
	b.psk, b.before = first.psk, join(retryTranscript(suiteHash(suite), first.Message), retry.Raw)
}

// secondRecordVersion: only the first hello may carry an older one (RFC 8446 §5.1).
func (h Hello) secondRecordVersion() uint16 {
	if h.RecordVersion != 0 {
		return h.RecordVersion
	}
	return TLS12
}

// answerGroup replaces all shares by one of the group asked for.
func (h Hello) answerGroup(b *Built, group uint16) error {
	if !slices.Contains(h.Groups, group) {
		return fmt.Errorf("retry request asks for group 0x%04x, which was not offered", group)
	}
	if slices.Contains(b.Shares.Groups(), group) {
		return fmt.Errorf("retry request asks for group 0x%04x, whose share was sent already", group)
	}
	keys, err := generateShares([]uint16{group}, b.random)
	if err != nil {
		return err
	}
	var e extensionList
	e.add(ExtKeyShare, keyShareList(keys.entries()))
	b.Shares = keys
	b.parts.extensions = replaceExtension(b.parts.extensions, e.list[0])
	return e.err
}

// echoCookie sends the cookie after the key shares, where OpenSSL has it.
func echoCookie(b *Built, cookie []byte) error {
	var e extensionList
	e.add(ExtCookie, func(b *cryptobyte.Builder) { b.AddUint16LengthPrefixed(raw(cookie)) })
	at := slices.IndexFunc(b.parts.extensions, func(x Extension) bool { return x.Type == ExtKeyShare })
	if at < 0 {
		return errors.New("retry request for a hello without key_share")
	}
	b.parts.extensions = slices.Insert(slices.Clone(b.parts.extensions), at+1, e.list...)
	return e.err
}

func withoutExtension(list []Extension, typ uint16) []Extension {
	return slices.DeleteFunc(slices.Clone(list), func(e Extension) bool { return e.Type == typ })
}

func replaceExtension(list []Extension, e Extension) []Extension {
	list = slices.Clone(list)
	for i := range list {
		if list[i].Type == e.Type {
			list[i] = e
		}
	}
	return list
}
