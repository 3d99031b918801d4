package wire

// maxDraws is how many keys are drawn for ClientConfig.Suits: what happens once in 256 times is missed once in nine
// million searches.
const maxDraws = 4096

// draw makes key exchanges until one suits. It gives the secret and what is sent for it.
func (c *Client) draw(exchange func() (secret, sent []byte, err error)) (secret, sent []byte, err error) {
	for range maxDraws {
		secret, sent, err = exchange()
		if err != nil || c.config.Suits == nil || c.config.Suits(c.suite.Kex, secret, sent) {
			return secret, sent, err
		}
	}
	return nil, nil, cannotComplete("none of %d keys came to what was asked for", maxDraws)
}

// cheap: thousands of encryptions under a key take no more than a second or two, whoever made it.
func (k *rsaKey) cheap() bool { return k.n.BitLen() <= 4096 && k.e.BitLen() <= 24 }
