package mind

import (
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
