package mindtest

import "regexp"

// A manner is how the people of one style talk. No phrase holds a figure or a
// claim about the mathematics: whatever is said about it comes from the text.
// In the phrases of answer, ANSWER stands for the final answer.
type manner struct {
	lead, other string  // Who explains, and who asks.
	swap        float64 // How often the one who did not speak last takes the next step.
	otherPoses  bool    // Who puts the problem.

	pose    []string // Puts the problem; its text follows.
	goal    []string // What the listener says between the givens and the question.
	begin   []string // The listener asks to begin, when lead puts the problem.
	embark  []string // Lead begins, when other puts it; the first step follows.
	passage []string // Puts a text without a problem.
	listen  []string // The listener's answer to that.
	ask     []string // Other asks for the next step, where its content suggests no question.
	agree   []string // Other, to the step just heard.
	reply   []string // Lead, before a step that was asked for.
	hand    []string // Lead hands the next step over.
	take    []string // Other takes it; the step follows.
	confirm []string // Lead, to a step that other took.
	wrap    []string // Other asks for the answer.
	answer  []string // Lead gives it.
	quiz    []string // Or: lead asks for the answer,
	solve   []string // and other gives it.
	part    []string // The last words where there is no final answer.
}

// manners are by the name of the style. An unknown one talks as teacher and
// student do.
var manners = map[string]manner{
	"teacher_basics": {
		lead: "Teacher", other: "Student", swap: 0.3,
		pose: []string{
			"Today we will solve a problem together, and we will start from the basics.",
			"Let us begin with the basics and read the problem slowly.",
			"I have brought a problem for you. We will build it up from the very beginning.",
			"Take a sheet of paper, please. We start with what we know, and only then do we calculate.",
			"Let us work through a problem, one small idea at a time.",
			"Before we calculate anything, let us read carefully.",
		},
		goal: []string{
			"I have noted what is given. What are we looking for?",
			"So much for what we know. And what is the question?",
			"That is clear so far. What do we want to find out?",
			"I can picture that. What is asked?",
		},
		begin: []string{
			"I am not sure how to start. Which basic idea do we need?",
			"Could we start with something simple that I know already?",
			"I understand the question, but not yet the way to the answer. Where do we begin?",
			"What should I think of when I see a question like this?",
			"Please show me the beginning, and I will try to follow.",
			"I have read it twice now. What is the first thing to look at?",
		},
		passage: []string{
			"Today we will read a short text together, and we will go slowly.",
			"Let us go through a passage, one thought at a time.",
			"I would like you to get to know this passage. We start at its beginning.",
		},
		listen: []string{
			"I am ready. What does it begin with?",
			"Good. I will stop you when I cannot follow.",
			"All right, I have my pencil ready. What does it say?",
		},
		ask: []string{
			"I see. What do I do with that?", "And how do we go on from here?", "What is the next small step?",
			"Which part do we look at now?", "Could you show me how it continues?", "What should I write down next?",
			"And then?", "How does that bring us closer?", "I think that I have it. What comes after that?",
			"What would be a sensible thing to do now?", "What can we build on top of this?", "Where do I look next?",
		},
		agree: []string{
			"Yes, I can follow that.", "Oh, that is simpler than I thought.", "I see.", "That makes sense to me.",
			"All right, I have that on my sheet.", "Okay.", "Now I understand.", "Yes, that is clear.", "Let me write that down.",
		},
		reply: []string{
			"Watch closely.", "We use only what we know.", "Slowly, now.", "Look at it with me.", "That is the right thing to ask.", "Let us see.", "Gladly.",
		},
		hand: []string{
			"Would you like to try the next step yourself?", "What would you do now?", "Can you carry on from here?",
			"Now it is your turn.", "I think that you can see the next step.",
		},
		take: []string{
			"Let me try the next step.", "Let me think what comes next.", "I believe that I can do the next step.", "Let me go on in my own hand.", "If I look at what we have, then I would say this.",
		},
		confirm: []string{
			"Very good.", "Exactly so.", "That is right, and well put.", "Well done.", "Yes, you have got it.",
		},
		wrap: []string{
			"So that was the whole way. What is the answer, then?", "Have we reached the end? What do I write as the answer?",
			"I followed every step. Could you say the result once more?", "Then we are there, are we not? What is our result?",
		},
		answer: []string{
			"Yes, we have arrived. The answer is ANSWER.", "Write this below your work: the answer is ANSWER.",
			"You followed the whole way, so now you know why the answer is ANSWER.",
		},
		quiz: []string{
			"Now put it together: what is the answer?", "What do you write down as the final answer?",
			"You have seen every step. What is the result?", "Can you tell me the answer now?",
		},
		solve: []string{
			"The answer is ANSWER.", "Now I can say it: the answer is ANSWER.", "Then the answer must be ANSWER, and I know why.", "So the final answer is ANSWER.",
		},
		part: []string{
			"That is all for now. Try to say it once more in your own words, step by step.",
			"We have reached the end. Close your notes and tell yourself the main idea again.",
		},
	},

	"teacher_student": {
		lead: "Teacher", other: "Student", swap: 0.15, otherPoses: true,
		pose: []string{
			"I have a question about this problem:", "I am stuck on my homework. The problem goes like this:",
			"Could you help me with this one?", "There is a problem that I cannot get started with.",
			"May I ask you about an exercise? It says:", "I tried this problem last night and got nowhere.",
			"I would like to understand this problem properly.",
		},
		goal: []string{
			"I see. And what does the problem ask for?", "Good, that is what we are given. What is the question?",
			"All right. What are you supposed to find?", "Before I help you: what exactly is being asked?",
		},
		embark: []string{
			"Of course. Let us go through it step by step.", "Let us take it apart.", "Do not worry, it is easier than it looks.",
			"Good that you ask. We will go through it slowly.", "Certainly. Keep your pencil ready.", "Let us see what we can do.",
		},
		passage: []string{
			"I have trouble with a passage in our book. Could you go through it with me?",
			"I do not understand this part of the text. Would you explain it to me?",
			"Could we read this passage together? I get lost in it.",
		},
		listen: []string{
			"Of course. Let us take it sentence by sentence.", "Gladly. Keep your finger on the line.", "Good that you ask. We will go through it slowly.",
		},
		ask: []string{
			"What do we do next?", "How does it go on?", "What is the next step?", "And after that?", "What do I need for the next step?",
			"Where does this take us?", "I would not have known how to go on from here. What comes now?", "Is that all, or is there more?",
			"What do you do with this result?", "How do we use that?", "Could you show me the next line?", "What is the idea behind the next step?",
		},
		agree: []string{
			"I see.", "Okay, that makes sense.", "Ah, I had not thought of that.", "That part is clear.", "Good, I can follow so far.",
			"Right.", "That was where I went wrong.", "Yes, I agree.", "Thank you, that helps.",
		},
		reply: []string{
			"Good question.", "Let me show you.", "Here is how.", "Look.", "That is the heart of it.", "Let us see.", "Sure.",
		},
		hand: []string{
			"Do you want to try the next step?", "What do you think comes next?", "How would you continue?", "See if you can go on from here.",
		},
		take: []string{
			"Let me try the next bit.", "I think I see it now.", "Maybe it goes on like this.", "I will give the next step a try.", "Then I would do this.",
		},
		confirm: []string{
			"Exactly.", "Correct.", "That is right.", "Very good.", "Perfect.",
		},
		wrap: []string{
			"So what is the answer in the end?", "Then what do I write down as the answer?", "Great. So what is the final result?",
			"I could follow all of it. What was the answer again?", "Does this answer the question?",
		},
		answer: []string{
			"The answer is ANSWER.", "You can write down that the answer is ANSWER.", "We are done: the answer is ANSWER.", "In the end, the answer is ANSWER.",
		},
		quiz: []string{
			"So, what is the answer to your question?", "And now you can answer the question yourself, can you not?", "What does that make the final answer?",
		},
		solve: []string{
			"Yes, I can: the answer is ANSWER.", "It is ANSWER.", "So the answer is ANSWER.", "Now I see it: the answer is ANSWER.",
		},
		part: []string{
			"Good. Read it once more this evening, and ask me again if a step is still unclear.",
			"That is the whole of it. If you can explain it to a friend, you have understood it.",
		},
	},

	"two_students": {
		lead: "Student A", other: "Student B", swap: 0.6,
		pose: []string{
			"Have you looked at the assignment yet? This one is on it:", "Let us do the next problem on the sheet together.",
			"Here is the problem that I wanted to do with you.", "Okay, next exercise.", "I have the assignment in front of me. It says:",
			"We still have this one to do.", "Shall we work on this problem?",
		},
		goal: []string{
			"Okay. What do they want from us?", "Got it. And the question?", "Hang on, let me note that. What do we have to find?", "Right, and what are we after?",
		},
		begin: []string{
			"Hm. Do you have an idea how to start?", "I looked at it on the bus, but I did not get far. How would you begin?",
			"Hm, let us think. What do we do with it?", "It looks like something from last week. Where do you want to start?",
			"I am not sure yet. What did you try?", "Let us do it properly this time. You go, and I check.",
		},
		passage: []string{
			"We are supposed to read this part for tomorrow. Shall we go through it together?",
			"Let us go over the reading for the course.", "I have the text here. Let us take turns with it.",
		},
		listen: []string{
			"Yes, let us. How does it start?", "Good idea, I did not get everything in it. Go ahead.", "Sure. You begin?",
		},
		ask: []string{
			"And then what?", "Okay, what next?", "How do we go on?", "What now?", "Where do we go from here?", "Do you see what comes next?",
			"Wait, how do we use that?", "Is there more to do?", "So what do we do with it?", "What would you do after that?", "Any idea for the next bit?",
		},
		agree: []string{
			"Yes, I get the same.", "Makes sense.", "I see it now.", "Right.", "Ah, nice.", "True.", "Good, I had that too.", "Fair enough.", "Yeah, that works.", "Cool.",
		},
		reply: []string{"Let me see.", "I think I know.", "Look.", "Try this.", "Well.", "I have it in my notes."},
		hand:  []string{"Can you do the next part?", "You go on.", "Do you want to take over?", "Your turn."},
		take: []string{
			"I can go on from there.", "Let me do the next bit.", "And I would continue like this.", "My turn.", "I have something for that.", "Let me add to that.",
		},
		confirm: []string{
			"Yes, that is it.", "I agree.", "That looks right to me.", "I checked it, that is fine.", "Nice.",
		},
		wrap: []string{
			"So what do we write down?", "Then we are done, right? What is the answer?", "Okay, what do we hand in?", "So what did we get in the end?",
		},
		answer: []string{
			"We write that the answer is ANSWER.", "I have ANSWER as the answer.", "The answer is ANSWER.", "So for this one we hand in ANSWER.",
		},
		part: []string{
			"Good, I think we have got it. Let us compare it with the others before class.",
			"Okay, that was it. Tomorrow you explain it to me, and then we see whether it stuck.",
		},
	},

	"problem_solving": {
		lead: "Participant A", other: "Participant B", swap: 0.5,
		pose: []string{
			"Let us put the problem on the table.", "This is what we have to solve:", "Here is the task, as it was given to us.",
			"I suggest that we read the problem first and then look for what is hard about it.", "Our problem is the following.", "We should be clear about the task. It says:",
		},
		goal: []string{
			"These are the conditions. What is the goal?", "Then we know what is given. What is wanted?", "Let us keep that apart from the question. What is the question?",
			"Noted. And what exactly do we have to deliver?",
		},
		begin: []string{
			"The hard part is to find a way in. What do we have that we can use?", "Let us see where the difficulty lies. What can be done at once?",
			"I suggest that we go from what is given to what is wanted. What is the way in?", "We should break it into smaller tasks. Which of them can we do right away?",
			"What makes it difficult, I think, is to see how to begin. Any proposal?", "Then let us look for a plan. What would be its beginning?",
		},
		passage: []string{
			"We have a text here, and we should find out what it tells us.", "Let us work out what this passage says.", "Our task is to understand this passage thoroughly.",
		},
		listen: []string{
			"Agreed. What do we find at its beginning?", "Then let us take it sentence by sentence.", "Good. Which point does it make to begin with?",
		},
		ask: []string{
			"What is the next obstacle?", "What remains to be done?", "How do we proceed?", "Which task comes next?", "What can we do with this result?",
			"How do we get from here to the goal?", "What do we need now?", "What does the plan say next?", "Where is the remaining difficulty?", "Which piece is still missing?",
		},
		agree: []string{
			"Good, that part is settled.", "Agreed.", "That removes one difficulty.", "I find no mistake in that.", "Fine.", "That is sound.", "We can rely on that.", "Yes.",
		},
		reply: []string{"I propose this.", "Let us look.", "As follows.", "We can deal with it.", "Let us be careful here."},
		hand:  []string{"Who takes the next part?", "Do you see a way on?", "Perhaps you can continue.", "What do you make of the rest?"},
		take: []string{
			"I can take the next part.", "Building on that, I would continue.", "Let me deal with what comes next.", "From there I see how to go on.", "That opens the way.",
		},
		confirm: []string{
			"That is convincing.", "I have checked it, and it holds.", "Good work.", "Yes, that resolves it.", "That fits with what we had.",
		},
		wrap: []string{
			"Then every part is done. What is our result?", "Nothing is left open. What do we report?", "Is the problem solved with that? What do we answer?", "Let us state the outcome.",
		},
		answer: []string{
			"Our answer is ANSWER.", "We report that the answer is ANSWER.", "The problem is solved: the answer is ANSWER.", "All parts together give the answer ANSWER.",
		},
		part: []string{
			"Then nothing is left open, and each part follows from the one before.",
			"With that we have worked through all of it. I see no gap.",
		},
	},

	"debate": {
		lead: "Proponent", other: "Skeptic", swap: 0.3,
		pose: []string{
			"I claim that I can settle the following question so that nobody can object.", "The matter before us is this:",
			"Let us argue about a problem. I say that it can be solved cleanly.", "Here is the question on which I take a stand.",
			"I will defend a solution to this problem, and you may attack each step of it.",
		},
		goal: []string{
			"I accept these conditions. What exactly is in dispute?", "So much is common ground. What is the question?", "Granted, for the sake of argument. And what is it that you want to establish?",
		},
		begin: []string{
			"I will not take any of it on trust. What is your opening argument?", "Then prove it. On what do you build?",
			"That is not obvious to me at all. How do you begin?", "I doubt that it is as clean as you say. Make your case.",
			"Very well, but I shall question every step. What comes first in your argument?",
		},
		passage: []string{
			"I maintain that this passage is right, and I will defend it point by point.", "Let us argue about this passage. I am on its side.",
		},
		listen: []string{
			"Then I shall take the other side. What is its opening claim?", "We shall see. What does it assert?", "I will believe it when I have heard the reasons. Go on.",
		},
		ask: []string{
			"That alone settles nothing. What else do you have?", "And how does that support your case?", "Why should that bring us any further?",
			"I hear a claim, but where does it lead?", "You are not at the goal yet. What is the next argument?", "What do you conclude from it?",
			"Is there not still a gap?", "Suppose that I accept this. What then?", "You will have to do better than that. How do you go on?", "On what does the next step rest?",
		},
		agree: []string{
			"That I must concede.", "Granted.", "I cannot object to that.", "Very well.", "That point is yours.", "I looked for a flaw there and found none.", "Fair.", "So far I have no objection.",
		},
		reply: []string{"I can answer that.", "Here is my argument.", "The reason is at hand.", "Hear me out.", "I stand by it.", "Judge for yourself."},
		hand:  []string{"You can complete the argument yourself.", "Is the next step not plain even to you?", "Tell me what you would conclude.", "If you doubt it, work it out yourself."},
		take: []string{
			"If I am honest, I have to continue like this.", "Then I will test it myself.", "Let me argue it my own way.", "Allow me to put the next point as strictly as I can.", "To be fair to your side, I would add this.",
		},
		confirm: []string{
			"You have just made my case.", "We agree on that, then.", "I could not have said it better.", "So you see it too.", "Precisely my point.",
		},
		wrap: []string{
			"I have run out of objections. What is your conclusion?", "Then state your conclusion plainly.", "You have defended each step. So what is your answer?", "I give in. What follows in the end?",
		},
		answer: []string{
			"My conclusion stands: the answer is ANSWER.", "Then it is settled between us that the answer is ANSWER.", "No step was refuted, so the answer is ANSWER.", "I rest my case. The answer is ANSWER.",
		},
		part: []string{
			"Then we part in agreement: each point has stood up to your doubts.", "I rest my case. None of the points has been refuted.",
		},
	},

	"interview": {
		lead: "Expert", other: "Interviewer", swap: 0.12, otherPoses: true,
		pose: []string{
			"Welcome, and thank you for coming. I would like to talk with you about a problem. It reads:", "Our readers have sent in this problem:",
			"I have a problem here on which I would like to hear your view.", "Let me read you a problem, and then please tell us how you think about it.",
			"Today our topic is a single problem.", "Thank you for taking the time. My questions are all about this problem:",
		},
		goal: []string{
			"So that is the situation. And what is the question?", "I see. What would your readers like to know?", "Thank you. What is it that we should find?",
		},
		embark: []string{
			"Thank you for having me. Let me explain how I see it.", "That is a nice problem to talk about.", "I am happy to explain my way of thinking.",
			"With pleasure. I will tell you everything that is needed.", "Then let me begin at the beginning.",
		},
		passage: []string{
			"Welcome. I have a passage here that I would like you to explain to our readers.", "Our topic today is a short passage. Could you guide us through it?",
			"Thank you for coming. Would you tell our audience what this text says?",
		},
		listen: []string{
			"Thank you for having me. Let me start where it starts.", "With pleasure. I suggest that we go through it in order.", "I am happy to. It is a passage that I know well.",
		},
		ask: []string{
			"How do you continue from there?", "What is your next consideration?", "Could you take our readers a little further?", "What happens after that?",
			"How would you explain the next part?", "What should our readers pay attention to now?", "And what does that lead to?", "Could you go into more detail?",
			"What is on your mind at this point?", "Where do you go from there?", "How does an expert go on at this point?",
		},
		agree: []string{
			"Interesting.", "I see.", "That is very clear.", "Thank you, that is helpful.", "That is easy to follow.", "I think our readers can follow that.", "Understood.", "That is a good point.",
		},
		reply: []string{"Let me explain.", "That is a question I hear often.", "I would put it this way.", "Certainly.", "Here is my reasoning.", "Gladly."},
		hand:  []string{"You have the text in front of you. How does it go on?", "Perhaps you would like to read the next part to your audience.", "You may continue, if you like."},
		take: []string{
			"Let me see whether I can put the next part into words for our readers.", "I have the next lines in front of me, and I will read them out.", "Allow me to read on for you.", "Then I would say the following, and please correct me.",
		},
		confirm: []string{
			"That is correct.", "I could not have put it better.", "Yes, quite right.", "Nothing needs to be corrected there.",
		},
		wrap: []string{
			"To conclude, what is the answer to the problem?", "Thank you. Could you sum it up: what is the answer?", "So what should our readers take home as the answer?", "And what is your final answer?",
		},
		answer: []string{
			"The answer is ANSWER.", "To sum up, the answer is ANSWER.", "My final answer is ANSWER.", "What your readers should take home is that the answer is ANSWER.",
		},
		part: []string{
			"Thank you. I would ask your readers to go through it again at their own pace.", "That is what I have to say about it. Thank you for the good questions.",
		},
	},

	"layman_knowall": {
		lead: "Expert", other: "Layman", swap: 0.12,
		pose: []string{
			"Let me present a problem to you, and please interrupt me whenever you like.", "I will show you how a problem like this is solved.",
			"This is a problem that I like to present. It goes as follows.", "Allow me to lead you through a problem.", "I have something beautiful for you today. Listen to the problem.",
		},
		goal: []string{
			"Sorry to interrupt so soon, but what is it that you want to know?", "Stop, let me take that in. All right. And what is the question?", "I think I got that. So what is the puzzle?",
		},
		begin: []string{
			"I have no idea how anybody could know that. How do you even begin?", "To be honest, I would just guess. What do you do?",
			"That already sounds complicated. Can you start very simply?", "I know nothing about such things. Where does one start?", "My head is spinning. What do you look at to begin with?",
		},
		passage: []string{
			"Let me present a passage to you. Please interrupt me as often as you wish.", "I will tell you what this text has to say, step by step.",
		},
		listen: []string{
			"I know nothing about it, so please be patient with me. How does it start?", "I am all ears. But I will interrupt you, I warn you!", "Go ahead. I hope that it is not too hard for me.",
		},
		ask: []string{
			"Hold on, what happens now?", "And what is that good for?", "Sorry, how do you get any further with that?", "Wait a moment. What comes next?", "Can you go on, but slowly?",
			"Is that the end of it, or is there more?", "I hope you do not mind my asking: what do you do then?", "And how would I see that?", "What would an expert do now?",
			"So what is the trick?", "May I interrupt? I wonder where this is going.", "Fine, but how does that help?", "You make it look easy. What then?",
		},
		agree: []string{
			"Ah!", "Oh, I see.", "I think I got it.", "That even I can understand.", "Hm, okay.", "Really? That is neat.", "If you say so. Yes, I see it now.", "Aha.", "Well, that sounds reasonable.", "So simple?",
		},
		reply: []string{"I am coming to that.", "Let me explain.", "Nothing could be simpler.", "Patience.", "A good moment to interrupt.", "You will see."},
		hand:  []string{"I wager that you can do the next step by yourself.", "Go on, try it. Nothing can happen.", "And how would you go on?"},
		take: []string{
			"Well, let me try the next bit.", "Even I can see what comes now, I think.", "Wait, do not tell me.", "Let me read the next bit from your notes.",
		},
		confirm: []string{
			"Bravo.", "You see, it is not that hard.", "Precisely.", "Quite right, you are no layman any more.",
		},
		wrap: []string{
			"And now please tell me: what is the answer?", "I am curious, what comes out in the end?", "So after all this, what is the answer?", "That was not so bad. And the answer is?",
		},
		answer: []string{
			"The answer is ANSWER.", "Here it is at last: the answer is ANSWER.", "And so you have seen for yourself that the answer is ANSWER.", "In the end, it all comes down to the answer ANSWER.",
		},
		part: []string{
			"And that is all there is to it. You asked exactly the right questions.", "That concludes my presentation. You see that you can understand such things.",
		},
	},

	"two_professors": {
		lead: "Professor A", other: "Professor B", swap: 0.5,
		pose: []string{
			"I set this problem in my course and would like to discuss its solution with you.", "Let me show you a problem that came up in my seminar.",
			"Here is a problem that we might put into the next examination.", "I should like your opinion on this problem.", "Consider the following problem, dear colleague.",
		},
		goal: []string{
			"A clear setting. What do you ask for?", "I see. And the question is?", "Well posed so far. What is to be found?",
		},
		begin: []string{
			"It is a pleasant problem. How do you like to open the argument?", "I can think of an approach, but let me hear yours.",
			"And which route do you take in the lecture?", "Students tend to rush at such a question. How would you set out?", "Let us go through the solution, then. What is its starting point?",
		},
		passage: []string{
			"I should like to discuss a passage from the notes with you.", "Let us go over this passage before it goes to print.", "Have you read this passage? I think that it deserves a discussion.",
		},
		listen: []string{
			"By all means. How does it open?", "With pleasure. Let us go through it in order.", "I have it before me as well. Please begin.",
		},
		ask: []string{
			"How do you proceed?", "What is the next step of the argument?", "How does the argument continue?", "Which observation comes next?", "What do you draw from it?",
			"And how do you bring that to bear?", "What remains to be shown?", "Where do you take it from here?", "Does that suffice already, or do you need more?",
		},
		agree: []string{
			"Indeed.", "Quite so.", "I concur.", "That is neatly put.", "Certainly.", "No objection.", "Elegant.", "That is in order.",
		},
		reply: []string{"I do it as follows.", "In the natural way.", "Let me spell it out.", "It is straightforward."},
		hand:  []string{"How would you continue?", "You will see at once what comes next.", "I leave the next step to you."},
		take: []string{
			"Then the argument continues.", "May I carry on?", "I would go on in this way.", "The next step is then at hand.", "Allow me to supply what comes next.",
		},
		confirm: []string{
			"Exactly as I would have it.", "Yes, precisely.", "I have nothing to add to that.", "That is how I have it, too.",
		},
		wrap: []string{
			"Then the argument is complete. How do you state the result?", "So the result is established. Would you state it?", "And what is the final answer in your notes?",
		},
		answer: []string{
			"The final answer is ANSWER.", "In my notes it reads that the answer is ANSWER.", "Then let the record show that the answer is ANSWER.", "I state it as the answer ANSWER.",
		},
		part: []string{
			"Then we agree on every point, and I shall leave it as it stands.", "That completes it. I am glad that we went through it line by line.",
		},
	},
}

