package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"
)

// aboutTLS and aboutOther are what nginx writes to its error log: messages of its sources (src/event/ngx_event_openssl.c,
// src/http, src/stream, src/os/unix), with the fields that follow them. {…} is filled in line by line.
var aboutTLS = []string{
	`[info] {pid}: *{n} peer closed connection in SSL handshake while SSL handshaking, client: {client}, server: 0.0.0.0:443`,
	`[info] {pid}: *{n} peer closed connection in SSL handshake (104: Connection reset by peer) while SSL handshaking, client: {client}, server: 0.0.0.0:443`,
	`[crit] {pid}: *{n} SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share) while SSL handshaking, client: {client}, server: 0.0.0.0:443`,
	`[crit] {pid}: *{n} SSL_do_handshake() failed (SSL: error:0A000102:SSL routines::unsupported protocol) while SSL handshaking, client: {client}, server: 0.0.0.0:443`,
	`[info] {pid}: *{n} SSL_do_handshake() failed (SSL: error:0A0000C1:SSL routines::no shared cipher) while SSL handshaking, client: {client}, server: 0.0.0.0:443`,
	`[info] {pid}: *{n} SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking, client: {client}, server: 0.0.0.0:443`,
	`[info] {pid}: *{n} SSL_do_handshake() failed (SSL: error:0A00009C:SSL routines::http request) while SSL handshaking, client: {client}, server: 0.0.0.0:443`,
	`[crit] {pid}: *{n} SSL_do_handshake() failed (SSL: error:14201044:SSL routines:tls_choose_sigalg:internal error) while SSL handshaking, client: {client}, server: 0.0.0.0:443`,
	`[info] {pid}: *{n} SSL_do_handshake() failed (SSL: error:0A000416:SSL routines::ssl/tls alert certificate unknown:SSL alert number 46) while SSL handshaking, client: {client}, server: 0.0.0.0:443`,
	`[info] {pid}: *{n} client sent plain HTTP request to HTTPS port while reading client request headers, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", host: "{host}:443"`,
	`[info] {pid}: *{n} client SSL certificate verify error: (10:certificate has expired) while reading client request headers, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", host: "{host}"`,
	`[info] {pid}: *{n} client sent no required SSL certificate while reading client request headers, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", host: "{host}"`,
	`[error] {pid}: *{n} SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream, client: {client}, server: {host}, request: "GET {path} HTTP/2.0", upstream: "https://{upstream}:443{path}", host: "{host}"`,
	`[error] {pid}: *{n} SSL_do_handshake() failed (SSL: error:0A000410:SSL routines::sslv3 alert handshake failure:SSL alert number 40) while SSL handshaking to upstream, client: {client}, server: {host}, request: "POST {path} HTTP/1.1", upstream: "https://{upstream}:8443{path}", host: "{host}"`,
	`[error] {pid}: *{n} upstream SSL certificate verify error: (20:unable to get local issuer certificate) while SSL handshaking to upstream, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", upstream: "https://{upstream}:443{path}", host: "{host}"`,
	`[error] {pid}: *{n} upstream SSL certificate does not match "{host}" while SSL handshaking to upstream, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", upstream: "https://{upstream}:443{path}", host: "{host}"`,
	`[error] {pid}: *{n} upstream timed out (110: Connection timed out) while SSL handshaking to upstream, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", upstream: "https://{upstream}:443{path}", host: "{host}"`,
	`[error] {pid}: *{n} peer closed connection in SSL handshake (104: Connection reset by peer) while SSL handshaking to upstream, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", upstream: "https://{upstream}:443{path}", host: "{host}"`,
	`[crit] {pid}: *{n} SSL_read() failed (SSL: error:0A000126:SSL routines::unexpected eof while reading) while keepalive, client: {client}, server: 0.0.0.0:443`,
	`[warn] {pid}: "ssl_stapling" ignored, no OCSP responder URL in the certificate "/etc/nginx/tls/{host}.pem"`,
}

