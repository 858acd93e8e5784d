package spam_test

// languages are the others that the blog's readers write in, each complete.
func languages() map[string]grammar {
	return map[string]grammar{
		"de": rules(map[string]string{
			"thing": "Wärmepumpe|Hecke|Sauerteig|Fahrrad|Kamera|Vorlage|Gitarre|Karte|Heizung|Apfelbaum|Skript|Server|Nabendynamo|Archiv|Backofen",
			"part":  "Vorlauf|Kruste|Kette|Datum|Wurzel|Belichtung|Kopfzeile|Quelle|Dämmung|Speiche",
			"zeit":  "letzten Winter|gestern|seit drei Jahren|2019|am Sonntag|über Ostern",
			"wer":   "mein Vater|eine Nachbarin|ein Kollege|meine Tochter|der Mann im Laden",
			"ort":   "Graz|Kassel|der Eifel|Basel|unserem Dorf|Leipzig",
			"preis": "40 Euro|rund 300 €|fast nichts|1150 Euro inklusive Versand",
			"say": "Bei mir war es {zeit} genauso, erst ein Blick auf {thing} und {part} hat geholfen.|Danke für den ausführlichen Artikel!|Hat jemand das auch schon mit {thing} probiert?|Wie lange hat es bei euch gedauert, bis {part} gestimmt hat?|" +
				"{wer} in {ort} macht das seit Jahren anders und hat nie Ärger damit.|Kleine Korrektur: das mit {part} gilt erst seit 2021.|Ich habe {zeit} {preis} dafür bezahlt und würde es wieder tun.|Gibt es {thing} irgendwo günstig gebraucht?|Das stimmt so leider nicht, {part} hat damit nichts zu tun.|" +
				"Schöne Grüße aus {ort}.|Ich lese hier schon lange still mit, heute muss ich einmal Danke sagen.|Am besten erst messen und dann kaufen, sonst wird es teuer.|Mehr dazu steht unter https://notizen.example/{part}.|Das Angebot klang gut, aber {thing} kam kaputt an und das Geld zurück zu bekommen hat gedauert.|Genau so, und {wer} glaubt es mir nicht.",
		}),
		"fr": rules(map[string]string{
			"chose": "le levain|le vélo|la pompe à chaleur|le gabarit|la haie|l'appareil photo|la guitare|la carte|le serveur|le pommier",
			"temps": "l'hiver dernier|hier|depuis trois ans|dimanche|en 2019",
			"qui":   "mon père|une voisine|un collègue|ma fille|le monsieur du magasin",
			"prix":  "40 euros|presque rien|300 € port compris",
			"say": "Merci pour cet article très clair !|Chez moi {chose} a eu le même souci {temps}.|Quelqu'un a-t-il essayé avec {chose} ?|{qui} fait autrement et ne s'en plaint pas.|Je l'ai acheté {prix}, et il marche encore.|Je ne suis pas d'accord sur la fin : {chose} n'y est pour rien.|" +
				"Petite erreur dans le troisième paragraphe, il me semble.|Bonne idée, je vais essayer dimanche.|Où trouver {chose} pas trop cher ?|Combien de temps cela vous a-t-il pris ?|Bonjour de Lyon, et continuez !|J'ai tout noté {temps}, les chiffres sont sur https://carnet.example/notes.|On m'a remboursé sans discuter, le service est excellent.",
		}),
		"es": rules(map[string]string{
			"cosa":   "la masa madre|la bicicleta|la bomba de calor|la plantilla|el seto|la cámara|la guitarra|el mapa|el servidor",
			"cuando": "el invierno pasado|ayer|desde hace tres años|el domingo|en 2019",
			"quien":  "mi padre|una vecina|un compañero|mi hija|el señor de la tienda",
			"say": "¡Gracias por escribirlo!|A mí me pasó lo mismo con {cosa} {cuando}.|¿Alguien lo ha probado con {cosa}?|{quien} lo hace de otra manera y le va bien.|Me costó 40 euros y todavía funciona.|No estoy de acuerdo con el final, {cosa} no tiene nada que ver.|Saludos desde Oporto.|" +
				"¿Cuánto tiempo te llevó?|Lo apunté todo {cuando}, está en https://apuntes.example/notas.|¿Dónde se encuentra {cosa} barata hoy en día?|Muy buen artículo, lo guardo para el fin de semana.|Una corrección pequeña: eso cambió en 2021.",
		}),
		"it": rules(map[string]string{
			"cosa":   "il lievito|la bicicletta|la pompa di calore|il modello|la siepe|la chitarra|la mappa|il melo",
			"quando": "lo scorso inverno|ieri|da tre anni|domenica|nel 2019",
			"say":    "Grazie, molto utile!|Anche da me {cosa} ha dato lo stesso problema {quando}.|Qualcuno ha provato con {cosa}?|Mio padre fa in un altro modo e non si lamenta.|L'ho pagata 40 euro, spedizione compresa.|Non sono d'accordo sulla fine.|Saluti da Trento.|Quanto tempo ci è voluto?|C'è un piccolo errore nel terzo paragrafo.|Proverò domenica e vi racconto come va con {cosa}.|Bellissimo articolo, lo tengo da parte.",
		}),
		"nl": rules(map[string]string{
			"ding":    "het zuurdesem|de fiets|de warmtepomp|het sjabloon|de heg|de gitaar|de kaart|de server",
			"wanneer": "vorige winter|gisteren|al drie jaar|zondag|in 2019",
			"say":     "Dank je voor dit stuk!|Bij mij was het {wanneer} precies zo met {ding}.|Heeft iemand dit al geprobeerd met {ding}?|Mijn vader doet het anders en heeft nooit problemen.|Ik heb er 40 euro voor betaald, verzending erbij.|Volgens mij klopt het slot niet.|Groeten uit Utrecht.|Hoe lang duurde het bij jullie?|Waar vind je {ding} nog voor weinig geld?|Kleine correctie: dat veranderde in 2021.|Ik ga het zondag proberen.",
		}),
		"pl": rules(map[string]string{
			"rzecz": "zakwas|rower|pompa ciepła|żywopłot|gitara|mapa|serwer|jabłoń",
			"kiedy": "zeszłej zimy|wczoraj|od trzech lat|w niedzielę",
			"say":   "Dziękuję za ten wpis!|U mnie {rzecz} miał ten sam kłopot {kiedy}.|Czy ktoś próbował z tym {rzecz}?|Mój ojciec robi to inaczej i nie narzeka.|Zapłaciłem 150 złotych razem z wysyłką.|Nie zgadzam się z końcówką.|Pozdrowienia z Brna.|Ile to trwało?|Spróbuję {kiedy} i dam znać.",
		}),
		"ru": rules(map[string]string{
			"вещь":  "закваска|велосипед|тепловой насос|гитара|карта|сервер|яблоня",
			"когда": "прошлой зимой|вчера|уже три года|в воскресенье",
			"say":   "Спасибо за статью!|У меня {когда} было то же самое, виноват оказался не {вещь}.|Кто-нибудь пробовал это, если дома есть {вещь}?|Мой отец делает иначе и не жалуется.|Небольшая поправка: это изменилось в 2021 году.|Привет из Тампере.|Попробую {когда} и напишу, что вышло.",
		}),
	}
}
