package sftp

import (
	"context"
	"fmt"
	"io/fs"
)

// Rename gives the file from the name to, in one step where the server offers
// posix-rename. It never overwrites: when there is something named to already,
// the error wraps fs.ErrExist. (SFTP can't forbid that somebody else makes that
// name between the check and the rename.)
//
// After an error with Undecided the rename may or may not have happened.
func (c *Conn) Rename(ctx context.Context, from, to string) error {
	sent := false
	err := c.do(ctx, "rename", from+" -> "+to, func(*watch) error {
		if err := checkPath(from); err != nil {
			return err
		}
		switch _, err := c.lstat(to); {
		case err == nil:
			return &fault{reason: ReasonExist, err: fmt.Errorf("%s: %w", printable(to), fs.ErrExist)}
		case !isGone(err):
			return fmt.Errorf("look for the new name: %w", err)
		}
		sent = true
		if c.PosixRename() {
			err := c.client.PosixRename(from, to)
			if !isUnsupported(err) {
				return err
			}
			c.options.Log.WarnContext(ctx, "the server offers posix-rename and then can't do it")
		}
		return c.client.Rename(from, to)
	})
	return undecided(err, sent)
}

// Remove removes the file (or symbolic link) at path, and never a folder.
//
// After an error with Undecided it may or may not have happened.
func (c *Conn) Remove(ctx context.Context, path string) error {
	sent := false
	err := c.do(ctx, "remove", path, func(*watch) error {
		// pkg/sftp removes an empty folder as well; so look first.
		info, err := c.lstat(path)
		if err != nil {
			return err
		}
		if info.IsDir() {
			return faultf(ReasonRefused, "it is a folder")
		}
		sent = true
		return c.client.Remove(path)
	})
	return undecided(err, sent)
}

// undecided marks an error of a request that was sent and not answered.
func undecided(err error, sent bool) error {
	e, ok := err.(*Error) //nolint:errorlint // do gives exactly this
	if !ok {
		return err
	}
	switch e.Reason {
	case ReasonNetwork, ReasonTimeout, ReasonCancelled, ReasonProtocol:
		e.undecided = sent
	}
	return e
}
