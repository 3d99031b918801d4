package capture

import (
	"bytes"
	"hash/maphash"
	"sync"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// maxChains bounds the chains remembered; servers send the same one again and again.
const maxChains = 2000

// A chainCache reads each chain once. Safe for concurrent use.
type chainCache struct {
	mu   sync.Mutex
	seed maphash.Seed
	list map[uint64]*fact.Chain
}

func newChainCache() *chainCache {
	return &chainCache{seed: maphash.MakeSeed(), list: map[uint64]*fact.Chain{}}
}

// parse reads a chain. The result is shared and must not be changed.
func (c *chainCache) parse(der [][]byte) *fact.Chain {
	var sum maphash.Hash
	sum.SetSeed(c.seed)
	for _, d := range der {
		sum.Write(d)
	}
	key := sum.Sum64()
	c.mu.Lock()
	known := c.list[key]
	c.mu.Unlock()
	if known != nil && holds(known, der) {
		return known
	}
	chain := trust.Parse(der)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.list) < maxChains {
		c.list[key] = chain
	}
	return chain
}

func holds(chain *fact.Chain, der [][]byte) bool {
	if len(chain.Certificates) != len(der) {
		return false
	}
	for i, d := range der {
		if !bytes.Equal(chain.Certificates[i].DER, d) {
			return false
		}
	}
	return true
}

// maxKnownSecrets bounds the secrets of a case, each about 200 bytes.
const maxKnownSecrets = 1 << 18

// A secretStore finds a connection's secrets by its client random. Safe for concurrent use.
type secretStore struct {
	mu   sync.RWMutex
	list map[string][]wire.Secret
	n    int
}

func (s *secretStore) add(list []wire.Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list == nil {
		s.list = map[string][]wire.Secret{}
	}
	for _, one := range list {
		if s.n++; s.n > maxKnownSecrets {
			return
		}
		s.list[string(one.ClientRandom)] = append(s.list[string(one.ClientRandom)], one)
	}
}

func (s *secretStore) empty() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.list) == 0
}

func (s *secretStore) of(random []byte) []wire.Secret {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.list[string(random)]
}
