package banksim

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// journal is the bank's memory on disk: a text file that only grows. What
// stands after the last commit never happened.
type journal struct {
	file      *os.File
	out       *bufio.Writer
	line      []byte
	committed int64 // size of the file up to the last commit
	written   int64
	err       error // the first error of a write; comes out of commit
}

// openJournal opens or creates the journal and replays it into books.
func openJournal(root *os.Root, name string, books *Books) (*journal, error) {
	f, err := root.OpenFile(name, os.O_RDWR|os.O_CREATE, filePerm)
	if err != nil {
		return nil, err
	}
	j := &journal{file: f, out: bufio.NewWriterSize(f, 256<<10)}
	if err := j.reload(books); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return j, nil
}

// reload forgets what was not committed, in the file and in books.
func (j *journal) reload(books *Books) error {
	end, err := j.lastCommit()
	if err != nil {
		return err
	}
	if err := j.file.Truncate(end); err != nil {
		return err
	}
	books.mu.Lock()
	defer books.mu.Unlock()
	books.state = newState()
	if _, err := j.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(j.file, 256<<10)
	for n := 1; ; n++ {
		line, err := readLine(in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && len(line) > 0 && line[0] == markCommit {
			continue
		}
		if err == nil {
			if len(line) < 2 {
				err = errors.New("line too short")
			} else {
				err = books.replay(line[0], line[2:], books.light)
			}
		}
		if err != nil {
			return fmt.Errorf("banksim: journal line %d: %w", n, err)
		}
	}
	if _, err := j.file.Seek(end, io.SeekStart); err != nil {
		return err
	}
	j.out.Reset(j.file)
	j.committed, j.written, j.err = end, end, nil
	return nil
}

// lastCommit finds the size of the file up to its last commit.
func (j *journal) lastCommit() (int64, error) {
	if _, err := j.file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	in := bufio.NewReaderSize(j.file, 256<<10)
	var at, end int64
	for {
		line, err := readLine(in)
		if errors.Is(err, io.EOF) {
			return end, nil
		}
		if err != nil {
			return 0, err
		}
		at += int64(len(line)) + 1
		if len(line) == 1 && line[0] == markCommit {
			end = at
		}
	}
}

// readLine reads a complete line, without its newline. A line that the file
// ends in the middle of is io.EOF: it was never committed.
func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if err == nil {
		return line[:len(line)-1], nil
	}
	if !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	long := append([]byte(nil), line...)
	rest, err := in.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	return append(long, rest[:len(rest)-1]...), nil
}

func (j *journal) write(mark byte, body func([]byte) []byte) {
	j.line = append(j.line[:0], mark, ' ')
	j.line = append(body(j.line), '\n')
	j.put()
}

func (j *journal) put() {
	if j.err != nil {
		return
	}
	n, err := j.out.Write(j.line)
	j.written += int64(n)
	j.err = err
}

func (j *journal) text(mark byte, s string) {
	j.write(mark, func(b []byte) []byte { return append(b, s...) })
}

func (j *journal) json(mark byte, v any) {
	encoded, err := json.Marshal(v)
	if err != nil && j.err == nil {
		j.err = err
	}
	j.write(mark, func(b []byte) []byte { return append(b, encoded...) })
}

// commit makes everything since the last commit count.
func (j *journal) commit() error {
	j.line = append(j.line[:0], markCommit, '\n')
	j.put()
	if j.err == nil {
		j.err = j.out.Flush()
	}
	if j.err != nil {
		return fmt.Errorf("banksim: journal: %w", j.err)
	}
	j.committed = j.written
	return nil
}
