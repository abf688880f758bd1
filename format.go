package mind

import (
	"bytes"
	"errors"
	"fmt"
)

// longestMagic is enough to tell the formats by their first bytes.
const longestMagic = 8

func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte("\x1f\x8b")) }

func isParquet(head []byte) bool { return bytes.HasPrefix(head, []byte("PAR1")) }

// isZstd tells of a zstd file, which may begin with a frame to be skipped, as
// parallel compressors write.
func isZstd(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")) || len(head) >= 4 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], []byte("\x2a\x4d\x18"))
}

// isRows tells of a file that is called a text and has rows of JSON in it.
func isRows(head []byte) bool {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, bom))
	if bytes.HasPrefix(head, []byte("[")) {
		head = bytes.TrimSpace(head[1:])
	}
	return bytes.HasPrefix(head, []byte("{")) && bytes.HasPrefix(bytes.TrimSpace(head[1:]), []byte(`"`))
}

// notJSON names what is no JSON, from its first bytes.
func notJSON(head []byte) error {
	switch {
	case bytes.HasPrefix(head, []byte("<")):
		return errors.New("this is HTML or XML, perhaps a saved error page; fetch the data again")
	case bytes.HasPrefix(head, []byte("PARE")): // As a text may begin.
		return errors.New("this is parquet with an encrypted footer, which is not read; write it without encryption")
	}
	return otherFormat(head)
}

// otherFormat names what is neither rows nor a text, from its first bytes, and the
// way out.
func otherFormat(head []byte) error {
	for _, f := range []struct{ magic, what string }{
		{"BZh", "compressed with bzip2, which is not read; decompress it (bunzip2), or compress it with gzip or zstd"},
		{"\xfd7zXZ", "compressed with xz, which is not read; decompress it (unxz), or compress it with gzip or zstd"},
		{"PK\x03\x04", "a zip file, which is not read; unpack it (unzip) and name the folder"},
		{"ARROW1\x00", "an Arrow file, which is not read; write it as parquet or JSONL"},
		{"%PDF", "a PDF, which is not read; write its text as .txt or .tex"},
		{"\xff\xfe", "UTF-16, not UTF-8; convert it (iconv -f UTF-16 -t UTF-8)"},
		{"\xfe\xff", "UTF-16, not UTF-8; convert it (iconv -f UTF-16 -t UTF-8)"},
		{"{\x00", "UTF-16, not UTF-8; convert it (iconv -f UTF-16LE -t UTF-8)"},
		{"[\x00", "UTF-16, not UTF-8; convert it (iconv -f UTF-16LE -t UTF-8)"},
		{"version https://git-lfs", "a Git LFS pointer, not the data; fetch the data (git lfs pull)"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return errors.New("this is " + f.what)
		}
	}
	return nil
}

// notText names what is no text, from its first bytes. A web page may be one
// that says why there is no data.
func notText(head []byte) error {
	page := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head, bom)))
	if bytes.HasPrefix(page, []byte("<!doctype html")) || bytes.HasPrefix(page, []byte("<html")) {
		return errors.New("this is HTML, perhaps a saved error page; fetch the data again, or write its text")
	}
	return otherFormat(head)
}

// notParquet says what is called parquet, by its first bytes.
func notParquet(head []byte) error {
	if err := notJSON(head); err != nil {
		return err
	}
	if len(head) == 0 {
		return errors.New("this is called parquet and is empty; fetch it again")
	}
	return fmt.Errorf("this is called parquet and is none: it begins with %.20q; fetch it again, or give it the name of what it is", head)
}
