package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// opensslRows are the phrases of this family: the reasons of the library, its functions, which tell the seat, and its
// command line tools.
var opensslRows = slices.Concat(reasonRows(), alertRows(), verifySentences(), opensslSeats, opensslTools)

// opensslSeats are functions that only one side runs (ssl/statem, ssl/s3_clnt.c, ssl/s3_srvr.c, ssl/s23_*.c).
var opensslSeats = []row{
	{say: "ssl_connect", in: []fact.Context{fact.ByClient, "openssl"}},
	{say: "ssl_accept", in: []fact.Context{fact.ByServer, "openssl"}},
	{say: "tls_process_server_*", in: []fact.Context{fact.ByClient}},
	{say: "tls_process_ske_*", in: []fact.Context{fact.ByClient}},
	{say: "tls_process_key_exchange", in: []fact.Context{fact.ByClient}},
	// the digest of the server's signature cannot be had at this security level or in this provider
	{say: "tls_process_key_exchange:internal error", is: fact.LegacySignature, in: []fact.Context{fact.ByClient}},
	{say: "certificate verify failed:subject name does not match host name", is: fact.CertName, in: []fact.Context{fact.ByClient}}, // ODBC Driver for SQL Server on Linux
	{say: "ems not enabled", is: fact.EMSMissing},                          // the FIPS provider of OpenSSL 3.1.4 and later
	{say: "verify return:1", in: []fact.Context{fact.ByClient, "openssl"}}, // s_client
	{say: "tls_parse_ctos_psk", is: fact.ResumptionFailed, in: []fact.Context{fact.ByServer}},
	{say: "tls_parse_stoc_psk", is: fact.ResumptionFailed, in: []fact.Context{fact.ByClient}},
	{say: "tls_process_new_session_ticket", is: fact.ResumptionFailed, in: []fact.Context{fact.ByClient}},
	{say: "ssl_get_prev_session", is: fact.ResumptionFailed, in: []fact.Context{fact.ByServer}},
	{say: "tls_process_initial_server_flight", in: []fact.Context{fact.ByClient}},
	{say: "tls_process_as_hello_retry_request", in: []fact.Context{fact.ByClient}},
	{say: "tls_process_cert_status", in: []fact.Context{fact.ByClient}},
	{say: "tls_post_process_server_certificate", in: []fact.Context{fact.ByClient}},
	{say: "tls_construct_client_hello", in: []fact.Context{fact.ByClient}},
	{say: "tls_construct_ctos_*", in: []fact.Context{fact.ByClient}},
	{say: "tls_parse_stoc_*", in: []fact.Context{fact.ByClient}},
	{say: "set_client_ciphersuite", in: []fact.Context{fact.ByClient}},
	{say: "ssl_choose_client_version", in: []fact.Context{fact.ByClient}},
	{say: "ssl3_get_server_*", in: []fact.Context{fact.ByClient}},
	{say: "ssl3_get_key_exchange", in: []fact.Context{fact.ByClient}},
	{say: "ssl3_check_cert_and_algorithm", in: []fact.Context{fact.ByClient}},
	{say: "ssl23_get_server_hello", in: []fact.Context{fact.ByClient}},
	{say: "ssl23_connect", in: []fact.Context{fact.ByClient}},
	{say: "ssl3_connect", in: []fact.Context{fact.ByClient}},
	{say: "connect_cr_*", in: []fact.Context{fact.ByClient}},
	{say: "tls_process_client_*", in: []fact.Context{fact.ByServer}},
	{say: "tls_post_process_client_*", in: []fact.Context{fact.ByServer}},
	{say: "tls_early_post_process_client_hello", in: []fact.Context{fact.ByServer}},
	{say: "tls_process_cke_*", in: []fact.Context{fact.ByServer}},
	{say: "tls_parse_ctos_*", in: []fact.Context{fact.ByServer}},
	{say: "tls_construct_stoc_*", in: []fact.Context{fact.ByServer}},
	{say: "tls_construct_server_*", in: []fact.Context{fact.ByServer}},
	{say: "tls_choose_sigalg", in: []fact.Context{"openssl"}},
	{say: "ssl_choose_server_version", in: []fact.Context{fact.ByServer}},
	{say: "ssl3_get_client_*", in: []fact.Context{fact.ByServer}},
	{say: "ssl3_get_cert_verify", in: []fact.Context{fact.ByServer}},
	{say: "ssl23_get_client_hello", in: []fact.Context{fact.ByServer}},
	{say: "ssl23_accept", in: []fact.Context{fact.ByServer}},
	{say: "ssl3_accept", in: []fact.Context{fact.ByServer}},
	{say: "accept_sr_*", in: []fact.Context{fact.ByServer}},
	{say: "ssl_ctx_use_*", in: []fact.Context{fact.AtStart, "openssl"}},
	{say: "ssl_ctx_set_*", in: []fact.Context{fact.AtStart, "openssl"}},
	{say: "ssl_ctx_load_verify_*", in: []fact.Context{fact.AtStart, "openssl"}},
	{say: "ssl_ctx_check_private_key", in: []fact.Context{fact.AtStart, "openssl"}},
	{say: "x509_check_private_key", in: []fact.Context{fact.AtStart, "openssl"}},
}

