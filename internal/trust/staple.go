package trust

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// judgeStaple reads the stapled OCSP answer, if any, and sees to it that one is there when the leaf demands it
// (RFC 7633).
func (j *judgement) judgeStaple(der []byte) {
	leaf := j.sent[0]
	insists := j.policy.RequireStaple && leaf.MustStaple
	if len(der) == 0 {
		if leaf.MustStaple {
			j.add(fact.Problem{Kind: fact.StapleMissing, At: 0, Fatal: insists})
		}
		return
	}
	answer, err := j.readStaple(der)
	if err != nil {
		j.stapleBad(err.Error(), insists, time.Time{})
		return
	}
	j.judgeAnswer(answer, insists)
	j.compareClock(answer)
}

func (j *judgement) stapleBad(detail string, fatal bool, at time.Time) {
	j.add(fact.Problem{Kind: fact.StapleBad, At: 0, Fatal: fatal, Detail: detail, Time: at})
}

// readStaple checks the signature too, when the issuer is known.
func (j *judgement) readStaple(der []byte) (*ocsp.Response, error) {
	leaf := &x509.Certificate{SerialNumber: j.sent[0].serial}
	if leaf.SerialNumber == nil {
		return nil, errors.New("the certificate cannot be read")
	}
	var issuer *x509.Certificate
	if len(j.best.nodes) > 1 {
		issuer, _ = x509.ParseCertificate(j.best.nodes[1].DER)
	}
	answer, err := ocsp.ParseResponseForCert(der, leaf, issuer)
	var status ocsp.ResponseError
	if errors.As(err, &status) {
		return nil, fmt.Errorf("the responder says %s", status.Status)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	return answer, nil
}

func (j *judgement) judgeAnswer(a *ocsp.Response, insists bool) {
	now := j.policy.Time
	switch {
	case a.Status == ocsp.Revoked:
		j.add(fact.Problem{Kind: fact.Revoked, At: 0, Fatal: !j.policy.IgnoreStaple, Time: a.RevokedAt, Detail: reason(a.RevocationReason)})
	case !a.NextUpdate.IsZero() && now.After(a.NextUpdate):
		j.stapleBad(fmt.Sprintf("expired: the next update was due %s", a.NextUpdate.Format(time.RFC3339)), insists, a.NextUpdate)
	case a.ThisUpdate.After(now.Add(slack)):
		j.stapleBad(fmt.Sprintf("not yet valid: this update is of %s", a.ThisUpdate.Format(time.RFC3339)), insists, a.ThisUpdate)
	case a.Status == ocsp.Unknown:
		j.stapleBad("the responder does not know the certificate", insists, time.Time{})
	}
}

// reasons of revocation (RFC 5280 §5.3.1).
var reasons = [...]string{"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
	"cessationOfOperation", "certificateHold", "", "removeFromCRL", "privilegeWithdrawn", "aACompromise"}

func reason(code int) string {
	if code >= 0 && code < len(reasons) {
		return reasons[code]
	}
	return fmt.Sprintf("reason %d", code)
}

// compareClock takes the responder's clock as a second one. An answer from the future means that the verifier's
// clock is behind; an answer long out of date, beside a leaf that was valid when it was given, that it may be ahead.
func (j *judgement) compareClock(a *ocsp.Response) {
	now, leaf := j.policy.Time, j.sent[0]
	later := a.ProducedAt
	if a.ThisUpdate.After(later) {
		later = a.ThisUpdate
	}
	switch {
	case later.After(now.Add(slack)):
		j.contradict("the OCSP answer comes from the future", later)
	case leaf.expired(now) && !a.NextUpdate.IsZero() && a.NextUpdate.Before(now) && later.Before(leaf.NotAfter):
		j.contradict("the OCSP answer sent with the expired certificate is out of date too", later)
	}
}

func (j *judgement) contradict(detail string, at time.Time) {
	j.add(fact.Problem{Kind: fact.ClockContradicts, At: 0, Detail: detail, Time: at})
}

// judgeTimestamps takes the clocks of the certificate transparency logs: no certificate can have been logged later
// than now.
func (j *judgement) judgeTimestamps() {
	var latest time.Time
	for _, t := range j.sent[0].logged {
		if t.After(latest) {
			latest = t
		}
	}
	if latest.After(j.policy.Time.Add(slack)) {
		j.contradict("the certificate was logged (certificate transparency) in the future", latest)
	}
}
