package spam_test

// pitches are what is sold, each with words of its own beside those that all
// sellers share.
func pitches() []grammar {
	return []grammar{rules(map[string]string{
		"goods": "backlinks|an SEO audit|first page rankings|guest posts|organic traffic|a link building package", "gain": "rank higher|double your traffic|reach the first page", "brand": "rankboost|linkpartner|topposition|seo-atelier",
		"own": "Our team of experts has helped over {number} websites to {gain}.|Have you thought about {goods} for your website?|Your articles deserve more visitors.|We audit your pages for free and send a report.",
	}), rules(map[string]string{
		"goods": "replica watches|designer handbags|luxury sunglasses|branded sneakers|silver jewellery", "gain": "look like a million|get the real look for less|own the newest collection", "brand": "luxwatch|bagoutlet|timepieces|sneakerworld",
		"own": "Our {goods} are made from the same steel and leather.|No one will see the difference.|The newest collection is in stock.|Worldwide shipping in a plain box.",
	}), rules(map[string]string{
		"goods": "a natural supplement|slimming tablets|CBD oil|a hair growth serum|generic pills|keto drops", "gain": "lose ten kilos in a month|sleep like a baby|feel twenty again", "brand": "vitalplus|slimherb|purecbd|pharma-direct",
		"own": "No prescription needed.|Doctors do not want you to know about {goods}.|My skin was terrible before I found {goods}.|Clinically tested, without side effects.",
	}), rules(map[string]string{
		"goods": "a personal loan|a business loan|debt consolidation|a crypto trading account|a signal group", "gain": "get approved in minutes|earn {number} dollars a week|pay off everything at once", "brand": "quickcredit|coinmentor|easyloan|tradewise",
		"own": "Bad credit is no problem.|I invested 200 dollars and withdrew {number} after three weeks.|Thanks to Mr. {seller} I recovered my lost bitcoin.|We lend at 2% interest to serious people.",
	}), rules(map[string]string{
		"goods": "an essay writing service|a dissertation editor|assignment help|exam answers|a research paper", "gain": "get better grades|meet every deadline|have it written by a professor", "brand": "essaypro|paperhelp|gradeup|studyassist",
		"own": "All papers are written from scratch.|The plagiarism report is free.|Students from {number} universities trust us.|Deadlines from three hours.",
	}), rules(map[string]string{
		"goods": "an online casino|free spins|a slots bonus|sports betting tips|live roulette", "gain": "win from the first day|turn a small deposit into thousands|play without limits", "brand": "spinpalace|luckyslot|betking|jackpotclub",
		"own": "New players get {number} free spins.|Withdrawals take five minutes.|I won {number} dollars on my phone last night.|The welcome bonus is 200%.",
	}), rules(map[string]string{
		"goods": "roof repair|drain cleaning|carpet cleaning|a moving company|pest control|garage doors", "gain": "save up to half|get a free quote today|have it done by tomorrow", "brand": "bestroofers|drainmasters|citymovers|cleanhome",
		"own": "Licensed, insured and rated five stars.|Call us day or night for a free estimate.|We serve all suburbs.|Family business since 1998, {number} happy customers.",
	}), rules(map[string]string{
		"goods": "genuine software keys|an IPTV subscription|a VPN lifetime deal|followers and likes|game coins|premium accounts", "gain": "pay a tenth of the price|watch every channel|grow your account overnight", "brand": "keystore|streamhub|socialboost|cheapkeys",
		"own": "Instant delivery by mail.|All keys are genuine and activated online.|{number} channels in full HD.|Real followers, no password needed.",
	}), rules(map[string]string{
		"goods": "a spell caster|a love reading|a psychic consultation|a dating site|lonely hearts near you", "gain": "bring your ex back in {number} hours|meet somebody tonight|change your luck", "brand": "drlove|hotdates|spiritlight|meetup4you",
		"own": "My husband left me and Dr. {seller} brought him back.|I never believed in spells until I met Dr. {seller}.|Singles in your town are waiting.|Testimonies from all over the world.",
	})}
}

