package banksim

import (
	"encoding/binary"
	"errors"

	"golang.org/x/crypto/ssh"
)

// greeting rewrites the first packet of the server, SSH_FXP_VERSION, so that
// it offers what this server carries out and nothing else: the library keeps
// its list of extensions in a variable that all servers of a process share.
type greeting struct {
	ssh.Channel
	posixRename bool
	held        []byte
	done        bool
}

var errGreeting = errors.New("sftp: malformed version packet")

// Write passes everything through once the first packet is complete.
func (g *greeting) Write(p []byte) (int, error) {
	if g.done {
		return g.Channel.Write(p)
	}
	g.held = append(g.held, p...)
	if len(g.held) < 4 {
		return len(p), nil
	}
	end := 4 + int(binary.BigEndian.Uint32(g.held))
	if len(g.held) < end {
		return len(p), nil
	}
	first, err := g.rewrite(g.held[4:end])
	if err != nil {
		return 0, err
	}
	g.done = true
	if _, err := g.Channel.Write(append(first, g.held[end:]...)); err != nil {
		return 0, err
	}
	g.held = nil
	return len(p), nil
}

// rewrite keeps the type and version of the packet and the extensions that are
// carried out.
func (g *greeting) rewrite(packet []byte) ([]byte, error) {
	if len(packet) < 5 {
		return nil, errGreeting
	}
	out := append(make([]byte, 4, len(packet)+4), packet[:5]...)
	for rest := packet[5:]; len(rest) > 0; {
		name, after, ok := text(rest)
		if !ok {
			return nil, errGreeting
		}
		_, after, ok = text(after)
		if !ok {
			return nil, errGreeting
		}
		if g.posixRename && name == "posix-rename@openssh.com" {
			out = append(out, rest[:len(rest)-len(after)]...)
		}
		rest = after
	}
	binary.BigEndian.PutUint32(out, uint32(len(out)-4))
	return out, nil
}

// text reads a string of the SSH wire format.
func text(b []byte) (s string, rest []byte, ok bool) {
	if len(b) < 4 {
		return "", nil, false
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return "", nil, false
	}
	return string(b[4 : 4+n]), b[4+n:], true
}
