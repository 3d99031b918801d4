package main

import (
	"encoding/binary"
	"slices"
	"testing"
)

// moFile writes a catalogue as msgfmt does (GNU gettext manual, "The Format of GNU MO Files").
func moFile(order binary.AppendByteOrder, pairs ...[2]string) []byte {
	const header = 28
	file := order.AppendUint32(nil, 0x950412de)
	for _, n := range []uint32{0, uint32(len(pairs)), header, uint32(header + 8*len(pairs)), 0, 0} {
		file = order.AppendUint32(file, n)
	}
	at := header + 16*len(pairs)
	var strs []byte
	for column := range 2 {
		for _, p := range pairs {
			file = order.AppendUint32(file, uint32(len(p[column])))
			file = order.AppendUint32(file, uint32(at+len(strs)))
			strs = append(append(strs, p[column]...), 0)
		}
	}
	return append(file, strs...)
}

func TestReadMO(t *testing.T) {
	pairs := [][2]string{{"no\n", "nein\n"}, {"menu\x04one %d\x00more %d", "eins %d\x00mehr %d"}}
	want := []text{
		{english: "no\n", local: "nein\n"},
		{english: "one %d", local: "eins %d"}, {english: "more %d", local: "eins %d"},
		{english: "one %d", local: "mehr %d"}, {english: "more %d", local: "mehr %d"},
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		got, err := readMO(moFile(order, pairs...))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v: got %q, %v", order, got, err)
		}
	}
}

// TestReadBroken: a catalogue that was cut, at any place, or whose numbers lie, is an error or shorter, and no panic.
func TestReadBroken(t *testing.T) {
	whole := moFile(binary.LittleEndian, [2]string{"a", "b"})
	for n := range whole[:len(whole)-4] {
		if _, err := readMO(whole[:n]); err == nil {
			t.Errorf("read of %d bytes of %d", n, len(whole))
		}
	}
	lies := slices.Clone(whole)
	binary.LittleEndian.PutUint32(lies[8:], 1<<31)
	if _, err := readMO(lies); err == nil {
		t.Error("read two thousand millions of messages")
	}
	class := classFile("a", "b")
	for n := range class {
		if _, err := readClass(class[:n]); err == nil {
			t.Errorf("read of %d bytes of a class of %d", n, len(class))
		}
	}
	if _, err := readErrmsg([]byte("languages english=eng\n")); err == nil {
		t.Error("read no messages")
	}
}

func TestReadErrmsg(t *testing.T) {
	got, err := readErrmsg([]byte("languages german=ger;\n\nER_NO  \n        eng \"NO\"\n        ger \"Nein\"\nER_X 08S01 \n\tjpn \"'%s' を\"\n\teng \"%s: \\\"x\\\"\"\n\tnor \"y\"\n"))
	want := []text{{language: "de", english: "NO", local: "Nein"}, {language: "ja", english: `%s: "x"`, local: "'%s' を"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
}

// classFile writes the constant pool of a class with these string constants, as javac numbers them, after a long.
func classFile(list ...string) []byte {
	order := binary.BigEndian
	file := order.AppendUint32(nil, 0xcafebabe)
	file = order.AppendUint32(file, 61)
	file = order.AppendUint16(file, uint16(3+2*len(list)))
	file = order.AppendUint64(append(file, 5), 42)
	for i := range list {
		file = order.AppendUint16(append(file, 8), uint16(3+len(list)+i))
	}
	for _, s := range list {
		file = order.AppendUint16(append(file, 1), uint16(len(s)))
		file = append(file, s...)
	}
	return file
}

func TestReadClass(t *testing.T) {
	got, err := readClass(classFile("The server does not support SSL.", "Der Server unterstützt SSL nicht."))
	if err != nil || len(got) != 1 || got[0].english != "The server does not support SSL." || got[0].local != "Der Server unterstützt SSL nicht." {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestCatalogueOf(t *testing.T) {
	for name, want := range map[string][2]string{
		"/a/ja/LC_MESSAGES/libpq5-15.mo":       {"libpq", "ja"},
		"/a/pt_BR/LC_MESSAGES/libsoup-3.0.mo":  {"libsoup", "pt_BR"},
		"/a/de/LC_MESSAGES/glib-networking.mo": {"glib-networking", "de"},
		"b/messages_zh_TW.class":               {"messages", "zh_TW"},
		"/c/errmsg-utf8.txt":                   {"errmsg", ""},
	} {
		if c, l := catalogueOf(name); c != want[0] || l != want[1] {
			t.Errorf("%s: %q, %q", name, c, l)
		}
	}
}
