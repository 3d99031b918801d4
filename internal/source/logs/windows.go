package logs

import (
	"bytes"
	"encoding/xml"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// windowsXML reads events as XML, as wevtutil and the Event Viewer export them, in one line or in many; windowsText what
// wevtutil /f:text, Format-List and the Event Viewer's "copy as text" give.
var (
	windowsXML = Dialect{
		ID:      "windows-xml",
		Anchors: []string{"Schannel", "SSL", "TLS", "MSSQL", "certificate", "System.Net", "CAPI2"},
		Parse: func(line []byte, o *Options) (Record, bool) {
			i := bytes.Index(line, []byte("<Event "))
			if i < 0 {
				if i = bytes.Index(line, []byte("<Event>")); i < 0 {
					return Record{}, false
				}
			}
			r := Record{Message: string(line[i:])}
			windowsEvent(&r)
			return r, true
		},
		Continues: func(line []byte) bool {
			text := bytes.TrimLeft(line, " \t-")
			return len(text) > 0 && text[0] == '<' && !bytes.HasPrefix(text, []byte("<Event")) || bytes.HasPrefix(text, []byte("<EventID")) ||
				bytes.HasPrefix(text, []byte("<EventData")) || bytes.HasPrefix(text, []byte("<EventRecordID"))
		},
	}
	windowsText = Dialect{
		ID:        "windows-text",
		Anchors:   []string{"Schannel", "SSL", "TLS", "MSSQL", "certificate", "System.Net", "CAPI2"},
		Parse:     parseWindowsText,
		Continues: func(line []byte) bool { return !windowsTextBegins(bytes.TrimPrefix(line, []byte("\ufeff"))) },
	}
)

// windowsEvent takes number, provider, time and data out of an event's XML; the record stays as it is where that is cut.
func windowsEvent(r *Record) {
	var e windowsXMLEvent
	text := strings.ReplaceAll(r.Message, "\n- <", "\n<") // the Event Viewer's view has folding marks
	if xml.Unmarshal([]byte(text), &e) != nil && e.System.EventID == "" {
		return
	}
	if t, n := isoStamp([]byte(e.System.TimeCreated.SystemTime), time.UTC); n > 0 {
		r.At = t
	}
	r.Server, r.Level = e.System.Computer, e.RenderingInfo.Level
	if r.Level == "" {
		r.Level = map[string]string{"1": "critical", "2": "error", "3": "warning", "4": "information"}[e.System.Level]
	}
	message := strings.TrimSpace(e.RenderingInfo.Message)
	for _, d := range e.EventData.Data {
		message += d.String()
	}
	for _, d := range userData(e.UserData.Inner) {
		message += d.String()
	}
	r.windowsSource(e.System.Provider.Name, e.System.EventID, strings.TrimSpace(message))
}

// A windowsXMLEvent is what is read of an event (schema http://schemas.microsoft.com/win/2004/08/events/event).
type windowsXMLEvent struct {
	System struct {
		Provider struct {
			Name string `xml:",attr"`
		}
		EventID     string
		Level       string
		TimeCreated struct {
			SystemTime string `xml:",attr"`
		}
		Computer string
	}
	EventData struct {
		Data []windowsData
	}
	UserData struct {
		Inner string `xml:",innerxml"`
	}
	RenderingInfo struct{ Message, Level string }
}

type windowsData struct {
	Name  string `xml:",attr"`
	Value string `xml:",chardata"`
}

func (d windowsData) String() string {
	if d.Name == "" {
		return " " + d.Value
	}
	return " " + d.Name + ": " + d.Value
}

// userData reads Schannel's own elements: <AlertDesc>40</AlertDesc><ErrorState>1205</ErrorState>.
func userData(inner string) (list []windowsData) {
	d := xml.NewDecoder(strings.NewReader(inner))
	var name string
	for len(list) < 32 {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			name = t.Name.Local
		case xml.CharData:
			if value := strings.TrimSpace(string(t)); value != "" && name != "" {
				list = append(list, windowsData{name, value})
			}
		case xml.EndElement:
			name = ""
		}
	}
	return list
}

// windowsSource names the product and says the event's number, which is what tells in any language.
func (r *Record) windowsSource(source, id, message string) {
	lower := strings.ToLower(source)
	switch {
	case strings.Contains(lower, "schannel"):
		r.Product = "schannel"
	case strings.HasPrefix(lower, "mssql"), strings.HasPrefix(lower, "sqlserver"):
		r.Product = "mssql"
		r.Contexts = []fact.Context{fact.ByServer, fact.Database, fact.MSSQL}
	}
	r.Message = "Source: " + source + ", Event ID: " + id + ". " + message
}

// windowsBegins are first lines of an event as text: wevtutil, the Event Viewer, Format-List.
var windowsBegins = []string{"Event[", "Log Name:", "ログの名前:", "Protokollname:", "Nom du journal :", "TimeCreated  "}

func windowsTextBegins(line []byte) bool {
	for _, b := range windowsBegins {
		if bytes.HasPrefix(line, []byte(b)) {
			return true
		}
	}
	return false
}

func parseWindowsText(line []byte, _ *Options) (Record, bool) {
	line = bytes.TrimPrefix(line, []byte("\ufeff"))
	return Record{Message: string(line)}, windowsTextBegins(line)
}

// windowsFields reads a whole event as text. Names of fields that may be in another language are passed over.
func windowsFields(r *Record, o *Options) {
	var source, id string
	for _, line := range strings.Split(r.Message, "\n") {
		name, value, ok := strings.Cut(line, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case !ok || value == "":
		case name == "Source" || name == "ソース" || name == "Quelle" || name == "ProviderName":
			source = value
		case name == "Event ID" || name == "イベント ID" || name == "Ereignis-ID" || name == "Id":
			id = value
		case name == "Level" || name == "レベル" || name == "LevelDisplayName" || name == "Ebene":
			r.Level = value
		case name == "Computer" || name == "コンピューター":
			r.Server = value
		case r.At.IsZero() && (strings.HasPrefix(name, "Date") || name == "日付" || name == "TimeCreated" || name == "Datum"):
			r.At = windowsTime(value, o)
		}
	}
	if source != "" && id != "" {
		r.windowsSource(source, id, r.Message)
	}
}
