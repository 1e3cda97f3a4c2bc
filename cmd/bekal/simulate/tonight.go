package simulate

import (
	"context"
	"errors"

	"bekal/gateway/banksim"
)

// tonight draws what will happen. reached is false when the bank may not be
// there as it should.
func (c *course) tonight(ctx context.Context) (m mishaps, reached bool) {
	reached = c.foreign == 0
	w := &c.weather
	if c.chance.in(w.disk) {
		m = c.chance.diskTrouble(80)
	}
	if c.chance.in(w.crash) {
		c.die(&m, 90)
	}
	if c.chance.in(w.login) && c.refuses == 0 {
		c.refuses = c.chance.from(1, 3)
		c.count("credentials expired", "")
		c.note("from tonight on the bank refuses our login")
	}
	if c.refuses > 0 {
		c.bank.Arm(banksim.Trouble{Op: banksim.OpAuth, Act: banksim.Refuse, Times: -1})
		reached = false
	}
	if c.chance.in(w.down) {
		c.exchange.setDown(true)
		c.count("bank could not be reached", "")
		reached = false
	}
	c.armLine(c.chance)
	m.meanwhile = map[int]func(){}
	if c.chance.in(w.hurried) {
		m.meanwhile[c.chance.from(1, 60)] = func() {
			c.count("bank worked in the middle of the night", "")
			if err := errors.Join(c.bankWorks(ctx), c.courier.deliver()); err != nil {
				panic(err)
			}
		}
	}
	if c.chance.in(w.cleaned) {
		m.meanwhile[c.chance.from(1, 60)] = func() {
			if err := c.cleanUp(); err != nil {
				panic(err)
			}
		}
		reached = false
	}
	return m, reached
}

// armLine draws what will be wrong with the line and the bank's server.
func (c *course) armLine(by *chance) {
	for by.in(c.weather.packets) {
		t := banksim.PacketTrouble{Side: pick(by, banksim.Request, banksim.Answer), After: by.from(0, 60), Bytes: by.from(0, 40), Act: pick(by, banksim.Drop, banksim.Drop, banksim.Hang)}
		c.armed = append(c.armed, trouble{"packet: " + packetTrouble(t), c.bank.ArmPacket(t)})
	}
	for by.in(c.weather.server) {
		t := banksim.Trouble{
			Op: pick(by, banksim.OpConnect, banksim.OpAuth, banksim.OpOpen, banksim.OpCreate, banksim.OpRead, banksim.OpWrite, banksim.OpClose, banksim.OpStat, banksim.OpList,
				banksim.OpRename, banksim.OpRename, banksim.OpRename, banksim.OpRemove),
			When: pick(by, banksim.Before, banksim.After), Act: pick(by, banksim.Drop, banksim.Drop, banksim.Refuse, banksim.Full, banksim.Hang),
			Times: by.from(1, 3), Bytes: int64(by.from(0, 800)),
		}
		if t.Op == banksim.OpAuth && t.Act != banksim.Hang {
			t.Act, t.Times = banksim.Drop, 1 // refused logins are a matter of their own
		}
		c.armed = append(c.armed, trouble{"server: " + actName(t.Act), c.bank.Arm(t)})
	}
}

// die lets the program die: at one of so many fail points, or at one of a kind
// that is passed seldom.
func (c *course) die(m *mishaps, within int) {
	if kinds := Sorted(c.program.seen); c.chance.in(50) && len(kinds) > 0 {
		m.dieOf, m.dieAfter = pick(c.chance, kinds...), pick(c.chance, 0, 0, 1, 3)
		return
	}
	m.dieAt = c.chance.from(1, within)
}

// trouble is something armed on the line.
type trouble struct {
	name  string
	fired <-chan struct{}
}

// met counts the troubles that have happened, and forgets the others.
func (c *course) met() int {
	n := 0
	for _, t := range c.armed {
		select {
		case <-t.fired:
			c.count(t.name, "")
			n++
		default:
		}
	}
	c.armed = nil
	return n
}

func packetTrouble(t banksim.PacketTrouble) string {
	what := map[banksim.Side]string{banksim.Request: "request", banksim.Answer: "answer"}[t.Side]
	return what + " " + actName(t.Act)
}

func actName(a banksim.Act) string {
	return map[banksim.Act]string{banksim.Hang: "silence", banksim.Drop: "connection reset", banksim.Refuse: "refused", banksim.Full: "disk full"}[a]
}
