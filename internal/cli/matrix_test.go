package cli

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/report"
)

// runMatrixOn runs the verb with a lab endpoint as target.
func runMatrixOn(t *testing.T, endpoint string, flags ...string) (report.Matrix, string, int) {
	t.Helper()
	b, err := newBench()
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	e, err := b.start(t.Context(), endpoint)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var args []string
	for i := 0; i+1 < len(e.Flags); i += 2 {
		if slices.Contains([]string{"--ca", "--connect", "--dns", "--cert", "--key"}, e.Flags[i]) {
			args = append(args, e.Flags[i], e.Flags[i+1])
		}
	}
	var out, errs bytes.Buffer
	w := &world{stdout: &out, stderr: &errs, getenv: func(string) string { return "" }}
	cmd := w.matrix()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(slices.Concat([]string{e.Target, "--format", "json", "--timeout", "2s"}, args, flags))
	if err := cmd.Execute(); err != nil {
		t.Fatalf("%v %s", err, errs.String())
	}
	var m report.Matrix
	if err := json.Unmarshal(out.Bytes(), &m); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return m, e.Target, w.code
}

// cellOf finds the cell of a client's mode.
func cellOf(t *testing.T, m report.Matrix, client, mode string) report.MatrixCell {
	t.Helper()
	for _, r := range m.Clients {
		for _, c := range r.Modes {
			if r.Client == client && c.Mode == mode {
				return c
			}
		}
	}
	t.Fatalf("no cell %s %s", client, mode)
	return report.MatrixCell{}
}

// TestMatrixOfAnAlias: the table of a MySQL server behind a CNAME, as MySQL's documentation of --ssl-mode has it (MySQL
// Reference Manual, "Command Options for Encrypted Connections").
func TestMatrixOfAnAlias(t *testing.T) {
	m, target, code := runMatrixOn(t, "mysql/hostname-is-alias")
	if m.Schema != report.MatrixSchema || m.Target != target || code != exitOK || m.Connections == 0 || m.Connections > connections {
		t.Errorf("%s %s, code %d, %d connections", m.Schema, m.Target, code, m.Connections)
	}
	for mode, want := range map[string]string{"DISABLED": "plaintext", "PREFERRED": "unverified", "REQUIRED": "unverified", "VERIFY_CA": "unverified", "VERIFY_IDENTITY": "fails"} {
		if got := cellOf(t, m, "mysql", mode); got.Outcome != want {
			t.Errorf("%s: %s (%s), want %s", mode, got.Outcome, got.Why, want)
		}
	}
	c := cellOf(t, m, "mysql", "VERIFY_IDENTITY")
	if c.Cause != "hostname-is-alias" || c.Why != "name" || !strings.Contains(c.Text, "ERROR 2026") {
		t.Errorf("%+v", c)
	}
}

// TestMatrixOfADeadPort: every mode fails in the same way, and one connection is enough to know.
func TestMatrixOfADeadPort(t *testing.T) {
	m, _, code := runMatrixOn(t, "postgres/tcp-refused")
	if code != exitFound || m.Connections != 1 {
		t.Errorf("code %d, %d connections", code, m.Connections)
	}
	for _, r := range m.Clients {
		for _, c := range r.Modes {
			if c.Outcome != "fails" {
				t.Errorf("%s %s: %s", r.Client, c.Mode, c.Outcome)
			}
		}
	}
}

// TestMatrixVerify: what this program dials itself comes to what was predicted.
func TestMatrixVerify(t *testing.T) {
	m, _, _ := runMatrixOn(t, "https/certificate-expired", "--verify")
	confirmed := 0
	for _, r := range m.Clients {
		for _, c := range r.Modes {
			switch c.Dialled {
			case "confirmed":
				confirmed++
			case "":
			default:
				t.Errorf("%s %s: predicted %s, dialled %s", r.Client, c.Mode, c.Outcome, c.Dialled)
			}
		}
	}
	if confirmed == 0 {
		t.Error("nothing was dialled")
	}
}

func TestMatrixUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"a", "b"}, {"gopher://x.test"}, {"ssh://x.test"}, {"tls://x.test:1", "--format", "xml"}, {"tls://x.test:1", "--cert", "x"}} {
		w := &world{stdout: new(bytes.Buffer), stderr: new(bytes.Buffer), getenv: func(string) string { return "" }}
		cmd := w.matrix()
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		cmd.SetArgs(args)
		if err := cmd.Execute(); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
