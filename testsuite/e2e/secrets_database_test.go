package e2e

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// records yields the content of every row and index entry of an SQLite file in one piece. A long one lies on several pages
// of the file, so that whoever reads the file from end to end sees it torn (SQLite: database file format, cell payload
// overflow pages).
func records(path string, yield func(record []byte)) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if len(data) < 100 || string(data[:16]) != "SQLite format 3\x00" {
		return errors.New("no SQLite database")
	}
	size := int(binary.BigEndian.Uint16(data[16:]))
	if size == 1 {
		size = 1 << 16
	}
	f := sqliteFile{data: data, size: size, usable: size - int(data[20])}
	for page := range len(data) / size {
		f.cells(page, yield)
	}
	return nil
}

type sqliteFile struct {
	data         []byte
	size, usable int // bytes of a page, and of it without the reserved ones
}

// cells yields the payloads of a b-tree page that has any; what is no such page has none.
func (f sqliteFile) cells(number int, yield func([]byte)) {
	page := f.data[number*f.size:][:f.size]
	header := page
	if number == 0 {
		header = page[100:]
	}
	kind, pointers := header[0], 8
	if kind == 0x02 { // an inner page of an index
		pointers = 12
	} else if kind != 0x0a && kind != 0x0d { // a leaf of an index, of a table
		return
	}
	for i := range int(binary.BigEndian.Uint16(header[3:])) {
		if pointers+2*i+2 > len(header) {
			return // content that only looks like a page
		}
		if at := int(binary.BigEndian.Uint16(header[pointers+2*i:])); at < len(page) {
			if record := f.payload(kind, page[at:]); record != nil {
				yield(record)
			}
		}
	}
}

// payload is what a cell holds, nil if it is none.
func (f sqliteFile) payload(kind byte, cell []byte) []byte {
	if kind == 0x02 {
		cell = cell[min(4, len(cell)):] // the child's page
	}
	length, cell := varint(cell)
	most := (f.usable-12)*64/255 - 23
	if kind == 0x0d {
		_, cell = varint(cell) // the row's id
		most = f.usable - 35
	}
	local := length
	if length > most {
		least := (f.usable-12)*32/255 - 23
		if local = least + (length-least)%(f.usable-4); local > most {
			local = least
		}
	}
	if length < 0 || length > len(f.data) || local > len(cell) || local < length && local+4 > len(cell) {
		return nil
	}
	record := append([]byte(nil), cell[:local]...)
	if local < length {
		return f.follow(record, int(binary.BigEndian.Uint32(cell[local:])), length)
	}
	return record
}

// follow adds what lies on the overflow pages.
func (f sqliteFile) follow(record []byte, next, length int) []byte {
	for len(record) < length && next > 0 && next*f.size <= len(f.data) {
		page := f.data[(next-1)*f.size:][:f.usable]
		next = int(binary.BigEndian.Uint32(page))
		record = append(record, page[4:4+min(f.usable-4, length-len(record))]...)
	}
	return record
}

// varint reads a variable-length integer of SQLite.
func varint(b []byte) (value int, rest []byte) {
	for i := range min(9, len(b)) {
		if i == 8 {
			return value<<8 | int(b[i]), b[9:]
		}
		value = value<<7 | int(b[i]&0x7f)
		if b[i] < 0x80 {
			return value, b[i+1:]
		}
	}
	return -1, nil
}

// planted is what the database is given before the tests, so that a scan that finds it nowhere has not looked. It is
// longer than any page, with a mark in every piece that may come to lie across two of them.
func planted() (marks map[string]string, text string) {
	marks = map[string]string{}
	for i := range 600 {
		mark := fmt.Sprintf("planted-%04d-obviously-not-a-secret", i)
		marks[mark] = mark
		text += mark + "/"
	}
	return marks, text
}
