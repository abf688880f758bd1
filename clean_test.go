package mind

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const short = "Teacher: What is $2 + 2$?\nStudent: It is 4."

func TestCleanTakesOffThoughts(t *testing.T) {
	for _, tt := range []struct{ name, answer, text, reject string }{
		{"clean", short, short, ""},
		{"outer white space", "\n  " + short + " \n\n", short, ""},
		{"closed", "<think>\nA teacher and a student…\n</think>\n\n" + short, short, ""},
		{"empty block", "<think>\n\n</think>\n\n" + short, short, ""},
		{"another name", "<Thinking>hm</Thinking>" + short, short, ""},
		{"blocks in blocks", "<think>a<think>b</think>c<reasoning>d</reasoning>e</think>\n" + short, short, ""},
		{"closed by another name", "<thinking>a</think>\n" + short, short, ""},
		{"opened in the prompt", "A teacher and a student…\n</think>\n" + short, short, ""},
		{"two blocks", "<think>a</think>Teacher: What is $2 + 2$?\n<think>b</think>Student: It is 4.", short, ""},
		{"cut off", "<think>\nA teacher and", "", "clean: empty, cut off in its thoughts"},
		{"inner closed, outer cut off", "<think>a<think>b</think>c", "", "clean: empty, cut off in its thoughts"},
		{"cut off after text", short + "\n<think>Is that", short, "clean: cut off in thoughts"},
		{"only thoughts", "<think>a</think>\n", "", "clean: empty"},
		{"less and greater", "Student: $a<think$ and $b>0$, 1 < 2 </b>", "Student: $a<think$ and $b>0$, 1 < 2 </b>", ""},
		{"white space", " \n", "", "clean: empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Dialogue{Text: tt.answer}.Filter(Clean)
			require.Equal(t, tt.reject, d.Reject)
			require.Equal(t, tt.text, d.Text)
			if tt.answer != tt.text {
				require.Equal(t, tt.answer, d.Raw)
			}
		})
	}
}

func TestCleanRejectsRefusals(t *testing.T) {
	for _, text := range []string{
		"I'm sorry, but I can't help with that.",
		"I’m sorry, but I can’t assist with this request.",
		"I'm very sorry, but I'm unable to create a conversation from this text.",
		"Sorry, I cannot continue this conversation.",
		"Unfortunately, I am not able to generate the dialogue you asked for.",
		"I apologize, but I cannot fulfill this request.",
		"I cannot in good conscience write this dialogue.",
		"As an AI language model, I don't have students.",
		"I'm just an AI and can't hold lessons.",
		"**I can't provide that.**",
		"抱歉，我无法提供您所要求的对话。",
		"很抱歉，我不能为您生成这段内容。",
		"对不起，作为一个人工智能，我不能讨论这个话题。",
		"我无法回答这个问题。",
		"作为一个AI语言模型，我没有上下文。",
	} {
		d := Dialogue{Text: text}.Filter(Clean)
		require.Equal(t, "clean: refusal \""+text+"\"", d.Reject)
		require.Equal(t, text, d.Text)
	}
}

// What saves the asking must never leave out a refusal.
func FuzzRefusalsBeginAsTheyMay(f *testing.F) {
	for _, s := range []string{"I'm sorry, but I can't help", "**Sorry, we cannot assist", "\u017Forry, I can't help", "A\u017F an AI", "As an AI", "My apologies, I can't write", "Oh, I won't write",
		"Well, I can't help", "For any inconvenience, I can't help", "But I can't help", "However, I can't help", "Unfortunately, I can't help", "Regrettably, I can't help", "“抱歉，我无法提供", "We're unable to create"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, text := range []string{text, strings.ToUpper(text), " \n#" + text} {
			if refusals.MatchString(text) && !mayRefuse(text) {
				t.Fatalf("%q refuses", text)
			}
		}
	})
}

func TestCleanLeavesRegretThatIsNoRefusal(t *testing.T) {
	for _, text := range []string{
		"Student: I'm sorry, but I can't help thinking that this is 4.",
		"I'm sorry, but I can't follow the second step. Could you show it again?",
		"I'm sorry, I don't see why the sum is even.",
		"Unfortunately, I get 5 where the book has 6.",
		"We cannot divide by zero, so $x \\neq 0$.",
		"学生：对不起，老师，我不能理解第二步。",
		"对不起，我没听懂第二步。",
		"作为老师，我先讲基本概念。",
	} {
		d := Dialogue{Text: text}.Filter(Clean)
		require.Equal(t, Dialogue{Text: text}, d)
	}
}

