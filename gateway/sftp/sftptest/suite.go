package sftptest

import (
	"flag"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The extensions that Bekal uses where a server offers them.
const (
	PosixRename = "posix-rename@openssh.com"
	Fsync       = "fsync@openssh.com"
	Limits      = "limits@openssh.com"
	StatVFS     = "statvfs@openssh.com"
)

// caseOf is one case of the suite: what it wants of a server, and what it does
// there.
type caseOf struct {
	name  string
	run   func(*bench)
	wants Wants
	line  bool // spoils the line itself, by a proxy of its own
}

// cases is the whole suite.
func cases() []caseOf {
	return []caseOf{
		{name: "Greeting", run: testGreeting},
		{name: "EachHostKey", run: testEachHostKey},
		{name: "UnknownHost", run: testUnknownHost},
		{name: "ChangedHostKey", run: testChangedHostKey},
		{name: "StagedHostKey", run: testStagedHostKey},
		{name: "FetchHostKey", run: testFetchHostKey},
		{name: "OnlyRSA", run: testOnlyRSA, wants: Wants{OnlyRSA: true}},

		{name: "RefusedKey", run: testRefusedKey},
		{name: "LoginByPassword", run: testLogin, wants: Wants{Login: ByPassword}},
		{name: "LoginByQuestion", run: testLogin, wants: Wants{Login: ByQuestion}},
		{name: "LoginByKeyAndPassword", run: testLogin, wants: Wants{Login: ByKeyAndPassword}},
		{name: "LoginByKeyAndQuestion", run: testLogin, wants: Wants{Login: ByKeyAndQuestion}},
		{name: "LoginByPasswordAndKey", run: testLogin, wants: Wants{Login: ByPasswordAndKey}},
		{name: "LoginByQuestionAndKey", run: testLogin, wants: Wants{Login: ByQuestionAndKey}},

		{name: "LegacyKeyExchange", run: testLegacy, wants: Wants{Legacy: LegacyKeyExchange}},
		{name: "LegacyCipher", run: testLegacy, wants: Wants{Legacy: LegacyCipher}},
		{name: "LegacyMAC", run: testLegacy, wants: Wants{Legacy: LegacyMAC}},
		{name: "LegacyHostKey", run: testLegacy, wants: Wants{Legacy: LegacyHostKey}},
		{name: "LegacyUserKey", run: testLegacy, wants: Wants{Legacy: LegacyUserKey}},
		{name: "LegacyUnneeded", run: testLegacyUnneeded},

		{name: "Closed", run: testClosed},
		{name: "Turns", run: testTurns},
		{name: "List", run: testList},
		{name: "ListSymlinks", run: testListSymlinks},
		{name: "ListMany", run: testListMany},
		{name: "EndlessListing", run: testEndlessListing, wants: Wants{Listing: Endless}},
		{name: "ListingThatLeadsOut", run: testListingThatLeadsOut, wants: Wants{Listing: LeadsOut}},
		{name: "Missing", run: testMissing},
		{name: "Stat", run: testStat},
		{name: "EmptyFile", run: testEmptyFile},
		{name: "LargeSizes", run: testLargeSizes},
		{name: "RoundTrip", run: testRoundTrip},
		{name: "UploadTruncates", run: testUploadTruncates},
		{name: "UploadOverKeptFile", run: testUploadOverKeptFile, wants: Wants{KeepsFiles: true}},
		{name: "UploadSource", run: testUploadSource},
		{name: "FileLimit", run: testFileLimit, wants: Wants{FileLimit: room}},
		{name: "QuotaExceeded", run: testQuotaExceeded, wants: Wants{Quota: room}},
		{name: "DownloadLimit", run: testDownloadLimit},
		{name: "DownloadDestination", run: testDownloadDestination},
		{name: "DownloadGrowing", run: testDownloadGrowing},
		{name: "DownloadShrinking", run: testDownloadShrinking},
		{name: "DownloadRewritten", run: testDownloadRewritten},
		{name: "Rename", run: testRename},
		{name: "RenameNeverOverwrites", run: testRenameNeverOverwrites},
		{name: "Remove", run: testRemove},
		{name: "ReadOnlyFolder", run: testReadOnlyFolder},
		{name: "OddNames", run: testOddNames},
		{name: "NoPosixRename", run: testBare, wants: Wants{Without: []string{PosixRename}}},
		{name: "NoFsync", run: testBare, wants: Wants{Without: []string{Fsync}}},
		{name: "NoExtensions", run: testBare, wants: Wants{Without: []string{PosixRename, Fsync, Limits, StatVFS}}},

		{name: "CutUpload", run: testCutUpload, line: true},
		{name: "CutDownload", run: testCutDownload, line: true},
		{name: "CutRename", run: testCutRename, line: true},
		{name: "CutPlainRename", run: testCutRename, wants: Wants{Without: []string{PosixRename}}, line: true},
		{name: "CutRequest", run: testCutRequest, line: true},
		{name: "CutDial", run: testCutDial, line: true},
		{name: "StalledUpload", run: testStalledUpload, line: true},
		{name: "StalledDownload", run: testStalledDownload, line: true},
		{name: "StalledRequest", run: testStalledRequest, line: true},
		{name: "SlowLine", run: testSlowLine, line: true},
		{name: "CancelledUpload", run: testCancelledUpload},
		{name: "FaultsInDelivery", run: testFaultsInDelivery, line: true},
		{name: "FaultsInPlainDelivery", run: testFaultsInDelivery, wants: Wants{Without: []string{PosixRename}}, line: true},
		{name: "FaultsInCollection", run: testFaultsInCollection, line: true},
	}
}

// Run is the conformance suite for one kind of server. It starts one ordinary
// server for all cases that want one, each in a folder of its own under Root,
// and one for each case that wants another. It logs the cases that are left
// out, with the reason.
func Run(t *testing.T, k Kind) { runOn(t, k, func(string) {}) }

// RunAll runs the suite against several kinds at once, and then makes sure that
// no case was left out unnoticed: each ran against one real server at least, or
// every real one has a reason why it can't take part, and then another kind
// has taken its place.
func RunAll(t *testing.T, kinds ...Kind) {
	var mu sync.Mutex
	ran := map[string][]string{}
	t.Run("on", func(t *testing.T) { // ends when all of them have
		for _, k := range kinds {
			t.Run(k.Name, func(t *testing.T) {
				t.Parallel()
				runOn(t, k, func(name string) {
					mu.Lock()
					defer mu.Unlock()
					ran[name] = append(ran[name], k.Name)
				})
			})
		}
	})
	for _, c := range cases() {
		var want, reasons []string
		onReal := false
		for _, k := range kinds {
			reason, cannot := k.Cannot[c.name]
			switch {
			case !cannot:
				want = append(want, k.Name)
				onReal = onReal || k.Real
			case k.Real:
				reasons = append(reasons, k.Name+": "+reason)
			}
		}
		if len(want) == 0 {
			t.Errorf("case %s: no server can take part in it", c.name)
		}
		if !onReal {
			t.Logf("case %s ran on no real server, but on %s (%s)", c.name, strings.Join(want, ", "), strings.Join(reasons, "; "))
		}
		slices.Sort(ran[c.name])
		slices.Sort(want)
		if chosen := flag.Lookup("test.run").Value.String() != ""; !chosen && !slices.Equal(ran[c.name], want) {
			t.Errorf("case %s ran on %q, and not on %q", c.name, ran[c.name], want)
		}
	}
}

func runOn(t *testing.T, k Kind, ran func(name string)) {
	all := cases()
	for name, reason := range k.Cannot {
		if !slices.ContainsFunc(all, func(c caseOf) bool { return c.name == name }) {
			t.Errorf("%s can't take part in the case %s, and there is none", k.Name, name)
		}
		if reason == "" {
			t.Errorf("%s can't take part in the case %s, and doesn't say why", k.Name, name)
		}
	}
	ordinary := k.start(t, Wants{})
	for _, c := range all {
		if reason, cannot := k.Cannot[c.name]; cannot {
			t.Logf("case %s is left out: %s", c.name, reason)
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			ran(c.name)
			s := ordinary
			if !c.wants.ordinary() {
				s = k.start(t, c.wants)
			}
			c.run(newBench(t, s, c.name, c.wants))
		})
	}
}

// start starts a server and completes what it says of itself.
func (k Kind) start(t *testing.T, w Wants) Server {
	t.Helper()
	s := k.Start(t, w)
	if s.Remote == "" {
		s.Remote = filepath.ToSlash(s.Root)
	}
	return s
}
