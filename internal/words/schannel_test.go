package words

import (
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestSchannelAlert: the sentence's numbers in the order that the events have them, whatever the language.
func TestSchannelAlert(t *testing.T) {
	for text, want := range map[string][]fact.Symptom{
		"The TLS protocol defined fatal alert code is 40.":                                           {fact.PeerAlert(40)},
		"Event ID 36887: 40 is the fatal alert":                                                      nil,
		"EventID 36888 严重警告已生成 40 1205":                                                              {fact.OwnAlert(40), fact.NoSharedCipher},
		"EventID=36887 严重警告 46":                                                                      {fact.PeerAlert(46)},
		"The following fatal alert was generated: 70. The internal error state is 105.":              {fact.OwnAlert(70)},
		"Schannel: fatal alert was received from the remote endpoint, code 1.2, TLS 1.2":             nil,
		`<EventID>36888</EventID><Data Name="AlertDesc">40</Data><Data Name="ErrorState">252</Data>`: {fact.OwnAlert(40), fact.NoSharedSignature},
		`<EventID>36887</EventID><Data Name="AlertDesc">46</Data>`:                                   {fact.PeerAlert(46)},
		"a fatal alert of the night watch: 40 men":                                                   nil,
	} {
		var r Reading
		schannelEvents(text, &r)
		if !slices.Equal(r.Symptoms, want) {
			t.Errorf("%q says %v, want %v", text, r.Symptoms, want)
		}
	}
}

// TestSchannelEventNumbers: an event's number is one only where it is called an event.
func TestSchannelEventNumbers(t *testing.T) {
	for text, want := range map[string]bool{
		"36874": true, "Event ID: 36874": true, "イベント ID: 36874": true, "<EventID Qualifiers='0'>36874</EventID>": true, "Schannel 36874": true,
		"Ereignis-ID 36874": true, "36874,Schannel,Error": true,
		"port 36874": false, "event from 10.0.0.1.36874": false, "[event] *36874 connect": false, "event 36874#0:": false, "event 136874": false,
	} {
		if got := namesEvent(text, "36874"); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestSmallNumbers(t *testing.T) {
	for text, want := range map[string][]int{
		"code is 40. The state is 1205.": {40, 1205}, "TLS 1.2 and 10.0.0.1": nil, "ends in 7": {7}, "2016/07/11": nil, "a1 1a _3": nil, "10054 99999": nil, "": nil,
		"コードは 10 です": {10},
	} {
		if got := smallNumbers(text); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
