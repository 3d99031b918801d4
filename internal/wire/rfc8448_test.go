package wire

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// The simple 1-RTT handshake of RFC 8448 §3: messages, shared secret and what must come out.
const (
	rfcClientHello = "010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7000006130113031302010000910000000b0009000006736572766572ff01000100000a00140012001d0017001800190100010101020103010400230000003300260024001d002099381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c002b0003020304000d0020001e040305030603020308040805080604010501060102010402050206020202002d00020101001c00024001"
	rfcServerHello = "020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2692800130100002e00330024001d0020c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b00020304"
	rfcShared      = "8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d"

	rfcClientHandshake = "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"
	rfcServerHandshake = "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"
	rfcClientTraffic   = "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"
	rfcServerTraffic   = "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643"
	rfcExporter        = "fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50"

	rfcServerFlight   = "080000240022000a00140012001d00170018001901000101010201030104001c00024001000000000b0001b9000001b50001b0308201ac30820115a003020102020102300d06092a864886f70d01010b0500300e310c300a06035504031303727361301e170d3136303733303031323335395a170d3236303733303031323335395a300e310c300a0603550403130372736130819f300d06092a864886f70d010101050003818d0030818902818100b4bb498f8279303d980836399b36c6988c0c68de55e1bdb826d3901a2461eafd2de49a91d015abbc9a95137ace6c1af19eaa6af98c7ced43120998e187a80ee0ccb0524b1b018c3e0b63264d449a6d38e22a5fda430846748030530ef0461c8ca9d9efbfae8ea6d1d03e2bd193eff0ab9a8002c47428a6d35a8d88d79f7f1e3f0203010001a31a301830090603551d1304023000300b0603551d0f0404030205a0300d06092a864886f70d01010b05000381810085aad2a0e5b9276b908c65f73a7267170618a54c5f8a7b337d2df7a594365417f2eae8f8a58c8f8172f9319cf36b7fd6c55b80f21a03015156726096fd335e5e67f2dbf102702e608ccae6bec1fc63a42a99be5c3eb7107c3c54e9b9eb2bd5203b1c3b84e0a8b2f759409ba3eac9d91d402dcc0cc8f8961229ac9187b42b4de100000f000084080400805a747c5d88fa9bd2e55ab085a61015b7211f824cd484145ab3ff52f1fda8477b0b7abc90db78e2d33a5c141a078653fa6bef780c5ea248eeaaa785c4f394cab6d30bbe8d4859ee511f602957b15411ac027671459e46445c9ea58c181e818e95b8c3fb0bf3278409d3be152a3da5043e063dda65cdf5aea20d53dfacd42f74f3140000209b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718"
	rfcClientFinished = "14000020a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61"

	rfcClientFinishedRecord = "170303003575ec4dc238cce60b298044a71e219c56cc77b0517fe9b93c7a4bfc44d87f38f80338ac98fc46deb384bd1caeacab6867d726c40546"
	rfcServerAlertRecord    = "1703030013b58fd67166ebf599d24720cfbe7efa7a8864a9" // second record under the server's traffic keys
	rfcServerDataRecord     = "17030300432e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf97d90e6dffc602dcb501a59a8fcc49c4bf2e5f0a21c0047c2abf332540dd032e167c2955d"
)

// Where the messages of rfcServerFlight end.
const (
	rfcEndOfCertificate = 40 + 445
	rfcEndOfVerify      = rfcEndOfCertificate + 136
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func wantHex(t *testing.T, what string, got []byte, want string) {
	t.Helper()
	if hex.EncodeToString(got) != want {
		t.Errorf("%s: got %x, want %s", what, got, want)
	}
}

func testSuite(t testing.TB, name string) names.Suite {
	t.Helper()
	s, ok := names.SuiteByName(name)
	if !ok {
		t.Fatalf("no suite named %s", name)
	}
	return s
}

func TestSchedule13AgainstRFC8448(t *testing.T) {
	s := newSchedule13(testSuite(t, "TLS_AES_128_GCM_SHA256"))
	s.mix(unhex(t, rfcShared))
	transcript := join(unhex(t, rfcClientHello), unhex(t, rfcServerHello))
	client, server := s.handshake(transcript)
	wantHex(t, "client handshake traffic", client, rfcClientHandshake)
	wantHex(t, "server handshake traffic", server, rfcServerHandshake)

	flight := unhex(t, rfcServerFlight)
	verify := finished13(s.newHash, server, join(transcript, flight[:rfcEndOfVerify]))
	wantHex(t, "server Finished", verify, rfcServerFlight[2*(rfcEndOfVerify+4):])

	transcript = join(transcript, flight)
	s.mix(nil)
	clientApp, serverApp, exporter := s.application(transcript)
	wantHex(t, "client traffic", clientApp, rfcClientTraffic)
	wantHex(t, "server traffic", serverApp, rfcServerTraffic)
	wantHex(t, "exporter", exporter, rfcExporter)
	wantHex(t, "client Finished", finished13(s.newHash, client, transcript), rfcClientFinished[8:])
}

func TestRecords13AgainstRFC8448(t *testing.T) {
	suite := testSuite(t, "TLS_AES_128_GCM_SHA256")
	write, err := keysFromTraffic(suite, unhex(t, rfcClientHandshake))
	if err != nil {
		t.Fatal(err)
	}
	record, err := write.seal(RecordHandshake, TLS13, unhex(t, rfcClientFinished), nil)
	if err != nil {
		t.Fatal(err)
	}
	wantHex(t, "client Finished record", record, rfcClientFinishedRecord)

	read, err := keysFromTraffic(suite, unhex(t, rfcServerTraffic))
	if err != nil {
		t.Fatal(err)
	}
	read.seq = 1 // the session ticket took number 0
	typ, plain, err := openRecord(read, unhex(t, rfcServerDataRecord))
	if err != nil || typ != RecordApplicationData || len(plain) != 50 || plain[49] != 49 {
		t.Fatalf("application data: type %d, %x, %v", typ, plain, err)
	}
	typ, plain, err = openRecord(read, unhex(t, rfcServerAlertRecord))
	if err != nil || typ != RecordAlert || !bytes.Equal(plain, []byte{1, 0}) {
		t.Fatalf("alert: type %d, %x, %v", typ, plain, err)
	}
}

// openRecord opens one whole record.
func openRecord(h *halfConn, record []byte) (uint8, []byte, error) {
	return h.open(record[0], uint16(record[1])<<8|uint16(record[2]), record[recordHeaderLen:])
}

func TestVerifyAgainstRFC8448(t *testing.T) {
	flight := unhex(t, rfcServerFlight)
	certificate := flight[40+4+4+3 : rfcEndOfCertificate-2]
	signature := flight[rfcEndOfCertificate+8 : rfcEndOfVerify]
	transcript := join(unhex(t, rfcClientHello), unhex(t, rfcServerHello), flight[:rfcEndOfCertificate])
	signed := signedContent13(suiteHash(testSuite(t, "TLS_AES_128_GCM_SHA256")), ServerSide, transcript)
	if err := VerifySignature(TLS13, names.RSAPSSRSAESHA256, certificate, signed, signature); err != nil {
		t.Fatal(err)
	}
	signed[len(signed)-1] ^= 1
	if err := VerifySignature(TLS13, names.RSAPSSRSAESHA256, certificate, signed, signature); err == nil {
		t.Fatal("a changed transcript verifies")
	}
}
