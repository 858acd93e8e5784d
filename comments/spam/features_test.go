package spam

import (
	"hash/maphash"
	"slices"
	"strings"
	"testing"

	"postil/comments"
)

// told returns the features of a comment as "kind text", in the order told.
func told(c comments.Comment) (list []string) {
	extract(&c, func(k kind, text string) { list = append(list, k.String()+" "+text) })
	return list
}

func TestWordsOfATextAreFeatures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"Don't PANIC, it's 42!", "don panic it 42"},
		{"Zażółć gęślą — jaźń", "zażółć gęślą jaźń"},
		{"été e\u0301te\u0301", "été e\u0301te\u0301"},
		{"नमस्ते दुनिया", "नमस्ते दुनिया"},
		{"正品手表", "正品 品手 手表"},
		{"中", ""},
		{"ประเทศ", "ปร ระ ะเ เท ทศ"},
		{"", ""}, {"!?… — ", ""}, {"a b c", ""}, {"\xff\xfeab\xff", "ab"},
		{strings.Repeat("x", 100), strings.Repeat("x", maxWord)},
		{strings.Repeat("ж", 100), strings.Repeat("ж", maxWord)},
	} {
		var got []string
		eachWord(strings.ToLower(c.text), func(w string) { got = append(got, w) })
		if strings.Join(got, " ") != c.want {
			t.Errorf("words of %q are %q, want %q", c.text, got, c.want)
		}
	}
}

func TestFeatures(t *testing.T) {
	t.Parallel()
	got := told(comments.Comment{
		Author: comments.Author{Name: "Ann Lee", Website: "https://www.best-pills24.example/x", Badge: comments.Badge{1}}, Parent: comments.ID{1},
		Source: "BUY [url=x] <a href> now!! 50% off\n\nfоr frеe 😀 +49 30 2312 5000 here",
		HTML:   `<blockquote><p><a href="https://a.example/">x</a><code>y</code></p></blockquote>`,
	})
	for _, want := range []string{
		"shape links: 1", "shape website: yes", "shape words of the name: 2", "shape exclamation marks: 2 to 3", "shape an answer", "shape signed",
		"shape prices or percentages", "shape many digits", "shape pictographs", "shape letters of two scripts in one word", "shape BBCode",
		"shape HTML typed as text", "shape code", "shape a quotation", "shape several paragraphs", "shape script: Latin", "shape capitals: some", "shape length: about 16 letters",
		"name ann", "name lee", "link a.example", "website best-pills24.example", "website best", "website pills24", "text buy", "text 50", "text now",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing of %q", want, got)
		}
	}
	plain := told(comments.Comment{Source: "Hello there"})
	want := []string{"shape links: 0", "shape website: no", "shape words of the name: 0", "shape length: about 8 letters", "shape exclamation marks: 0", "shape capitals: some", "shape script: Latin", "text hello", "text there"}
	if !slices.Equal(plain, want) {
		t.Errorf("got %q, want %q", plain, want)
	}
}

func TestAnImportedCommentIsReadWithoutItsTags(t *testing.T) {
	t.Parallel()
	c := comments.Comment{Source: `<p>Добрый <b>день</b>, <a href="https://x.example/latin/letters">там</a> 1<2 <`, Markup: comments.SourceHTML}
	if got := told(c); slices.Contains(got, "text href") || !slices.Contains(got, "text день") || !slices.Contains(got, "text там") || !slices.Contains(got, "shape script: Cyrillic") {
		t.Errorf("got %q", got)
	}
	c.Markup = comments.Markdown
	if got := told(c); !slices.Contains(got, "text href") {
		t.Errorf("got %q", got)
	}
}

func TestBands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 1: "1", 2: "2", 3: "3 to 5", 5: "3 to 5", 6: "6 or more", 1000: "6 or more"} {
		if got := band(n, 0, 1, 2, 5); got != want {
			t.Errorf("band of %d is %q, want %q", n, got, want)
		}
	}
}

func TestHashesAreOfAKindAndOnce(t *testing.T) {
	t.Parallel()
	seed := maphash.MakeSeed()
	calls := 0
	list := hashes(seed, &comments.Comment{Source: "ann ann ann", Author: comments.Author{Name: "Ann"}}, func(uint64, kind, string) { calls++ })
	if !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) || calls != len(list)+2 {
		t.Errorf("got %d hashes of %d features", len(list), calls)
	}
}

// The longest comment, in the script that makes most of it, is judged whole.
func TestTheLongestComment(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for n := range comments.MaxBody - 1 {
		b.WriteRune(rune(0x4E00 + n))
	}
	c := comments.Comment{Source: b.String() + "末"}
	last := "text " + string([]rune{rune(0x4E00 + comments.MaxBody - 2), '末'})
	if got := told(c); !slices.Contains(got, last) || len(got) > maxFeatures {
		t.Errorf("the end is missing of %d features", len(got))
	}
	if huge := hashes(maphash.MakeSeed(), &comments.Comment{Source: strings.Repeat(b.String(), 3)}, nil); len(huge) > maxFeatures {
		t.Errorf("an imported comment has %d features", len(huge))
	}
}
