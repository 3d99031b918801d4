package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// java is the Java runtime by its system properties ("Java Secure Socket Extension (JSSE) Reference Guide", tables of
// customisable items; keytool(1)).
func java() Platform {
	return Platform{
		ID: "java", Title: "Java", Sides: []change.Side{change.Client, change.Server},
		Owns: func(c *fact.Case, side change.Side) int {
			switch {
			case writes(c, side, "java"):
				return 85
			case side == change.Client && isClient(c, "jdbc", "mssql-jdbc", "pgjdbc", "connectorj"):
				return 60 // beside the driver's own words
			}
			return 0
		},
		Steps: lazily(javaBook),
	}
}

func javaBook() book {
	return book{
		id:      "java",
		file:    "the command line of java, before -jar or the class",
		apply:   "start the program again",
		undo:    "leave the options out again",
		recipes: slices.Concat(javaStores(), javaHello(), javaRuntime()),
	}
}

// javaStores: a copy of the runtime's own list, so that public CAs stay trusted and an update of Java changes nothing.
func javaStores() []recipe {
	const trust = `cp "$JAVA_HOME/lib/security/cacerts" truststore.p12    # Java 8: $JAVA_HOME/jre/lib/security/cacerts
keytool -importcert -noprompt -trustcacerts -alias our-ca -file {cafile|sh} -keystore truststore.p12 -storepass changeit`
	const start = "start the program with -Djavax.net.ssl.trustStore=truststore.p12 -Djavax.net.ssl.trustStorePassword=changeit"
	recipes := alike(recipe{side: change.Client, what: "give Java the CA's certificate as {cafile}, in a list of trusted CAs of the program's own", file: command,
		snippet: trust, apply: start}, change.TrustCA, change.UpdateCA, change.VerifyServer)
	return append(recipes, recipe{kind: change.PresentCertificate, side: change.Client, what: "let Java show a client certificate",
		snippet: "-Djavax.net.ssl.keyStore=client.p12 -Djavax.net.ssl.keyStorePassword=changeit",
		apply:   "openssl pkcs12 -export -in client.crt -inkey client.key -out client.p12 -passout pass:changeit, then start the program again"})
}

func javaHello() []recipe {
	return []recipe{
		{kind: change.OfferVersion, side: change.Client, what: "let Java's clients offer {ver}", snippet: "-Djdk.tls.client.protocols=TLSv1.2,TLSv1.3"},
		{kind: change.SendServerName, what: "let Java send the server name: the extension must not be switched off", snippet: "-Djsse.enableSNIExtension=true"},
		{kind: change.OfferEMS, what: "let Java use the extended master secret", snippet: "-Djdk.tls.useExtendedMasterSecret=true"},
		// The value replaces the runtime's list: what is left out of it, TLS 1.0 and 1.1, is allowed.
		{kind: change.AllowOldVersion, what: "let Java use {oldver} in this program", file: "tls.properties (a new file, for the one program)",
			snippet: "jdk.tls.disabledAlgorithms=SSLv3, RC4, DES, MD5withRSA, DH keySize < 1024, EC keySize < 224, 3DES_EDE_CBC, anon, NULL",
			apply:   "start the program with -Djava.security.properties=tls.properties", risk: "{oldver} is broken, and so is the SHA-1 that it signs with"},
	}
}

func javaRuntime() []recipe {
	return []recipe{
		{kind: change.SeedRandom, what: "let Java take random numbers that do not block", snippet: "-Djava.security.egd=file:/dev/./urandom"},
		{kind: change.UseHTTPProxy, what: "name the proxy by host and port: Java speaks plain HTTP to it", snippet: "-Dhttps.proxyHost=PROXY -Dhttps.proxyPort=PORT"},
		{kind: change.KeepAlive, side: change.Client, what: "let the pool probe idle connections and replace old ones (HikariCP 4 or later)", file: "the pool's properties",
			snippet: "keepaliveTime=60000\nmaxLifetime=600000"},
	}
}