var aboutOther = []string{
	`[error] {pid}: *{n} open() "/srv/www{path}" failed (2: No such file or directory), client: {client}, server: {host}, request: "GET {path} HTTP/1.1", host: "{host}"`,
	`[error] {pid}: *{n} open() "/srv/www{path}" failed (2: No such file or directory), client: {client}, server: {host}, request: "GET {path} HTTP/2.0", host: "{host}", referrer: "https://{host}/"`,
	`[error] {pid}: *{n} open() "/srv/www{path}" failed (13: Permission denied), client: {client}, server: {host}, request: "GET {path} HTTP/1.1", host: "{host}"`,
	`[error] {pid}: *{n} directory index of "/srv/www{path}/" is forbidden, client: {client}, server: {host}, request: "GET {path}/ HTTP/1.1", host: "{host}"`,
	`[error] {pid}: *{n} access forbidden by rule, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", host: "{host}"`,
	`[error] {pid}: *{n} limiting requests, excess: 20.{small} by zone "one", client: {client}, server: {host}, request: "POST {path} HTTP/1.1", host: "{host}"`,
	`[warn] {pid}: *{n} delaying request, excess: 0.{small}, by zone "one", client: {client}, server: {host}, request: "GET {path} HTTP/1.1", host: "{host}"`,
	`[error] {pid}: *{n} limiting connections by zone "addr", client: {client}, server: {host}, request: "GET {path} HTTP/1.1", host: "{host}"`,
	`[warn] {pid}: *{n} a client request body is buffered to a temporary file /var/cache/nginx/client_temp/00{n}, client: {client}, server: {host}, request: "POST {path} HTTP/1.1", host: "{host}"`,
	`[warn] {pid}: *{n} an upstream response is buffered to a temporary file /var/cache/nginx/proxy_temp/{n} while reading upstream, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", upstream: "http://{upstream}:8080{path}", host: "{host}"`,
	`[error] {pid}: *{n} connect() failed (111: Connection refused) while connecting to upstream, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", upstream: "http://{upstream}:8080{path}", host: "{host}"`,
	`[error] {pid}: *{n} upstream timed out (110: Connection timed out) while reading response header from upstream, client: {client}, server: {host}, request: "POST {path} HTTP/2.0", upstream: "http://{upstream}:8080{path}", host: "{host}", referrer: "https://{host}/"`,
	`[error] {pid}: *{n} upstream prematurely closed connection while reading response header from upstream, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", upstream: "http://{upstream}:9000{path}", host: "{host}"`,
	`[error] {pid}: *{n} recv() failed (104: Connection reset by peer) while reading response header from upstream, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", upstream: "http://{upstream}:8080{path}", host: "{host}"`,
	`[error] {pid}: *{n} FastCGI sent in stderr: "PHP message: PHP Warning:  Undefined variable $x in /srv/www{path}.php on line {small}" while reading response header from upstream, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", upstream: "fastcgi://unix:/run/php/php-fpm.sock:", host: "{host}"`,
	`[error] {pid}: *{n} user "bob" was not found in "/etc/nginx/htpasswd", client: {client}, server: {host}, request: "GET {path} HTTP/1.1", host: "{host}"`,
	`[error] {pid}: *{n} client intended to send too large body: {n} bytes, client: {client}, server: {host}, request: "POST {path} HTTP/1.1", host: "{host}"`,
	`[info] {pid}: *{n} client {client} closed keepalive connection`,
	`[info] {pid}: *{n} client closed connection while waiting for request, client: {client}, server: 0.0.0.0:80`,
	`[info] {pid}: *{n} epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too while sending request to upstream, client: {client}, server: {host}, request: "GET {path} HTTP/1.1", upstream: "http://{upstream}:8080{path}", host: "{host}"`,
	`[info] {pid}: *{n} client timed out (110: Connection timed out) while waiting for request, client: {client}, server: 0.0.0.0:80`,
	`[error] {pid}: *{n} rewrite or internal redirection cycle while internally redirecting to "/index.html", client: {client}, server: {host}, request: "GET {path} HTTP/1.1", host: "{host}"`,
	`[notice] {pid}: signal 17 (SIGCHLD) received from {small}`,
	`[alert] {pid}: *{n} open socket #{small} left in connection {small}`,
}

// makeLog writes an nginx error log of so many lines, of which a share is about TLS: the same for the same arguments.
func makeLog(name, lines, share string) error {
	n, err := strconv.Atoi(lines)
	if err != nil {
		return err
	}
	part, err := strconv.ParseFloat(share, 64)
	if err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	g := logMaker{rnd: rand.New(rand.NewPCG(20241021, uint64(n))), at: time.Date(2024, 10, 21, 0, 0, 0, 0, time.UTC)}
	tls, other := divided(aboutTLS), divided(aboutOther)
	for i := range n {
		shapes := other
		if g.rnd.Float64() < part {
			shapes = tls
		}
		if i%50 == 0 {
			g.at = g.at.Add(time.Second)
			g.stamp = g.at.AppendFormat(g.stamp[:0], "2006/01/02 15:04:05 ")
		}
		if _, err := w.Write(g.line(shapes[g.rnd.IntN(len(shapes))], i)); err != nil {
			return err
		}
	}
	return w.Flush()
}

// divided cuts shapes at their braces: text and names in turn.
func divided(shapes []string) (out [][]string) {
	for _, s := range shapes {
		out = append(out, strings.FieldsFunc(strings.ReplaceAll(s, "{", "{\x00"), func(r rune) bool { return r == '{' || r == '}' }))
	}
	return out
}

// A logMaker fills shapes.
type logMaker struct {
	rnd        *rand.Rand
	at         time.Time
	stamp, buf []byte
}

func (g *logMaker) line(shape []string, n int) []byte {
	b := append(g.buf[:0], g.stamp...)
	client, path, host := g.rnd.IntN(5000), g.rnd.IntN(20000), g.rnd.IntN(12)
	for _, part := range shape {
		switch part {
		case "\x00pid":
			b = strconv.AppendInt(b, int64(31+n%4), 10)
			b = append(b, '#')
			b = strconv.AppendInt(b, int64(31+n%4), 10)
		case "\x00n":
			b = strconv.AppendInt(b, int64(n), 10)
		case "\x00small":
			b = strconv.AppendInt(b, int64(client%997), 10)
		case "\x00client":
			b = fmt.Appendf(b, "203.0.%d.%d", client/250, client%250)
		case "\x00upstream":
			b = fmt.Appendf(b, "10.0.3.%d", 10+2*host+path%2)
		case "\x00path":
			b = fmt.Appendf(b, "/shop/item/%d/picture-%d.webp", path, path%40)
		case "\x00host":
			b = fmt.Appendf(b, "www%d.example.com", host)
		default:
			b = append(b, part...)
		}
	}
	g.buf = append(b, '\n')
	return g.buf
}
