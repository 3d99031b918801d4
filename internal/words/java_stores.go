package words

import (
	"github.com/tlswhy/tlswhy/internal/fact"
)

// javaStoreRows are the messages of key stores and of the programs that load them.
var javaStoreRows = []row{
	{say: "Keystore was tampered with, or password was incorrect", is: fact.KeyUnreadable, in: inJavaAtStart},
	{say: "keystore password was incorrect", is: fact.KeyUnreadable, in: inJavaAtStart},
	{say: "Cannot recover key", is: fact.KeyUnreadable, in: inJavaAtStart},
	{say: "Given final block not properly padded", is: fact.KeyUnreadable, in: inJavaAtStart},
	{say: "failed to decrypt safe contents entry", is: fact.KeyUnreadable, in: inJavaAtStart},
	{say: "Failed PKCS12 integrity checking", is: fact.KeyUnreadable, in: inJavaAtStart},
	{say: "Password must not be null", is: fact.KeyUnreadable, in: inJavaAtStart},
	{say: "Invalid keystore format", is: fact.FileBad, in: inJavaAtStart},
	{say: "Unrecognized keystore format", is: fact.FileBad, in: inJavaAtStart},
	{say: "JKS not found", is: fact.FileBad, in: inJavaAtStart},
	{say: "TrustedCertEntry not supported", is: fact.FileBad, in: inJavaAtStart},
	{say: "Private key must be accompanied by certificate chain", is: fact.FileBad, in: inJavaAtStart},
	{say: "toDerInputStream rejects tag type", is: fact.FileBad, in: inJavaAtStart},
	{say: "DerInputStream.getLength(): lengthTag", is: fact.FileBad, in: inJavaAtStart},
	{say: "HmacPBESHA256 not available", is: fact.RuntimeTooOld, in: inJavaAtStart},
	{say: "Illegal header: -----BEGIN*", is: fact.FileBad, in: inJavaAtStart},
	{say: "Could not parse certificate", is: fact.FileBad, in: inJavaAtStart},
	{say: "invalid DER-encoded certificate data", is: fact.FileBad, in: inJavaAtStart},
	{say: "algid parse error, not a sequence", is: fact.KeyUnreadable, in: inJavaAtStart},
	{say: "FileNotFoundException … *truststore*", is: fact.CAFileMissing, in: inJavaAtStart},
	{say: "FileNotFoundException … .jks", is: fact.FileMissing, in: inJavaAtStart},
	{say: "FileNotFoundException … .p12", is: fact.FileMissing, in: inJavaAtStart},
	{say: "FileNotFoundException … cacerts", is: fact.CAFileMissing, in: inJavaAtStart},
	{say: "does not contain valid private key", is: fact.KeyUnreadable, in: inJavaAtStartNetty},
	{say: "could not find a PKCS #8 private key", is: fact.KeyUnreadable, in: inJavaAtStartNetty},
	{say: "found no certificates in input stream", is: fact.FileBad, in: inJavaAtStartNetty},
	{say: "No aliases for private keys found in key store", is: fact.NoServerCredential, in: inJavaAtStartTomcatServerWeb},
	{say: "does not identify a key entry", is: fact.NoServerCredential, in: inJavaAtStartTomcatServerWeb},
	{say: "Failed to load keystore type", is: fact.TLSInitFailed, in: inJavaAtStartTomcatServerWeb},
	{say: "Could not load store from", is: fact.TLSInitFailed, in: inJavaAtStart},
	{say: "jsse.alias_no_key_entry", is: fact.NoServerCredential, in: inJavaAtStartTomcatServerWeb},
	{say: "Could not load key store", is: fact.TLSInitFailed, in: inJavaAtStartServerWeb},
	{say: "Failed to load SSL keystore", is: fact.TLSInitFailed, in: inJavaAtStartKafka},
	{say: "Invalid PEM keystore configs", is: fact.FileBad, in: inJavaAtStartKafka},
}
