package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"postil/comments"
)

func creating() map[string]provocation {
	post := func(changes ...string) provocation {
		return func(t *testing.T) answer { return start(t).post("/api/v1/comments", draft(changes...)) }
	}
	again := func(w *world) answer { return w.post("/api/v1/comments", draft()) }
	return map[string]provocation{
		"createComment 201": post(),
		"createComment 202": post("site", "held.example"),
		"createComment 400": post("body", ""),
		"createComment 403": post("site", "closed.example"),
		"createComment 404": post("site", "unknown.example"),
		"createComment 409": func(t *testing.T) answer {
			w := start(t)
			w.comment("key", "0123456789abcdef")
			return w.post("/api/v1/comments", draft("key", "0123456789abcdef", "body", "Other."))
		},
		"createComment 413": post("body", strings.Repeat("a", comments.MaxRequest)),
		"createComment 415": func(t *testing.T) answer { return start(t).send("POST", "/api/v1/comments", "{}") },
		"createComment 429": exhausted(again),
		"createComment 500": broken(again, errors.New("broken")),
		"createComment 503": broken(again, errUnavailable),
	}
}

func changing() map[string]provocation {
	all := map[string]provocation{}
	for id, method := range map[string]string{"editComment": http.MethodPatch, "deleteComment": http.MethodDelete} {
		with := func(key, body string) func(*world) answer {
			return func(w *world) answer {
				c := w.comment()
				if key == "" {
					key = c.EditKey
				}
				return w.bearer(method, c, key, body)
			}
		}
		fresh := func(do func(*world) answer) provocation { return func(t *testing.T) answer { return do(start(t)) } }
		all[id+" 401"] = fresh(func(w *world) answer {
			return w.send(method, "/api/v1/comments/"+w.comment().ID, `{"body":"a"}`, "Content-Type", "application/json")
		})
		all[id+" 403"] = fresh(with("nonsense", `{"body":"a"}`))
		all[id+" 404"] = fresh(func(w *world) answer { return w.bearer(method, created{ID: "none"}, "", "") })
		all[id+" 429"] = exhausted(func(w *world) answer { return w.bearer(method, created{ID: "none"}, "", "") })
		all[id+" 500"] = brokenAfter((*world).comment0, func(w *world, c created) answer { return w.bearer(method, c, c.EditKey, `{"body":"a"}`) }, errors.New("broken"))
		all[id+" 503"] = brokenAfter((*world).comment0, func(w *world, c created) answer { return w.bearer(method, c, c.EditKey, `{"body":"a"}`) }, errUnavailable)
		if method == http.MethodDelete {
			all[id+" 204"] = fresh(with("", ""))
			continue
		}
		all[id+" 200"] = fresh(with("", `{"body":"a"}`))
		all[id+" 400"] = fresh(with("", `{"body":""}`))
		all[id+" 413"] = fresh(with("", strings.Repeat(" ", comments.MaxRequest+1)))
		all[id+" 415"] = fresh(func(w *world) answer {
			c := w.comment()
			return w.send(method, "/api/v1/comments/"+c.ID, "a", "Authorization", "Bearer "+c.EditKey)
		})
	}
	return all
}

// comment0 is comment without changes.
func (w *world) comment0() created { return w.comment() }

func asking() map[string]provocation {
	preview := func(body, media string) provocation {
		return func(t *testing.T) answer {
			return start(t).send("POST", "/api/v1/preview", body, "Content-Type", media)
		}
	}
	count := func(query string) func(*world) answer {
		return func(w *world) answer { return w.send("GET", "/api/v1/counts?"+query, "") }
	}
	good := count("site=blog.example&page=/a&page=/b")
	return map[string]provocation{
		"previewComment 200": preview(`{"body":"a"}`, "application/json"),
		"previewComment 400": preview(`{"body":""}`, "application/json"),
		"previewComment 413": preview(strings.Repeat(" ", comments.MaxRequest+1), "application/json"),
		"previewComment 415": preview(`{"body":"a"}`, "text/plain"),
		"previewComment 429": exhausted(func(w *world) answer { return w.post("/api/v1/preview", members{"body": "a"}) }),
		"countComments 200":  func(t *testing.T) answer { return good(start(t)) },
		"countComments 400":  func(t *testing.T) answer { return count("site=blog.example")(start(t)) },
		"countComments 404":  func(t *testing.T) answer { return count("site=unknown.example&page=/")(start(t)) },
		"countComments 500":  broken(good, errors.New("broken")),
		"countComments 503":  broken(good, errUnavailable),
	}
}

