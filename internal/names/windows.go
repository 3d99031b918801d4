package names

import (
	"sort"
	"strings"
)

// A WindowsCode is an error number of Windows as TLS set-up meets it: SSPI and certificate HRESULTs, NTSTATUS,
// Winsock and Win32 numbers, WinHTTP and WinINet.
type WindowsCode struct {
	Code  uint32
	Name  string // as winerror.h and winhttp.h call it: "SEC_E_UNTRUSTED_ROOT"
	Text  string // the sentence of an English Windows, without its full stop
	Means string // in a few words, what it says about a connection
}

// facilityWin32 is the upper half of an HRESULT that carries a Win32 number (HRESULT_FROM_WIN32).
const facilityWin32 = 0x80070000

// Windows finds an error number: 0x80090325, or 10054 as it is or as the HRESULT 0x80072746. ok is false for
// a number that the table lacks.
func Windows(code uint32) (found WindowsCode, ok bool) {
	if found, ok = windowsCode(code); !ok && code&0xffff0000 == facilityWin32 {
		found, ok = windowsCode(code & 0xffff)
	}
	return found, ok
}

func windowsCode(code uint32) (WindowsCode, bool) {
	i := sort.Search(len(windowsCodes), func(i int) bool { return windowsCodes[i].Code >= code })
	if i < len(windowsCodes) && windowsCodes[i].Code == code {
		return windowsCodes[i], true
	}
	return WindowsCode{}, false
}

// WindowsByName finds an error number by its name, "SEC_E_WRONG_PRINCIPAL". Letter case does not matter.
func WindowsByName(name string) (found WindowsCode, ok bool) {
	i := sort.Search(len(windowsByName), func(i int) bool {
		return !less(windowsCodes[windowsByName[i]].Name, name)
	})
	if i < len(windowsByName) && strings.EqualFold(windowsCodes[windowsByName[i]].Name, name) {
		return windowsCodes[windowsByName[i]], true
	}
	return WindowsCode{}, false
}

// less compares a name of the table with one in any letter case.
func less(name, other string) bool {
	return name < strings.ToUpper(other)
}
