package main

func Example() {
	main()
	// Output:
	// tank, by reader:
	// Student: Where do we begin?
	// Teacher: A tank holds 240 litres and loses 3 litres an hour.
	// Student: And how does it go on?
	// Teacher: After 20 hours it has lost 20 times 3 litres, which is 60 litres.
	// Student: And how does it go on?
	// Teacher: So 240 minus 60 litres are left, which is 180 litres.
	// Student: And how does it go on?
	// Teacher: It is empty after 240 divided by 3 hours, which is 80 hours.
	//
	// lemma: refused: one sentence is no conversation
}
