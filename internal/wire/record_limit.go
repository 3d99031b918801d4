package wire

// ExtRecordSizeLimit is record_size_limit (RFC 8449).
const ExtRecordSizeLimit uint16 = 28

// A recordLimits is what two sides agreed on about the content of their records; 0: no less than any version allows.
type recordLimits struct {
	in, out   int
	protected bool // they count for protected records only
	widest    int  // the largest content of a protected record that came
}

// agreeLimits reads the server's answer about the sizes of records. max_fragment_length holds from then on, for both
// sides (RFC 6066 §4). record_size_limit holds for protected records, each side names its own, and the server has known
// ours before it sent its first one (RFC 8449 §4); in TLS 1.3 the content type counts as well.
func (c *Client) agreeLimits(answer []Extension) error {
	offer := c.flight.Client.Extensions
	if own, theirs, ok := agreed(offer, answer, ExtRecordSizeLimit, 2); ok {
		c.limits.protected = true
		c.limits.in, c.limits.out = int(own[0])<<8|int(own[1]), int(theirs[0])<<8|int(theirs[1])
		if c.limits.out < 64 {
			return giveUp(AlertIllegalParameter, ReasonDecode, "record_size_limit of %d", c.limits.out)
		}
		if c.version >= TLS13 {
			c.limits.in, c.limits.out = c.limits.in-1, c.limits.out-1
		}
		return c.checkLimit(c.limits.widest, true)
	}
	if own, theirs, ok := agreed(offer, answer, ExtMaxFragmentLength, 1); ok && own[0] == theirs[0] && own[0] >= 1 && own[0] <= 4 {
		c.limits.in = 256 << own[0]
		c.limits.out = c.limits.in
	}
	return nil
}

// agreed gives what both sides say in an extension of a length.
func agreed(offer, answer []Extension, typ uint16, n int) (own, theirs []byte, ok bool) {
	own, offered := findExtension(offer, typ)
	theirs, answered := findExtension(answer, typ)
	return own, theirs, offered && answered && len(own) == n && len(theirs) == n
}

// checkLimit holds the content of a record to what was agreed on.
func (e *engine) checkLimit(n int, protected bool) error {
	if protected {
		e.limits.widest = max(e.limits.widest, n)
	}
	if e.limits.in > 0 && n > e.limits.in && (protected || !e.limits.protected) {
		return giveUp(AlertRecordOverflow, ReasonOverLimit, "a record of %d bytes where %d were agreed on", n, e.limits.in)
	}
	return nil
}

// outLimit is how much a record of ours may hold.
func (e *engine) outLimit() int {
	if e.limits.out > 0 && (e.out.how != nil || !e.limits.protected) {
		return min(e.limits.out, maxPlaintext)
	}
	return maxPlaintext
}
