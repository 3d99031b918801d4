package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var optionWithoutEffect = Cause{
	ID: "TW9202", Slug: "option-without-effect", Since: "0.1",
	Phase: ClientSetup, Level: Breaks,
	Title: "a connection parameter is misspelt, belongs to another driver or has a value that this one does not know",
	Why: "Each driver has its own names for the settings of encryption, and a word of one means nothing to the next. Some drivers refuse a parameter that they " +
		"do not know, as here; others ignore it without a word and go on with their defaults, which may be no encryption at all.",
	Check: "compare the parameter and its value with the list in the driver's own manual, letter by letter",
	Cites: []string{
		"PostgreSQL src/interfaces/libpq/fe-connect.c: invalid sslmode value, invalid connection option",
		"MySQL client: unknown variable, unknown option",
		"Microsoft.Data.SqlClient: Keyword not supported",
		"OpenSSL config(5): openssl_conf stands in the default section, before the first [section]",
		"Microsoft, Transport Layer Security (TLS) registry settings",
	},
	Signs: []Sign{
		{Of: fact.TLSDemanded, Weight: 2},
		{Of: fact.TLSDemanded, In: []fact.Context{"postgres"}, Weight: 2},
		{Of: fact.NoCipherLeft, Weight: 3},
		{Of: fact.PeerAlert(115), Weight: 5},
		{Of: fact.OptionUnknown, Weight: 10},
		{Of: fact.OptionInvalid, Weight: 10},
		{Of: fact.OptionInvalid, In: []fact.Context{fact.ByServer, fact.AtStart}, Weight: 7},
		{Of: fact.OptionInvalid, In: []fact.Context{"mysql", fact.AtStart}, Weight: 7},
		{Of: fact.OptionUnknown, In: []fact.Context{"apache"}, Weight: 7},
		{Of: fact.OptionsClash, Weight: 5},
	},
	Written: writtenOptions,
	Variants: map[string]Variant{
		unknownName: {Title: "{what} is unknown to {product}", Check: "{check}",
			Why: "Each product has its own names for the settings of encryption, and a word of one means nothing to the next. A name that is misspelt or another " +
				"product's has no effect: {effect}."},
		badValue: {Title: "the value of {option} is none that {product} knows", Check: "{check}",
			Why: "The option is spelt right, and takes a few words only, of which this is none; the same thing is often called otherwise by another product. " +
				"As it stands it has no effect: {effect}."},
		unreadPlace: {Title: "{what} stands where {product} does not read it", Check: "{check}",
			Why: "The setting is spelt right, and stands in a part of the file that nothing looks at: the program finds its settings by following names from a " +
				"fixed beginning, or wants them elsewhere. It goes on as if the line were not there."},
	},
	Advice: []change.Change{
		change.New(change.CorrectOption, change.Client),
		change.New(change.VerifyServer, change.Client),
	},
}
