package main

import (
	"errors"
	"strconv"
	"strings"
)

// errmsgLanguages are the languages of errmsg-utf8.txt by the names that catalogues of gettext have for them.
var errmsgLanguages = map[string]string{
	"chi": "zh_CN", "cze": "cs", "ger": "de", "spa": "es", "fre": "fr", "hun": "hu", "ita": "it", "jpn": "ja", "kor": "ko",
	"nla": "nl", "pol": "pl", "por": "pt_BR", "rus": "ru", "swe": "sv", "ukr": "uk",
}

// readErrmsg reads the messages of MariaDB's server (sql/share/errmsg-utf8.txt): a name at the beginning of a line, then
// lines of a language and a quoted message.
func readErrmsg(data []byte) ([]text, error) {
	var list []text
	var english string
	var others []text
	flush := func() {
		for _, t := range others {
			t.english = english
			list = append(list, t)
		}
		english, others = "", nil
	}
	for line := range strings.Lines(string(data)) {
		if line[0] != ' ' && line[0] != '\t' {
			flush()
			continue
		}
		language, quoted, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		say, err := strconv.Unquote(strings.TrimSpace(quoted))
		switch {
		case err != nil:
		case language == "eng":
			english = say
		case errmsgLanguages[language] != "":
			others = append(others, text{language: errmsgLanguages[language], local: say})
		}
	}
	flush()
	if len(list) == 0 {
		return nil, errors.New("no messages of MariaDB")
	}
	return list, nil
}
