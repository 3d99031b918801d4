// Package wire turns bytes into TLS structures and back: the hello builder, the handshake messages of SSLv3 to
// TLS 1.3, their key schedules, a client and a server that speak without doing any I/O, and the decoder that
// reads a recorded connection. Everything it reads may come from an enemy: lengths are checked before memory
// is taken, and nothing panics.
package wire
