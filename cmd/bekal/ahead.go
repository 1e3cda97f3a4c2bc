package main

import "errors"

// A sheet is read this many rows ahead of what is entered in the books.
const (
	aheadParts = 4
	aheadRows  = 256
)

var errNotEntered = errors.New("a row before could not be entered in the books")

// readAhead runs read, and hands the rows that it puts to add, in their order,
// on a goroutine of its own: rows are read and checked while those before them
// are written. It returns when both have ended, with the error of add, or else
// that of read. read must end when put fails; after an error of add, add is not
// called again.
func readAhead[T any](add func(T) error, read func(put func(T) error) error) error {
	full, empty := make(chan []T, aheadParts), make(chan []T, aheadParts)
	for range aheadParts {
		empty <- make([]T, 0, aheadRows)
	}
	failed := make(chan struct{})
	var addErr error // written before failed is closed
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for part := range full {
			if addErr = addAll(add, part); addErr != nil {
				close(failed)
				return
			}
			empty <- part[:0]
		}
	}()
	part := <-empty
	readErr := read(func(row T) error {
		if part = append(part, row); len(part) < aheadRows {
			return nil
		}
		full <- part
		select {
		case part = <-empty:
			return nil
		case <-failed:
			return errNotEntered
		}
	})
	if readErr == nil {
		full <- part
	}
	close(full)
	<-ended
	if addErr != nil {
		return addErr
	}
	return readErr
}

func addAll[T any](add func(T) error, rows []T) error {
	for _, row := range rows {
		if err := add(row); err != nil {
			return err
		}
	}
	return nil
}
