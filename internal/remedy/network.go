package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// network is what lies between the two sides: names, routes, firewalls and packet sizes (iptables-extensions(8),
// ip-route(8), firewall-cmd(1), ufw(8), Linux' ip-sysctl).
func network() Platform {
	return Platform{
		ID: "network", Title: "network", Sides: []change.Side{change.Network, change.Server, change.Client},
		Owns: func(_ *fact.Case, side change.Side) int {
			if side == change.Network {
				return 90
			}
			return 60
		},
		Steps: lazily(networkBook),
	}
}

func networkBook() book {
	return book{
		id:      "network",
		file:    command,
		apply:   "run it as root",
		undo:    "run the reverse as root",
		recipes: slices.Concat(networkFirewall(), networkNames(), networkSizes()),
	}
}

func networkFirewall() []recipe {
	return []recipe{
		{kind: change.OpenFirewall, variant: "firewalld", side: change.Server, what: "on the server, let firewalld pass TCP port {port}",
			snippet: "firewall-cmd --permanent --add-port={port}/tcp && firewall-cmd --reload",
			undo:    "firewall-cmd --permanent --remove-port={port}/tcp && firewall-cmd --reload"},
		{kind: change.OpenFirewall, variant: "ufw", side: change.Server, what: "on the server, let ufw pass TCP port {port}",
			snippet: "ufw allow {port}/tcp", undo: "ufw delete allow {port}/tcp"},
		{kind: change.OpenFirewall, variant: "forward", side: change.Network, what: "let a Linux router pass TCP port {port} of {address}",
			snippet: "iptables -I FORWARD -p tcp -d {address|ip} --dport {port} -j ACCEPT", undo: "iptables -D FORWARD -p tcp -d {address|ip} --dport {port} -j ACCEPT"},
	}
}

func networkNames() []recipe {
	return []recipe{
		{kind: change.FixDNS, variant: "record", what: "let DNS answer {address} for {name}", file: "the zone file", snippet: "{name|fqdn}. 300 IN {rrtype} {address|ip}",
			apply: "raise the serial number and reload the zone; dig +short {name|fqdn} {rrtype}", undo: "put the former record back and raise the serial number again"},
		{kind: change.FixDNS, variant: "look", instead: true, what: "see what the resolver and the zone's own servers answer for {name}, and correct the one that is wrong",
			snippet: "dig +short {name|fqdn} A {name|fqdn} AAAA\ndig +nssearch {name|fqdn}", apply: "correct the record at the server that answers wrong", undo: "put the former record back"},
		{kind: change.FixRoute, what: "see which way packets to {address} take, and repair the first hop that answers unreachable",
			snippet: "ip route get {address|ip}\ntracepath -n {address|ip}", apply: "correct the route at that hop", undo: "put the former route back"},
	}
}

func networkSizes() []recipe {
	const clamp = "-p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu"
	const probe = "sysctl -w net.ipv4.tcp_mtu_probing=1"
	ends := recipe{kind: change.LowerMTU, variant: "ends", what: "let this machine find the packet size that arrives, by itself (RFC 4821)",
		snippet: probe, apply: "run it as root; it lasts until the next start", undo: "sysctl -w net.ipv4.tcp_mtu_probing=0"}
	server, client := ends, ends
	server.side, client.side = change.Server, change.Client
	return []recipe{
		{kind: change.LowerMTU, variant: "router", side: change.Network, what: "on the router, keep TCP segments as small as the path needs",
			snippet: "iptables -t mangle -A FORWARD " + clamp + "\nip6tables -t mangle -A FORWARD " + clamp,
			undo:    "iptables -t mangle -D FORWARD " + clamp + "; ip6tables -t mangle -D FORWARD " + clamp},
		server, client,
	}
}
