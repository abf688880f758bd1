package mind

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A Dialogue is one answer with its origin: a line of the output, and the whole
// outcome of a unit.
//
// As JSON it always has all of its keys, in the order of these fields, with
// zeros and empty strings written out, because a key that is first seen late
// breaks or loses columns in the tools that load such files. There are two
// exceptions: "metadata" is left out where there is none, and "reject" stands
// only in rejected dialogues.
type Dialogue struct {
	ID           string            // The document's id; a hash of its text where it has none.
	IntID        bool              // ID is written as an integer.
	Text         string            // The trainable text and nothing else.
	Style        string            // The style's name.
	Chunk        int               // Index of the chunk in its document, from 0.
	Chunks       int               // Chunks of the document.
	Sample       int               // From 0.
	Model        string            // As the model calls itself.
	FinishReason string            // As the server said; empty was written as stop.
	Usage        Usage             // Tokens as billed; 0 where unknown.
	Metadata     map[string]string // The document's Meta.
	Source       string            // The chunk that the dialogue is about.
	Raw          string            // The answer as received, where a filter edited the text; else empty.
	Reject       string            // Why it is rejected, as "filter: reason"; empty: it is kept.
	Key          string            // Names the unit and its prompt.
}

// refused is how the reason of a dialogue without an answer begins.
const refused = "refused: "

// Filter returns d as the filters leave it, starting from the answer as it was
// received: checked afresh, whatever earlier filters said. The first filter
// that objects rejects it, and whatever they are an empty text is rejected. A
// refused request has no answer and comes back unchanged.
func (d Dialogue) Filter(fs ...Filter) Dialogue {
	if d.Text == "" && d.Raw == "" && strings.HasPrefix(d.Reject, refused) {
		return d
	}
	if d.Raw != "" {
		d.Text = d.Raw
	}
	answer := d.Text
	d.Raw, d.Reject = "", ""
	for _, f := range fs {
		if err := f.Check(&d); err != nil {
			d.Reject = f.Name + ": " + err.Error()
			break
		}
	}
	if d.Reject == "" && strings.TrimSpace(d.Text) == "" {
		d.Reject = "empty: no text"
	}
	if d.Text != answer {
		d.Raw = answer
	}
	return d
}

// record is a Dialogue as its line has it: the order of the fields is the order
// in the file.
type record struct {
	ID           json.RawMessage   `json:"id"`
	Text         string            `json:"text"`
	Style        string            `json:"style"`
	Chunk        int               `json:"chunk"`
	Chunks       int               `json:"chunks"`
	Sample       int               `json:"sample"`
	Model        string            `json:"model"`
	FinishReason string            `json:"finish_reason"`
	Usage        Usage             `json:"usage"`
	Metadata     map[string]string `json:"metadata,omitempty"`
	Source       string            `json:"source"`
	Raw          string            `json:"raw"`
	Reject       string            `json:"reject,omitempty"`
	Key          string            `json:"key"`
}

// MarshalJSON writes the record as one line without its end. HTML is not
// escaped, unless the caller's own encoder does.
func (d Dialogue) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := d.writeLine(&b)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// writeLine adds the record to b, as a line with its end.
func (d Dialogue) writeLine(b *bytes.Buffer) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	return e.Encode(record{jsonID(d.ID, d.IntID), d.Text, d.Style, d.Chunk, d.Chunks, d.Sample, d.Model,
		d.FinishReason, d.Usage, d.Metadata, d.Source, d.Raw, d.Reject, d.Key})
}

// UnmarshalJSON reads a record. It refuses keys that are not ours, and a record
// whose "key" is not one, because both mean that something else wrote the line.
// It refuses what stands behind the record, too: a second one would be lost.
func (d *Dialogue) UnmarshalJSON(b []byte) error {
	var r record
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("there is something behind the record")
	}
	if _, _, err := parseKey(r.Key); err != nil {
		return err
	}
	*d = Dialogue{"", false, r.Text, r.Style, r.Chunk, r.Chunks, r.Sample, r.Model,
		r.FinishReason, r.Usage, r.Metadata, r.Source, r.Raw, r.Reject, r.Key}
	if len(r.ID) > 0 && r.ID[0] == '"' {
		return json.Unmarshal(r.ID, &d.ID)
	}
	if _, err := strconv.ParseInt(string(r.ID), 10, 64); err != nil {
		return fmt.Errorf("id %.40s is neither a string nor an integer", r.ID)
	}
	d.ID, d.IntID = string(r.ID), true
	return nil
}

// jsonID is an id as JSON: 123, "a", "".
func jsonID(id string, isInt bool) []byte {
	if isInt {
		return []byte(id)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(id) // A string always has a JSON form.
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
