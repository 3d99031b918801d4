package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// WhoRefused tells in one sentence who refused whom, from the seat of the program that wrote the text: the same alert
// means another thing in a server's log than in a client's. It is empty where the text does not tell.
func WhoRefused(e *fact.Event) string {
	if len(e.Symptoms) == 0 {
		return ""
	}
	here, there := seats(e)
	for _, s := range e.Symptoms {
		switch kindOfRefusal(s) {
		case alertReceived:
			return there + " refused " + here + ", with an alert"
		case hungUp:
			return there + " left, and said no reason"
		case judgedPeer:
			return here + " refused the certificate of " + there
		case refusedPeer:
			return here + " refused " + there
		case saidNo:
			return there + " declined what " + here + " asked for"
		case ownSetup:
			return here + " could not be set up; nobody was asked yet"
		}
	}
	return ""
}

// seats names the writer of a text and whom it talks to.
func seats(e *fact.Event) (here, there string) {
	switch {
	case e.In(fact.ToUpstream):
		return "the proxy", "the upstream server"
	case e.In(fact.ByServer):
		return "the server", "the client"
	case e.In(fact.ByClient):
		return "the client", "the server"
	}
	return "the side that wrote this", "the other side"
}

type refusal int

const (
	notTold refusal = iota
	alertReceived
	hungUp
	judgedPeer
	refusedPeer
	saidNo
	ownSetup
)

var refusals = map[refusal][]fact.Symptom{
	hungUp: {fact.EOFInHandshake, fact.ResetInHandshake, fact.BrokeInHandshake, fact.ForciblyClosed, fact.Reset, fact.Closed, fact.EOFEstablished, fact.NoCloseNotify,
		fact.AcceptThenClosed},
	judgedPeer: {fact.VerifyFailed, fact.IssuerUnknown, fact.LeafUnverified, fact.CertSelfSigned, fact.SelfSignedRoot, fact.CertExpired, fact.CertNotYetValid, fact.CertDate,
		fact.CertName, fact.IPMismatch, fact.CommonNameOnly, fact.CertRevoked, fact.RevocationUnknown, fact.ChainTooLong, fact.CertWrongPurpose, fact.InvalidCA, fact.DigestTooWeak,
		fact.CertMalformed, fact.PinMismatch, fact.RejectedByCallback, fact.CertUnacceptable},
	refusedPeer: {fact.VersionRefused, fact.InappropriateFallback, fact.NoSharedCipher, fact.CipherRefused, fact.NoSharedGroup, fact.BadKeyShare, fact.NoSharedSignature,
		fact.LegacySignature, fact.UnrecognizedName, fact.NoNameSent, fact.NoSharedALPN, fact.EMSMissing, fact.UnsafeRenegotiation, fact.BadExtension, fact.DecodeError,
		fact.UnexpectedMessage, fact.DHTooSmall, fact.BadSignature, fact.BadRecordMAC, fact.BadFinished, fact.NotTLS, fact.HTTPRequestHere, fact.NoPeerCert, fact.CertTypeUnusable},
	saidNo: {fact.ServerWithoutTLS, fact.TLSDemanded, fact.ClientCertDemanded, fact.AccessDenied, fact.ConnectionRefused, fact.TunnelRefused, fact.StartTLSNeeded, fact.StrictTLSNeeded, fact.LoginFailed,
		fact.TooManyClients, fact.HostBlocked},
	ownSetup: {fact.KeyMismatch, fact.KeyUnreadable, fact.FileMissing, fact.FileBad, fact.ThumbprintNotFound, fact.NoServerCredential, fact.OptionUnknown, fact.OptionInvalid,
		fact.OptionsClash, fact.TLSInitFailed, fact.NoVersionLeft, fact.NoCipherLeft, fact.CredentialFailed, fact.NoTrustAnchors, fact.CAFileMissing, fact.WaitsForEntropy},
}

func kindOfRefusal(s fact.Symptom) refusal {
	if _, received, ok := s.Alert(); ok {
		if received {
			return alertReceived
		}
		return refusedPeer
	}
	for kind, set := range refusals {
		if slices.Contains(set, s) {
			return kind
		}
	}
	return notTold
}
