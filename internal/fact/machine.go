package fact

// A Machine is a Windows computer that was described and not met: by the name of its version, by what its own tools print
// about it, by an export of its registry. What its version does about TLS is filled in by package client.
type Machine struct {
	Ref      Ref        // where it is described
	Role     string     `json:",omitempty"` // "client" or "server" where that was told
	Name     string     `json:",omitempty"` // the computer's own name
	Product  string     `json:",omitempty"` // "Windows Server 2016 Standard"; "" where nothing but settings are known
	Build    string     `json:",omitempty"` // "10.0.14393.3300", as far as it is told
	Server   Tri        // a server's edition
	Updates  []string   `json:",omitempty"` // "KB4537806", as listed
	Repaired Tri        // its TLS_DHE leaves out leading zeros as RFC 5246 §8.1.2 has it (KB4557473)
	By       RepairBy   `json:",omitempty"` // what tells so
	Update   string     `json:",omitempty"` // the update that tells so
	Order    SuiteOrder `json:",omitzero"`
	// Contradiction says how its name and its build belong to different releases: then nothing is judged by either; "": they do not.
	Contradiction string `json:",omitempty"`
}

// RepairBy is what tells whether a machine was repaired.
type RepairBy string

// What can tell it.
const (
	ByNothing  RepairBy = ""         // what was told leaves it open
	ByRelease  RepairBy = "release"  // all of that release are alike
	ByRevision RepairBy = "revision" // the last part of the build
	ByUpdate   RepairBy = "update"   // one of the updates listed brought it
	ByUpdates  RepairBy = "updates"  // all updates listed are older than the one that brought it
)

// A SuiteOrder is which cipher suites a machine has enabled, and which versions.
type SuiteOrder struct {
	From    string   `json:",omitempty"` // "default", "group policy", "registry", "Get-TlsCipherSuite"; "" where it is not known
	Ref     Ref      // where an order that is not the default is written
	Release string   `json:",omitempty"` // whose default it is: "2012R2"
	Names   []string `json:",omitempty"` // as written there, without the default's
	Suites  []uint16 `json:",omitempty"` // in order of preference
	Client  []uint16 `json:",omitempty"` // versions enabled for the client's side, newest first
	Server  []uint16 `json:",omitempty"` // and for the server's
	NoDHE   bool     `json:",omitempty"` // Diffie-Hellman is switched off as a whole
}

// A Meeting is what two machines would agree on, computed from what is known of both.
type Meeting struct {
	Client, Server int    // places in the case's Machines
	Version, Suite uint16 // 0: they have nothing in common
	After          uint16 // the suite once TLS_DHE is taken away from one of them; 0: nothing is left
	Reverse        bool   `json:",omitempty"` // the other way round than was asked
}

// Unequal reports whether one side of the meeting leaves leading zeros out and the other does not; Unknown where that is
// not known of one of them.
func (c *Case) Unequal(m Meeting) Tri {
	a, b := c.Machines[m.Client].Repaired, c.Machines[m.Server].Repaired
	if a == Unknown || b == Unknown {
		return Unknown
	}
	return Is(a != b)
}
