// Package doctor asks a blog's page and a service what a browser would ask,
// and says of each thing whether it is right and how to mend it.
package doctor

import (
	"context"
	"crypto/x509"
	"net/http"
	"slices"
	"time"
)

// State is how one thing is.
type State string

// States of findings.
const (
	OK      State = "ok"
	Note    State = "note"    // right, and worth knowing
	Wrong   State = "wrong"   // readers meet it
	Unknown State = "unknown" // could not be looked at
)

// Names of checks, in the order in which they are made.
const (
	Page        = "page"
	Certificate = "certificate"
	Script      = "script"
	Integrity   = "integrity"
	Element     = "element"
	Frame       = "frame"
	Form        = "form"
	Address     = "address"
	Feed        = "feed"
	Policy      = "policy"
	Referrer    = "referrer"
	Mixed       = "mixed content"
	CORS        = "cors"
	FeedLink    = "feed link"
	Twins       = "compression"
	Proxy       = "proxy"
	Clock       = "clock"
	Ready       = "service"
	Process     = "process"
)

// Finding is what one check found.
type Finding struct {
	Check string `json:"check"`
	State State  `json:"state"`
	Text  string `json:"text"`           // a sentence
	Mend  string `json:"mend,omitempty"` // what to do, where something is to be done
}

// Report is what all checks found.
type Report struct {
	Page     string    `json:"page"`              // the address that was asked for
	Service  string    `json:"service,omitempty"` // as the page names it; empty where it names none
	Way      string    `json:"way,omitempty"`     // in which the page shows comments: script, frame, form, include, link
	Findings []Finding `json:"findings"`
	Seen     bool      `json:"seen"` // the page could be looked at
}

// Well reports whether nothing is wrong.
func (r *Report) Well() bool {
	return !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.State == Wrong })
}

// Thread is where a service has the comments of a page.
type Thread struct {
	Feed    string // absolute address of feed.xml
	HTML    string // likewise, of thread.html
	Page    string // canonical path
	Problem error  // the page has no thread; nothing else is set
}

// Config says what is examined. Fields are required unless their comment says
// otherwise.
type Config struct {
	Page    string // absolute address
	Service string // public address, without a slash at its end; empty: the one that the page names
	// Locate says where a service has the comments of a page of a site, by
	// whatever name the page's markup calls it.
	Locate func(service, site, page string) Thread
	// Connect has names of hosts in small letters, with or without a port, and the HOST:PORT
	// where they are reached instead of where the DNS says. May be nil.
	Connect map[string]string
	Roots   *x509.CertPool // whom certificates must come from; nil: whom the system trusts
	Now     func() time.Time
	// Local tells of the service's process, if it runs on this machine. May be
	// nil.
	Local func(context.Context) Finding
}

// exam is one run.
type exam struct {
	Config
	client *http.Client
	report Report
	blog   *page
	embed  embed
	thread Thread
}

// Examine makes all checks that can be made. It asks nobody but the hosts of
// the page and of the service.
func Examine(ctx context.Context, cfg Config) *Report {
	ctx, cancel := context.WithTimeout(ctx, maxExam)
	defer cancel()
	e := &exam{Config: cfg, report: Report{Page: cfg.Page}, embed: embed{service: cfg.Service}}
	e.client = e.newClient()
	defer e.client.CloseIdleConnections()
	if e.seePage(ctx) {
		e.report.Seen = true
		e.findEmbed()
		e.checkEmbed(ctx)
		e.checkPage()
	}
	if e.embed.service != "" {
		e.checkService(ctx)
	}
	if cfg.Local != nil {
		e.add(cfg.Local(ctx))
	}
	return &e.report
}

// checkPage is about the page itself, with what it embeds.
func (e *exam) checkPage() {
	if e.embed.service == "" {
		return
	}
	e.checkPolicies()
	e.checkReferrer()
	e.checkMixed()
	e.checkFeedLink()
}

func (e *exam) add(f Finding) { e.report.Findings = append(e.report.Findings, f) }

// is adds a finding that asks for nothing.
func (e *exam) is(check string, state State, text string) { e.add(Finding{check, state, text, ""}) }

// wrong adds a finding with its mending step.
func (e *exam) wrong(check, text, mend string) { e.add(Finding{check, Wrong, text, mend}) }
