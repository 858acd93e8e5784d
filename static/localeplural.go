package static

// Plural forms of whole numbers, as CLDR names them and Intl.PluralRules of
// browsers chooses them: the script and the pages must agree. They are written
// down here because golang.org/x/text/feature/plural has those of CLDR 32,
// which browsers have left behind in Hebrew and the Romance languages. A test
// asks a browser.

// PluralForm returns the form that n takes in a language: zero, one, two, few,
// many or other.
func PluralForm(lang string, n int64) string {
	n = max(n, -n)
	for tag := range chain(lang) {
		if rule := pluralRule(tag); rule != nil {
			return rule(n)
		}
	}
	return "other"
}

// pluralRule returns the rule of a language, or nil if it is not known. Each
// language with texts has one.
func pluralRule(tag string) func(n int64) string {
	switch tag {
	case "id", "ja", "ko", "vi", "zh":
		return func(int64) string { return "other" }
	case "bg", "da", "de", "el", "en", "et", "fi", "hu", "nb", "nl", "sv", "tr":
		return pluralOne(1)
	case "fa", "hi":
		return pluralOne(0)
	case "ca", "es", "it", "pt-pt":
		return pluralRomance(1)
	case "fr", "pt":
		return pluralRomance(0)
	case "ro":
		return pluralFew(isOne, romanianFew, "other")
	case "cs", "sk":
		return pluralFew(isOne, czechFew, "other")
	case "pl":
		return pluralFew(isOne, slavicFew, "many")
	case "ru", "uk":
		return pluralFew(slavicOne, slavicFew, "many")
	case "hr", "sr":
		return pluralFew(slavicOne, slavicFew, "other")
	case "sl":
		return pluralSlovenian
	case "lt":
		return pluralLithuanian
	case "lv":
		return pluralLatvian
	case "he":
		return pluralHebrew
	case "ar":
		return pluralArabic
	default:
		return nil
	}
}

// between reports whether low ≤ n ≤ high.
func between(n, low, high int64) bool { return low <= n && n <= high }

// pluralOne has the numbers from low to 1 in the singular.
func pluralOne(low int64) func(int64) string {
	return func(n int64) string {
		if between(n, low, 1) {
			return "one"
		}
		return "other"
	}
}

// pluralRomance asks for a preposition after whole millions.
func pluralRomance(low int64) func(int64) string {
	const million = 1_000_000
	one := pluralOne(low)
	return func(n int64) string {
		if n != 0 && n%million == 0 {
			return "many"
		}
		return one(n)
	}
}

// pluralFew has a singular, a form for few, and one for all others.
func pluralFew(one, few func(int64) bool, others string) func(int64) string {
	return func(n int64) string {
		switch {
		case one(n):
			return "one"
		case few(n):
			return "few"
		default:
			return others
		}
	}
}

func isOne(n int64) bool { return n == 1 }

func romanianFew(n int64) bool { return n == 0 || between(n%100, 1, 19) }

func czechFew(n int64) bool { return between(n, 2, 4) }

// slavicOne has 1, 21, 31 …, not 11.
func slavicOne(n int64) bool { return n%10 == 1 && n%100 != 11 }

// slavicFew has 2 to 4, 22 to 24 …, not 12 to 14.
func slavicFew(n int64) bool { return between(n%10, 2, 4) && !between(n%100, 12, 14) }

func pluralSlovenian(n int64) string {
	switch n % 100 {
	case 1:
		return "one"
	case 2:
		return "two"
	case 3, 4:
		return "few"
	default:
		return "other"
	}
}

func pluralLithuanian(n int64) string {
	switch {
	case between(n%100, 11, 19) || n%10 == 0:
		return "other"
	case n%10 == 1:
		return "one"
	default:
		return "few"
	}
}

func pluralLatvian(n int64) string {
	switch {
	case between(n%100, 11, 19) || n%10 == 0:
		return "zero"
	case n%10 == 1:
		return "one"
	default:
		return "other"
	}
}

func pluralHebrew(n int64) string {
	switch n {
	case 1:
		return "one"
	case 2:
		return "two"
	default:
		return "other"
	}
}

func pluralArabic(n int64) string {
	switch {
	case n == 0:
		return "zero"
	case n == 1:
		return "one"
	case n == 2:
		return "two"
	case between(n%100, 3, 10):
		return "few"
	case between(n%100, 11, 99):
		return "many"
	default:
		return "other"
	}
}
