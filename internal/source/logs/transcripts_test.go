package logs

import (
	"strings"
	"testing"
)

// TestTranscripts: what openssl 3.0.22 and curl 7.88.1 printed (standard error and output in one file) gives one record for
// a connection; lines that openssl printed to standard error came first in the file, and are not part of it.
func TestTranscripts(t *testing.T) {
	for _, c := range []struct {
		file             string
		strange          int // lines of standard error
		records          int
		dialect, product string
		host             string
		works            bool
		says, not        []string
	}{
		{file: "s_client-ok.log", strange: 4, records: 1, dialect: "s_client", product: "openssl", works: true,
			says: []string{"Verify return code: 0 (ok)", "subject=CN = shop.example.com", "DONE"}, not: []string{"MII", "-----"}},
		{file: "s_client-alert.log", strange: 1, records: 1, dialect: "s_client", product: "openssl", says: []string{"no peer certificate available", "Cipher is (NONE)"}},
		{file: "s_client-verify.log", strange: 4, records: 1, dialect: "s_client", product: "openssl", says: []string{"Verify return code: 20 (unable to get local issuer certificate)"}, not: []string{"MII"}},
		{file: "curl-ok.log", strange: 2, records: 1, dialect: "curl", product: "curl", host: "shop.example.com", works: true, says: []string{"* SSL connection using TLSv1.3", "< HTTP/1.0 200 ok"}},
		{file: "curl-ca.log", strange: 2, records: 1, dialect: "curl", product: "curl", host: "localhost", says: []string{"curl: (60) SSL certificate problem: unable to get local issuer certificate", "how to fix it"}},
		{file: "curl-refused.log", strange: 2, records: 2, dialect: "curl", product: "curl", says: []string{"* connect to 127.0.0.1 port 1 failed: Connection refused"}},
	} {
		list, strange := records(t, sampleLines(t, c.file))
		if len(list) != c.records || len(strange) != c.strange {
			t.Errorf("%s: %d records, %d strange lines, want %d and %d: %q", c.file, len(list), len(strange), c.records, c.strange, strange)
			continue
		}
		r := list[0]
		if r.id != c.dialect || r.Product != c.product || r.Host != c.host || r.Success != c.works || len(r.Contexts) != 1 || r.Contexts[0] != "by-client" {
			t.Errorf("%s: %s %s", c.file, r.id, show(r.Record))
		}
		for _, s := range c.says {
			if !strings.Contains(r.Message, s) {
				t.Errorf("%s does not say %q: %s", c.file, s, r.Message)
			}
		}
		for _, s := range c.not {
			if strings.Contains(r.Message, s) {
				t.Errorf("%s says %q: %s", c.file, s, r.Message)
			}
		}
	}
}

// TestJournalExport reads entries as systemd documents them (JOURNAL_EXPORT_FORMATS, "Journal Export Format"), with a value in
// binary form and a program whose own dialect is known.
func TestJournalExport(t *testing.T) {
	text := "__CURSOR=s=739ad463;i=4ece7;b=6c7c6013;m=4fc72436e;t=4c508a72423d9;x=d3e5610681098c10\n__REALTIME_TIMESTAMP=1795305448349892\nPRIORITY=6\n_HOSTNAME=mx\nSYSLOG_IDENTIFIER=haproxy\n" +
		"MESSAGE=203.0.113.7:48652 [21/Nov/2026:23:57:28.348] web/1: SSL handshake failure\n_PID=17553\n\n" +
		"__CURSOR=s=739ad463;i=4ece8;b=6c7c6013;m=4fc72436f;t=4c508a72423da;x=d3e5610681098c11\n__REALTIME_TIMESTAMP=1795305448349892\nSYSLOG_IDENTIFIER=app\nPRIORITY=3\n" +
		"MESSAGE\n\x18\x00\x00\x00\x00\x00\x00\x00certificate has expired!\n_HOSTNAME=web1"
	list, strange := records(t, strings.Split(text, "\n"))
	want := []string{
		`2026-11-21T23:57:28.348+09:00 info product=haproxy server=web client=203.0.113.7 +web +by-server : SSL handshake failure`,
		`2026-11-21T23:57:28.349892Z err product=app server=web1 : certificate has expired!`,
	}
	if len(list) != 2 || len(strange) != 1 { // the empty line between entries
		t.Fatalf("%d records, strange %q", len(list), strange)
	}
	for i, w := range want {
		if got := show(list[i].Record); got != w {
			t.Errorf("got %s\nwant %s", got, w)
		}
	}
}

