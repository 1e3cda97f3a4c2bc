package sftp

import (
	"context"
	"io/fs"

	"github.com/pkg/sftp"
)

// Stat describes the file or folder at path; of a symbolic link it describes
// the link. errors.Is(err, fs.ErrNotExist) tells that there is nothing.
func (c *Conn) Stat(ctx context.Context, path string) (fs.FileInfo, error) {
	var info fs.FileInfo
	err := c.do(ctx, "stat", path, func(*watch) (err error) {
		info, err = c.lstat(path)
		return err
	})
	return info, err
}

// lstat is one request; it never gives a nil or half FileInfo without error.
func (c *Conn) lstat(path string) (fs.FileInfo, error) {
	if err := checkPath(path); err != nil {
		return nil, err
	}
	info, err := c.client.Lstat(path)
	if err != nil {
		return nil, err
	}
	return info, checkInfo(info)
}

// checkInfo refuses a description that the server didn't really give: pkg/sftp
// takes the status OK in its place for success.
func checkInfo(info fs.FileInfo) error {
	if info == nil {
		return noAnswer
	}
	if stat, ok := info.Sys().(*sftp.FileStat); !ok || stat == nil {
		return noAnswer
	}
	if info.Size() < 0 {
		return faultf(ReasonProtocol, "the server says that the file's size is beyond 8 EiB")
	}
	return nil
}