// opensslTools are sentences of openssl s_client, s_server, verify, x509, pkey and pkcs12 (apps/*.c), and of the library's
// own states.
var opensslTools = []row{
	{say: "ssl_error_syscall", in: []fact.Context{"openssl"}},
	{say: "eof occurred in violation of protocol", is: fact.EOFInHandshake, in: []fact.Context{"openssl"}},
	{say: "no peer certificate available", in: []fact.Context{fact.ByClient, "openssl"}},
	{say: "ssl handshake has read 0 bytes", is: fact.HandshakeFailed, in: []fact.Context{fact.ByClient, "openssl"}},
	{say: "could not read private key", is: fact.KeyUnreadable},
	{say: "unable to load private key", is: fact.KeyUnreadable},
	{say: "unable to load server certificate private key file", is: fact.KeyUnreadable, in: []fact.Context{fact.AtStart}},
	{say: "unable to load ca private key", is: fact.KeyUnreadable},
	{say: "can't open … for reading, permission denied", is: fact.KeyUnreadable},
	{say: "can't open … for reading, no such file or directory", is: fact.FileMissing},
	{say: "could not read certificate", is: fact.FileBad},
	{say: "could not find certificate from", is: fact.FileBad},
	{say: "unable to load certificate", is: fact.FileBad},
	{say: "error loading file", is: fact.CAFileMissing},
	{say: "error loading ca file", is: fact.CAFileMissing},
	{say: "error setting verify locations", is: fact.CAFileMissing},
	{say: "error setting certificate verify locations", is: fact.CAFileMissing},
	{say: "error setting private key", is: fact.KeyUnreadable},
	{say: "mac verify error: invalid password", is: fact.KeyUnreadable},
	{say: "call to ssl_conf_cmd … failed", is: fact.OptionInvalid, in: []fact.Context{"openssl"}},
	{say: "auto configuration failed", is: fact.OptionInvalid, in: []fact.Context{"openssl", fact.AtStart}},
	{say: "gethostbyname failure", is: fact.NameNotFound},
	{say: "new, (none), cipher is (none)", is: fact.HandshakeFailed, in: []fact.Context{"openssl", fact.ByClient}},
	{say: "ssl_client_socket_impl", in: []fact.Context{"boringssl", fact.ByClient, fact.Browser}},
	{say: "handshake failed; returned -1", is: fact.HandshakeFailed, in: []fact.Context{"boringssl", fact.ByClient}},
	{say: "error setting cipher list", is: fact.NoCipherLeft},
	{say: "didn't find starttls in server response", is: fact.ServerWithoutTLS, in: []fact.Context{fact.ByClient}},
	{say: "mysql server does not support ssl", is: fact.ServerWithoutTLS, in: []fact.Context{fact.ByClient}},
}
