package conf

const mysqlOptions = `
host|h
port|P
user|u
password|p ! ?
protocol
socket|S
ssl -
skip-ssl|disable-ssl|loose-skip-ssl -
ssl-ca
ssl-capath
ssl-cert
ssl-key
ssl-cipher
ssl-crl
ssl-crlpath
tls-version
database|D
databases|B -
all-databases|A -
execute|e !
defaults-file
defaults-extra-file
defaults-group-suffix
default-character-set
default-auth
plugin-dir
connect-timeout
init-command !
delimiter
prompt
pager
result-file|r
where|w !
tab|T
compress|C -
force|f -
verbose|v -
batch -
silent|s -
table|t -
skip-column-names|N -
vertical|E -
no-data|d -
single-transaction -
quick|q -
`

const oracleOptions = `
ssl-mode = DISABLED PREFERRED REQUIRED VERIFY_CA VERIFY_IDENTITY
ssl-fips-mode
ssl-session-data
ssl-session-data-continue-on-failed-reuse -
tls-ciphersuites
tls-sni-servername
password1 ! ?
password2 ! ?
password3 ! ?
server-public-key-path
get-server-public-key -
enable-cleartext-plugin -
login-path
`

const mariadbOptions = `
ssl-verify-server-cert -
disable-ssl-verify-server-cert|skip-ssl-verify-server-cert -
ssl-fp
ssl-fplist
ssl-passphrase !
`

const postgresWords = `
host|h
port|p
user|username|U
dbname|d
no-password|w -
password|W ! ?
file|f
`

const psqlWords = `
command|c !
output|o
log-file|L
set|variable|v !
pset|P
field-separator|F
record-separator|R
table-attr|T
quiet|q -
no-psqlrc|X -
list|l -
tuples-only|t -
expanded|x -
no-align|A -
single-transaction|1 -
echo-all|a -
echo-errors|b -
echo-queries|e -
echo-hidden|E -
html|H -
no-readline|n -
single-step|s -
single-line|S -
field-separator-zero|z -
record-separator-zero|0 -
version|V -
csv -
`

const postgresToolWords = `
format|F
jobs|j
client|clean|c -
verbose|v -
no-vacuum|schema|n -
exclude-schema|N -
table|t -
exclude-table|T -
scale|schema-only|s -
data-only|a -
create|C -
initialize|inserts|i -
report-per-command|r -
no-owner|O -
no-privileges|x -
all|e -
quiet|q -
timeout
lock-wait-timeout
pgdata|D
`

const sqlcmdWords = `
-S|S|server
-U|U|user-name
-P|P|password !
-d|d|database-name
-N|N|encrypt-connection ? = s m o strict mandatory optional true false disable yes no t f 1 0
-C|C|trust-server-certificate -
-F|F|server-name-as-in-certificate
-J|J|server-certificate
-E|E|use-trusted-connection -
-G|G -
-A|A|dedicated-admin-connection -
-l|l|login-timeout
-t|t|query-timeout
-H|H|workstation-name
-K|K|application-intent
-M|M|multi-subnet-failover -
-Q|Q|query !
-q|q|initial-query !
-i|i|input-file
-o|o|output-file
-v|v|variables !
-s|s|column-separator
-h|h|headers
-w|w|screen-width
-W|W -
-b|b -
-I|I -
-Z|Z !
-z|z !
-D|D
--authentication-method|authentication-method
`

const bcpWords = `
-S|S
-U|U
-P|P !
-d|d
-Y|Y ? = s m o
-u|u -
-T|T -
-G|G -
-D|D -
-K|K
-c|c -
-n|n -
-N|N -
-w|w -
-f|f
-o|o
-i|i
-e|e
-t|t
-r|r
-q|q -
-b|b
`

const tsqlWords = `
-S|S
-H|H
-p|p
-U|U
-P|P !
-D|D
-I|I
-J|J
-o|o
-t|t
-r|r
-C|C -
-L|L -
-v|v -
-a|a
`

