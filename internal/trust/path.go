package trust

// node is a certificate at its place: its index in the chain as sent, or -1 for an anchor that was not sent.
type node struct {
	*certificate
	at     int
	anchor bool
}

// path leads from the leaf upwards. It is complete when it ends at an anchor.
type path struct {
	nodes    []node
	complete bool
}

func (p path) end() node { return p.nodes[len(p.nodes)-1] }

// has reports whether exactly this certificate is part of the path.
func (p path) has(c *certificate) bool {
	for _, n := range p.nodes {
		if n.SHA256 == c.SHA256 {
			return true
		}
	}
	return false
}

// builder looks for all paths from the leaf, through certificates sent in any order, to anchors.
type builder struct {
	sent       []node
	roots      Roots
	wholeOnly  bool               // see Policy.SelfSignedAnchors
	checked    map[[2]string]bool // results of signature checks by fingerprints of child and parent
	signatures int
	steps      int
	paths      []path
}

// build gives the paths found, in no order that means anything; at least one, possibly the leaf alone.
func build(sent []node, p Policy) []path {
	b := &builder{sent: sent, roots: p.Roots, wholeOnly: p.SelfSignedAnchors, checked: map[[2]string]bool{}}
	b.extend([]node{sent[0]})
	return b.paths
}

func (b *builder) extend(nodes []node) {
	if b.steps++; b.steps > maxSteps || len(b.paths) >= maxPaths {
		if len(b.paths) == 0 {
			b.keep(nodes, false)
		}
		return
	}
	last := nodes[len(nodes)-1]
	if last.anchor && (last.SelfSigned || !b.wholeOnly) {
		b.keep(nodes, true)
		return
	}
	// A root that was sent and is no anchor leads nowhere: had the verifier one of the same name and key, the
	// certificate below would have led to it.
	if last.SelfSigned || len(nodes) == maxDepth || !b.extendWith(nodes, b.issuers(last)) {
		b.keep(nodes, false)
	}
}

func (b *builder) extendWith(nodes []node, issuers []node) bool {
	var some bool
	for _, i := range issuers {
		if (path{nodes: nodes}).has(i.certificate) {
			continue
		}
		some = true
		b.extend(append(append([]node(nil), nodes...), i))
	}
	return some
}

// issuers finds who signed c: anchors first, then what was sent.
func (b *builder) issuers(c node) []node {
	var found []node
	for _, r := range b.roots.named(c.issuerKey) {
		if b.signed(c.certificate, r) {
			found = append(found, node{r, b.place(r), true})
		}
	}
	for _, s := range b.sent {
		if s.subjectKey == c.issuerKey && !s.anchor && b.signed(c.certificate, s.certificate) {
			found = append(found, s)
		}
	}
	return found
}

// place is where an anchor was sent too, or -1.
func (b *builder) place(r *certificate) int {
	for _, s := range b.sent {
		if s.SHA256 == r.SHA256 {
			return s.at
		}
	}
	return -1
}

func (b *builder) signed(child, parent *certificate) bool {
	key := [2]string{child.SHA256, parent.SHA256}
	if ok, done := b.checked[key]; done {
		return ok
	}
	if b.signatures++; b.signatures > maxSignatures {
		return false
	}
	b.checked[key] = verify(child, parent) != bad
	return b.checked[key]
}

func (b *builder) keep(nodes []node, complete bool) {
	b.paths = append(b.paths, path{append([]node(nil), nodes...), complete})
}
