package mind

// A Filter checks an answer.
//
// Check must be pure and safe for concurrent use. It may clean d.Text and must
// leave the other fields alone; its error is the reason why d is rejected.
type Filter struct {
	Name  string
	Check func(d *Dialogue) error
}
