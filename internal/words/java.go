package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// javaRows are the phrases of this family.
var javaRows = slices.Concat(javaAlertRows, javaTLSRows, javaPKIXRows, javaStoreRows, javaProductRows)

// The circumstances that this family's phrases tell.
var (
	inClient                         = []fact.Context{fact.ByClient}
	inJava                           = []fact.Context{"java"}
	inJavaAtStart                    = []fact.Context{"java", fact.AtStart}
	inJavaAtStartKafka               = []fact.Context{"java", fact.AtStart, "kafka"}
	inJavaAtStartNetty               = []fact.Context{"java", fact.AtStart, "netty"}
	inJavaAtStartServerWeb           = []fact.Context{"java", fact.AtStart, fact.ByServer, fact.Web}
	inJavaAtStartTomcatServerWeb     = []fact.Context{"java", fact.AtStart, "tomcat", fact.ByServer, fact.Web}
	inJavaClient                     = []fact.Context{"java", fact.ByClient}
	inJavaClientElasticsearch        = []fact.Context{"java", fact.ByClient, "elasticsearch"}
	inJavaClientLdap                 = []fact.Context{"java", fact.ByClient, "ldap"}
	inJavaClientMail                 = []fact.Context{"java", fact.ByClient, fact.Mail}
	inJavaClientWeb                  = []fact.Context{"java", fact.ByClient, fact.Web}
	inJavaClientZookeeper            = []fact.Context{"java", fact.ByClient, "zookeeper"}
	inJavaGrpcClient                 = []fact.Context{"java", "grpc", fact.ByClient}
	inJavaKafka                      = []fact.Context{"java", "kafka"}
	inJavaKafkaClient                = []fact.Context{"java", "kafka", fact.ByClient}
	inJavaKafkaServer                = []fact.Context{"java", "kafka", fact.ByServer}
	inJavaNetty                      = []fact.Context{"java", "netty"}
	inJavaNettyClient                = []fact.Context{"java", "netty", fact.ByClient}
	inJavaNettyClientWeb             = []fact.Context{"java", "netty", fact.ByClient, fact.Web}
	inJavaNettyGrpcClient            = []fact.Context{"java", "netty", "grpc", fact.ByClient}
	inJavaNettyServer                = []fact.Context{"java", "netty", fact.ByServer}
	inJavaRabbitmqClient             = []fact.Context{"java", "rabbitmq", fact.ByClient}
	inJavaServer                     = []fact.Context{"java", fact.ByServer}
	inJavaServerElasticsearch        = []fact.Context{"java", fact.ByServer, "elasticsearch"}
	inJavaServerElasticsearchAtStart = []fact.Context{"java", fact.ByServer, "elasticsearch", fact.AtStart}
	inJavaServerElasticsearchWeb     = []fact.Context{"java", fact.ByServer, "elasticsearch", fact.Web}
	inJavaServerLogstash             = []fact.Context{"java", fact.ByServer, "logstash"}
	inJavaServerWebJetty             = []fact.Context{"java", fact.ByServer, fact.Web, "jetty"}
	inJavaServerWebTomcat            = []fact.Context{"java", fact.ByServer, fact.Web, "tomcat"}
	inJavaServerZookeeper            = []fact.Context{"java", fact.ByServer, "zookeeper"}
	inKafkaClient                    = []fact.Context{"kafka", fact.ByClient}
)