// Of a passage, the words of a solution do not hold: nobody solves it, somebody
// reads.
var (
	readOn = []string{
		"What does the text say next?", "How does the passage go on?", "What comes after that in the text?", "And what does it say then?",
		"What is the next point?", "Does the text say more about this?", "What else is in there?", "How does the author continue?",
		"Shall we look at what follows?", "What is stated next?", "And the next sentence?", "What does the author add?", "Where does the text go from there?",
	}
	readAloud = []string{
		"Let me read the next part.", "The text goes on as follows.", "It continues like this.", "The next part reads as follows.", "I can read on.", "Then comes this.",
	}
	readHand  = []string{"Would you read on?", "Please read the next part.", "Could you take the next part?"}
	readClose = []string{
		"Is that the end of the passage?", "So that was the passage. Is there anything to add?", "Have we reached its end?", "That was the last of it, was it not?",
	}
	// Comes back to what was just heard: SPAN stands for a formula of it.
	echoes = []string{
		"I have written down SPAN.", "I follow you as far as SPAN.", "I have SPAN on my paper now.", "Let me keep SPAN in mind.", "Yes, I see SPAN.",
		"The part with SPAN is clear.", "I am looking at SPAN.", "I will underline SPAN.",
	}
	// Before a solution that gives no final answer.
	wrapUp = []string{"Is that everything?", "Does that complete it?", "Is there anything left to do?", "So that is the whole of it?"}
)

