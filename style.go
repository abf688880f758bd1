package mind

// A Style asks for one kind of conversation about a chunk.
type Style struct {
	Name        string             // Part of the unit's identity and of the record.
	System      string             // The system message. Default: none, as in the paper.
	Instruction string             // Stands after the text, which it calls "the context above".
	Prompt      func(Chunk) string // The user message; "" means: not this style for this chunk. It must be deterministic. Default: the chunk's text, a blank line, Instruction.
}
