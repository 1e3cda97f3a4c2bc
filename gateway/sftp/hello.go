package sftp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// The packet types that are looked at here; draft-ietf-secsh-filexfer-02 and
// the OpenSSH extensions.
const (
	packetInit          = 1
	packetVersion       = 2
	packetName          = 104
	packetExtended      = 200
	packetExtendedReply = 201
)

const (
	protocolVersion = 3
	// maxPacket is the longest packet that is read or sent, in bytes.
	maxPacket = 256 << 10
	// safePayload is what every server must be able to carry in one request.
	safePayload = 32 << 10
	// largestPayload leaves room for the packet's own fields in maxPacket; it
	// is OpenSSH's limit too.
	largestPayload = maxPacket - 1024
)

// The extensions that are used.
const (
	extPosixRename = "posix-rename@openssh.com"
	extFsync       = "fsync@openssh.com"
	extLimits      = "limits@openssh.com"
	extStatVFS     = "statvfs@openssh.com"
)

// hello is what the server says about itself at the start of SFTP.
type hello struct {
	version    []byte            // its VERSION packet as received
	extensions map[string]string // name to data
	payload    int               // bytes to carry in one read or write
}

// greet starts SFTP and asks a server that has limits@openssh.com how much it
// takes in one request, since larger requests are fewer.
func greet(r io.Reader, w io.Writer) (hello, error) {
	h := hello{extensions: map[string]string{}, payload: safePayload}
	opening := binary.BigEndian.AppendUint32([]byte{packetInit}, protocolVersion)
	if err := sendPacket(w, opening); err != nil {
		return h, err
	}
	body, err := readPacket(r)
	if err != nil {
		return h, err
	}
	if len(body) < 5 || body[0] != packetVersion {
		return h, errors.New("the server doesn't answer as SFTP does")
	}
	if v := binary.BigEndian.Uint32(body[1:]); v != protocolVersion {
		return h, fmt.Errorf("the server speaks version %d of SFTP, not %d", v, protocolVersion)
	}
	h.version = framed(body)
	for rest := body[5:]; len(rest) > 0; {
		var name, data []byte
		var ok bool
		if name, rest, ok = cutString(rest); ok {
			data, rest, ok = cutString(rest)
		}
		if !ok {
			return h, errors.New("the server's list of extensions is cut short")
		}
		h.extensions[string(name)] = string(data)
	}
	if h.extensions[extLimits] != "1" {
		return h, nil
	}
	err = h.askLimits(r, w)
	return h, err
}

// askLimits sends the one request that is outstanding here, so the answer is
// the next packet.
func (h *hello) askLimits(r io.Reader, w io.Writer) error {
	request := []byte{packetExtended, 0, 0, 0, 0}
	request = binary.BigEndian.AppendUint32(request, uint32(len(extLimits)))
	if err := sendPacket(w, append(request, extLimits...)); err != nil {
		return err
	}
	body, err := readPacket(r)
	if err != nil {
		return err
	}
	const fields = 1 + 4 + 4*8 // type, id; packet, read, write, handles
	if body[0] != packetExtendedReply || len(body) < fields {
		return nil // offered but not given: stay with what is safe
	}
	h.payload = largestPayload
	for _, at := range []int{5, 13, 21} {
		limit := binary.BigEndian.Uint64(body[at:])
		if at == 5 && limit > 1024 {
			limit -= 1024
		}
		if limit != 0 && limit < uint64(h.payload) {
			h.payload = int(limit)
		}
	}
	h.payload = max(h.payload, 1024)
	return nil
}

// names lists the extensions, sorted.
func (h *hello) names() []string {
	names := make([]string, 0, len(h.extensions))
	for name := range h.extensions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// has reports whether the server offers an extension.
func (h *hello) has(name string) bool { _, ok := h.extensions[name]; return ok }

// framed puts the length before a packet's body.
func framed(body []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}

func sendPacket(w io.Writer, body []byte) error {
	_, err := w.Write(framed(body))
	return err
}

// readPacket reads one packet's body of at least one byte.
func readPacket(r io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n == 0 || n > maxPacket {
		return nil, fmt.Errorf("the server doesn't answer as SFTP does: %q", bytes.ToValidUTF8(length[:], []byte("?")))
	}
	body := make([]byte, n)
	_, err := io.ReadFull(r, body)
	return body, err
}

// cutString takes a string with its length before it from b.
func cutString(b []byte) (s, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, nil, false
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return nil, nil, false
	}
	return b[4 : 4+n], b[4+n:], true
}
