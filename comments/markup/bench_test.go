package markup_test

import (
	"testing"

	"postil/comments"
	"postil/comments/markup"
)

// Three comments of 300 bytes: words alone, what an ordinary comment holds,
// and a bit of everything.
const (
	plain = "Thanks for this write-up! I ran into the same problem last week: the cache was never invalidated after the change, and nobody noticed for three days.\n\n" +
		"Have you tried turning it off first? It works now on both of our machines, so I will leave it at that until the next release. Cheers, and good luck.\n"
	ordinary = "Thanks for this write-up! I ran into the *same* problem last week: the cache was never invalidated after `PutSite`, and nobody noticed for three days.\n\n" +
		"Have you tried https://example.org/notes/42? It works now on both of our machines, so I will leave it at that until the next release. Cheers, good luck.\n"
	rich = "Thanks for this write-up! I ran into the *same* problem last week: the cache was **never** invalidated after `PutSite`.\n\n" +
		"> Have you tried turning it off?\n\nYes. See https://example.org/notes/42 and [the docs](https://docs.example.org/cache \"docs\").\n\n" +
		"- first try\n- second try\n\nIt works now, cheers.\n"
)

func BenchmarkRender(b *testing.B) {
	r := markup.New()
	for name, source := range map[string]string{"plain": plain, "ordinary": ordinary, "rich": rich} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(source)))
			for b.Loop() {
				if _, err := r.Render(source, comments.Markdown); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkHostile(b *testing.B) {
	r := markup.New()
	for name, source := range hostile() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, _ = r.Render(source, comments.Markdown)
			}
		})
	}
}
