package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var lowEntropy = Cause{
	ID: "TW9207", Slug: "low-entropy", Since: "0.1",
	Phase: ClientSetup, Level: Breaks,
	Title: "the handshake waits for random numbers that the machine does not have yet",
	Why: "Keys are made of random numbers, which the system gathers from events of its devices. A virtual machine or a small appliance that has just started may " +
		"have too few, and a program that asks for them has to wait, for seconds or minutes. Java programs that read /dev/random and Linux before 5.6 wait most " +
		"often. Later it works by itself.",
	Check: "dmesg | grep 'crng init done' tells when random numbers were ready; cat /proc/sys/kernel/random/entropy_avail; jstack PID shows a Java program in " +
		"NativePRNG or SecureRandom",
	Cites: []string{
		"getrandom(2), random(4)",
		"Linux 5.6: /dev/random no longer blocks once it is initialised",
		"Java conf/security/java.security: securerandom.source",
		"RFC 4086 §1 (randomness requirements)",
	},
	Signs: []Sign{
		{Of: fact.WaitsForEntropy, Weight: 10},
	},
	Advice: []change.Change{
		change.New(change.SeedRandom, change.Server),
		change.New(change.SeedRandom, change.Client),
	},
}