// selling is what sellers share.
func selling() grammar {
	return rules(map[string]string{
		"number": "24|48|100|250|300|500|1,200|3,000|9,800", "seller": "Osagie|Wilson|Patricia|Raymond|Kumar|Steele",
		"say": "{own}|{own}|{offer}|{offer}|{tale}|{call}",
		"offer": "If you are looking for {goods}, we offer the best price on the market.|Get {goods} today with {number}% discount.|We provide {goods} of the highest quality at affordable prices.|Order now and {gain}.|Special offer this week only: {goods} for half the price.|High quality {goods}, fast delivery, money back guarantee.|" +
			"Buy {goods} online with free shipping.|The cheapest {goods} you will find, guaranteed.|Limited time: {goods} from 19.99.|Our customers {gain}, and so can you.",
		"tale":  "I was sceptical too, but after using {brand} I could finally {gain}.|A friend told me about {brand} and now I recommend it to everybody.|Speaking of this, {goods} changed my life.|By the way, I found {goods} at {brand} and am very happy with it.|Honestly the only thing that worked for me was {goods} from {brand}.|You can {gain} if you know where to look; I use {brand}.|My cousin made the switch to {brand} last month and will never go back.|{brand} helped me to {gain}, worth every cent.",
		"call":  "Visit our website for details.|Contact us on WhatsApp +{phone}.|Write to {brand} at mail dot com for a consultation.|Click the link and {gain}.|Message us on Telegram @{brand}.|Feel free to visit my site too.|Check my profile for the offer.|Do not miss it.|Search for {brand} and see for yourself.",
		"phone": "1 555 010 {three}|44 1632 960{three}|49 30 23125 {three}", "three": "114|207|336|482|591|618|705|873",
		"praise":   "Great post, thank you!|Wonderful article, I learned a lot.|Really useful information, thank you so much.|I love your blog, please keep it up!|This was very helpful, thanks for sharing.|Excellent points about this topic, bookmarked.|Amazing write-up, I will share it with my friends.|I enjoyed every line of it and will come back for more.|What a fantastic blog, how did you build this website?|Thanks for sharing such valuable content with us.",
		"slug":     "offer|shop|best-price|order|go|deal|promo|start|home",
		"link":     "https://{brand}{suffix}.example/{slug}",
		"suffix":   "|-online|24|-shop|-pro|-direct|-uk|77|-best|-official",
		"deutsch":  "Wir bieten {goods} zum besten Preis, jetzt bestellen und sparen.|Kaufen Sie {goods} günstig online, Versand gratis.|Dank {brand} habe ich endlich Erfolg, kann ich nur empfehlen.|Nur diese Woche {number}% Rabatt bei {brand}.",
		"francais": "Achetez {goods} au meilleur prix, livraison gratuite.|Grâce à {brand} ma vie a changé, je recommande.|Offre spéciale : {number}% de remise chez {brand}.",
		"russian":  "Купить дешево с доставкой, звоните прямо сейчас|Лучшие цены на сайте, скидка {number}% только сегодня|Онлайн казино без депозита, бонус {number} рублей|Продвижение сайтов в топ, гарантия результата|Быстрый займ на карту без отказа за пять минут",
		"chinese":  "正品手表特价，全球包邮，质量保证，欢迎咨询微信|在线赌场注册即送{number}元，提款快速，信誉第一|专业代写论文，价格优惠，按时交稿，不满意退款|网站排名优化，快速上首页，联系客服获取报价",
		"arabic":   "أفضل الأسعار مع توصيل مجاني اطلب الآن واحصل على خصم {number}%|شركة تنظيف منازل بأسعار رخيصة اتصل بنا|قروض سريعة بدون كفيل تواصل معنا",
		"korean":   "온라인 카지노 가입 즉시 {number} 보너스 지급 안전한 먹튀 검증|명품 시계 최저가 판매 무료 배송 카톡 문의",
	})
}
