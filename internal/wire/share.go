package wire

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
)

// ErrGroupUnsupported says that a group may be listed, but that no key share of it can be made here (X448, for one).
var ErrGroupUnsupported = errors.New("no key share can be made in this group")

// An agreement turns the peer's share into the common secret.
type agreement interface {
	agree(peer []byte) ([]byte, error)
}

// A shareMaker knows one way to agree on a secret: as the side that shares first, and as the side that answers.
type shareMaker interface {
	generate(random io.Reader) (public []byte, key agreement, err error)
	respond(peer []byte, random io.Reader) (public, secret []byte, err error)
}

// schemeOf is nil for a group without key shares.
func schemeOf(group uint16) shareMaker {
	if s := curveOf(group); s != nil {
		return s
	}
	if s := hybridOf(group); s != nil {
		return s
	}
	if p := FFDHEPrime(group); p != nil {
		return finiteField{p}
	}
	return nil
}

// A Share is one key share of ours: the public half as it is sent, and the private half.
type Share struct {
	Group  uint16
	Public []byte
	key    agreement
}

// GenerateShare makes a fresh share; a nil random means the system's. The error wraps ErrGroupUnsupported where
// the group has none.
func GenerateShare(group uint16, random io.Reader) (*Share, error) {
	s := schemeOf(group)
	if s == nil {
		return nil, fmt.Errorf("group 0x%04x: %w", group, ErrGroupUnsupported)
	}
	public, key, err := s.generate(systemRandom(random))
	if err != nil {
		return nil, fmt.Errorf("key share in group 0x%04x: %v", group, err)
	}
	return &Share{Group: group, Public: public, key: key}, nil
}

// Secret is what this share and the peer's agree on. Leading zeros are kept: TLS 1.3 never drops them
// (RFC 8446 §7.4.1, §7.4.2), nor does ECDHE in TLS 1.2 (RFC 8422 §5.10).
func (s *Share) Secret(peer []byte) ([]byte, error) {
	secret, err := s.key.agree(peer)
	if err != nil {
		return nil, fmt.Errorf("peer's share in group 0x%04x: %v", s.Group, err)
	}
	return secret, nil
}

// Respond is the server's half of a key exchange in one step: its own share and the secret it agrees on with
// the client's. A nil random means the system's; a key encapsulation always draws from the system's.
func Respond(group uint16, clientShare []byte, random io.Reader) (serverShare, secret []byte, err error) {
	s := schemeOf(group)
	if s == nil {
		return nil, nil, fmt.Errorf("group 0x%04x: %w", group, ErrGroupUnsupported)
	}
	serverShare, secret, err = s.respond(clientShare, systemRandom(random))
	if err != nil {
		return nil, nil, fmt.Errorf("client's share in group 0x%04x: %v", group, err)
	}
	return serverShare, secret, nil
}

// ShareKeys are the private halves of the shares of one hello.
type ShareKeys struct {
	shares []*Share
}

// Groups lists the groups that have a share, in the order sent.
func (k *ShareKeys) Groups() []uint16 {
	if k == nil {
		return nil
	}
	groups := make([]uint16, 0, len(k.shares))
	for _, s := range k.shares {
		groups = append(groups, s.Group)
	}
	return groups
}

// Shared is the secret agreed on with the peer's share of that group.
func (k *ShareKeys) Shared(group uint16, peer []byte) ([]byte, error) {
	i := slices.Index(k.Groups(), group)
	if i < 0 {
		return nil, fmt.Errorf("no share of group 0x%04x was sent", group)
	}
	return k.shares[i].Secret(peer)
}

func generateShares(groups []uint16, random io.Reader) (*ShareKeys, error) {
	keys := &ShareKeys{}
	for _, group := range groups {
		s, err := GenerateShare(group, random)
		if err != nil {
			return nil, err
		}
		keys.shares = append(keys.shares, s)
	}
	return keys, nil
}

// entries are the shares as the key_share extension lists them.
func (k *ShareKeys) entries() []KeyShare {
	list := make([]KeyShare, 0, len(k.shares))
	for _, s := range k.shares {
		list = append(list, KeyShare{Group: s.Group, Data: s.Public})
	}
	return list
}

func systemRandom(random io.Reader) io.Reader {
	if random == nil {
		return rand.Reader
	}
	return random
}

// randomBytes reads n bytes.
func randomBytes(random io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(random, b); err != nil {
		return nil, fmt.Errorf("reading random bytes: %v", err)
	}
	return b, nil
}
