package main

import (
	"fmt"
	"strings"
)

// A message is an English message of a catalogue and what it says.
type message struct {
	catalogue, english string
	symptom            string   // Go's name of the symptom in package fact
	contexts           []string // circumstances, as texts
}

// parseMessages reads the list of messages, all or those that are pasted most; its own comment says how it is written.
func parseMessages(list string, all bool) ([]message, error) {
	circumstances := map[string][]string{}
	var messages []message
	for i, line := range strings.Split(list, "\n") {
		f := strings.Split(line, "\t")
		switch {
		case line == "" || line[0] == '#':
			continue
		case line[0] == '@' && len(f) == 2:
			circumstances[line[1:len(f[0])]] = words(f[1])
			continue
		case len(f) != 4 || f[3] == "":
			return nil, fmt.Errorf("messages.tsv:%d: needs catalogue, symptom, circumstances, message", i+1)
		}
		name, second := strings.CutPrefix(f[0], "+")
		own, ok := circumstances[name]
		if !ok {
			return nil, fmt.Errorf("messages.tsv:%d: catalogue %q is not introduced", i+1, name)
		}
		if second && !all {
			continue
		}
		contexts := append(append([]string(nil), own...), words(f[2])...)
		messages = append(messages, message{catalogue: name, english: plain(f[3]), symptom: f[1], contexts: contexts})
	}
	return messages, nil
}

func words(list string) []string {
	if list == "-" {
		return nil
	}
	return strings.Fields(list)
}

// plain makes a message's wordings comparable: blanks for line breaks, no final punctuation.
func plain(english string) string {
	return strings.TrimRight(strings.Join(strings.Fields(english), " "), ".: ")
}
