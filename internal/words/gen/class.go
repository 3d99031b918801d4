package main

import (
	"encoding/binary"
	"errors"
)

var errClass = errors.New("not a class of Java")

// readClass reads a resource bundle of pgjdbc, which is a compiled class: its table is filled with message and translation in
// turn, and the compiler numbers its strings in this order (Java Virtual Machine Specification §4.4).
func readClass(data []byte) ([]text, error) {
	strs, err := classStrings(data)
	if err != nil {
		return nil, err
	}
	var list []text
	for i := 0; i+1 < len(strs); i++ {
		list = append(list, text{english: strs[i], local: strs[i+1]})
	}
	return list, nil
}

// constantSizes are how many bytes follow the tag of a constant (§4.4, table 4.4-A); that of a text has its own length.
var constantSizes = map[byte]int{3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}

const (
	constantUTF8, constantLong, constantDouble, constantString = 1, 5, 6, 8
)

// classStrings lists the string constants of a class in the order of their numbers.
func classStrings(data []byte) ([]string, error) {
	if len(data) < 10 || binary.BigEndian.Uint32(data) != 0xcafebabe {
		return nil, errClass
	}
	texts := map[uint16]string{}
	var refs []uint16
	count := binary.BigEndian.Uint16(data[8:])
	rest := data[10:]
	for n := uint16(1); n < count; n++ {
		size, ok := constantSize(rest)
		if !ok {
			return nil, errClass
		}
		switch rest[0] {
		case constantUTF8:
			texts[n] = string(rest[3:size])
		case constantString:
			refs = append(refs, binary.BigEndian.Uint16(rest[1:]))
		case constantLong, constantDouble:
			n++ // takes two numbers
		}
		rest = rest[size:]
	}
	var list []string
	for _, r := range refs {
		list = append(list, texts[r])
	}
	return list, nil
}

// constantSize is how long the constant is that begins a constant pool, with its tag.
func constantSize(pool []byte) (int, bool) {
	if len(pool) < 3 {
		return 0, false
	}
	size := 1 + constantSizes[pool[0]]
	if pool[0] == constantUTF8 {
		size = 3 + int(binary.BigEndian.Uint16(pool[1:]))
	}
	return size, size > 1 && size <= len(pool)
}
