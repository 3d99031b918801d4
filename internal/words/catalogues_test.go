package words

import (
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestCatalogues holds each translation to the symptom of its message, as it stands in a text: its holes filled, and in a
// line with other things. Longer phrases of other families must not cover it.
func TestCatalogues(t *testing.T) {
	if len(catalogueTexts) < 500 {
		t.Fatalf("only %d translations", len(catalogueTexts))
	}
	for _, c := range catalogueTexts {
		line := "2024-05-02 10:11:12 [4711] x: " + filled(c.say) + ": 17\n"
		want := catalogueMeanings[c.means]
		r := Read(line)
		if !slices.Contains(r.Symptoms, want.is) {
			t.Errorf("%q\n says %v, want %s", line, r.Symptoms, want.is)
		}
		for _, in := range want.in {
			if !slices.Contains(r.Contexts, in) {
				t.Errorf("%q\n is in %v, not in %s", line, r.Contexts, in)
			}
		}
	}
}

// filled makes a phrase a message: a value in each hole, and where a word goes on into one.
func filled(phrase string) string {
	return strings.NewReplacer(" … ", ` "db7.example.org:5432" `, "*", "9").Replace(phrase)
}

// TestCatalogueRows: each row is its translation's, with what its message says.
func TestCatalogueRows(t *testing.T) {
	meanings := []complaint{{is: fact.CertExpired}, {is: fact.CertName, in: []fact.Context{"wget"}}}
	rows := cataloguedRows([]catalogued{{"b", 1}, {"a", 0}}, meanings)
	if len(rows) != 2 || rows[0].say != "b" || rows[0].is != fact.CertName || rows[0].in[0] != "wget" || rows[1].is != fact.CertExpired {
		t.Errorf("%+v", rows)
	}
}

// TestCatalogueTexts reads what programs printed in other languages (measured: GNU Wget 1.21.3 against s_server of OpenSSL with
// a self-signed certificate for another name, and to a name that is none; psql 15 with a misspelt option).
func TestCatalogueTexts(t *testing.T) {
	for text, want := range map[string][]fact.Symptom{
		"FEHLER: Dem Zertifikat von »localhost« wird nicht vertraut.\nFEHLER: Das Zertifikat von »»localhost«« hat keinen bekannten Austeller.": {fact.VerifyFailed, fact.IssuerUnknown},
		"エラー: `localhost' の証明書は信用されません。":                                                                                                        {fact.VerifyFailed},
		"証明書の所有者の名前とホスト名 `localhost' が一致しません":                                                                                                   {fact.CertName},
		"Le propriétaire du certificat ne correspond pas au nom d’hôte « localhost »":                                                           {fact.CertName},
		"Владелец сертификата не совпадает с именем узла «localhost»":                                                                           {fact.CertName},
		"wget: impossible de résoudre l’adresse de l’hôte « nosuch.invalid »":                                                                   {fact.NameNotFound},
		"wget: ホストアドレス `nosuch.invalid' を解決できませんでした。":                                                                                           {fact.NameNotFound},
		"psql: Fehler: ungültige Verbindungsoption »sslmod«":                                                                                    {fact.OptionUnknown},
		"psql: エラー: 接続オプション\"sslmod\"は不正です":                                                                                                     {fact.OptionUnknown},
		"psql: ошибка: неверный параметр соединения \"sslmod\"":                                                                                 {fact.OptionUnknown},
	} {
		for _, is := range want {
			if r := Read(text); !slices.Contains(r.Symptoms, is) {
				t.Errorf("%q\n says %v, want %s", text, r.Symptoms, is)
			}
		}
	}
}
