package sftptest

import (
	"errors"
	"io/fs"
	"path/filepath"

	"bekal/gateway/sftp"
)

func testRename(b *bench) {
	conn := b.dial()
	content := random(5000)
	if err := b.upload(b.Context(), conn, "NAME.part", content); err != nil {
		b.Fatal(err)
	}
	if err := conn.Rename(b.Context(), b.at("NAME.part"), b.at("NAME")); err != nil {
		b.Fatal(err)
	}
	if b.exists("NAME.part") {
		b.Error("the old name is still there")
	}
	b.has("NAME", content)
}

func testRenameNeverOverwrites(b *bench) {
	conn := b.dial()
	b.put("NAME", []byte("the bank's"))
	b.put("NAME.part", []byte("ours"))
	err := conn.Rename(b.Context(), b.at("NAME.part"), b.at("NAME"))
	if e := b.fails(err, false, sftp.ReasonExist); !errors.Is(err, fs.ErrExist) || e.Undecided() {
		b.Errorf("error is %v", err)
	}
	b.has("NAME", []byte("the bank's"))
	b.has("NAME.part", []byte("ours"))
}

func testRemove(b *bench) {
	conn := b.dial()
	b.put("file", []byte("x"))
	if err := conn.Remove(b.Context(), b.at("file")); err != nil || b.exists("file") {
		b.Errorf("%v, still there: %v", err, b.exists("file"))
	}
	b.mkdir(filepath.Join(b.local, "folder"))
	err := conn.Remove(b.Context(), b.at("folder"))
	if b.fails(err, false, sftp.ReasonRefused); !b.exists("folder") {
		b.Error("a folder was removed")
	}
}
