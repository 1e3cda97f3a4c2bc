package configs

import (
	"net"
	"net/mail"
	"slices"
	"strings"
)

// Channel is one way in which a night tells people how it went.
type Channel struct {
	Type string   // "log", "command" or "email"
	On   []string // any of "failed", "degraded", "mismatch", "ran"

	Command []string // type command: the program and its arguments

	Host         string // type email, and all that follows
	Port         int
	From         string
	To           []string
	Username     string
	PasswordFile string
	TLS          string // "starttls", "implicit" or "none-on-loopback"
}

// Wants reports whether the channel is to hear of an event.
func (c Channel) Wants(event string) bool { return slices.Contains(c.On, event) }

func readChannels(top *object) []Channel {
	var channels []Channel
	for _, item := range top.list("notify") {
		if o := item.object(); o != nil {
			channels = append(channels, readChannel(o))
		}
	}
	return channels
}

func readChannel(o *object) Channel {
	if !o.has("type") {
		o.missing("type", "log, command or email")
		return Channel{}
	}
	c := Channel{Type: o.choice("type", "", "log", "command", "email")}
	on := []string{"failed", "degraded", "mismatch"}
	switch c.Type {
	case "log":
		on = append(on, "ran")
	case "command":
		c.Command = o.texts("command")
		if !o.has("command") {
			o.missing("command", "the program and its arguments, such as [/usr/local/bin/alarm, --quiet]")
		} else if len(c.Command) == 0 || c.Command[0] == "" {
			o.problem("command", "names no program", "write a list, such as [/usr/local/bin/alarm, --quiet]")
		}
	case "email":
		readEmail(o, &c)
	default:
		return c // the type is a problem already; its keys cannot be judged
	}
	c.On = o.choices("on", on, "failed", "degraded", "mismatch", "ran")
	o.done()
	return c
}

func readEmail(o *object, c *Channel) {
	c.TLS = o.choice("tls", "starttls", "starttls", "implicit", "none-on-loopback")
	port := map[string]int{"starttls": 587, "implicit": 465, "none-on-loopback": 25}[c.TLS]
	c.Host = o.required("host", "the mail server's name, such as mail.example.go.id")
	c.Port = o.integer("port", port, 1, 65535)
	c.From = o.required("from", "the address that mails come from")
	c.To = o.texts("to")
	c.Username = o.text("username", "")
	c.PasswordFile = o.path("password_file", "")

	if strings.ContainsAny(c.Host, ":/ ") && net.ParseIP(c.Host) == nil {
		o.problem("host", quote(c.Host)+" is not a host name", "write the port under port")
	}
	if c.TLS == "none-on-loopback" && c.Host != "" && !loopback(c.Host) {
		o.problem("tls", "none-on-loopback is refused for "+c.Host+": mail would travel unencrypted",
			"write tls: starttls or tls: implicit")
	}
	if c.From != "" && !mailAddress(c.From) {
		o.problem("from", quote(c.From)+" is not a mail address", "write it as bekal@example.go.id")
	}
	if len(c.To) == 0 && !o.has("to") {
		o.missing("to", "a list of mail addresses, such as [keuangan@example.go.id]")
	} else if len(c.To) == 0 {
		o.problem("to", "names nobody", "write a list of mail addresses, such as [keuangan@example.go.id]")
	}
	for _, to := range c.To {
		if !mailAddress(to) {
			o.problem("to", quote(to)+" is not a mail address", "write it as keuangan@example.go.id")
		}
	}
	switch {
	case c.Username != "" && c.PasswordFile == "":
		o.problem("username", "needs the password_file that goes with it", "put the password into a file with mode 0600 and name it under password_file")
	case c.Username == "" && c.PasswordFile != "":
		o.problem("password_file", "needs the username that goes with it", "")
	}
}

func mailAddress(s string) bool {
	_, err := mail.ParseAddress(s)
	return err == nil && !strings.ContainsAny(s, "\r\n")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
