package sftp

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"

	"golang.org/x/crypto/ssh"
)

// checkPins refuses a known_hosts file with a line that is none. Those who read
// the file for us leave such a line out, and it may be the one that takes a key
// back.
func checkPins(path string, data []byte) error {
	for n := 1; len(data) > 0; n++ {
		var line []byte
		line, data, _ = bytes.Cut(data, []byte("\n"))
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if err := checkPin(line); err != nil {
			return withHint(fmt.Errorf("%s:%d: %w", path, n, err), "correct or remove that line of the known_hosts file")
		}
	}
	return nil
}

func checkPin(line []byte) error {
	marker, hosts, _, _, _, err := ssh.ParseKnownHosts(line)
	if err != nil {
		return fmt.Errorf("is no host with its key: %w", err)
	}
	switch marker {
	case "", "cert-authority", "revoked":
	default:
		return fmt.Errorf("has the unknown marker @%s", marker)
	}
	if strings.HasPrefix(hosts[0], "@") {
		return errors.New("has two markers")
	}
	if strings.HasPrefix(hosts[0], "|") {
		return checkHashed(strings.Join(hosts, ","))
	}
	for _, host := range hosts {
		host, not := strings.CutPrefix(host, "!")
		if not && host == "" {
			return errors.New("excludes a host without a name")
		}
		if strings.HasPrefix(host, "[") {
			if _, _, err := net.SplitHostPort(host); err != nil {
				return fmt.Errorf("has a host in brackets that is none: %w", err)
			}
		}
	}
	return nil
}

// checkHashed checks a host whose name is hidden: |1|salt|hash.
func checkHashed(host string) error {
	parts := strings.Split(host, "|")
	if len(parts) != 4 || parts[1] != "1" {
		return errors.New("has a hashed host that is none")
	}
	for _, part := range parts[2:] {
		if b, err := base64.StdEncoding.DecodeString(part); err != nil || len(b) == 0 {
			return errors.New("has a hashed host that is cut off")
		}
	}
	return nil
}
