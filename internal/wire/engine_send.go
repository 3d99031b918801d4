package wire

import (
	"errors"

	"golang.org/x/crypto/cryptobyte"
)

// flush takes what is to be sent.
func (e *engine) flush() []byte {
	out := e.outgoing
	e.outgoing = nil
	return out
}

// outVersion is the version of the records we send.
func (e *engine) outVersion() uint16 {
	switch {
	case e.version == 0:
		return e.recordVersion
	case e.version >= TLS13:
		return TLS12 // RFC 8446 §5.1
	}
	return e.version
}

// send seals payload into as many records as it takes.
func (e *engine) send(typ uint8, payload []byte) error {
	for first := true; first || len(payload) > 0; first = false {
		n := min(len(payload), e.outLimit())
		record, err := e.out.seal(typ, e.outVersion(), payload[:n], e.rand)
		if err != nil {
			return giveUpOn(AlertInternalError, ReasonRandomSourceEmpty, err)
		}
		e.outgoing = append(e.outgoing, record...)
		payload = payload[n:]
	}
	return nil
}

// sendMessage sends a handshake message that body writes, and adds it to the transcript.
func (e *engine) sendMessage(typ uint8, body func(*cryptobyte.Builder)) error {
	message, err := handshakeMessage(typ, body)
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	return e.sendRaw(message)
}

// sendRaw sends a whole handshake message and adds it to the transcript.
func (e *engine) sendRaw(message []byte) error {
	e.transcript = append(e.transcript[:len(e.transcript):len(e.transcript)], message...)
	return e.send(RecordHandshake, message)
}

func (e *engine) sendAlert(level, code uint8) error {
	return e.send(RecordAlert, []byte{level, code})
}

// stop ends the connection with err, sending the alert that goes with it.
func (e *engine) stop(err error) {
	e.dead = err
	var peer *PeerAlert
	e.closed = !errors.As(err, &peer) || peer.Alert.Code != AlertCloseNotify
	var local *LocalError
	if !errors.As(err, &local) {
		return
	}
	level := levelFatal
	if local.Alert == AlertUserCanceled || local.Alert == AlertCloseNotify {
		level = levelWarning
	}
	// There is nobody to tell when even the alert cannot be made: the caller gets err anyway.
	_ = e.sendAlert(level, local.Alert)
	if local.Alert == AlertUserCanceled {
		_ = e.sendAlert(levelWarning, AlertCloseNotify) // RFC 8446 §6.1 wants it to follow
	}
}

// Close gives the record of a close_notify under the current keys; nothing when an alert was sent or got already.
func (e *engine) Close() []byte {
	if e.closed {
		return nil
	}
	e.closed = true
	if e.sendAlert(levelWarning, AlertCloseNotify) != nil {
		return nil
	}
	return e.flush()
}

// Seal puts application data into records. It fails before Done and after the end.
func (e *engine) Seal(data []byte) ([]byte, error) {
	switch {
	case e.dead != nil:
		return nil, e.dead
	case e.closed:
		return nil, errors.New("connection is closed")
	case !e.done:
		return nil, errors.New("handshake is not done")
	}
	if err := e.send(RecordApplicationData, data); err != nil {
		e.stop(err)
		return nil, err
	}
	return e.flush(), nil
}

// keep notes a secret for the key log.
func (e *engine) keep(label string, clientRandom, value []byte) {
	e.secrets = append(e.secrets, Secret{Label: label, ClientRandom: clientRandom, Value: value})
}
