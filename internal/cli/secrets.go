package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tlswhy/tlswhy/internal/words"
)

// shown is an argument as a message may repeat it. What stands between the first ":" and the last "@" is a password to every
// driver, whatever else it holds (go-sql-driver/mysql, ParseDSN), also where the argument as a whole was not understood.
func shown(arg string) string {
	if at := strings.LastIndexByte(arg, '@'); at >= 0 {
		if user, _, ok := strings.Cut(arg[:at], ":"); ok {
			arg = user + ":***" + arg[at:]
		}
	}
	return words.Redact(arg)
}

// wrongFlag says what is wrong with a flag. The parser's own messages repeat the argument, and so whatever was meant as a
// value: "-pSECRET", "--password SECRET".
func wrongFlag(cmd *cobra.Command, err error) error {
	see := "; see " + cmd.CommandPath() + " --help"
	var value interface{ GetValue() string }
	var named interface {
		GetSpecifiedName() string
		GetSpecifiedShortnames() string
	}
	switch {
	case errors.As(err, &value):
		_, flag, _ := strings.Cut(strings.TrimPrefix(err.Error(), fmt.Sprintf("invalid argument %q", value.GetValue())), `"`)
		flag, _, _ = strings.Cut(flag, `"`)
		return usagef("%s: that is no value for it%s", flag, see)
	case !errors.As(err, &named):
		return usagef("an argument begins with dashes and is no flag; a text that does so is given through standard input, -%s", see)
	}
	dashes := "--"
	if named.GetSpecifiedShortnames() != "" {
		dashes = "-"
	}
	flag := dashes + flagName(named.GetSpecifiedName())
	if strings.HasPrefix(err.Error(), "flag needs") {
		return usagef("%s needs a value%s", flag, see)
	}
	return usagef("unknown flag: %s%s", flag, see)
}

// flagName is as much of a name as can be a flag's: what follows a blank is something else.
func flagName(name string) string {
	end := strings.IndexFunc(name, func(r rune) bool { return r != '-' && (r < '0' || r > 'z' || r > '9' && r < 'A' || r > 'Z' && r < 'a') })
	if end >= 0 {
		name = name[:end]
	}
	return name
}

// firstWord is the program of a command line given as one argument.
func firstWord(command string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(shown(command)), " ")
	return word
}
