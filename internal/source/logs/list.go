package logs

// dialects are all forms of a log line, the more particular before the more general: the first that reads a line has
// it. plain, which reads every line, is not among them.
var dialects = []*Dialect{
	&nginx,
	&access,
	&haproxy,
	&apache,
	&envoy,
	&errorlog,
	&mysql,
	&postgres,
	&redis,
	&stunnel,
	&mongodb,
	&rabbitmq,
	&openvpn,
	&postfix,
	&dovecot,
	&javaDebug,
	&journalExport,
	&windowsXML,
	&windowsText,
	&windowsCSV,
	&sClient,
	&curl,
	&jsonLog,
	&golang,
	&app,
}

// envelopes are all that may stand around a line, the more particular before the more general.
var envelopes = []*Envelope{
	&syslog,
	&dockerJSON,
	&journalJSON,
	&journalShort,
	&cri,
	&stamped,
	&pod,
	&compose,
}

// Formats lists the IDs of all dialects, as Options.Format takes them.
func Formats() []string {
	ids := make([]string, len(dialects))
	for i, d := range dialects {
		ids[i] = d.ID
	}
	return ids
}
