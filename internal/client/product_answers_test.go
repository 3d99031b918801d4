package client

import (
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestDatabaseClientsAtStrangeServers: what the real clients printed of answers that are not their protocol's, and of refusals by the
// server itself.
func TestDatabaseClientsAtStrangeServers(t *testing.T) {
	const head = `psql: error: connection to server at "db.example.test" (db.example.test), port 5432 failed: `
	const pgxHead = "failed to connect to `user=postgres database=postgres`:"
	const pgxWhere = " db.example.test:5432 (db.example.test): "
	ssh := &fact.Said{First: []byte("SSH-2.0-OpenSSH_9.2p1\r\n")}
	http := &fact.Said{First: []byte("HTTP/1.1 400 Bad Request")}
	noHBA := &fact.Said{ErrorState: "28000", ErrorText: `FATAL: no pg_hba.conf entry for host "127.0.0.1"`}
	noCert := &fact.Said{ErrorState: "28000", ErrorText: "FATAL: connection requires a valid client certificate"}
	denied := &fact.Said{ErrorCode: 1045, ErrorState: "28000", ErrorText: "Access denied for user 'u'@'localhost' (using password: YES)"}
	with := &fact.Handshake{}
	tests := []struct {
		product, mode string
		f             Failure
		want          string
	}{
		{"psql@15", "sslmode=require", Failure{Step: StepPreamble, How: fact.EndNotTLS, Said: http, Handshake: with}, head + "received invalid response to SSL negotiation: H"},
		{"psql@15", "sslmode=require", Failure{Step: StepPreamble, How: fact.EndNotTLS, Said: ssh, Handshake: with}, head + "SSL SYSCALL error: EOF detected"},
		{"psql@15", "sslmode=disable", Failure{Step: StepPreamble, How: fact.EndNotTLS, Said: http}, head + "expected authentication request from server, but received H"},
		{"psql@15", "sslmode=disable", Failure{Step: StepPlain, How: fact.EndError, Said: noHBA}, head + `FATAL:  no pg_hba.conf entry for host "127.0.0.1"`},
		{"psql@15", "sslmode=prefer", Failure{Step: StepPlain, How: fact.EndError, Said: noHBA, First: &Failure{Step: StepDone, How: fact.EndError, Said: noCert, Handshake: with}},
			head + "FATAL:  connection requires a valid client certificate\nconnection to server at \"db.example.test\" (db.example.test), port 5432 failed: FATAL:  no pg_hba.conf entry for host \"127.0.0.1\""},
		{"psql@18", "sslmode=require sslnegotiation=direct", Failure{Step: StepDone, How: fact.EndLocal, Reason: reasonNoALPN, Handshake: with}, head + "direct SSL connection was established without ALPN protocol negotiation extension"},
		{"pgx", "sslmode=disable", Failure{Step: StepPlain, How: fact.EndNotTLS, Said: ssh}, pgxHead + pgxWhere + "failed to receive message: invalid body length: expected at most 1073741822, but got 1397239086"},
		{"pgx", "sslmode=prefer", Failure{Step: StepPlain, How: fact.EndError, Said: noHBA, First: &Failure{Step: StepDone, How: fact.EndError, Said: noCert, Handshake: with}},
			pgxHead + "\n\tdb.example.test:5432 (db.example.test): server error: FATAL: connection requires a valid client certificate (SQLSTATE 28000)\n\t" +
				"db.example.test:5432 (db.example.test): server error: FATAL: no pg_hba.conf entry for host \"127.0.0.1\" (SQLSTATE 28000)"},
		{"lib/pq", "sslmode=require", Failure{Step: StepPreamble, How: fact.EndNotTLS, Said: http, Handshake: with}, "pq: SSL is not enabled on the server"},
		{"lib/pq", "sslmode=disable", Failure{Step: StepPlain, How: fact.EndError, Said: noHBA}, `pq: no pg_hba.conf entry for host "127.0.0.1" (28000)`},
		{"pgjdbc", "sslmode=disable", Failure{Step: StepPlain, How: fact.EndNotTLS, Said: http}, "org.postgresql.util.PSQLException: Protocol error.  Session setup failed. [SQLState=08P01 errno=0]"},
		{"node-pg", "ssl undefined", Failure{Step: StepPlain, How: fact.EndNotTLS, Said: http}, "Error: Connection terminated unexpectedly"},
		{"mysql", "PREFERRED", Failure{Step: StepPlain, How: fact.EndError, Said: denied}, "ERROR 1045 (28000): Access denied for user 'u'@'localhost' (using password: YES)"},
		{"mysql2", "ssl undefined", Failure{Step: StepPlain, How: fact.EndError, Said: denied}, "code=ER_ACCESS_DENIED_ERROR errno=1045 sqlState=28000 Error: Access denied for user 'u'@'localhost' (using password: YES)"},
		{"pymysql", "no ssl argument", Failure{Step: StepPreamble, How: fact.EndNotTLS, Said: ssh}, "pymysql.err.InternalError: Packet sequence number wrong - got 45 expected 0"},
		{"mariadb-node", "ssl:{ca}", Failure{Step: StepPreamble, How: fact.EndNotTLS, Said: ssh}, "code=ER_UNEXPECTED_PACKET errno=45011 sqlState=08S01 SqlError: (conn:-1, no: 45011, SQLState: 08S01) " +
			"Packet size 4739923 exceeds maxAllowedPacket (1048576) permitted before authentication completed, and is refused to prevent unbounded memory reassembly."},
		{"mysqljs", "ssl:{ca}", Failure{Step: StepPreamble, How: fact.EndNotTLS, Said: ssh}, "code=PROTOCOL_PACKETS_OUT_OF_ORDER Error: Packets out of order. Got: 45 Expected: 0"},
		{"go-sql-driver", "tls=false", Failure{Step: StepPlain, How: fact.EndError, Said: denied}, "Error 1045 (28000): Access denied for user 'u'@'localhost' (using password: YES)"},
	}
	for _, test := range tests {
		test.f.Host, test.f.Port = serverName, 5432
		if got := databaseMode(t, test.product, test.mode).Text(test.f); got != test.want {
			t.Errorf("%s %s:\n got %s\nwant %s", test.product, test.mode, got, test.want)
		}
	}
}
