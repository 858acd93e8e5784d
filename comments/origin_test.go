package comments

import "testing"

func TestOldLinksNameTheComment(t *testing.T) {
	t.Parallel()
	const commento = "3f1d0a0c9b8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a392817065f4e"
	for _, c := range []struct {
		origin Origin
		want   string
	}{
		{Origin{"disqus", "4567890123"}, "comment-4567890123"},
		{Origin{"disqus-wxr", "12"}, "comment-12"},
		{Origin{"wordpress", "12"}, "comment-12"},
		{Origin{"isso", "12"}, "isso-12"},
		{Origin{"remark42", "f1e2"}, "remark42__comment-f1e2"},
		{Origin{"commento", commento}, "commento-" + commento},
		{Origin{"commento", "0f9b7c52-33f5-4f0e-9d3c-0f3c7b6d5e4a"}, "comentario-0f9b7c52-33f5-4f0e-9d3c-0f3c7b6d5e4a"},
		{Origin{"artalk", "12"}, "atk-comment-12"},
		{Origin{"waline", "64f0c1d2e3"}, "64f0c1d2e3"},
		{Origin{"leancloud", "64f0c1d2e3"}, "64f0c1d2e3"},
		{Origin{"cusdis", "0f9b7c52"}, ""},
		{Origin{"staticman", "0f9b7c52"}, ""},
		{Origin{"isso-json", "12"}, ""},
		{Origin{"somewhere else", "12"}, ""},
		{Origin{"waline", ""}, ""},
		{Origin{"waline", "no id"}, ""},
		{Origin{}, ""},
	} {
		if got := c.origin.Anchor(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.origin, got, c.want)
		}
	}
}
