package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var packetSizeOver16K = Cause{
	ID: "TW8008", Slug: "packet-size-over-16k", Since: "0.1",
	Phase: Session, Level: Breaks,
	Title: "packets of more than 16 KiB were asked for, and encryption does not carry them",
	Why: "Clients of SQL Server may ask for large packets. An encrypted record holds at most 16384 bytes, so with encryption a packet must stay below that. A " +
		"larger size worked as long as the connection was not encrypted, or because an older driver did not encrypt.",
	Check: "look for Packet Size in the connection string and for sp_configure 'network packet size' on the server: with encryption at most 16383",
	Cites: []string{
		"RFC 8446 §5.1 (a record carries at most 2^14 bytes)",
		"Microsoft, Configure the network packet size server configuration option: 16383 bytes for encrypted connections",
		"Microsoft.Data.SqlClient: SNI error 32",
	},
	Signs: []Sign{
		{Of: fact.PacketTooLarge, Weight: 10},
		{Of: fact.PeerAlert(22), Weight: 5},
	},
	Advice: []change.Change{
		change.New(change.ShrinkPackets, change.Client),
		change.New(change.ShrinkPackets, change.Server),
	},
}
