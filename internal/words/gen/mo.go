package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

var errMO = errors.New("not a catalogue of gettext")

// readMO reads a catalogue of gettext (GNU gettext manual, "The Format of GNU MO Files"). A message with plural forms
// gives one text for each form.
func readMO(data []byte) ([]text, error) {
	if len(data) < 20 {
		return nil, errMO
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch binary.LittleEndian.Uint32(data) {
	case 0x950412de:
	case 0xde120495:
		order = binary.BigEndian
	default:
		return nil, errMO
	}
	count, ids, locals := order.Uint32(data[8:]), order.Uint32(data[12:]), order.Uint32(data[16:])
	if uint64(count)*8 > uint64(len(data)) {
		return nil, errMO
	}
	var list []text
	for i := range count {
		id, ok := moString(data, order, uint64(ids)+8*uint64(i))
		local, also := moString(data, order, uint64(locals)+8*uint64(i))
		if !ok || !also {
			return nil, fmt.Errorf("%w: message %d lies outside of the file", errMO, i)
		}
		list = append(list, moTexts(id, local)...)
	}
	return list, nil
}

// moString is the string that a descriptor at an offset describes: length and offset.
func moString(data []byte, order binary.ByteOrder, at uint64) (string, bool) {
	if at+8 > uint64(len(data)) {
		return "", false
	}
	size, from := uint64(order.Uint32(data[at:])), uint64(order.Uint32(data[at+4:]))
	if from+size > uint64(len(data)) {
		return "", false
	}
	return string(data[from : from+size]), true
}

// moTexts divides plural forms, and drops the context that stands before some messages.
func moTexts(id, local string) []text {
	if _, after, ok := strings.Cut(id, "\x04"); ok {
		id = after
	}
	singular, plural, _ := strings.Cut(id, "\x00")
	var list []text
	for _, form := range strings.Split(local, "\x00") {
		list = append(list, text{english: singular, local: form})
		if plural != "" {
			list = append(list, text{english: plural, local: form})
		}
	}
	return list
}
