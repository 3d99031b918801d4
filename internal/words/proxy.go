package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// proxyRows are the phrases of reverse proxies, gateways and tunnels.
var proxyRows = slices.Concat(nginxRows, haproxyRows, apacheRows, envoyRows, gatewayRows, stunnelRows)

// told are the circumstances that a row tells.
func told(list ...fact.Context) []fact.Context { return list }
