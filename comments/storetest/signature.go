package storetest

import "postil/comments"

func signatureTests() serviceTests {
	return serviceTests{
		"the same name and secret have the same badge":    signatureSame,
		"another site gives another badge":                signatureElsewhere,
		"the owner's mark needs the owner key":            signatureOwner,
		"a new owner key takes the mark from the old one": signatureOwnerRenewed,
		"a secret makes a repeated post another one":      signatureRepeated,
		"badges are found, and go with the words":         signatureErased,
	}
}

func signatureSame(d *desk) {
	first := d.submitAs("Ann#secret").Comment.Author
	d.same("name", "Ann", first.Name)
	if first.Badge == (comments.Badge{}) || first.Owner {
		d.Errorf("a signed name has badge %q, owner: %v", first.Badge, first.Owner)
	}
	d.same("again, spaced and cased otherwise", first.Badge, d.submitAs(" ANN # secret ").Comment.Author.Badge)
	for _, typed := range []string{"Ann", "Ann#Secret", "Bea#secret", "Ann#secret#"} {
		if got := d.submitAs(typed).Comment.Author.Badge; got == first.Badge {
			d.Errorf("%q has the badge of Ann#secret", typed)
		}
	}
	d.same("of no secret", comments.Badge{}, d.submitAs("Ann").Comment.Author.Badge)
}

func signatureElsewhere(d *desk) {
	here := d.submitAs("Ann#secret").Comment.Author.Badge
	other := d.newSite("other-" + d.site.Host)
	d.must(d.PutSite(d.Context(), other))
	d.pass(siteAge)
	draft := d.draft("hello")
	draft.Site, draft.Name = other.Host, "Ann#secret"
	if d.submit(draft).Comment.Author.Badge == here {
		d.Error("one can follow an author from site to site")
	}
}

func signatureOwner(d *desk) {
	key := d.Keys.OwnerKey(d.site)
	c := d.submitAs("Mia#" + key).Comment
	d.same("owner", []any{true, "Mia"}, []any{c.Author.Owner, c.Author.Name})
	d.same("as found", c, d.find(c.ID))
	for _, typed := range []string{"Mia", "Mia#" + key[:len(key)-1], "Mia#" + key + "x", "#" + key} {
		if d.submitAs(typed).Comment.Author.Owner {
			d.Errorf("%q has the owner's mark", typed)
		}
	}
}

func signatureOwnerRenewed(d *desk) {
	old := d.Keys.OwnerKey(d.site)
	d.set(func(s *comments.Settings) { s.OwnerSerial++ })
	d.same("by the former key", false, d.submitAs("Mia#"+old).Comment.Author.Owner)
	d.same("by the new key", true, d.submitAs("Mia#"+d.Keys.OwnerKey(d.site)).Comment.Author.Owner)
}

func signatureRepeated(d *desk) {
	signed := d.keyedDraft("hello")
	signed.Name = "Ann#secret"
	d.submit(signed)
	d.same("repeated", true, d.submit(signed).Repeated)
	other := signed
	other.Name = "Ann#another"
	d.rejects(other, comments.Conflict, "key")
	other.Name = "Ann"
	d.rejects(other, comments.Conflict, "key")
}

func signatureErased(d *desk) {
	r := d.submitAs("Ann#secret")
	badge := r.Comment.Author.Badge
	d.search("by badge", comments.Filter{Badge: badge}, r.Comment)
	gone, err := d.Delete(d.Context(), r.Comment.ID, r.EditKey)
	d.must(err)
	d.same("author", comments.Author{}, gone.Author)
	d.search("by badge, once it is deleted", comments.Filter{Badge: badge})
}
