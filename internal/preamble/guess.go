package preamble

// Guess tells from a recording's bytes, and from the server's port where they leave it open, which protocol to
// read it as; nil when nothing fits. It is for captures: Identify asks a live port.
func Guess(client, server []byte, port uint16) *Protocol {
	if size, _ := cutProxyHeader(client); size > 0 {
		client = client[size:]
	}
	asked, _ := Sniff(client)
	answered, _ := Sniff(server)
	switch {
	case asked == "postgres":
		return ByID("postgres")
	case asked == "tds":
		return ByID("mssql")
	case answered == "mysql":
		return ByID("mysql")
	case asked == "tls" || asked == "sslv2" || len(client) == 0 && answered == "tls":
		return tlsFirst(port)
	}
	return ByPort(port)
}

// tlsFirst is the protocol of a port that was spoken to in TLS from the first byte.
func tlsFirst(port uint16) *Protocol {
	switch p := ByPort(port); {
	case p == nil:
		return ByID("tls")
	case p.ID == "mssql":
		return ByID("mssql-strict")
	case p.ID == "postgres":
		return ByID("postgres-direct")
	case p.ID == "mysql":
		return ByID("tls")
	default:
		return p
	}
}
