package fact

// A Setting is one option as somebody wrote it: a line of a configuration file, a part of a connection string, an
// argument of a command. Secrets are cut when it is read.
type Setting struct {
	Ref     Ref      // kind conf: at "nginx.conf:31", "connection string", "argument 3"
	Dialect string   // what it is written in: "nginx", "ado.net", "psql"
	Scope   []string `json:",omitempty"` // the blocks around it, outermost first: "http", "server db.example.com", "location /api"
	Name    string   // as the product's documentation spells it, whatever the spelling that was found
	Args    []string `json:",omitempty"` // its words, quotation undone
	Unknown bool     `json:",omitempty"` // the product knows no such option; Near is the one that was meant, if any
	Near    string   `json:",omitempty"`
	// BadValue: it is the value that the product does not know, the option's name is right. Goes with Unknown.
	BadValue bool `json:",omitempty"`
}

// Value is the first word of a setting, "" for one without.
func (s *Setting) Value() string {
	if len(s.Args) == 0 {
		return ""
	}
	return s.Args[0]
}

// A Use is one connection that a configuration, a connection string or a command describes: who would connect to whom,
// and what that client checks in this mode.
type Use struct {
	Client, Mode string    // product ID and the mode in its own words
	Target       Endpoint  // as configured
	Name         string    `json:",omitempty"` // the name verified, and sent where SNI is on
	SNI          Tri       // a server name is sent
	TLS          Tri       // TLS is asked for
	Plain        Tri       // goes on without TLS when there is none, or when it fails
	Chain        Tri       // the certificate's chain is verified
	NameChecked  Tri       // … and its name
	Roots        string    `json:",omitempty"` // against which roots: "given", "system", "bundled", "none"
	Refused      string    `json:",omitempty"` // why the client itself refuses its options and begins no handshake
	From         []Setting `json:",omitempty"` // the settings that say so
}

// Ref is where the use is written: the place of its first setting.
func (u *Use) Ref() Ref {
	if len(u.From) == 0 {
		return Ref{Kind: "conf"}
	}
	return u.From[0].Ref
}

// A File is a certificate or key file that a configuration names.
type File struct {
	Setting Setting // the one that names it
	Path    string
	Holds   string   `json:",omitempty"` // what the program expects in it: "key", "roots" (what it trusts), or "" for a certificate
	Error   string   `json:",omitempty"` // "missing", "unreadable", "bad", or ""
	Without string   `json:",omitempty"` // with an Error: what the program does without the file; "" where it stops
	Detail  string   `json:",omitempty"` // in words
	Chain   *Chain   `json:",omitempty"` // the certificates in it, in their order
	KeyFits Tri      // the key named beside it belongs to the first certificate
	Key     *Setting `json:",omitempty"` // the setting that names that key
	Verdict *Verdict `json:",omitempty"` // how a client would judge the chain, names aside
}