const opensslWords = `
-CRLform|CRLform
-attime|attime
-chainCAfile|chainCAfile
-chainCApath|chainCApath
-chainCAstore|chainCAstore
-ctlogfile|ctlogfile
-early_data|early_data
-engine|engine
-keymatexport|keymatexport
-keymatexportlen|keymatexportlen
-max_pipelines|max_pipelines
-max_send_frag|max_send_frag
-maxfraglen|maxfraglen
-msgfile|msgfile
-named_curve|named_curve
-nameopt|nameopt
-policy|policy
-propquery|propquery
-provider-path|provider-path
-read_buf|read_buf
-record_padding|record_padding
-requestCAfile|requestCAfile
-serverinfo|serverinfo
-split_send_frag|split_send_frag
-srp_strength|srp_strength
-srppass|srppass !
-srpuser|srpuser !
-ssl_client_engine|ssl_client_engine
-ssl_config|ssl_config
-use_srtp|use_srtp
-verifyCAfile|verifyCAfile
-verifyCApath|verifyCApath
-verifyCAstore|verifyCAstore
-writerand|writerand
-xcert|xcert
-xcertform|xcertform
-xchain|xchain
-xkey|xkey
-xkeyform|xkeyform
-connect|connect
-host|host
-port|port
-servername|servername
-noservername|noservername -
-CAfile|CAfile
-CApath|CApath
-CAstore|CAstore
-no-CAfile|no-CAfile -
-no-CApath|no-CApath -
-trusted_first|trusted_first -
-verify|verify
-verify_return_error|verify_return_error -
-verify_hostname|verify_hostname
-verify_ip|verify_ip
-verify_email|verify_email
-verify_depth|verify_depth
-verify_quiet|verify_quiet -
-verify_name|verify_name
-x509_strict|x509_strict -
-partial_chain|partial_chain -
-auth_level|auth_level
-purpose|purpose
-starttls|starttls
-xmpphost|xmpphost
-name|name
-tls1|tls1 -
-tls1_1|tls1_1 -
-tls1_2|tls1_2 -
-tls1_3|tls1_3 -
-ssl3|ssl3 -
-no_ssl3|no_ssl3 -
-no_tls1|no_tls1 -
-no_tls1_1|no_tls1_1 -
-no_tls1_2|no_tls1_2 -
-no_tls1_3|no_tls1_3 -
-min_protocol|min_protocol
-max_protocol|max_protocol
-cipher|cipher
-ciphersuites|ciphersuites
-groups|groups
-curves|curves
-sigalgs|sigalgs
-client_sigalgs|client_sigalgs
-legacy_renegotiation|legacy_renegotiation -
-legacy_server_connect|legacy_server_connect -
-no_legacy_server_connect|no_legacy_server_connect -
-fallback_scsv|fallback_scsv -
-alpn|alpn
-nextprotoneg|nextprotoneg
-cert|cert
-certform|certform
-cert_chain|cert_chain
-key|key
-keyform|keyform
-pass|pass !
-psk|psk !
-psk_identity|psk_identity
-psk_session|psk_session !
-proxy|proxy
-proxy_user|proxy_user
-proxy_pass|proxy_pass !
-bind|bind
-unix|unix
-sess_in|sess_in
-sess_out|sess_out
-keylogfile|keylogfile
-status|status -
-showcerts|showcerts -
-brief|brief -
-quiet|quiet -
-ign_eof|ign_eof -
-crlf|crlf -
-debug|debug -
-msg|msg -
-state|state -
-reconnect|reconnect -
-prexit|prexit -
-nocommands|nocommands -
-provider|provider
-dane_tlsa_domain|dane_tlsa_domain
-dane_tlsa_rrdata|dane_tlsa_rrdata
-CRL|CRL
-rand|rand
-mtu|mtu
-timeout|timeout -
-dtls|dtls -
-4|4 -
-6|6 -
`

const gnutlsWords = `
--earlydata|earlydata
--save-ocsp|save-ocsp
--save-ocsp-multi|save-ocsp-multi
--save-server-trace|save-server-trace
--save-client-trace|save-client-trace
--dh-bits|dh-bits
--rawpkkeyfile|rawpkkeyfile
--rawpkfile|rawpkfile
--srtp-profiles|srtp-profiles
--compress-cert|compress-cert
--inline-commands-prefix|inline-commands-prefix
--provider|provider
--keymatexport|keymatexport
--keymatexportsize|keymatexportsize
hostname
--port|p|port
--x509cafile|x509cafile
--x509crlfile|x509crlfile
--x509certfile|x509certfile
--x509keyfile|x509keyfile
--insecure|insecure -
--no-ca-verification|no-ca-verification -
--ca-verification|ca-verification -
--verify-hostname|verify-hostname
--sni-hostname|sni-hostname
--disable-sni|disable-sni -
--priority|priority
--starttls|s|starttls -
--starttls-proto|starttls-proto
--starttls-name|starttls-name
--alpn|alpn
--ocsp|O|ocsp ?
--tofu|tofu -
--strict-tofu|strict-tofu -
--dane|dane -
--disable-extensions|disable-extensions -
--pskusername|pskusername
--pskkey|pskkey !
--srpusername|srpusername
--srppasswd|srppasswd !
--mtu|mtu
--recordsize|recordsize
--logfile|logfile
--save-cert|save-cert
--debug|d|debug
--resume|r|resume -
--rehandshake|e|rehandshake -
--crlf|crlf -
--verbose|V|verbose -
--print-cert|print-cert -
--udp|u|udp -
`

const redisWords = `
-h|h
-p|p
-s|s
-a|a|pass !
--user|user
-u|u !
--tls|tls -
--sni|sni
--cacert|cacert
--cacertdir|cacertdir
--insecure|insecure -
--cert|cert
--key|key
--tls-ciphers|tls-ciphers
--tls-ciphersuites|tls-ciphersuites
-n|n
-r|r
-i|i
-x|x -
-c|c -
-2|2 -
-3|3 -
--raw|raw -
--askpass|askpass -
--no-auth-warning|no-auth-warning -
--eval|eval !
--pattern|pattern
`
