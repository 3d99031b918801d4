package words

import "slices"

// serverRows are the phrases of servers, of programs that talk to them and of tools that have messages of their own:
// mail, directories, stores, queues, tunnels, file transfer, monitoring.
var serverRows = slices.Concat(postfixRows, dovecotRows, mailRows, ldapRows, redisRows, mongodbRows, queueRows,
	eapRows, openvpnRows, ftpRows, systemRows, enterpriseRows)
