//go:build !unix

package lab

var smallSegments func(*visitor)