func working() map[string]provocation {
	ask := func(query string) func(*world) answer {
		return func(w *world) answer { return w.send("GET", "/api/v1/challenge?"+query, "") }
	}
	fresh := func(query string) provocation {
		return func(t *testing.T) answer { return ask(query)(start(t, proving)) }
	}
	good := "site=blog.example&key=0123456789abcdef"
	return map[string]provocation{
		"challenge 200": fresh(good),
		"challenge 400": fresh("site=blog.example&key=short"),
		"challenge 404": fresh("site=unknown.example&key=0123456789abcdef"),
		"challenge 429": exhausted(ask(good)),
		"challenge 500": unknowing(ask(good), errors.New("broken")),
		"challenge 503": unknowing(ask(good), errUnavailable),
	}
}

// unknowing runs a request while the database fails, before any site of it is
// known.
func unknowing(do func(*world) answer, err error) provocation {
	return func(t *testing.T) answer {
		w := start(t, proving)
		w.store.fail(err)
		return do(w)
	}
}

func filling() map[string]provocation {
	get := func(query string) provocation {
		return func(t *testing.T) answer { return start(t).send("GET", "/comment?"+query, "") }
	}
	reply := func(w *world, c created) answer { return w.send("GET", formPath+"&parent="+c.ID, "") }
	post := func(changes ...string) provocation {
		return func(t *testing.T) answer {
			w := start(t)
			return w.submit(w.open(formPath), changes...)
		}
	}
	send := func(media, body string) provocation {
		return func(t *testing.T) answer { return start(t).send("POST", "/comment", body, "Content-Type", media) }
	}
	opened := func(w *world) sheet { return w.open(formPath) }
	words := func(w *world, s sheet) answer { return w.submit(s, "body", "a") }
	return map[string]provocation{
		"showForm 200": get("site=blog.example&page=/"),
		"showForm 400": get("site=blog.example"),
		"showForm 403": get("site=closed.example&page=/"),
		"showForm 404": get("site=unknown.example&page=/"),
		"showForm 500": brokenAfter((*world).comment0, reply, errors.New("broken")),
		"showForm 503": brokenAfter((*world).comment0, reply, errUnavailable),
		"postForm 200": post("body", "a", "do", "preview"),
		"postForm 303": post("body", "a", "do", "post"),
		"postForm 400": post("body", ""),
		"postForm 403": func(t *testing.T) answer {
			w := start(t)
			s := w.open(formPath)
			site := w.site("blog.example")
			site.Settings.Policy = comments.PolicyClosed
			if err := w.store.PutSite(t.Context(), site); err != nil {
				t.Fatal(err)
			}
			w.clock.advance(2 * siteAge)
			return w.submit(s, "body", "a")
		},
		"postForm 404": func(t *testing.T) answer {
			w := start(t)
			s := w.open(formPath)
			if err := w.store.RemoveSite(t.Context(), "blog.example"); err != nil {
				t.Fatal(err)
			}
			w.clock.advance(2 * siteAge)
			return w.submit(s, "body", "a")
		},
		"postForm 409": func(t *testing.T) answer {
			w := start(t)
			s := w.open(formPath)
			w.submit(s, "body", "a").want(http.StatusSeeOther)
			return w.submit(s, "body", "b")
		},
		"postForm 413": send("application/x-www-form-urlencoded", strings.Repeat("a", maxForm+1)),
		"postForm 415": send("text/plain", "a"),
		"postForm 429": exhausted(func(w *world) answer { return w.submit(w.open(formPath), "body", "a") }),
		"postForm 500": brokenAfter(opened, words, errors.New("broken")),
		"postForm 503": brokenAfter(opened, words, errUnavailable),
	}
}

func owning() map[string]provocation {
	all := map[string]provocation{}
	get := func(leaf string) func(*world, created) answer {
		return func(w *world, c created) answer {
			return w.send("GET", "/comment/"+c.ID+"/"+leaf+"?"+url.Values{"key": {c.EditKey}}.Encode(), "")
		}
	}
	post := func(leaf string, changes ...string) func(*world, created) answer {
		return func(w *world, c created) answer {
			return w.submit(sheet{"/comment/" + c.ID + "/" + leaf, url.Values{"key": {c.EditKey}, "body": {"a"}}}, changes...)
		}
	}
	fresh := func(do func(*world, created) answer) provocation {
		return func(t *testing.T) answer {
			w := start(t)
			return do(w, w.comment())
		}
	}
	for id, do := range map[string]func(*world, created) answer{
		"showDone": get("done"), "showEdit": get("edit"), "postEdit": post("edit"), "postDelete": post("delete"),
	} {
		all[id+" 403"] = fresh(func(w *world, c created) answer { return do(w, created{ID: c.ID, EditKey: "nonsense"}) })
		all[id+" 404"] = fresh(func(w *world, c created) answer { return do(w, created{ID: "none", EditKey: c.EditKey}) })
		all[id+" 500"] = brokenAfter((*world).comment0, do, errors.New("broken"))
		all[id+" 503"] = brokenAfter((*world).comment0, do, errUnavailable)
	}
	all["showDone 200"], all["showEdit 200"] = fresh(get("done")), fresh(get("edit"))
	all["postEdit 200"], all["postEdit 400"] = fresh(post("edit", "do", "preview")), fresh(post("edit", "body", ""))
	for id, leaf := range map[string]string{"postEdit": "edit", "postDelete": "delete"} {
		all[id+" 303"] = fresh(post(leaf))
		all[id+" 413"] = fresh(post(leaf, "body", strings.Repeat("a", maxForm)))
		all[id+" 415"] = fresh(func(w *world, c created) answer {
			return w.send("POST", "/comment/"+c.ID+"/"+leaf, "a", "Content-Type", "text/plain")
		})
		all[id+" 429"] = exhausted(func(w *world) answer { return post(leaf)(w, created{ID: "none"}) })
	}
	return all
}