// javaAlertRows are the alerts of sun.security.ssl.Alert and of Bouncy Castle.
var javaAlertRows = []row{
	{say: "Received fatal alert: unexpected_message", is: fact.PeerAlert(10), in: inJava},
	{say: "Received fatal alert: bad_record_mac", is: fact.PeerAlert(20), in: inJava},
	{say: "Received fatal alert: decryption_failed", is: fact.PeerAlert(21), in: inJava},
	{say: "Received fatal alert: record_overflow", is: fact.PeerAlert(22), in: inJava},
	{say: "Received fatal alert: handshake_failure", is: fact.PeerAlert(40), in: inJava},
	{say: "Received fatal alert: no_certificate", is: fact.PeerAlert(41), in: inJava},
	{say: "Received fatal alert: bad_certificate", is: fact.PeerAlert(42), in: inJava},
	{say: "Received fatal alert: unsupported_certificate", is: fact.PeerAlert(43), in: inJava},
	{say: "Received fatal alert: certificate_revoked", is: fact.PeerAlert(44), in: inJava},
	{say: "Received fatal alert: certificate_expired", is: fact.PeerAlert(45), in: inJava},
	{say: "Received fatal alert: certificate_unknown", is: fact.PeerAlert(46), in: inJava},
	{say: "Received fatal alert: illegal_parameter", is: fact.PeerAlert(47), in: inJava},
	{say: "Received fatal alert: unknown_ca", is: fact.PeerAlert(48), in: inJava},
	{say: "Received fatal alert: access_denied", is: fact.PeerAlert(49), in: inJava},
	{say: "Received fatal alert: decode_error", is: fact.PeerAlert(50), in: inJava},
	{say: "Received fatal alert: decrypt_error", is: fact.PeerAlert(51), in: inJava},
	{say: "Received fatal alert: export_restriction", is: fact.PeerAlert(60), in: inJava},
	{say: "Received fatal alert: protocol_version", is: fact.PeerAlert(70), in: inJava},
	{say: "Received fatal alert: insufficient_security", is: fact.PeerAlert(71), in: inJava},
	{say: "Received fatal alert: internal_error", is: fact.PeerAlert(80), in: inJava},
	{say: "Received fatal alert: inappropriate_fallback", is: fact.PeerAlert(86), in: inJava},
	{say: "Received fatal alert: user_canceled", is: fact.PeerAlert(90), in: inJava},
	{say: "Received fatal alert: no_renegotiation", is: fact.PeerAlert(100), in: inJava},
	{say: "Received fatal alert: missing_extension", is: fact.PeerAlert(109), in: inJava},
	{say: "Received fatal alert: unsupported_extension", is: fact.PeerAlert(110), in: inJava},
	{say: "Received fatal alert: unrecognized_name", is: fact.PeerAlert(112), in: inJava},
	{say: "Received fatal alert: unknown_psk_identity", is: fact.PeerAlert(115), in: inJava},
	{say: "Received fatal alert: certificate_required", is: fact.PeerAlert(116), in: inJava},
	{say: "Received fatal alert: no_application_protocol", is: fact.PeerAlert(120), in: inJava},
	// A warning stops a Java client, too, during the handshake; JDK 7 said "handshake alert".
	{say: "received handshake warning: unrecognized_name", is: fact.PeerAlert(112), in: inJava},
	{say: "handshake alert: unrecognized_name", is: fact.PeerAlert(112), in: inJavaClient},
	{say: "TlsFatalAlertReceived: handshake_failure", is: fact.PeerAlert(40), in: inJava},
	{say: "TlsFatalAlertReceived: bad_certificate", is: fact.PeerAlert(42), in: inJava},
	{say: "TlsFatalAlertReceived: certificate_unknown", is: fact.PeerAlert(46), in: inJava},
	{say: "TlsFatalAlertReceived: illegal_parameter", is: fact.PeerAlert(47), in: inJava},
	{say: "TlsFatalAlertReceived: unknown_ca", is: fact.PeerAlert(48), in: inJava},
	{say: "TlsFatalAlertReceived: protocol_version", is: fact.PeerAlert(70), in: inJava},
	{say: "TlsFatalAlertReceived: internal_error", is: fact.PeerAlert(80), in: inJava},
	{say: "TlsFatalAlertReceived: unrecognized_name", is: fact.PeerAlert(112), in: inJava},
	{say: "TlsFatalAlert: unexpected_message", is: fact.UnexpectedMessage, in: inJava},
	{say: "TlsFatalAlert: handshake_failure", is: fact.OwnAlert(40), in: inJava},
	{say: "TlsFatalAlert: bad_certificate", is: fact.OwnAlert(42), in: inJava},
	{say: "TlsFatalAlert: certificate_unknown", is: fact.OwnAlert(46), in: inJava},
	{say: "TlsFatalAlert: illegal_parameter", is: fact.OwnAlert(47), in: inJava},
	{say: "TlsFatalAlert: protocol_version", is: fact.VersionRefused, in: inJava},
	{say: "TlsFatalAlert: insufficient_security", is: fact.OwnAlert(71), in: inJava},
	{say: "TlsFatalAlert: internal_error", is: fact.OwnAlert(80), in: inJava},
	{say: "No close_notify alert received before connection closed", is: fact.NoCloseNotify, in: inJava},
	{say: "Internal TLS error, this could be an attack", is: fact.HandshakeFailed, in: inJava},
}