// TestWindowsEvents: the same event of Schannel as XML in one line, as XML in the Event Viewer's view, as text of wevtutil, of the
// Event Viewer and of Format-List, and as CSV in two languages and from Export-Csv.
func TestWindowsEvents(t *testing.T) {
	const says = "A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is 40."
	oneLine := `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Schannel" Guid="{1F678132-5938-4686-9FDC-C8FF68F15C85}"/><EventID>36887</EventID><Version>0</Version>` +
		`<Level>2</Level><Task>0</Task><TimeCreated SystemTime="2026-01-10T08:41:45.1234567Z"/><EventRecordID>7</EventRecordID><Channel>System</Channel><Computer>db1.example.org</Computer></System>`
	for name, c := range map[string]struct{ text, want string }{
		"xml": {oneLine + `<EventData><Data Name="AlertDesc">40</Data></EventData></Event>`,
			`2026-01-10T08:41:45.123456Z error product=schannel server=db1.example.org : Source: Schannel, Event ID: 36887. AlertDesc: 40`},
		"xml of old": {oneLine + `<UserData><EventXML xmlns="LSA_NS"><AlertDesc>40</AlertDesc><ErrorState>1205</ErrorState></EventXML></UserData></Event>`,
			`2026-01-10T08:41:45.123456Z error product=schannel server=db1.example.org : Source: Schannel, Event ID: 36887. AlertDesc: 40 ErrorState: 1205`},
		"xml with text": {oneLine + `<EventData><Data Name="AlertDesc">40</Data></EventData><RenderingInfo Culture="ja-JP"><Message>致命的なアラートを受信しました。</Message><Level>エラー</Level></RenderingInfo></Event>`,
			`2026-01-10T08:41:45.123456Z エラー product=schannel server=db1.example.org : Source: Schannel, Event ID: 36887. 致命的なアラートを受信しました。 AlertDesc: 40`},
		"xml in lines": {"- <Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\n- <System>\n  <Provider Name=\"Schannel\" />\n  <EventID>36887</EventID>\n  <Level>2</Level>\n" +
			"  <TimeCreated SystemTime=\"2026-01-10T08:41:45.1234567Z\" />\n  <Computer>db1.example.org</Computer>\n  </System>\n- <EventData>\n  <Data Name=\"AlertDesc\">40</Data>\n  </EventData>\n  </Event>",
			`2026-01-10T08:41:45.123456Z error product=schannel server=db1.example.org : Source: Schannel, Event ID: 36887. AlertDesc: 40`},
		"wevtutil": {"Event[0]:\n  Log Name: System\n  Source: Schannel\n  Date: 2026-01-10T08:41:45.123\n  Event ID: 36887\n  Level: Error\n  Computer: db1.example.org\n  Description: \n" + says,
			"2026-01-10T08:41:45.123+09:00 Error product=schannel server=db1.example.org : Source: Schannel, Event ID: 36887. Event[0]:\n  Log Name: System\n  Source: Schannel\n  Date: 2026-01-10T08:41:45.123\n" +
				"  Event ID: 36887\n  Level: Error\n  Computer: db1.example.org\n  Description: \n" + says},
		"copied, Japanese": {"ログの名前:         System\nソース:           Schannel\n日付:            2026/01/10 8:41:45\nイベント ID:       36887\nレベル:           エラー\n説明:\n" + says,
			"2026-01-10T08:41:45+09:00 エラー product=schannel : Source: Schannel, Event ID: 36887. ログの名前:         System\nソース:           Schannel\n日付:            2026/01/10 8:41:45\n" +
				"イベント ID:       36887\nレベル:           エラー\n説明:\n" + says},
		"Format-List": {"TimeCreated  : 1/10/2026 8:41:45 PM\nProviderName : Schannel\nId           : 36887\nMessage      : " + says,
			"2026-01-10T20:41:45+09:00 product=schannel : Source: Schannel, Event ID: 36887. TimeCreated  : 1/10/2026 8:41:45 PM\nProviderName : Schannel\nId           : 36887\nMessage      : " + says},
		"csv": {`Error,1/10/2026 8:41:45 AM,Schannel,36887,None,"` + says + `"`,
			"2026-01-10T08:41:45+09:00 Error product=schannel : Source: Schannel, Event ID: 36887. " + says},
		"csv, Japanese": {`エラー,2026/01/10 8:41:45,Schannel,36887,なし,"リモート エンドポイントから致命的なアラートを受信しました。TLS プロトコルで定義されている致命的なアラート コードは 40 です。"`,
			"2026-01-10T08:41:45+09:00 エラー product=schannel : Source: Schannel, Event ID: 36887. リモート エンドポイントから致命的なアラートを受信しました。TLS プロトコルで定義されている致命的なアラート コードは 40 です。"},
		"csv, SQL Server": {`Information,10.01.2026 08:41:45,MSSQLSERVER,17836,Logon,"Length specified in network packet payload did not match ""x"""`,
			`2026-01-10T08:41:45+09:00 Information product=mssql +by-server +database +mssql : Source: MSSQLSERVER, Event ID: 17836. Length specified in network packet payload did not match "x"`},
		"Export-Csv": {`"` + says + `","36887","0",,"2","0","0","-9223372036854775808","123456","Schannel","1f678132-5938-4686-9fdc-c8ff68f15c85","System","696","5568","db1.example.org","S-1-5-18","1/10/2026 8:41:45 AM",,,"System.UInt32[]",,"Error","Info",,,`,
			"2026-01-10T08:41:45+09:00 Error product=schannel : Source: Schannel, Event ID: 36887. " + says},
	} {
		list, strange := records(t, strings.Split(c.text, "\n"))
		if len(list) != 1 || len(strange) > 0 {
			t.Errorf("%s: %d records, strange %q", name, len(list), strange)
			continue
		}
		if got := show(list[0].Record); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", name, got, c.want)
		}
	}
}
