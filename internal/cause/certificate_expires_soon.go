package cause

import (
	"slices"
	"time"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var certificateExpiresSoon = Cause{
	ID: "TW5305", Slug: "certificate-expires-soon", Since: "0.1",
	Phase: ServerAuth, Level: WillBreak,
	Title: "the certificate of {subject} ends in {left} ({when}), and its renewal was due {overdue} ago",
	Plain: "the certificate ends soon, and its renewal is due",
	Why: "The certificate is still good, and by now a new one should have taken its place: automatic renewal happens when a third of the lifetime " +
		"is left, renewal by hand a month before the end. When nothing happens, every client will refuse it on that day.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} </dev/null | openssl x509 -noout -dates",
	Cites: []string{
		"Let's Encrypt, Integration Guide: renew when a third of the lifetime is left; for lifetimes under ten days, when half is left",
		"RFC 9773 (ACME renewal information)", "certbot documentation, renew: 30 days before the end of 90",
	},
	Written: writtenExpiresSoon,
	Advice: []change.Change{
		change.New(change.RenewCertificate, change.Server),
	},
	Match: func(c *fact.Case) []Match {
		h := c.Base()
		if h == nil || h.Chain.Leaf() == nil {
			return nil
		}
		var all []Match
		for i := range h.Chain.Certificates {
			cert := &h.Chain.Certificates[i]
			now := clock(c, h)
			if i > 0 && !onPath(h, cert) || !renewalDue(cert, now) {
				continue
			}
			all = append(all, expiresSoon(c, h, cert, now))
		}
		return all
	},
}

// expiresSoon is the finding about one certificate.
func expiresSoon(c *fact.Case, h *fact.Handshake, cert *fact.Certificate, now time.Time) Match {
	left, lifetime := cert.NotAfter.Sub(now), cert.NotAfter.Sub(cert.NotBefore)
	m := Match{About: about(c, h), Sure: Proven,
		Args: where(c, h, "subject", called(cert), "when", day(cert.NotAfter), "left", span(left), "overdue", span(margin(lifetime)-left)),
		Proof: []Proof{{Ref: h.Ref, Says: "valid from " + day(cert.NotBefore) + " to " + day(cert.NotAfter) + ": " + span(left) + " of " + span(lifetime) +
			" left, " + span(margin(lifetime)) + " are needed to renew in time"}},
		Changes: []change.Change{change.New(change.RenewCertificate, change.Server, "subject", called(cert))},
	}
	if cert.CA {
		m.Changes = []change.Change{change.New(change.SendChain, change.Server, "issuer", cert.Subject)}
	}
	return m
}

// margin is how long before its end a certificate should be replaced.
func margin(lifetime time.Duration) time.Duration {
	const day = 24 * time.Hour
	switch {
	case lifetime < 10*day:
		return lifetime / 2
	case lifetime <= 90*day:
		return lifetime / 3
	}
	return 30 * day
}

// renewalDue reports whether a certificate in date has passed the time of its renewal.
func renewalDue(cert *fact.Certificate, now time.Time) bool {
	if now.IsZero() || cert.NotAfter.IsZero() || now.After(cert.NotAfter) || now.Before(cert.NotBefore) {
		return false
	}
	return cert.NotAfter.Sub(now) < margin(cert.NotAfter.Sub(cert.NotBefore))
}

// onPath reports whether a CA certificate sent is one that the client's path runs through, and not a root: those are
// the client's own affair.
func onPath(h *fact.Handshake, cert *fact.Certificate) bool {
	return h.Verdict != nil && cert.CA && !cert.SelfIssued && slices.Contains(h.Verdict.Path, called(cert))
}