func following() map[string]provocation {
	subscribed := func(w *world) string { return w.subscribe("ann@reader.example").path }
	get := func(w *world, path string) answer { return w.send("GET", path, "") }
	post := func(media, body string) func(*world, string) answer {
		return func(w *world, path string) answer { return w.send("POST", path, body, "Content-Type", media) }
	}
	const form = "application/x-www-form-urlencoded"
	stop := post(form, "do=stop")
	fresh := func(change func(string) string, do func(*world, string) answer) provocation {
		return func(t *testing.T) answer {
			w := start(t, mailing)
			return do(w, change(subscribed(w)))
		}
	}
	as := func(path string) string { return path }
	forged := func(path string) string { return path[:len(path)-1] + "!" }
	unknown := func(path string) string { return strings.Replace(path, "blog.example", "unknown.example", 1) }
	privacy := func(w *world) answer { return w.send("GET", "/privacy", "") }
	return map[string]provocation{
		"showFollow 200":  fresh(as, get),
		"showFollow 403":  fresh(forged, get),
		"showFollow 404":  fresh(unknown, get),
		"showFollow 500":  mailingBrokenAfter(subscribed, get, errors.New("broken")),
		"showFollow 503":  mailingBrokenAfter(subscribed, get, errUnavailable),
		"postFollow 200":  fresh(as, stop),
		"postFollow 400":  fresh(as, post(form, "do=something")),
		"postFollow 403":  fresh(forged, stop),
		"postFollow 404":  fresh(unknown, stop),
		"postFollow 413":  fresh(as, post(form, strings.Repeat("a", maxForm+1))),
		"postFollow 415":  fresh(as, post("text/plain", "do=stop")),
		"postFollow 500":  mailingBrokenAfter(subscribed, stop, errors.New("broken")),
		"postFollow 503":  mailingBrokenAfter(subscribed, stop, errUnavailable),
		"showPrivacy 200": func(t *testing.T) answer { return privacy(start(t)) },
		"showPrivacy 404": func(t *testing.T) answer { return start(t).send("GET", "/privacy?site=unknown.example", "") },
		"showPrivacy 500": broken(privacy, errors.New("broken")),
		"showPrivacy 503": broken(privacy, errUnavailable),
	}
}

// mailingBrokenAfter is brokenAfter for a service that sends mail.
func mailingBrokenAfter[T any](prepare func(*world) T, do func(*world, T) answer, err error) provocation {
	return func(t *testing.T) answer {
		w := start(t, mailing)
		prepared := prepare(w)
		w.store.fail(err)
		return do(w, prepared)
	}
}

// unready takes a service out of its balancer.
func unready(c *Config) {
	c.Ready = func(context.Context) error { return errors.New("starting") }
}

// broken runs a request while the database fails.
func broken(do func(*world) answer, err error) provocation {
	return brokenAfter(func(*world) struct{} { return struct{}{} }, func(w *world, _ struct{}) answer { return do(w) }, err)
}

// brokenAfter prepares, breaks the database, and then runs a request.
func brokenAfter[T any](prepare func(*world) T, do func(*world, T) answer, err error) provocation {
	return func(t *testing.T) answer {
		w := start(t)
		w.site("blog.example")
		prepared := prepare(w)
		w.store.fail(err)
		return do(w, prepared)
	}
}

// exhausted repeats a request until its network has sent too much.
func exhausted(do func(*world) answer) provocation {
	return func(t *testing.T) answer {
		w := start(t, proving, func(c *Config) { c.Rate = Rate{Count: 1, Window: time.Hour} })
		var last answer
		for range looser + 1 {
			if last = do(w); last.status == http.StatusTooManyRequests {
				break
			}
		}
		return last
	}
}