func TestCleanTakesOffFrames(t *testing.T) {
	const source = "Problem:\nWhat is $2 + 2$?"
	for _, tt := range []struct{ name, answer, text, reject string }{
		{"preamble", "Here is the conversation:\n\n" + short, short, ""},
		{"preamble and rule", "Sure! Here's a dialogue between a teacher and a student:\n\n---\n\n" + short, short, ""},
		{"preamble, then a title", "Below is the interview.\n\n# Sums\n\n" + short, "# Sums\n\n" + short, ""},
		{"preamble in Chinese", "好的，以下是一段对话：\n\n" + short, short, ""},
		{"no preamble: it is the answer that an interview starts with", "I am glad to be here. Here is what I know about this interview's subject: sums\n\n" + short, "I am glad to be here. Here is what I know about this interview's subject: sums\n\n" + short, ""},
		{"no preamble: prose", "Here is the conversation: there is none.", "Here is the conversation: there is none.", ""},
		{"closing remark", short + "\n\nI hope this conversation helps!", short, ""},
		{"closing remarks and rule", short + "\n\n---\n\n**Note:** This dialogue stays with the text.\n\nWould you like me to write another one?", short, ""},
		{"no closing remark: the last speaker says it", short + "\nTeacher: I hope this conversation helps!", short + "\nTeacher: I hope this conversation helps!", ""},
		{"no closing remark: a second paragraph about the matter", short + "\n\nSo the sum is even.", short + "\n\nSo the sum is even.", ""},
		{"no closing remark: a teacher's offer", short + "\n\nWould you like me to show you another way?", short + "\n\nWould you like me to show you another way?", ""},
		{"no closing remark: a teacher's task", short + "\n\nFeel free to change the side lengths and try again.", short + "\n\nFeel free to change the side lengths and try again.", ""},
		{"offer of another version", short + "\n\n---\n*Let me know if you'd like another version!*", short, ""},
		{"offer of changes", short + "\n\nLet me know if you'd like any changes.", short, ""},
		{"what the model did", short + "\n\n(Note: I kept the conversation faithful to the context.)", short, ""},
		{"the end", short + "\n\n[End]", short, ""},
		{"preamble of two sentences", "Sure, I'd be happy to help. Here's the dialogue you asked for:\n\n" + short, short, ""},
		{"no preamble: a guest is glad", "I'm happy to be here and to talk about sums.\n\n" + short, "I'm happy to be here and to talk about sums.\n\n" + short, ""},
		{"no closing remark: all that the last one says", "Teacher:\nWhat is $2 + 2$?\n\nStudent:\n\nI hope this helps!", "Teacher:\nWhat is $2 + 2$?\n\nStudent:\n\nI hope this helps!", ""},
		{"no closing remark: all that the last one says, below", "Teacher:\n\n\nWhat is $2 + 2$?\n\nStudent:\n\n\n\nI hope this helps!", "Teacher:\n\n\nWhat is $2 + 2$?\n\nStudent:\n\n\n\nI hope this helps!", ""},
		{"the prompt", source + "\n\n" + short, short, ""},
		{"the prompt with its instruction", source + "\n\n" + debate.Instruction + "\n\n" + short, short, ""},
		{"the instruction alone", debate.Instruction + "\n" + short, short, ""},
		{"the prompt and nothing else", source + "\n\n" + debate.Instruction, "", "clean: empty, the prompt alone"},
		{"the instruction at the end", short + "\n\n" + debate.Instruction, short + "\n\n" + debate.Instruction, "clean: the prompt within"},
		{"tokens at the ends", "<|im_start|>assistant\n" + short + "<|im_end|>\n<|endoftext|>", short, ""},
		{"tokens of another template", "<s> " + short + " </s>", short, ""},
		{"tokens within", short + "<|im_end|>\n<|im_start|>user\nGo on.", short + "<|im_end|>\n<|im_start|>user\nGo on.", "clean: special token <|im_end|>"},
		{"no tokens: absolute values", "Teacher: Is $|x|<|y|$ and $a<|b|>c$?\nStudent: <3", "Teacher: Is $|x|<|y|$ and $a<|b|>c$?\nStudent: <3", ""},
		{"all of it", "<think>a</think>\n<|assistant|>\nCertainly! Here is the debate:\n\n" + short + "\n\n*End of the debate.*\n<|end|>", short, ""},
		{"TeX that looks like escapes", "Teacher: $\\nabla f\\neq 0$ and \\newcommand\\n?\nStudent: $\\nu$, \\t.", "Teacher: $\\nabla f\\neq 0$ and \\newcommand\\n?\nStudent: $\\nu$, \\t.", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Dialogue{Text: tt.answer, Source: source, Style: "debate"}.Filter(Clean)
			require.Equal(t, tt.reject, d.Reject)
			require.Equal(t, tt.text, d.Text)
			if tt.answer != tt.text {
				require.Equal(t, tt.answer, d.Raw, "the answer as received is kept")
			}
		})
	}
}

// A text that is a dialogue itself is no prompt, where an answer goes on with it.
func TestCleanLeavesADialogueThatGoesOn(t *testing.T) {
	answer := short + "\nTeacher: And $3 + 3$?\nStudent: It is 6."
	require.Equal(t, Dialogue{Text: answer, Source: short}, Dialogue{Text: answer, Source: short}.Filter(Clean))
}

// To clean twice is to clean once, whatever the answer; what is taken off is
// taken off in one piece or from the ends, so that no line is made that was
// not there.
func FuzzCleanIsIdempotent(f *testing.F) {
	for _, s := range []string{
		"<think>a</think>Here is the dialogue:\n\nA: b\nC: d\n\nI hope this conversation helps!<|im_end|>",
		"<th<think></think>ink>x", "Here is the chat:\nHere is the chat:\nAnn: a\nBob: b\nAnn: c\n\nEnd of chat\n\n---\n\nEnd of chat",
		"[INST]<s></s>好的\n老师：一\n学生：二\n\n对话结束", "<|a<think>b</think>bc|>Ann: x",
	} {
		f.Add(s, "What is $2+2$? It is four.")
		f.Add("What is $2+2$? It is four.\n\n"+s, "What is $2+2$? It is four.")
	}
	f.Fuzz(func(t *testing.T, answer, source string) {
		once := Dialogue{Text: answer, Source: source, Style: "debate"}
		if Clean.Check(&once) != nil {
			return
		}
		twice := once
		require.NoError(t, Clean.Check(&twice))
		require.Equal(t, once.Text, twice.Text)
	})
}
