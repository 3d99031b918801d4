package names

// Named groups (IANA "TLS Supported Groups") that the project itself offers or looks for.
const (
	Secp256k1          uint16 = 22
	P256               uint16 = 23
	P384               uint16 = 24
	P521               uint16 = 25
	BrainpoolP256r1    uint16 = 26
	BrainpoolP384r1    uint16 = 27
	BrainpoolP512r1    uint16 = 28
	X25519             uint16 = 29
	X448               uint16 = 30
	FFDHE2048          uint16 = 256
	FFDHE3072          uint16 = 257
	FFDHE4096          uint16 = 258
	FFDHE6144          uint16 = 259
	FFDHE8192          uint16 = 260
	SecP256r1MLKEM768  uint16 = 4587
	X25519MLKEM768     uint16 = 4588
	SecP384r1MLKEM1024 uint16 = 4589
)

// Signature schemes (RFC 8446 §4.2.3; the MD5, SHA-1, SHA-224 and DSA pairs from RFC 5246 §7.4.1.4.1).
const (
	RSAPKCS1MD5      uint16 = 0x0101
	RSAPKCS1SHA1     uint16 = 0x0201
	DSASHA1          uint16 = 0x0202
	ECDSASHA1        uint16 = 0x0203
	RSAPKCS1SHA224   uint16 = 0x0301
	DSASHA224        uint16 = 0x0302
	ECDSASHA224      uint16 = 0x0303
	RSAPKCS1SHA256   uint16 = 0x0401
	DSASHA256        uint16 = 0x0402
	ECDSAP256SHA256  uint16 = 0x0403
	RSAPKCS1SHA384   uint16 = 0x0501
	DSASHA384        uint16 = 0x0502
	ECDSAP384SHA384  uint16 = 0x0503
	RSAPKCS1SHA512   uint16 = 0x0601
	DSASHA512        uint16 = 0x0602
	ECDSAP521SHA512  uint16 = 0x0603
	RSAPSSRSAESHA256 uint16 = 0x0804
	RSAPSSRSAESHA384 uint16 = 0x0805
	RSAPSSRSAESHA512 uint16 = 0x0806
	Ed25519          uint16 = 0x0807
	Ed448            uint16 = 0x0808
	RSAPSSPSSSHA256  uint16 = 0x0809
	RSAPSSPSSSHA384  uint16 = 0x080a
	RSAPSSPSSSHA512  uint16 = 0x080b
)
