// Package trust reads certificate chains and judges them the way a TLS client does: path to a trust anchor, names,
// times, purposes, strength, revocation. It is pure: anchors, OCSP answers and the time are arguments. Reading is
// tolerant, since what makes a strict library refuse a certificate is a finding here, and judging lists every
// problem on its own instead of stopping at the first.
package trust

import "time"

// Bounds against hostile chains.
const (
	maxCertificates = 100     // certificates kept of a chain
	maxChainBytes   = 1 << 20 // bytes of certificates kept of a chain
	maxMalformed    = 20      // complaints kept about one certificate
	maxDepth        = 101     // certificates in a path, leaf and anchor included: all that are kept, and the anchor
	maxSignatures   = 200     // signature checks in one judgement
	maxSteps        = 2000    // steps of the search for paths
	maxPaths        = 64      // paths compared with each other
	maxRSABits      = 16384   // larger moduli are not computed with (OpenSSL's OPENSSL_RSA_MAX_MODULUS_BITS)
)

// slack is how far two clocks may differ before they contradict each other.
const slack = 5 * time.Minute
