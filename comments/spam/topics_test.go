package spam_test

// What the readers of the test's blog write about, in English.
func topics() []grammar {
	return []grammar{rules(map[string]string{
		"thing":   "static site|feed|template|stylesheet|build script|cache|web server|deploy step|sitemap|service worker|web font|Atom feed|shortcode|reverse proxy|container image|image pipeline|search index|cron job",
		"part":    "config file|front matter|header|template folder|cache key|timestamp|content type|redirect|lock file|log output|checksum|environment variable",
		"did":     "moved to a plain Makefile|switched from Jekyll to Hugo|turned off the CDN|pinned the version|rewrote it in Go|put nginx in front|started to hash the file names|dropped JavaScript altogether",
		"trouble": "rebuilds everything on each save|serves the old file after a deploy|breaks on paths with spaces|loses the ETag behind the proxy|shows the wrong time zone|needs two minutes for three hundred pages|fails with a permission error|escapes the markup twice",
		"tip":     "run it with -v and look at the first line|compare the headers with curl|clear the cache between two builds|sort the file list before you hash it|write to a temporary file and rename it|set the time zone in the unit file",
		"code":    "`rsync -a --delete public/ host:/srv/www/`|`curl -sI https://localhost/feed.xml`|`find public -name '*.br' -newer index.html`|`git log --oneline -- content/`|`go build -trimpath ./cmd/site`|`Cache-Control: max-age=31536000, immutable`|`touch -d \"$date\" \"$file\"`",
	}), rules(map[string]string{
		"thing":   "tomato bed|compost heap|raised bed|apple tree|cold frame|watering can|hedge|greenhouse|courgette plant|rain barrel|lavender|seed tray|pear tree|strawberry patch|lawn",
		"part":    "roots|lower leaves|soil|mulch|new shoots|bark|drainage|flower buds|graft|topsoil",
		"did":     "covered it with fleece|stopped digging altogether|moved the pots to the north side|mulched with straw|pruned it in February|sowed again in August|mixed in old coffee grounds|let the chickens in",
		"trouble": "gets mildew every July|bolts as soon as it is warm|never carries fruit|is eaten by slugs|turns yellow from below|freezes in a night like that|attracts every aphid in the street|dries out over a weekend",
		"tip":     "water in the morning and only the soil|leave the leaves where they fall|wait until after the last frost|plant some marigolds beside it|cut it back by a third|feed it with nettle tea",
	}), rules(map[string]string{
		"thing":   "sourdough|starter|rye loaf|pizza dough|cast iron pan|proofing basket|cinnamon roll|oven stone|baguette|brioche|apple tart|lasagne|risotto|chicken stock|dumpling",
		"part":    "crust|crumb|bottom|filling|second rise|flour|hydration|oven temperature|scoring|butter layer",
		"did":     "baked it in a covered pot|left it in the fridge overnight|used half wholemeal|added the salt later|kneaded it by hand for ten minutes|halved the sugar|made it with my grandmother|preheated for a full hour",
		"trouble": "comes out flat|sticks to the basket|is gummy inside|burns at the bottom before it is done|tastes sour after two days|tears when I shape it|never browns in my oven|smells of acetone",
		"tip":     "give it half an hour more|use less water than the recipe says|put a tray of water below|weigh everything|let it cool before you cut it|feed the starter twice before baking",
	}), rules(map[string]string{
		"thing":   "touring bike|gravel bike|dynamo light|pannier|saddle|bottom bracket|tent|ferry|night train|rain jacket|cycle path|map app|front hub|chain|mountain pass",
		"part":    "rear rack|spokes|brake pads|gear cable|zip|tyre|bearing|route|luggage|handlebar tape",
		"did":     "took the train back from Basel|rode along the canal instead|changed to wider tyres|carried half as much|booked the bike place two months ahead|slept at a farm|walked the last climb|fixed it with a zip tie",
		"trouble": "squeaks in the rain|rattles on cobbles|ends in the middle of a main road|is full in July|wears out after two thousand kilometres|slips under load|leaks at the seams|has no place for bicycles",
		"tip":     "check the bolts every evening|bring a spare cable|start before six|take the second bridge and not the first|ask at the signal box, they are kind there|grease it once a year",
	}), rules(map[string]string{
		"thing":   "fixed lens|film camera|tripod|light meter|darkroom|enlarger|contact sheet|scanner|rangefinder|flash|print|negative|raw file|colour profile|shutter",
		"part":    "aperture ring|focus|highlights|grain|shadows|white balance|exposure|viewfinder|light seal|histogram",
		"did":     "went back to film|scanned them all again|printed it on matt paper|shot the whole week with one lens|pushed it by two stops|sold the zoom|kept the contact sheets|waited for fog",
		"trouble": "flares against the sun|is soft in the corners|turns everything green|jams in the cold|eats batteries|scratches each roll|never matches the screen|drifts after an hour",
		"tip":     "meter for the shadows|leave the polariser at home|clean the contacts with an eraser|print smaller than you think|turn round before you leave|keep the negatives out of the sun",
	}), rules(map[string]string{
		"thing":   "heat pump|radiator|solar panel|inverter|battery|cellar ceiling|window frame|heat meter|tariff|boiler|buffer tank|attic|smart meter|induction hob|ventilation unit",
		"part":    "flow temperature|heating curve|insulation|pump|controller|pressure|hot water|valve|meter reading|compressor",
		"did":     "lowered the curve by half a degree a week|insulated the attic first|replaced two radiators only|took out a loan from the bank for it|got three quotes|logged it for a year|turned off night setback|went through the grant forms",
		"trouble": "short cycles in spring|defrosts every half hour|hums in the bedroom|costs more than the offer said|reports nonsense over Modbus|never reaches forty degrees|trips the fuse|needs an app for everything",
		"tip":     "measure before you buy anything|open all valves and balance later|ask for the load calculation|look at the winter, not the year|leave the installer's defaults alone for a month|read the meter each Sunday",
	}), rules(map[string]string{
		"thing":   "guitar|bass line|old record|amplifier|chord|mouthpiece|string quartet|metronome|piano|recording|second movement|vinyl|choir|mixing desk|tuning peg",
		"part":    "bridge|tempo|left hand|fingering|intonation|reverb|solo|chorus|bow hold|low end",
		"did":     "learned it by ear|slowed it down to half|changed to lighter strings|sang the part first|recorded it in the kitchen|heard them live in Ghent|practised with a drone|went through the manuscript",
		"trouble": "buzzes on the fourth fret|drags in the last bars|is far too loud|never stays in tune|skips on side two|sounds thin on small speakers|falls apart at full speed|hurts my wrist",
		"tip":     "play it slower than you like|record yourself|use the other edition|rest between takes|tune up to the note and not down|listen to the 1964 version",
	}), rules(map[string]string{
		"thing":   "town wall|parish register|old map|railway line|mill|bridge|census|market hall|archive|photograph|street name|tithe barn|canal lock|school book|letter",
		"part":    "date|spelling|east side|caption|source|footnote|stonework|second owner|foundation|signature",
		"did":     "found the name in the registers|walked the whole line last spring|asked the county archive|compared it with the 1841 map|talked to a man who worked there|photographed every page|transcribed the letters|joined the local society",
		"trouble": "is dated wrong in every guidebook|was pulled down in 1962|cannot be the same building|is missing between 1790 and 1803|was copied from an older plate|floods each winter|is not where the map has it|has two names",
		"tip":     "look at the tithe map too|ask the museum, they answer letters|read the minutes of the council|check the next parish|go there at low water|try the other spelling",
	})}
}
