package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var schannelProtocolDisabled = Cause{
	ID: "TW9205", Slug: "schannel-protocol-disabled", Since: "0.1",
	Phase: ClientSetup, Level: Breaks,
	Title: "Windows' registry settings switch the needed TLS version off",
	Why: "Windows has switches in its registry for each TLS version, one for programs that connect and one for services. Hardening scripts and group policies " +
		"set them. If they leave no version that the program asks for, Windows cannot even begin: the event log says that no TLS credential could be created, " +
		"internal error state 10013.",
	Check: "reg query \"HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\" /s: TLS 1.2 must not have Enabled 0 or DisabledByDefault 1, " +
		"under Client and under Server; event 36871 in the system log names the program",
	Cites: []string{
		"Microsoft, Transport Layer Security (TLS) registry settings",
		"Schannel event 36871, internal error state 10013",
		"SEC_E_UNSUPPORTED_FUNCTION (0x80090302), SEC_E_ALGORITHM_MISMATCH (0x80090331)",
	},
	Signs: []Sign{
		{Of: fact.HandshakeFailed, In: []fact.Context{"netfx"}, Weight: 5},
		{Of: fact.CredentialFailed, Weight: 8},
		{Of: fact.CredentialFailed, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.SchannelProtocolOff, Weight: 10},
	},
	Written: writtenSets("schannel-protocol-disabled"),
	Advice: []change.Change{
		change.New(change.OfferVersion, change.Client, "version", "TLS1.2"),
		change.New(change.OfferVersion, change.Server, "version", "TLS1.2"),
	},
}
