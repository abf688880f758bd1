package mind

import "strings"

// A Style asks for one kind of conversation about a chunk.
type Style struct {
	Name        string             // Part of the unit's identity and of the record.
	System      string             // The system message. Default: none, as in the paper.
	Instruction string             // Stands after the text, and calls it "the text above".
	Prompt      func(Chunk) string // The user message; "" means: not this style for this chunk. It must be deterministic. Default: the chunk's text, a blank line, Instruction.
}

// prompt is the user message for c. White space around the text would only
// move the instruction away from it; indentation of its first line stays.
func (s Style) prompt(c Chunk) string {
	if s.Prompt != nil {
		return s.Prompt(c)
	}
	text := strings.TrimLeft(strings.TrimRight(c.Text, " \t\r\n"), "\r\n")
	return text + "\n\n" + s.Instruction
}

// faithful ends every instruction of the paper's styles (its section 2.1): what
// the text does not say must not come into the dialogue.
const faithful = "Stay with the text above: every fact, number, formula and conclusion in the conversation must come from it or follow from it, " +
	"nothing may contradict it, and nothing may be brought in from outside. " +
	"Write only the conversation, each turn on a line of its own that starts with the speaker's name and a colon."

// The seven styles of the paper (section 2.1, appendix A), in our own words.
var (
	problemSolving = Style{Name: "problem_solving", Instruction: "Write a conversation of many turns in which several people solve the problems that the text above holds. " +
		"They find out together what makes the content difficult, take the difficulties one after the other, and work out each solution from the text alone, without guessing. " + faithful}

	debate = Style{Name: "debate", Instruction: "Write a debate of many turns about the text above. " +
		"The participants put forward arguments and counter-arguments that rest on the text alone; each defends a position step by step, answers what the others object, and gives way where the text shows them wrong. " + faithful}

	teacherStudent = Style{Name: "teacher_student", Instruction: "Write a conversation of many turns between a teacher and a student about the text above. " +
		"The student does not understand parts of it yet and asks about them; the teacher clears up each question step by step until the student can follow the whole text. " + faithful}

	twoStudents = Style{Name: "two_students", Instruction: "Write a conversation of many turns between two students who work on an assignment about the text above. " +
		"They explain to each other what they have understood, try steps, find and mend each other's mistakes, and arrive together at what the text says. " + faithful}

	interview = Style{Name: "interview", Instruction: "Write an interview of many turns about the text above. " +
		"The interviewer asks only about what the text says; the interviewee, an expert on it, answers each question in detail from the text. " + faithful}

	laymanKnowall = Style{Name: "layman_knowall", Instruction: "Write a conversation of many turns in which an expert presents the text above, step by step, to a layman who knows nothing of the subject. " +
		"The layman breaks in with many questions, also simple ones, and asks again where an answer is not clear; the expert answers all of them. " + faithful}

	twoProfessors = Style{Name: "two_professors", Instruction: "Write a conversation of many turns between two professors who discuss the text above. " +
		"Both know the subject well and go through the content of the text and the reasons behind it. " + faithful}
)

// PaperStyles returns the seven styles of the MIND paper: problem_solving,
// debate, teacher_student, two_students, interview, layman_knowall and
// two_professors, best on GSM8K first. The paper saw no gain from the last.
func PaperStyles() []Style {
	return []Style{problemSolving, debate, teacherStudent, twoStudents, interview, laymanKnowall, twoProfessors}
}

// written asks for calculations in full, as a model learns from what it reads.
const written = " Every calculation is written out in full, one operation after the other; nobody uses a calculator, a program or any other tool."

// OlmoStyles returns the two styles with which the OLMo team rebuilt the
// method: two_students and problem_solving, calculations written out and no
// tools assumed. Their names end in _written, because another instruction under
// the paper's names would be another dialogue under the same key.
func OlmoStyles() []Style {
	styles := []Style{twoStudents, problemSolving}
	for i := range styles {
		styles[i].Name += "_written"
		styles[i].Instruction += written
	}
	return styles
}

// SeedStyle returns teacher_basics, the style that is the default: a teacher
// who begins with the basics leads the student step by step to the solution.
func SeedStyle() Style {
	return Style{Name: "teacher_basics", Instruction: "Write a conversation of many turns between a teacher and a student about the problem and the solution above. " +
		"The teacher begins with the basics that the problem rests on and makes sure that the student has understood them, then leads the student with questions and hints, one step at a time, through the solution; " +
		"the student thinks along, makes the small mistakes that a learner makes, puts them right, and in the end states the final answer. " +
		"Keep to the solution above: its numbers, its steps and its result. " +
		`Write only the conversation, each turn on a line of its own that starts with "Teacher:" or "Student:".`}
}
