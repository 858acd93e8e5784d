package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"postil/comments"
	"postil/deploy/doctor"
	"postil/feeds"
)

type doctorCmd struct {
	Page    string   `arg:"" name:"url" help:"Address of a page of the blog that shows comments."`
	Service string   `help:"Address of the service. Empty: the one that the page names." placeholder:"URL" noenv:""`
	Connect []string `help:"Reach a host somewhere else than the DNS says, as in blog.example=127.0.0.1:8443. Repeat it for more." placeholder:"HOST=HOST:PORT" noenv:""`
	CA      string   `help:"File with certificates of authorities to trust beside those of the system (PEM)." name:"ca" placeholder:"FILE" noenv:""`
	JSON    bool     `help:"Print the findings as one JSON object." name:"json" noenv:""`
}

// Help says what is looked at, and what is not done.
func (doctorCmd) Help() string {
	return `Fetches the page, and asks the service what a browser would ask it for that page: the script and its integrity, the element, the address under which comments are filed, each Content-Security-Policy, the Referrer-Policy, what other origins may do, the link for feed readers, certificates, compression, the proxy in front, clocks. Where the server of --data runs on this machine, its database and publisher are asked, too.

    postil doctor https://blog.example/post/

Each line says ok, note, unknown or WRONG, and below it how to mend what is wrong. Exit code 0: all is well. 1: something is wrong. 2: the page could not be looked at.

Nothing is stored or changed, no script of the page runs, and nobody is asked but the hosts of the page and of the service.`
}

// Run looks.
func (c *doctorCmd) Run(ctx context.Context, std *stdio, flags *storeFlags) error {
	cfg, err := c.config(flags)
	if err != nil {
		return usageError{err}
	}
	report := doctor.Examine(ctx, cfg)
	if c.JSON {
		out := json.NewEncoder(std.out)
		out.SetEscapeHTML(false)
		err = out.Encode(report)
	} else {
		err = printFindings(std.out, report)
	}
	switch {
	case err != nil:
		return err
	case !report.Seen:
		return exitError{errors.New("the page could not be looked at"), exitUsage}
	case !report.Well():
		return exitError{fmt.Errorf("something is wrong: %s", count(wrongs(report), "finding")), exitFailed}
	}
	return nil
}

func wrongs(r *doctor.Report) (n int) {
	for _, f := range r.Findings {
		if f.State == doctor.Wrong {
			n++
		}
	}
	return n
}

// config reads every flag and reports all faults at once.
func (c *doctorCmd) config(flags *storeFlags) (doctor.Config, error) {
	cfg := doctor.Config{Locate: locate, Connect: map[string]string{}, Now: time.Now, Local: localProcess(flags)}
	var faults []error
	page, err := url.Parse(withScheme(c.Page))
	if err != nil || page.Host == "" || page.Scheme != "https" && page.Scheme != "http" || page.User != nil {
		faults = append(faults, fmt.Errorf("%q is not the address of a page; write it as https://blog.example/post/", c.Page))
	} else if err := checkHost(page); err != nil {
		faults = append(faults, err)
	} else {
		cfg.Page = page.String()
	}
	if cfg.Service, err = checkURL(c.Service); err != nil {
		faults = append(faults, fmt.Errorf("--service: %w", err))
	}
	for _, entry := range c.Connect {
		host, to, _ := strings.Cut(entry, "=")
		if _, _, err := net.SplitHostPort(to); err != nil || host == "" {
			faults = append(faults, fmt.Errorf("--connect: %q is not HOST=HOST:PORT; write it as blog.example=127.0.0.1:8443", entry))
		}
		cfg.Connect[strings.ToLower(host)] = to
	}
	if cfg.Roots, err = authorities(c.CA); err != nil {
		faults = append(faults, fmt.Errorf("--ca: %w", err))
	}
	return cfg, errors.Join(faults...)
}

// withScheme takes a name without one for a blog with TLS.
func withScheme(raw string) string {
	if !strings.Contains(raw, "://") {
		return "https://" + raw
	}
	return raw
}

// authorities adds a file's to the system's; nil are the system's.
func authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s has no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----", file)
	}
	return pool, nil
}

// locate is where a service has the comments of a page, as the script finds
// it: a query counts where somebody has written it into the markup.
func locate(service, site, page string) doctor.Thread {
	var keep []string
	if u, err := url.Parse(page); err == nil {
		for name := range u.Query() {
			keep = append(keep, name)
		}
	}
	p, err := comments.CanonicalPage(page, keep)
	if err != nil {
		return doctor.Thread{Problem: err}
	}
	at := func(form feeds.Form) string { return feeds.URL(service, site, p, feeds.Document{Form: form}) }
	return doctor.Thread{Feed: at(feeds.Atom), HTML: at(feeds.HTML), Page: string(p)}
}
