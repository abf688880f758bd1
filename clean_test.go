package mind

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const short = "Teacher: What is $2 + 2$?\nStudent: It is 4."

func TestCleanTakesOffThoughts(t *testing.T) {
	const tags = "Teacher: What stands between the tags <think> and </think> is hidden, as in <think>a</think>.\nStudent: I see."
	const guest = "Well, I want to make this conversation useful, so let me think about how to explain it. I should write a sum first.\n\n" + short
	longThoughts := "好的，我现在需要根据题目生成一段老师和学生的对话。" + strings.Repeat("先讲加法。", 40) + "\n\n老师：一\n学生：二"
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
		{"a dialogue that ends with a stray tag", short + "\n</think>", short, ""},
		{"a stray tag and no more than a remark", "Here is the dialogue:\n\n" + short + "</think>\n\nDone, it is above.", short, ""},
		{"a stray tag behind a word", "Teacher: How much?\nStudent: Four</think>Done, it is above.", "Teacher: How much?\nStudent: Four", ""},
		{"a stray tag behind a word, at the end of a line", "Teacher: How much?\nStudent: Four </think>\nDone, it is above.", "Teacher: How much?\nStudent: Four", ""},
		{"cut off where thoughts open", short + " <think>", short, "clean: cut off in thoughts"},
		{"a stray tag behind a sentence", short + " </think> Done, it is above.", short, ""},
		{"a stray tag behind a dialogue with thoughts in it", "Teacher: What is $2 + 2$?\n<think>b</think>Student: It is 4.\n</think>", short, ""},
		{"a stray tag behind a dialogue about tags", "Teacher: They open with <think> here.\nStudent: I see.\n</think>", "Teacher: They open with <think> here.\nStudent: I see.", ""},
		{"a draft, and the dialogue on the same line", "Teacher: a draft </think> " + short, short, ""},
		{"thoughts that end in the middle of a line", "They add </think> sums.\n\n" + short, "sums.\n\n" + short, ""},
		{"opened at the end of a line, twice", "Teacher: What is $2 + 2$? <think>\nb\n</think><think>c</think>\nStudent: It is 4.", "Teacher: What is $2 + 2$? \nStudent: It is 4.", ""},
		{"several stray tags", short + "\n</think>\n</thinking>\n", short, ""},
		{"a draft in the thoughts", short + "\n</think>\nTeacher: And $3 + 3$?\nStudent: It is 6.", "Teacher: And $3 + 3$?\nStudent: It is 6.", ""},
		{"thoughts with a draft and nothing else", "I will let them talk.\n" + short + "\n</think>", "", "clean: empty"},
		{"one voice is no dialogue", "Student: what would he ask?\n</think>", "", "clean: empty"},
		{"no thoughts: a pair of tags in a sentence", tags, tags, ""},
		{"no thoughts: a tag alone in a sentence", "Teacher: It ends with a </think> tag.\nStudent: I see.", "Teacher: It ends with a </think> tag.\nStudent: I see.", ""},
		{"no thoughts: in the last sentence", "Teacher: Which one?\nStudent: It ends with a </think> tag.", "Teacher: Which one?\nStudent: It ends with a </think> tag.", ""},
		{"no thoughts: tags between backquotes", "Teacher: See `<think>` and `</think>`?\nStudent:\n`</think>` is new to me.", "Teacher: See `<think>` and `</think>`?\nStudent:\n`</think>` is new to me.", ""},
		{"no thoughts: tags in code", "Teacher: It writes\n```\n<think>\nhm\n</think>\nFour.\n```\nStudent: I see.", "Teacher: It writes\n```\n<think>\nhm\n</think>\nFour.\n```\nStudent: I see.", ""},
		{"opened at the end of a line", "Teacher: What is $2 + 2$? <think>\nb\n</think>\nStudent: It is 4.", "Teacher: What is $2 + 2$? \nStudent: It is 4.", ""},
		{"a fence in thoughts", "A format:\n```\nTeacher: …\n```\nAll right.</think>\n" + short, short, ""},
		{"a fence in thoughts that is not closed", "A format:\n```\nTeacher: …\nAll right.</think>\n" + short, short, ""},
		{"Mistral's", "[THINK]\nA teacher…\n[/THINK]\n" + short, short, ""},
		{"Kimi's", "◁think▷A teacher…◁/think▷" + short, short, ""},
		{"Kimi's, opened in the prompt", "A teacher…◁/think▷\n" + short, short, ""},
		{"Seed-OSS's", "<seed:think>A teacher…</seed:think>\n" + short, short, ""},
		{"MiniMax's", "<mm:think>A teacher…</mm:think>\n" + short, short, ""},
		{"Sky-T1's", "<|begin_of_thought|>\nA teacher…\n<|end_of_thought|>\n" + short, short, ""},
		{"Gemma's", "<|channel>thought\nA teacher…\n<channel|>" + short, short, ""},
		{"Gemma's, opened in the prompt", "A teacher…\n<channel|>" + short, short, ""},
		{"gpt-oss's", "<|channel|>analysis<|message|>A teacher…<|end|><|start|>assistant<|channel|>final<|message|>" + short + "<|return|>", short, ""},
		{"gpt-oss's, twice", "<|start|>assistant<|channel|>analysis<|message|>A teacher…<|end|><|start|>assistant<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>" + short, short, ""},
		{"gpt-oss's, the last alone", "<|channel|>final<|message|>" + short, short, ""},
		{"gpt-oss's, cut off", "<|channel|>analysis<|message|>A teacher…", "", "clean: empty, cut off in its thoughts"},
		{"gpt-oss's, without its tokens", "analysisWe need a dialogue.assistantfinal" + short, short, ""},
		{"Open WebUI's", "<details type=\"reasoning\" done=\"true\" duration=\"3\">\n<summary>Thought for 3 seconds</summary>\n> A teacher…\n</details>\n" + short, short, ""},
		{"no thoughts: details", "<details>\nTeacher: a\n</details>\nStudent: b", "<details>\nTeacher: a\n</details>\nStudent: b", ""},
		{"no thoughts: an area", "Teacher: Is $[TEN]$ more than $[THIN]$?\nStudent: No.", "Teacher: Is $[TEN]$ more than $[THIN]$?\nStudent: No.", ""},
		{"without a tag", "Okay, the user wants me to turn this into a conversation between a teacher and a student.\nThey are to add.\n\n" + short, short, ""},
		{"without a tag, several", "The user has asked for a dialogue about sums.\n\nLet me think about how to structure the conversation…\n\nI need to write a short dialogue.\n\n**Sums**\n\n" + short, "**Sums**\n\n" + short, ""},
		{"without a tag, then a preamble", "We need to turn the text into a debate.\n\nHere is the debate:\n\n" + short, short, ""},
		{"without a tag, in Chinese", "好的，用户希望我把这段文字改写成对话。\n\n老师：一\n学生：二", "老师：一\n学生：二", ""},
		{"without a tag, with more than is known for thoughts", "Okay, the user wants a conversation.\n\nTwo and two is four.\n\n" + short, "Okay, the user wants a conversation.\n\nTwo and two is four.\n\n" + short, "clean: thoughts without a tag"},
		{"without a tag, with more behind a blank line of any kind", "Okay, the user wants a conversation.\r\n \r\nTwo and two is four.\r\n\r\n" + short, "Okay, the user wants a conversation.\r\n \r\nTwo and two is four.\r\n\r\n" + short, "clean: thoughts without a tag"},
		{"without a tag, between blank lines of any kind", "Okay, the user wants a conversation.\r\n\r\nWe need to write a debate.\n \n" + short, short, ""},
		{"without a tag, and nothing else", "Okay, the user wants a conversation.", "Okay, the user wants a conversation.", "clean: thoughts without a tag"},
		{"thoughts without a tag and a draft that is closed", "Okay, the user wants a conversation.\n\n" + short + "\n</think>", "", "clean: empty"},
		{"no thoughts: an interview starts with the answer", guest, guest, ""},
		{"no thoughts: a user that is spoken of", "The user wants to know where the lines meet.\n\n" + short, "The user wants to know where the lines meet.\n\n" + short, ""},
		{"no thoughts: users in Chinese", "用户需要支付三元。\n\n老师：一\n学生：二", "用户需要支付三元。\n\n老师：一\n学生：二", ""},
		{"no thoughts: somebody says it", "Ann: Okay, the user wants me to write a dialogue.\nBob: So?", "Ann: Okay, the user wants me to write a dialogue.\nBob: So?", ""},
		{"without a tag, what there is to write, in Chinese", "好的，我现在需要根据题目生成一段老师和学生的对话。\n\n老师：一\n学生：二", "老师：一\n学生：二", ""},
		{"without a tag, and long", longThoughts, "老师：一\n学生：二", ""},
		{"no thoughts: what there is to discuss, in Chinese", "我们应该先写出方程，再讨论根的情况。\n\n老师：一\n学生：二", "我们应该先写出方程，再讨论根的情况。\n\n老师：一\n学生：二", ""},
		{"between blank lines", "Teacher: a\n\n<think>\nb\n</think>\n\nStudent: c", "Teacher: a\n\nStudent: c", ""},
		{"between blank lines, twice", "Teacher: a\n\n<think>b</think>\n\n<think>c</think>\n\nStudent: d", "Teacher: a\n\nStudent: d", ""},
		{"between lines", "Teacher: a\n<think>b</think>\nStudent: c", "Teacher: a\n\nStudent: c", ""},
		{"in the middle of a speech", "Teacher: a\n\n  b\n<think>c</think>  d\nStudent: e", "Teacher: a\n\n  b\n  d\nStudent: e", ""},
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

// What saves the asking must never leave out what is asked for.
func FuzzWhatIsAskedForBeginsAsItMay(f *testing.F) {
	for _, s := range []string{"I'm sorry, but I can't help", "**Sorry, we cannot assist", "\u017Forry, I can't help", "A\u017F an AI", "As an AI", "My apologies, I can't write", "Oh, I won't write",
		"Well, I can't help", "For any inconvenience, I can't help", "But I can't help", "However, I can't help", "Unfortunately, I can't help", "Regrettably, I can't help", "“抱歉，我无法提供", "Sorry, we're unable to create",
		"Okay, the user wants a dialogue", "> The user asks me to", "We need to turn it into a debate", "I must write a dialogue", "Let me think how to write a dialogue", "Let's see, the user wants me to",
		"Alright, the user gave me to", "All right, the user gave me to", "Hmm, the user gave me to", "So the user gave me to", "Well, the user gave me to", "Right, the user gave me to", "Got it, the user gave me to",
		"First, the user gave me to", "Now the user gave me to", "好的，用户希望我写", "我需要写一段对话"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, text := range []string{text, strings.ToUpper(text), " \n#" + text} {
			if refusals.MatchString(text) && !mayRefuse(text) {
				t.Fatalf("%q refuses", text)
			}
			if plainThoughts.MatchString(text) && !mayThink(text) {
				t.Fatalf("%q are thoughts", text)
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
		"We can't turn $9\\pi$ into a fraction.\nInterviewer: Why not?",
		"We cannot complete the square here.",
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
	const code = "Teacher: What is it?\n```python\n2 + 2\n```\nStudent: It is\n```\n4\n```"
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
		{"what the dialogue does", short + "\n\n---\n\nThis dialogue guides the student from the basics to the answer.", short, ""},
		{"no closing remark: what a talk leads to", short + "\n\nThis discussion leads us to the number 4.", short + "\n\nThis discussion leads us to the number 4.", ""},
		{"what the model has done", short + "\n\nI have turned the text into a dialogue.", short, ""},
		{"no closing remark: what a student has done", short + "\n\nI have turned the sum into a product.", short + "\n\nI have turned the sum into a product.", ""},
		{"who keeps to the text", short + "\n\n*Note: Both speakers only use what is in the given text.*", short, ""},
		{"no closing remark: who is in the text", short + "\n\nNote: The students in the given text are two.", short + "\n\nNote: The students in the given text are two.", ""},
		{"how long it is", short + "\n\n(Word count: about 148 words)", short, ""},
		{"how long it is, in italics", short + "\n\n*Total word count: 1,148*", short, ""},
		{"how long it is, in Chinese", "老师：一\n学生：二\n\n（字数：约300字）", "老师：一\n学生：二", ""},
		{"no closing remark: how many words there are", short + "\n\nWord count: 148", short + "\n\nWord count: 148", ""},
		{"what the dialogue shows, in Chinese", "老师：一\n学生：二\n\n以上对话展示了如何做加法，希望能满足您的要求。", "老师：一\n学生：二", ""},
		{"no closing remark: what a discussion shows, in Chinese", "老师：一\n学生：二\n\n以上讨论说明答案是二。", "老师：一\n学生：二\n\n以上讨论说明答案是二。", ""},
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
		{"reserved tokens at the end", short + "<unused12><unused12>", short, ""},
		{"bytes within", short + "<0x0A>Teacher: Yes.", short + "<0x0A>Teacher: Yes.", "clean: special token <0x0A>"},
		{"tokens of Nemotron", "<extra_id_1>Assistant\n" + short + "\n<extra_id_1>", short, ""},
		{"tokens of Nemotron within", short + "\n<extra_id_1>User\nGo on.", short + "\n<extra_id_1>User\nGo on.", "clean: special token <extra_id_1>"},
		{"tokens of Gemma", "<|turn>model\n" + short + "<turn|>", short, ""},
		{"a call of a tool", short + "\n<tool_call>\n{}\n</tool_call>", short + "\n<tool_call>\n{}", "clean: special token <tool_call>"},
		{"other tokens at the end", short + "<unk><eod><|endofprompt|><end_of_turn><pad>", short, ""},
		{"tokens in brackets at the end", short + "[EOS]\n[PAD][PAD]", short, ""},
		{"no tokens: areas", "Teacher: Which triangle is as large as [ABC]?\nStudent: I say [PAD] = [EOS]", "Teacher: Which triangle is as large as [ABC]?\nStudent: I say [PAD] = [EOS]", ""},
		{"no tokens: comparisons", "Teacher: $0<t$, $a<turn$ and $0<0x1F$?\nStudent: It is <0x1>.", "Teacher: $0<t$, $a<turn$ and $0<0x1F$?\nStudent: It is <0x1>.", ""},
		{"no tokens: absolute values", "Teacher: Is $|x|<|y|$ and $a<|b|>c$?\nStudent: <3", "Teacher: Is $|x|<|y|$ and $a<|b|>c$?\nStudent: <3", ""},
		{"in a fence", "```\n" + short + "\n```", short, ""},
		{"in a fence with a language, between remarks", "Here is the conversation:\n\n```markdown\n" + short + "\n```\n\n---\n\nI hope this conversation helps!", short, ""},
		{"in a tag", "<Dialogue>\n" + short + "\n</Dialogue>", short, ""},
		{"in a tag behind thoughts", "<think>a</think><answer>" + short + "</answer>", short, ""},
		{"in a fence, with a preamble within", "```text\nHere is the debate:\n\n" + short + "\n```", short, ""},
		{"a fence around code in a fence", "```markdown\n" + code + "\n```", code, ""},
		{"no frame: code at both ends", "```\nx = 4\n```\n" + code, "```\nx = 4\n```\n" + code, ""},
		{"no frame: somebody speaks on its line", "``` Teacher: What is $2 + 2$?\nStudent: It is 4.\nTeacher: Yes.\n```", "``` Teacher: What is $2 + 2$?\nStudent: It is 4.\nTeacher: Yes.\n```", ""},
		{"no frame: two blocks", "```\n" + short + "\n```\nor\n```\n" + short + "\n```", "```\n" + short + "\n```\nor\n```\n" + short + "\n```", ""},
		{"no frame: a tag around each speech", "<response>\nTeacher: What is $2 + 2$?\n</response>\n<response>\nStudent: It is 4.\n</response>", "<response>\nTeacher: What is $2 + 2$?\n</response>\n<response>\nStudent: It is 4.\n</response>", ""},
		{"no frame: code in a speech", "Teacher: Look.\n```\nA: 1\nB: 2\n```\nStudent: I see.", "Teacher: Look.\n```\nA: 1\nB: 2\n```\nStudent: I see.", ""},
		{"no frame: something behind it", "```\n" + short + "\n```\nThat is all that the talk is about.", "```\n" + short + "\n```\nThat is all that the talk is about.", ""},
		{"no frame: somebody speaks behind it, behind blank lines of any kind", "```\r\n" + short + "\r\n```\r\n\r\nI hope this conversation helps!\r\n \r\nTeacher: Is it?", "```\r\n" + short + "\r\n```\r\n\r\nI hope this conversation helps!\r\n \r\nTeacher: Is it?", ""},
		{"no frame: nobody speaks in it", "```\n2 + 2\n```", "```\n2 + 2\n```", ""},
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

// What the last speaker says in another paragraph, and what an interview starts
// with, may have the words in it that remarks have.
func TestCleanLeavesTalkOfTheMatter(t *testing.T) {
	for _, s := range []string{
		"I hope you can find the next root on your own.", "I hope that helps. For tomorrow, prove it for any two even numbers.",
		"Note that the exchange rate is the slope.", "The exchange uses a rate of 1.2.", "This script uses a loop to add the numbers.", "In this script, the sum doubles.",
		"Let me know how the sum changes.", "Let me know if the sum changes.",
		"Would you like me to expand $(a+b)^2$?", "Would you like me to write the last step out?", "Would you like me to continue with a product?",
		"Feel free to adjust the length of the side and see what the area does.", "Feel free to modify the script and run it with $n = 10$.",
		"In this discussion, the sign decides.", "Throughout this discussion, the sum was positive.", "The discussion is over when the sum is negative.",
		"注：分类讨论时不要漏掉零。", "讨论完这三种情况，答案就是二。", "以上是对大于零的情况的讨论，小于零时同理。", "如果有同学想补充，请举手。", "如果你想调整系数，再算一次。",
		"希望大家课后完成第三题，这对理解加法很有帮助。",
	} {
		require.Equal(t, Dialogue{Text: short + "\n\n" + s}, Dialogue{Text: short + "\n\n" + s}.Filter(Clean))
	}
	for _, s := range []string{
		"The user wants to exchange 200 dollars for euros.", "The user needs three minutes for each chat.", "用户需要支付三十元，我们设单价为三。",
		"I have often been asked in interviews why two and two is four.", "Let me start with the exchange rate: it is the slope.", "I have a simple answer to the debate: count.",
		"This is what I say in every interview: count.", "I will use a script that prints the sums.",
	} {
		require.Equal(t, Dialogue{Text: s + "\n\n" + short}, Dialogue{Text: s + "\n\n" + short}.Filter(Clean))
	}
}

// The remarks that are like these are still taken off.
func TestCleanTakesOffRemarks(t *testing.T) {
	for _, s := range []string{
		"I hope you found this helpful!", "I hope this helps! Let me know if you have any questions.", "I hope this meets your requirements.",
		"Let me know if you need any adjustments.", "Let me know if there are any changes.", "Would you like me to continue the conversation?", "Would you like me to add more turns?",
		"Feel free to adjust the tone, style or length.", "Please let me know if you want to change the length.", "In this dialogue, the two students count.", "The conversation is over.", "The conversation ends here.",
		"希望对大家有所帮助！", "希望这能满足您的要求。", "以上是两位教授关于加法的讨论。", "如果您需要调整，我可以修改。", "如有需要修改的地方，请告诉我。", "注：以上讨论严格基于原文。", "（讨论完毕）", "以上就是师生对话。",
	} {
		require.Equal(t, short, Dialogue{Text: short + "\n\n" + s}.Filter(Clean).Text, s)
	}
	for _, s := range []string{
		"Here is a multi-turn exchange between two students:", "Here's the script:", "I've put together a dialogue about the text:", "I'll now write a conversation.", "Let's imagine a debate:", "This is a conversation about sums.", "The following is an interview.", "Chat", "A conversation between two students:", "Debate between Ann and Dr. Lee:",
	} {
		require.Equal(t, short, Dialogue{Text: s + "\n\n" + short}.Filter(Clean).Text, s)
	}
}

func TestCleanTakesOffTitles(t *testing.T) {
	for _, title := range []string{
		"**Conversation between two professors**", "**Conversation Between Two Students:**", "**Title: Two Students Work on a Sum**", "Title: Sums", "# A Debate", "# A Lively Teacher and Student Dialogue",
		"## Interview with an Expert on Sums", "### Debate: Is it 4?", "# Dialogue - Sums", "# Title: Sums\n\n---", "**两位教授关于加法的讨论**", "## 辩论：二加二", "# 标题：加法", "**A Discussion of Sums**\n\n# A Discussion of Sums",
	} {
		require.Equal(t, short, Dialogue{Text: title + "\n\n" + short}.Filter(Clean).Text, title)
	}
	for _, text := range []string{
		"# Sums\n\n" + short, "### Step 1: Discussion\n\n" + short, "**Turn 1**\n\n" + short, "**Opening of the Debate**\n\n" + short, "**After the interview**\n\n" + short,
		"**Scene: A discussion about sums**\n\n" + short, "# Round 1 Debate\n\n" + short, "# 第一轮辩论\n\n" + short, "**Debate: Is it 4?**\n\n" + short, "**辩论：二加二**\n\n" + short,
		"**A debatable sum**\n\n" + short, "# Interview Questions\n\n" + short, "A discussion of sums\n\n" + short, "**Dialogue - Sums**\n\n" + short, "# What it is that they all call a conversation\n\n" + short,
		"### A Discussion of Sums\n\n" + short + "\n\n### The Answer\n\nTeacher: Yes.", "**Discussion of Sums**\n\n" + short + "\n\n**The Answer**\n\nTeacher: Yes.",
	} {
		require.Equal(t, Dialogue{Text: text}, Dialogue{Text: text}.Filter(Clean))
	}
	names := "**Alex**\nWhat is $2 + 2$?\n\n**Blake**\nIt is $4$.\n\n**Alex**\nRight."
	require.Equal(t, names, Dialogue{Text: "**A Conversation about Sums**\n\n" + names}.Filter(Clean).Text, "bold names are no headings")
}

// Of a prompt, the model may repeat the problem alone.
func TestCleanTakesOffTheBeginningOfThePrompt(t *testing.T) {
	const source = "Problem:\nWhat is the sum of $2$ and $2$?\n\nSolution:\nIt is $4$.\n#### 4"
	const problem = "Problem:\nWhat is the sum of $2$ and $2$?\n\n"
	for _, head := range []string{problem + "Dialogue:\n\n", problem + "### Conversation\n\n", problem + "Here is the dialogue:\n", problem + "\n**A Conversation about Sums**\n\n", "Problem:\nWhat is the sum of $2$ and $2$?\n\nSolution:\nIt is $4$.\n#### 4\n\n"} {
		require.Equal(t, short, Dialogue{Text: head + short, Source: source}.Filter(Clean).Text, head)
	}
	for _, text := range []string{problem + short, problem + "# Sums\n\n" + short, "Problem:\nWhat is the sum of $2$ and $3$?\n\nDialogue:\n\n" + short} {
		require.Equal(t, Dialogue{Text: text, Source: source}, Dialogue{Text: text, Source: source}.Filter(Clean))
	}
	spoken := short + "\n\nConversation:\n\n" + short
	require.Equal(t, spoken, Dialogue{Text: spoken, Source: short + "\n\nThey part."}.Filter(Clean).Text, "what is said in the source is no prompt")
}

// rejectsUnlessTheSourceHas sees that Clean rejects text, but not where its source
// has what it is rejected for.
func rejectsUnlessTheSourceHas(t *testing.T, text, what, reason string) {
	t.Helper()
	d := Dialogue{Text: text}
	require.Equal(t, reason, d.Filter(Clean).Reject)
	d.Source = "There is " + what + " in it."
	require.Equal(t, d, d.Filter(Clean), "the source has it")
}

func TestCleanRejectsSpeakersWhoHaveReadThePrompt(t *testing.T) {
	for text, task := range map[string]string{
		"Ann: Our task is to convert the context above into a multi-turn conversation.\nBob: Yes.":                     "convert the context above into a multi-turn conversation",
		"Ann: Yes.\nBob: We have turned the given text into a long and lively debate, as we should.\nAnn: Right. $4$.": "turned the given text into a long and lively debate",
		"老师：我们的任务是把上述内容改写成一段师生对话。\n学生：好的。":                                                                             "把上述内容改写成一段师生对话",
	} {
		rejectsUnlessTheSourceHas(t, text, task, "clean: the prompt within, as \""+task+"\"")
	}
	for _, text := range []string{
		"Ann: Let us convert the text above into an equation.\nBob: Then our conversation is short.",
		"Ann: We turn the problem into a discussion of signs.\nBob: Go into a dialogue with it.",
		"老师：把上面的式子改写成平方。\n学生：我们来讨论。",
	} {
		require.Equal(t, Dialogue{Text: text}, Dialogue{Text: text}.Filter(Clean))
	}
}

// The model goes on and prompts itself; but a user and an assistant may be those
// who speak.
func TestCleanTakesOffTheNextPrompt(t *testing.T) {
	const talk = short + "\nTeacher: And $3 + 3$?\nStudent: It is 6."
	for _, tt := range []struct{ name, answer, text string }{
		{"a user and an assistant", talk + "\n\nUser: Do it for this text.\nAssistant: I need the text.", talk},
		{"a remark before them", talk + "\n\nI hope this conversation helps!\n\nHuman: Thanks!\n\nAI: You are welcome.", talk},
		{"with headings", talk + "\n\n### Instruction:\nDo it again.\n\n### Response:\nYes.", talk},
		{"with bold names", "**Teacher:** a\n**Student:** b\n**Teacher:** c\n**Student:** d\n\n**User:** e\n**Assistant:** f", "**Teacher:** a\n**Student:** b\n**Teacher:** c\n**Student:** d"},
		{"in Chinese", "老师：一\n学生：二\n老师：三\n学生：四\n\n用户：再来一次\n助手：好的", "老师：一\n学生：二\n老师：三\n学生：四"},
		{"another dialogue", talk + "\nUser: What is $1 + 1$?\nAssistant: Here is the conversation:\n\n" + talk, talk},
		{"another dialogue at once", talk + "\n### Human: What is $1 + 1$?\n### Assistant:\n" + talk, talk},
		{"no prompt: they speak from the start", "User: a\nAssistant: b\nUser: c\nAssistant: d\nUser: e\nAssistant: f", ""},
		{"no prompt: the assistant speaks before", "Teacher: a\nAssistant: b\nTeacher: c\nAssistant: d\nUser: e\nAssistant: f", ""},
		{"no prompt: too early", "Teacher: a\nStudent: b\nTeacher: c\nUser: d\nAssistant: e", ""},
		{"no prompt: too early, for names are bold", "**Teacher:** a\n**Student:** b\nUser: c\nAssistant: d", ""},
		{"no prompt: nobody answers", talk + "\nUser: I have a question, too.", ""},
		{"no prompt: the others go on", talk + "\nUser: May I?\nTeacher: Yes.\nAssistant: It is clear.", ""},
		{"no prompt: an example of a chat", talk + "\nTeacher: Look.\nUser: What is $1 + 1$?\nAssistant: It is 3.\nTeacher: What is wrong?", ""},
		{"no prompt: an example in code", talk + "\nTeacher: Look.\n```\nUser: What is $1 + 1$?\nAssistant: It is 3.\n```", ""},
		{"no prompt: an example in code that is indented", talk + "\nTeacher: Look.\n  ```\nUser: What is $1 + 1$?\nAssistant: It is 3.\n  ```", ""},
		{"no prompt: users of something", talk + "\nUser: the one who uses it.", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Dialogue{Text: tt.answer, Source: "What is $2 + 2$?"}.Filter(Clean)
			want := tt.text
			if want == "" {
				want = tt.answer
			}
			require.Empty(t, d.Reject)
			require.Equal(t, want, d.Text)
		})
	}
	others := talk + "\nUser: And as a debate?\nAssistant: Sure!\nAnn: It is 4.\nBob: I doubt it.\nUser: Thanks!\nAssistant: You are welcome."
	require.Equal(t, talk, Dialogue{Text: others}.Filter(Clean).Text, "the first dialogue is the one that was asked for")
	part := talk + "\nUser: And $1 + 1$?\nAssistant: It is 2.\nReason: Count."
	require.Equal(t, talk, Dialogue{Text: part}.Filter(Clean).Text, "one word before a colon is no dialogue")
	d := Dialogue{Text: talk + "\nUser: a\nAssistant: b", Source: "User: a\nAssistant: b"}
	require.Equal(t, d, d.Filter(Clean), "the source has brought them in")
}

// What the source writes of may be written of.
func TestCleanKeepsTheTokensOfTheSource(t *testing.T) {
	d := Dialogue{Text: "Teacher: A sentence begins with <s>, as you read.\nStudent: I see.", Source: "We put <s> before each sentence."}
	require.Equal(t, d, d.Filter(Clean))
}

func TestCleanRejectsWhatIsToBeFilledIn(t *testing.T) {
	for _, blank := range []string{"[Name]", "[Your Name]", "[your name]", "[Student's Name]", "[Teacher’s name]", "[insert answer here]", "[Insert the answer]", "[INSERT NAME]", "[Insert a short proof here]", "[answer here]", "[学生姓名]", "[此处插入例子]"} {
		rejectsUnlessTheSourceHas(t, "Teacher: Good morning, "+blank+". What is $2 + 2$?\nStudent: It is 4.", blank, "clean: placeholder "+blank)
	}
	for _, text := range []string{
		"[Name]: What is $2 + 2$?\n[Student]: It is 4.",
		"**[Name]**: What is $2 + 2$?\n[Student's name]: It is 4.",
		"Teacher: [smiling] Which name?\nStudent: [thinks of a name] Mine.",
		"Teacher: In `[Name]`, row[Name], row2[Name] and [Name](https://example.org)?\nStudent: $[Name$.",
		"Teacher: [inserts the answer] See?\nStudent: [Insert x = 3 here] and \\[Name\\].",
	} {
		require.Equal(t, Dialogue{Text: text}, Dialogue{Text: text}.Filter(Clean))
	}
}

// A text that is a dialogue itself is no prompt, where an answer goes on with it.
func TestCleanLeavesADialogueThatGoesOn(t *testing.T) {
	answer := short + "\nTeacher: And $3 + 3$?\nStudent: It is 6."
	require.Equal(t, Dialogue{Text: answer, Source: short}, Dialogue{Text: answer, Source: short}.Filter(Clean))
}

func TestCleanIsLinear(t *testing.T) {
	linear(t, "remarks behind blank lines", 1<<18, func(size int) {
		text := "Ann: a\nBob:" + strings.Repeat("\n", size/2) + "x" + strings.Repeat("\n\nEnd", size/10)
		d := Dialogue{Text: text}
		require.NoError(t, Clean.Check(&d))
		require.True(t, strings.HasSuffix(d.Text, "\nx"))
	})
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
