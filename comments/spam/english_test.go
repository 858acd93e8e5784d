package spam_test

// english is how readers write, whatever they write about. They talk of money,
// shops and websites too, and praise as spammers do.
func english() grammar {
	return rules(map[string]string{
		"adj":    "old|small|cheap|second-hand|good|ugly|heavy|lovely|simple|stubborn|noisy|excellent|quick|tiny|expensive",
		"time":   "last winter|yesterday|for three years|in 2019|this morning|since Easter|over the holidays|twice a week|on Sunday|for a month|back in school",
		"person": "my father|a neighbour|my partner|a colleague|somebody in the club|my daughter|the man at the shop|an old friend|our landlord|my sister",
		"place":  "Leeds|Tampere|Graz|the Eifel|Porto|Brno|our village|Wales|Utrecht|the Black Forest|Lyon|Oregon|Galway|the coast",
		"price":  "40 euros|£12|about 300 dollars|less than twenty quid|€1,150|90 francs|next to nothing|2,400 including VAT",
		"say":    "{story}|{story}|{ask}|{ask}|{agree}|{doubt}|{advise}|{advise}|{buy}|{thank}|{look}|{report}|{aside}|{report}",
		"story": "I had the same with my {thing} {time}: it {trouble}.|{time}, {person} and I {did}, and the {part} has been fine since.|My {adj} {thing} {trouble} too, though only when it is cold.|" +
			"We {did} {time} and never looked back.|When {person} {did}, everybody laughed, but the {thing} still works.|I grew up with a {thing} like that in {place}.|" +
			"It took me two evenings to see that the {part} was wrong.|In {place} nobody would do it this way; there they check the {part} first.|I tried it {time} and gave up because the {thing} {trouble}.",
		"ask": "Did you change the {part} as well, or only the {thing}?|How long did it take until the {part} was right?|What do you do when the {thing} {trouble}?|Is that the same {thing} that you wrote about {time}?|" +
			"Has anybody tried this with a {adj} {thing}?|Would it help if I {did}?|Could you post a picture of the {part}?|Why not leave the {part} alone?|Do you still have the {thing} from the other article?",
		"agree":  "Yes, exactly: the {part} is what everybody forgets.|This matches what I see with our {thing}.|Same here, the {part} matters more than the {thing}.|I could not agree more about the {part}.|Right, and a {adj} {thing} is not worse for it.|You put into words what annoyed me about every {thing} {time}.",
		"doubt":  "I am not so sure about the {part}, though.|Are you certain that the {thing} {trouble} because of that? Mine does not.|Sorry, but this is wrong: the {part} has nothing to do with it.|That may be true in {place}, but here a {thing} {trouble} anyway.|The third paragraph contradicts the first: either the {part} is fixed or it is not.|Hm, {person} says the opposite, and {person} has done it {time}.",
		"advise": "You might want to {tip}.|What helped me: {tip}.|Before you buy another {thing}, {tip}.|One thing to add: {tip}, then the {part} takes care of itself.|Just {tip}; it costs nothing.|If the {thing} {trouble}, {tip}.",
		"buy": "I bought mine from a {adj} shop in {place} for {price}, shipping included.|Does anyone know where to get a cheap {thing} these days?|They wanted {price} for a new {part}, which is a joke.|Mine was {price} on sale, and the quality is surprisingly good.|" +
			"I would order the {adj} one again, the service was excellent and they gave me my money back for the {part}.|The offer sounds great until you see the price of the {part}.|I am not affiliated with them, but the company in {place} repaired my {thing} free of charge.|Watch out for the discount: the {thing} they sell online is not the {adj} one.|Click through to the second page of their shop, the {part} is hidden there.",
		"thank":  "Thanks for writing this up.|Great post, thank you!|Thank you, this saved me an afternoon.|Lovely article, I enjoyed every line.|Thanks, bookmarked for the weekend.|This was very helpful, thanks for sharing.|Wonderful write-up as always.|Really useful information, thank you so much.|I love your blog, please keep it up!",
		"look":   "There is a longer piece about it at {link}.|The numbers are at {link}, near the end.|{person} wrote about the {part} too: {link}|See {link} for how it looks when it {trouble}.",
		"report": "Small correction: the {part} changed in 2021.|Update: we {did}, and the {thing} no longer {trouble}.|I measured the {part} again {time}; it is off by a third.|For the record, mine is {adj} and has done eleven years.|There is a typo in the last paragraph, it should say {part}.|After two weeks the {thing} still holds, I will report back.|My result: {price} all told, and one weekend.",
		"aside":  "Greetings from {place}!|My {adj} eyes would like a larger font, by the way.|The feed works nicely in my reader.|Anyway, back to work.|I will try it when the weather is better.|Now I want a {thing} of my own.|Looking forward to part two.|It reminds me of {person}, who {did} {time}.|Made my day.",
		"link":   "https://{site}/{path}",
		"site":   "notes.example|wiki.example.org|archive.example.net|forum.example.com|docs.example.org|{host}.example|{host}.example.org|{host}-{host}.example|{host}{year}.example|museum.example",
		"host":   "hilltop|anna-writes|oldmill|kettle|slowroads|garden-notes|brook|tinkering|northwind|paperboats|marten|twoloaves",
		"year":   "1987|2001|2014|24|365",
		"path":   "2023/11/notes|wiki/{slug}|{slug}.html|t/4711|posts/{slug}|archive/{slug}|p/{slug}",
		"slug":   "cold-start|part-two|measurements|the-long-way|faq|pictures|how-it-went|winter|index-of-letters|first-try",
		"short":  "Thanks!|+1|Same here.|Great post, thank you!|Thanks, that did it.|Works for me.|Wonderful.|Ha, yes!|Good point.|Thank you so much!|Any news on this?|Brilliant, thanks for sharing.",
	})
}
