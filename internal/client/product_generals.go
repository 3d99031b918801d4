package client

// generals lists the clients of TLS itself and of HTTP.
func generals() []Product {
	return []Product{curl(), opensslClient(), gnutlsClient(), pythonSSL(), nodeTLS(), javaSSL(), goCrypto(), nginxUpstream(), dotnet()}
}