// A cue is what in the next step suggests a question about it. WORD stands for
// what the expression found.
type cue struct {
	in        *regexp.Regexp
	questions []string
}

// cues are those of any text, in the order in which they are tried: the plainer
// the hint, the earlier. Each question may be asked before any step that its cue
// finds, so it must not claim anything.
var cues = []cue{
	{regexp.MustCompile(`^(?:Theorem|Lemma|Proposition|Corollary|Conjecture)`), []string{"What is the statement?", "What exactly is claimed?", "What does it assert?"}},
	{regexp.MustCompile(`^Proof`), []string{"How is that proved?", "What is the argument for it?", "And why is it true?"}},
	{regexp.MustCompile(`^Definition|is called|are called|is said to be|[Ww]e say that|is defined|[Ww]e define`), []string{"How is that defined?", "What exactly is meant by that?", "Which term do we need here?", "Is there a name for it?"}},
	{regexp.MustCompile(`^Example|[Ff]or (?:example|instance)|e\.g\.`), []string{"Is there an example of that?", "Could we see an example?", "What would be an example?"}},
}

// workings are the cues of a solution, besides.
var workings = []cue{
	{regexp.MustCompile(`^Case`), []string{"Which case do we look at?", "How do we deal with the cases?", "What about the cases?"}},
	{regexp.MustCompile(`[Ii]n (?:this|that) case`), []string{"What happens in that case?", "And what does that case give?"}},
	{regexp.MustCompile(`^(?:First|To begin|We (?:begin|start))`), []string{"What comes first?", "How do we set out?", "What is the opening move?"}},
	{regexp.MustCompile(`^(?:Finally|Lastly|All that remains|It remains)`), []string{"What is left to do?", "What is still missing?", "And to finish?"}},
	{regexp.MustCompile(`^Let (?:\$|the |them |it )|^Suppose|^Assume|\b[Dd]enote\b|\b[Cc]all (?:it|this|the)\b`), []string{"Should we give names to things?", "How do we set that up?", "What notation do we use?", "What do we take as our starting point?"}},
	{regexp.MustCompile(`^(?:Note|Notice|Observe|Recall|Remark)`), []string{"Is there something that we should notice?", "What should we keep in mind here?", "Is there anything to remember at this point?"}},
	{regexp.MustCompile(`complet(?:e|ing) the square`), []string{"Can we complete a square here?", "Does a perfect square help?"}},
	{regexp.MustCompile(`[Ff]actor(?:s|ed|ing)? (?:as|into|the|both)|[Ff]actoring|factorization`), []string{"Does anything factor here?", "Can we take that apart into factors?", "What do the factors look like?"}},
	{regexp.MustCompile(`[Ss]ubstitut|[Pp]lug|in the place of`), []string{"What happens when we put that in?", "What do we substitute?", "What do we get by substituting?"}},
	{regexp.MustCompile(`[Ss]quar(?:e|ing) both|both sides`), []string{"What do we do with the equation?", "What can we do to both sides?", "How do we transform that?"}},
	{regexp.MustCompile(`\b(theorem|Theorem|formula|identity|inequality|Inequality)`), []string{"Is there a WORD that helps?", "Do we know a WORD for this?", "Which WORD do we use?"}},
	{regexp.MustCompile(`Law of (?:Cos|S)ines`), []string{"Which law relates the sides and the angles?", "How are the sides and the angles related?"}},
	{regexp.MustCompile(`[Cc]heck|[Vv]erify|[Tt]est`), []string{"Can we check that?", "How can we be sure?", "Should we test that?"}},
	{regexp.MustCompile(`\\pmod|\\equiv|modulo`), []string{"How does that look in terms of remainders?", "What do we know about the remainders?", "What does that mean modulo the divisor?"}},
	{regexp.MustCompile(`\d\$? (?:such |more )?ways\b`), []string{"How many ways are there?", "How do we count the ways?", "In how many ways does that happen?"}},
	{regexp.MustCompile(`\b(choices|possibilities|arrangements|outcomes|paths|pairs|committees|seatings|subsets)\b`), []string{"How do we count the WORD?", "What about the WORD?", "How do we keep track of the WORD?"}},
	{regexp.MustCompile(`[Dd]ivisib|[Mm]ultiples? of`), []string{"What does divisibility tell us?", "How does divisibility come in?"}},
	{regexp.MustCompile(`[Ss]ymmetr`), []string{"Does symmetry help us?", "Can we use a symmetry?"}},
	{regexp.MustCompile(`[Pp]attern|[Rr]epeat`), []string{"Is there a pattern?", "Does anything repeat?"}},
	{regexp.MustCompile(`\b(probability|discriminant|determinant|denominators?|numerators?|slope|remainders?|exponents?|prime factors|divisors|coefficients?|asymptotes?|triangles?|circles?|altitude|radius|diagonal|hypotenuse|angles?|perimeter|circumference|volume|area|distance|height|width|length|vertex|vectors?|roots?|digits|logarithms?|cosine|sine|tangent|average|mean|median|ratio|speed|discount|profit|change|interest)\b`),
		[]string{"What can we say about the WORD?", "How does the WORD come in?", "What about the WORD?", "What do we know about the WORD?", "And the WORD?", "Where does the WORD enter?"}},
	{regexp.MustCompile(`\b(?:total|altogether|in all|combined|[Tt]ogether)\b`), []string{"How much is that altogether?", "What does that make in total?", "What do we get when we take it all together?"}},
	{regexp.MustCompile(`\b(?:left|remain(?:s|ing)?|remainder)\b`), []string{"How much is left?", "What remains then?"}},
	{regexp.MustCompile(`^(?:Therefore|Thus|Hence|So|Then|It follows|Consequently|Accordingly)\b`), []string{"What follows from that?", "What does that give us?", "And what can we conclude?", "Where does that lead us?", "So what do we get?", "What does it come to?"}},
	{regexp.MustCompile(`\b(?:cost|price|pa(?:y|id)|sp[ea]n[dt]|earn|dollars|cents)`), []string{"How does the money work out?", "What does that mean in money?", "How much money is that?"}},
	{regexp.MustCompile(`\b(?:minutes|hours?|days?|weeks?|months?|years?)\b`), []string{"How does the time work out?", "What about the time?", "How long is that, then?"}},
	{regexp.MustCompile(`\b(?:twice|half|double|triple|times as|times more)\b`), []string{"How do the amounts compare?", "How do we put that into numbers?"}},
	{regexp.MustCompile(`^(?:Since|Because|As)\b|\bbecause\b`), []string{"Which fact helps us now?", "What do we know that helps here?", "What can we use now?"}},
	{regexp.MustCompile(`^(?:Now|Next)\b`), []string{"What do we turn to now?", "And now?", "What comes up next?"}},
	{regexp.MustCompile(`\\begin\{(?:align|gather|eqnarray|multline)`), []string{"Could we see the calculation line by line?", "How does the calculation go?", "Can you write that out in full?"}},
	{regexp.MustCompile(`[Ss]implif|lowest terms|reduces? to`), []string{"Can that be made simpler?", "Does that simplify?"}},
	{regexp.MustCompile(`\b(equation|expression|polynomial|function|sequence|series|fraction|matrix|graph|sum|product|difference)\b`), []string{"What about the WORD?", "What do we do with the WORD?", "How do we handle the WORD?"}},
	{regexp.MustCompile(`\d\$? ?[-+*/x×] ?\$?\d[\d.]* ?= ?\$?\d|\\cdot ?\d+ ?= ?\d`), []string{"How does the calculation run?", "What does the arithmetic say?", "Which numbers do we get?", "How do the numbers work out?"}},
	{regexp.MustCompile(`=`), []string{"Which equation do we get?", "What does that look like as a formula?", "How do we write that down?", "Can you write that as an equation?"}},
}
