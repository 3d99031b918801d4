package fact

import "testing"

func TestForcingReadsItsVariant(t *testing.T) {
	for _, f := range []Forcing{
		{What: "dhe", Zero: "none", Try: 1},
		{What: "dhe", Zero: "secret", Rule: "stripped", EMS: "on", Try: 3},
		{What: "hello", Form: "fragments-3", Extra: "TLS1.2", Try: 1},
	} {
		got, ok := f.Variant().Forcing()
		if !ok || got != f {
			t.Errorf("%+v came back as %+v, %v (%s)", f, got, ok, f.Variant())
		}
	}
	if _, ok := (Variant{Kind: Version, Value: "TLS1.2"}).Forcing(); ok {
		t.Error("another kind of experiment is read as a forcing")
	}
	if !(Forcing{What: "dhe", Zero: "secret", Try: 1}).Same(Forcing{What: "dhe", Zero: "secret", Try: 2}) {
		t.Error("two tries of one experiment are not the same")
	}
}

func TestForcedFindsItsExperiments(t *testing.T) {
	c := &Case{Handshakes: []Handshake{{}, {Variant: Forcing{What: "dhe", Zero: "none"}.Variant()}, {Variant: Forcing{What: "rsa"}.Variant()}}}
	if got := c.Forced("dhe"); len(got) != 1 || got[0] != &c.Handshakes[1] {
		t.Errorf("Forced found %d experiments", len(got))
	}
}
