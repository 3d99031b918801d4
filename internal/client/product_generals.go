package client

import "slices"

// generals lists the clients of TLS itself and of HTTP.
func generals() []Product {
	return slices.Concat([]Product{curl(), opensslClient(), gnutlsClient(), pythonSSL(), nodeTLS(), javaSSL(), goCrypto(), nginxUpstream(), dotnet()},
		programs())
}
