package simulate

import "syscall"

// Memory is a folder that is a file system in memory, where there is one with
// room, and empty elsewhere: books sync often, and hundreds of nights would wait
// for the disk.
func Memory() string {
	const dir, room = "/dev/shm", 512 << 20
	var fs syscall.Statfs_t
	if syscall.Statfs(dir, &fs) != nil || uint64(fs.Bsize)*fs.Bavail < room {
		return ""
	}
	return dir
}
