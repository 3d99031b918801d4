// Command gen writes catalogues_gen.go of package words: what the message catalogues of products say in other languages,
// as phrases with the symptom of the English message. It runs in the directory of that package; its arguments are
// catalogues: gettext's *.mo (…/LANGUAGE/LC_MESSAGES/NAME.mo), MariaDB's errmsg-utf8.txt and pgjdbc's messages_LANGUAGE.class.
//
// Which messages mean something is told by gen/messages.tsv; -all takes also those that are pasted seldom, and more
// languages. Without catalogues it leaves the file as it is: they come with the products, not with this project.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	all := flag.Bool("all", false, "take the messages and languages that are pasted seldom, too")
	flag.Parse()
	if err := run(flag.Args(), *all); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(files []string, all bool) error {
	if len(files) == 0 {
		fmt.Fprintln(os.Stderr, "gen: no catalogues given; catalogues_gen.go stays as it is")
		return nil
	}
	list, err := os.ReadFile("gen/messages.tsv")
	if err != nil {
		return err
	}
	messages, err := parseMessages(string(list), all)
	if err != nil {
		return err
	}
	known, err := knownRows(".")
	if err != nil {
		return err
	}
	texts, err := readCatalogues(files, messages, taken(all))
	if err != nil {
		return err
	}
	src, told, err := source(collect(messages, texts, known))
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "gen:", told)
	return os.WriteFile("catalogues_gen.go", src, 0o644)
}

// The languages whose phrases are taken, as catalogues name them: each costs memory at the first text.
var (
	languages = []string{"de", "es", "fr", "it", "ja", "ko", "pl", "pt", "pt_BR", "pt_PT", "ru", "zh_CN", "zh_TW"}
	further   = []string{"cs", "hu", "nl", "sv", "tr", "uk", "vi"}
)

func taken(all bool) []string {
	if all {
		return slices.Concat(languages, further)
	}
	return languages
}

// A text is one translation of a message.
type text struct {
	catalogue, language string
	english, local      string
}

// readCatalogues gives the translations in the languages that are taken, of the catalogues that the list names.
func readCatalogues(files []string, messages []message, languages []string) ([]text, error) {
	var all []text
	for _, name := range files {
		catalogue, language := catalogueOf(name)
		if !slices.ContainsFunc(messages, func(m message) bool { return m.catalogue == catalogue }) {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		texts, err := readers[filepath.Ext(name)](data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, t := range texts {
			t.catalogue = catalogue
			if t.language == "" {
				t.language = language
			}
			if slices.Contains(languages, t.language) {
				all = append(all, t)
			}
		}
	}
	return all, nil
}

// readers are how catalogues are read, by the ending of their names.
var readers = map[string]func([]byte) ([]text, error){".mo": readMO, ".txt": readErrmsg, ".class": readClass}

// catalogueOf takes a file's name apart: "…/ja/LC_MESSAGES/libpq5-15.mo" is libpq's, Japanese.
func catalogueOf(name string) (catalogue, language string) {
	base := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	switch filepath.Ext(name) {
	case ".mo":
		language = filepath.Base(filepath.Dir(filepath.Dir(name)))
	case ".class":
		base, language, _ = strings.Cut(strings.TrimSuffix(base, "$1"), "_")
	case ".txt":
		base, _, _ = strings.Cut(base, "-")
	}
	return strings.TrimRight(base, "-.0123456789"), language
}
