package words

import "github.com/tlswhy/tlswhy/internal/fact"

// scannerRows are names by which measuring and attacking programs on the internet are known, as reverse names of their
// addresses, in requests and in logs.
var scannerRows = []row{
	{say: "*.shodan.io", is: fact.KnownScanner},
	{say: "*.censys-scanner.com", is: fact.KnownScanner},
	{say: "*.shadowserver.org", is: fact.KnownScanner},
	{say: "*.internet-measurement.com", is: fact.KnownScanner},
	{say: "*.stretchoid.com", is: fact.KnownScanner},
	{say: "*.binaryedge.ninja", is: fact.KnownScanner},
	{say: "*.internet-census.org", is: fact.KnownScanner},
	{say: "*.ssllabs.com", is: fact.KnownScanner},
	{say: "zgrab", is: fact.KnownScanner},
	{say: "masscan", is: fact.KnownScanner},
	{say: "from scanner*", is: fact.KnownScanner, in: []fact.Context{fact.ByServer}},
}
