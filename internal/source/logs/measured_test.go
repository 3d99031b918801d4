package logs

// A measuredLog is a log that a product wrote on loopback while handshakes were made to fail; addresses, names and paths were
// replaced afterwards.
type measuredLog struct {
	file, dialect    string
	records, strange int
	found            []string // parts of lines that an anchor must find
	want             []string // some records, as show writes them
}

var measured = []measuredLog{
	{ // HAProxy 2.6.12, "log stdout format timed", standard error in the same file
		file: "haproxy.log", dialect: "haproxy", records: 15,
		found: []string{"SSL handshake failure", "not trusted", "PROXY protocol", "~ good/g1", "SC--"},
		want: []string{
			`2026-11-21T23:57:28.348+09:00 product=haproxy server=web client=203.0.113.7 +web +by-server : SSL handshake failure`,
			`2026-11-21T23:57:28.682+09:00 product=haproxy server=mtls client=203.0.113.7 +web +by-server : SSL client certificate not trusted`,
			`2026-11-21T23:57:28.66+09:00 product=haproxy server=web upstream=good/g1 client=203.0.113.7 +web works : web~ good/g1 0/0/0/1/1 200 520 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"`,
			`2026-11-21T23:57:34.737+09:00 product=haproxy server=web upstream=good/g1 client=203.0.113.7 +web : web good/g1 0/0/0/0/0 200 520 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"`,
			`2026-11-21T23:57:28.704+09:00 product=haproxy server=web upstream=bad/b2 client=203.0.113.7 +web +by-client +to-upstream : web~ bad/b2 0/0/-1/-1/3007 503 217 - - SC-- 1/1/0/0/3 0/0 "GET /bad HTTP/1.1"`,
			`2026-11-21T23:57:28.349892Z product=haproxy upstream=bad/b1 +web +by-client +to-upstream +health-check : Server bad/b1 is DOWN, reason: Layer6 invalid response, info: "SSL handshake failure", check duration: 1ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`,
			`alert product=haproxy +web : backend 'bad' has no server available!`,
		},
	},
	{ // Apache httpd 2.4.71, LogLevel info
		file: "apache.log", dialect: "apache", records: 44,
		found: []string{"AH02008", "SSL Library Error", "AH00898", "AH02276", "AH01996"},
		want: []string{
			"2026-11-21T23:57:44.1031+09:00 info product=apache server=localhost:18443 client=203.0.113.7 +web +by-server : AH02008: SSL library error 1 in handshake\n" +
				"SSL Library Error: error:0A000418:SSL routines::tlsv1 alert unknown ca (SSL alert number 48)",
			`2026-11-21T23:57:44.129273+09:00 error product=apache client=203.0.113.7 +web +by-client +to-upstream : AH00898: Error during SSL Handshake with remote server returned by /bad`,
			"2026-11-21T23:57:44.129238+09:00 info product=apache upstream=127.0.0.1:18444 +web +by-client +to-upstream : AH02003: SSL Proxy connect failed\n" +
				"SSL Library Error: error:0A000086:SSL routines::certificate verify failed",
		},
	},
	{ // PostgreSQL 15.18, log_line_prefix '%m [%p] %q%u@%d '
		file: "postgres.log", dialect: "postgres", records: 21,
		found: []string{"could not accept SSL", "no pg_hba.conf", "SSL enabled", "invalid length of startup packet"},
		want: []string{
			`2026-11-21T23:58:31.848Z LOG product=postgres +by-server +database : could not accept SSL connection: tlsv1 alert unknown ca`,
			`2026-11-21T23:58:31.829Z FATAL product=postgres client=10.0.0.7 +by-server +database : no pg_hba.conf entry for host "10.0.0.7", user "postgres", database "postgres", no encryption`,
			`2026-11-21T23:58:31.809Z LOG product=postgres +by-server +database works : connection authorized: user=postgres database=postgres application_name=psql SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)`,
			"2026-11-21T23:58:31.925Z LOG product=postgres +by-server +database : could not accept SSL connection: unsupported protocol\n" +
				"HINT:  This may indicate that the client does not support any SSL protocol version between TLSv1.2 and TLSv1.3.",
		},
	},
	{ // the same server, log_destination csvlog
		file: "postgres.csv", dialect: "postgres", records: 22,
		found: []string{"could not accept SSL", "no pg_hba.conf"},
		want: []string{
			`2026-11-21T23:58:31.848Z LOG product=postgres client=10.0.0.7 +by-server +database : could not accept SSL connection: tlsv1 alert unknown ca`,
			"2026-11-21T23:58:31.925Z LOG product=postgres client=10.0.0.7 +by-server +database : could not accept SSL connection: unsupported protocol\n" +
				"This may indicate that the client does not support any SSL protocol version between TLSv1.2 and TLSv1.3.",
			`2026-11-21T23:58:31.829Z FATAL product=postgres client=10.0.0.7 +by-server +database : no pg_hba.conf entry for host "10.0.0.7", user "postgres", database "postgres", no encryption`,
		},
	},
	{ // the same server, log_destination jsonlog
		file: "postgres.json", dialect: "postgres", records: 22,
		found: []string{"could not accept SSL", "no pg_hba.conf"},
		want: []string{
			`2026-11-21T23:58:31.87Z LOG product=postgres client=10.0.0.7 +by-server +database : could not accept SSL connection: certificate verify failed`,
			`2026-11-21T23:58:31.829Z FATAL product=postgres client=10.0.0.7 +by-server +database : no pg_hba.conf entry for host "10.0.0.7", user "postgres", database "postgres", no encryption`,
		},
	},
	{ // MariaDB 10.11.19, log_warnings 4
		file: "mariadb.log", dialect: "mysql", records: 20,
		found: []string{"Aborted connection", "Access denied", "SSL error", "out of order"},
		want: []string{
			`2026-11-21T23:58:37+09:00 Warning product=mariadb client=10.0.0.7 +by-server +database +mysql : Access denied for user 'u'@'10.0.0.7' (using password: NO)`,
			`2026-11-21T23:58:37+09:00 Warning product=mariadb client=10.0.0.7 +by-server +database +mysql : Aborted connection 7 to db: 'unconnected' user: 'unauthenticated' host: '10.0.0.7' (This connection closed normally without authentication)`,
			`2026-11-21T23:58:38+09:00 ERROR product=mariadb +by-server +database +mysql : SSL error: Unable to get private key`,
		},
	},
	{ // Redis 7.0.15
		file: "redis.log", dialect: "redis", records: 21,
		found: []string{"Error accepting", "Failed to configure TLS"},
		want: []string{
			`2026-11-21T23:59:24.838+09:00 warning product=redis +database +by-server : Error accepting a client connection: error:0A000102:SSL routines::unsupported protocol`,
			`2026-11-21T23:59:24.901+09:00 warning product=redis +database +by-server +at-start : Failed to configure TLS. Check logs for more info.`,
			`2026-11-21T23:59:23.791+09:00 notice product=redis +database : Ready to accept connections`,
		},
	},
	{ // stunnel 5.68, debug 6
		file: "stunnel.log", dialect: "stunnel", records: 91,
		found: []string{"SSL_accept:", "SSL_connect:", "TLS accepted", "Pre-verification", "Rejected by CERT"},
		want: []string{
			`2026-11-21T23:59:26+09:00 err product=stunnel +by-server : SSL_accept: ../ssl/record/ssl3_record.c:341: error:0A00009C:SSL routines::http request`,
			`2026-11-21T23:59:26+09:00 err product=stunnel +by-client : SSL_connect: ../ssl/statem/statem_clnt.c:1889: error:0A000086:SSL routines::certificate verify failed`,
			`2026-11-21T23:59:25+09:00 info product=stunnel +by-server works : TLS accepted: new session negotiated`,
			`2026-11-21T23:59:26+09:00 warning product=stunnel : CERT: Pre-verification error: unable to get local issuer certificate`,
		},
	},
	{ // OpenVPN 2.6.14, verb 3, both sides
		file: "openvpn.log", dialect: "openvpn", records: 41,
		found: []string{"VERIFY ERROR", "TLS Error", "Peer Connection Initiated", "Sent fatal SSL alert"},
		want: []string{
			`2026-11-22T00:22:16+09:00 product=openvpn : VERIFY ERROR: depth=1, error=self-signed certificate in certificate chain: CN=Example CA, serial=394607757942978863585976666507019281387828814566`,
			`2026-11-22T00:22:16+09:00 product=openvpn : Sent fatal SSL alert: unknown CA`,
			`2026-11-22T00:22:23+09:00 product=openvpn works : [shop.example.com] Peer Connection Initiated with [AF_INET]198.51.100.9:11194`,
		},
	},
	{ // Postfix 3.7.11, maillog_file
		file: "postfix.log", dialect: "postfix", records: 35,
		found: []string{"SSL_accept error", "TLS connection established", "certificate verification failed", "TLS library problem"},
		want: []string{
			"2026-11-22T00:00:33+09:00 product=postfix server=mx client=203.0.113.7 +mail +by-server : SSL_accept error from client.example.org[203.0.113.7]: -1\n" +
				"warning: TLS library problem: error:0A000102:SSL routines::unsupported protocol:../ssl/statem/statem_srvr.c:1664:",
			`2026-11-22T00:00:35+09:00 product=postfix server=mx client=203.0.113.7 +mail +by-server : SSL_accept error from client.example.org[203.0.113.7]: lost connection`,
			`2026-11-22T00:00:37+09:00 product=postfix server=mx upstream=mx.example.net[198.51.100.9]:25 +mail +by-client : certificate verification failed for mx.example.net[198.51.100.9]:25: untrusted issuer /CN=Example CA`,
			`2026-11-22T00:00:33+09:00 product=postfix server=mx client=203.0.113.7 +mail +by-server works : Anonymous TLS connection established from client.example.org[203.0.113.7]: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256`,
			`2026-11-22T00:00:37+09:00 product=postfix server=mx upstream=mx.example.net[198.51.100.9]:25 +mail +by-client : 7932E9E8212: to=<b@example.net>, relay=mx.example.net[198.51.100.9]:25, delay=0.02, delays=0.01/0.01/0/0, dsn=4.7.5, status=deferred (Server certificate not verified)`,
		},
	},
	{ // Dovecot 2.3.19.1, verbose_ssl
		file: "dovecot.log", dialect: "dovecot", records: 22,
		found: []string{"SSL_accept() failed", ", TLS"},
		want: []string{
			`2026-11-22T00:00:48+09:00 info product=dovecot server=10.0.0.2 client=203.0.113.7 +mail +by-server : Disconnected: Aborted login by logging out (no auth attempts in 1 secs): user=<>, rip=203.0.113.7, lip=10.0.0.2, TLS, session=<tZhzK9JgmMF/AAAB>`,
			`2026-11-22T00:00:49+09:00 info product=dovecot server=10.0.0.2 client=203.0.113.7 +mail +by-server works : Login: user=<u>, method=PLAIN, rip=203.0.113.7, lip=10.0.0.2, mpid=20616, TLS, session=<1eiCK9JgosF/AAAB>`,
			`2026-11-22T00:00:47+09:00 debug product=dovecot +mail +by-server : SSL alert: where=0x4008, ret=582: fatal protocol version`,
		},
	},
	{ // RabbitMQ 3.10.8
		file: "rabbitmq.log", dialect: "rabbitmq", records: 9,
		found: []string{"SERVER ALERT"},
		want: []string{
			"2026-11-22T00:21:11.908616Z notice product=rabbitmq : TLS server: In state start at tls_record.erl:564 generated SERVER ALERT: Fatal - Unexpected Message\n" +
				"- {unsupported_record_type,65}",
		},
	},
	{ // Caddy 2.6.2
		file: "caddy.log", dialect: "json", records: 30,
		found: []string{"TLS handshake error", "http.log.error"},
		want: []string{
			`2026-11-22T00:01:01.184507Z debug product=caddy client=127.0.0.1 +web +by-server : http: TLS handshake error from 127.0.0.1:49590: tls: client offered only unsupported versions: [303 302 301]`,
			`2026-11-22T00:01:40.78402Z error product=caddy host=localhost:16443 client=127.0.0.1 +web +by-client +to-upstream : tls: first record does not look like a TLS handshake`,
			`2026-11-22T00:01:01.159248Z info product=caddy host=localhost:16443 client=127.0.0.1 +web works : handled request`,
		},
	},
	{ // OpenJDK 17.0.15, -Djavax.net.debug=ssl,handshake
		file: "java-debug.log", dialect: "java-debug", records: 14,
		found: []string{"|ERROR|", "Unable to indicate"},
		want: []string{
			"2026-11-22T00:00:57.639Z DEBUG product=java : Received alert message (\n\"Alert\": {\n  \"level\"      : \"fatal\",\n  \"description\": \"protocol_version\"\n}\n)",
		},
	},
	{ // the same, where the chain is not trusted
		file: "java-debug-trust.log", dialect: "java-debug", records: 5, found: []string{"|ERROR|"},
	},
}
