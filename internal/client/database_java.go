package client

import "strings"

// A thrown is one exception of Java; those that caused it stand behind it in a list.
type thrown struct{ class, message string }

// String is the exception as Throwable.toString writes it.
func (t thrown) String() string {
	if t.message == "" {
		return t.class
	}
	return t.class + ": " + t.message
}

// causes are exceptions behind another, as programs print them.
func causes(list []thrown) string {
	var s strings.Builder
	for _, t := range list {
		s.WriteString(javaCause + t.String())
	}
	return s.String()
}

// driverJava is what Java's sockets and JSSE throw to a driver, the outermost exception first; never empty.
func driverJava(f Failure) []thrown {
	var list []thrown
	for _, line := range strings.Split(javaText(f), javaCause) {
		class, message, _ := strings.Cut(line, ": ")
		list = append(list, thrown{class, message})
	}
	return list
}
