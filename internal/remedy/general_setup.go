package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
)

// generalSetup says what is wrong with a side's own files and settings, before any peer is met.
func generalSetup() []recipe {
	return slices.Concat(
		sayAll(change.FixKeyFile, "let the program read its private key {file}: owner, permissions, passphrase",
			"let the program read its private key: owner, permissions, passphrase"),
		sayAll(change.FixCertificateFile, "put a certificate that the program can read where its configuration names {file}",
			"put a certificate that the program can read where its configuration names one, or correct the path"),
		correctOption(),
		sayAll(change.UpdatePin, "let the client expect the certificate or key that the server has now, as {file}",
			"let the client expect the certificate or key that the server has now, after comparing its fingerprint with the owner's"),
		[]recipe{
			{kind: change.VerifyServer, what: "let the client verify the server's certificate and its name, with the CA's certificate at hand"},
			{kind: change.UseHTTPProxy, what: "write the proxy's address with http:// in front: it says how to speak to the proxy, the site stays encrypted", file: command,
				snippet: "export HTTPS_PROXY=http://PROXY:PORT https_proxy=http://PROXY:PORT", apply: "start the program again from the same shell, or set it where the service gets its environment",
				undo: "unset HTTPS_PROXY https_proxy"},
		},
	)
}

// correctOption says what to write in place of an option without effect: another name, another value, or the same elsewhere.
func correctOption() []recipe {
	placed := func(v values) bool { return v.get("wrong") == "unread-place" }
	say := func(variant, what string, when func(values) bool) recipe {
		return recipe{kind: change.CorrectOption, variant: variant, instead: true, what: what, when: when}
	}
	return []recipe{
		say("moved", "move {option} to {place}, where it is read", placed),
		say("unread", "move {option} to a section that is read, or take it out", placed),
		say("overridden", "take one of the two lines with {option} out: the last one counts", is("wrong", "overridden")),
		say("meant", "write {near} in place of {option}", has("wrong")),
		say("value", "give {option} one of the values that it takes", is("wrong", "bad-value")),
		say("name", "take {option} out, or write it as this product's manual spells it", is("wrong", "unknown-name")),
		say("", "spell the parameter {option} as this driver's manual does", nil),
		say("any", "spell the parameter and its value as this driver's manual does", nil),
	}
}

// generalSessions is about connections that stood, and how they are kept and ended.
func generalSessions() []recipe {
	return []recipe{
		{kind: change.AlignHosts, what: "give all names of one address and certificate the same TLS settings, or addresses of their own"},
		{kind: change.ConnectPerProcess, what: "let each process open connections of its own after it was started (forked), and none before"},
		{kind: change.KeepAlive, what: "let idle connections be probed, and dropped by the pool before others on the way drop them"},
		{kind: change.CloseProperly, what: "let the {side} end its connections with close_notify, as TLS asks"},
		{kind: change.ShrinkPackets, what: "ask for packets of less than 16 KiB at the {side}: 8000 bytes, or the default"},
		{kind: change.SeedRandom, what: "give the {side}'s machine a source of random numbers: virtio-rng in a virtual machine, Linux 5.6 or later, rng-tools"},
		{kind: change.SpreadLoad, what: "open fewer new connections at a time: keep and reuse them in a pool, and spread what starts at once"},
	}
}

// generalCalm is for what needs no repair.
func generalCalm() []recipe {
	return []recipe{
		{kind: change.ProbeWithTLS, what: "let the health check speak TLS, or ask another port, so that it leaves no line in the log"},
		{kind: change.LeaveAlone, what: "leave it: nothing has to change; a firewall rule or a higher log level keeps the log quiet"},
		{kind: change.IgnoreMissingClose, what: "let the client take a connection that was cut for one that ended",
			risk: "somebody on the way can cut a transfer short unnoticed, where the data do not tell their own length"},
	}
}
