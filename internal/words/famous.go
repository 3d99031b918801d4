package words

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// peerFamous: the peer is a public service that millions of clients verify every day. Where its certificate is not
// trusted, it is not the service that is wrong.
const peerFamous fact.Context = "peer-famous"

// famous are domains of such services: code hosts, package registries, clouds.
var famous = []string{
	"github.com", "githubusercontent.com", "gitlab.com", "bitbucket.org", "npmjs.org", "npmjs.com", "yarnpkg.com", "nodejs.org", "pypi.org",
	"pythonhosted.org", "rubygems.org", "packagist.org", "crates.io", "golang.org", "maven.org", "maven.apache.org", "gradle.org", "nuget.org",
	"docker.io", "docker.com", "quay.io", "gcr.io", "ghcr.io", "googleapis.com", "google.com", "gstatic.com", "amazonaws.com", "microsoft.com",
	"azure.com", "windows.net", "microsoftonline.com", "visualstudio.com", "office.com", "office365.com", "apple.com", "cloudflare.com", "debian.org",
	"ubuntu.com", "fedoraproject.org", "redhat.com", "anaconda.com", "anaconda.org", "huggingface.co", "openai.com", "slack.com", "stripe.com",
	"paypal.com", "twitter.com", "facebook.com", "wikipedia.org", "letsencrypt.org",
}

func isFamous(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return slices.ContainsFunc(famous, func(d string) bool {
		before, ok := strings.CutSuffix(host, d)
		return ok && (before == "" || strings.HasSuffix(before, "."))
	})
}
