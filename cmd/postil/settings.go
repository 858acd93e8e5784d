package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"postil/comments"
	"postil/comments/notify"
)

// serveFlags are the flags of serve as they are written.
type serveFlags struct {
	Listen    string   `help:"Address for readers. Port 0 takes a free one." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	OpsListen string   `help:"Address for you alone: /livez, /readyz, /metrics." default:"127.0.0.1:8081" placeholder:"HOST:PORT"`
	URL       string   `help:"Address by which readers reach this service, as in https://comments.example; feeds and forms name it. Empty: follows from --listen." name:"url" placeholder:"URL"`
	Site      []string `help:"Address of a blog to serve; added when it is missing. Repeat it for more." placeholder:"URL"`
	Policy    string   `help:"What becomes of new comments on sites that --site adds: open, auto, hold-first, hold-all, closed; see \"postil site set --help\". A site that is there keeps its own." default:"auto"`
	mailFlags
	TrustedProxy []string `help:"Networks of the proxies whose X-Forwarded-For is believed. Repeat it for more." placeholder:"CIDR"`
	Rate         string   `help:"Comments accepted per network of readers and time; 0 = no limit." default:"20/1m" placeholder:"N/TIME"`
	AccessLog    bool     `help:"Log each request: method, kind of address, status, size and time; never who asked." negatable:"" default:"false"`
	LogFormat    string   `help:"Form of the log: text or json." default:"text"`
	lifeFlags
	Intermission time.Duration `help:"How long a new comment, an edit or a deletion waits while the database restarts or changes over, before its writer is told to come back. 0 = not at all." default:"30s" placeholder:"TIME"`
}

// settings are the flags of serve, understood.
type settings struct {
	listen, opsListen string
	url               string // without a trailing slash; empty: from the listener
	sites             []comments.Site
	proxies           []netip.Prefix
	rateCount         int // 0: no limit
	rateWindow        time.Duration
	accessLog         bool
	jsonLog           bool
	mail              notify.Mail
	sendsMail         bool
	life              lifeSettings
	again             func() (settings, error) // reads the files that flags name anew
}

// Limits of --rate.
const (
	maxRateCount  = 1_000_000
	maxRateWindow = 24 * time.Hour
)

// settings reads every flag and reports all faults at once.
func (f *serveFlags) settings(store *storeFlags, now time.Time) (settings, error) {
	again := func() (settings, error) { return f.settings(store, time.Now()) }
	s := settings{again: again, listen: f.Listen, opsListen: f.OpsListen, accessLog: f.AccessLog, jsonLog: f.LogFormat == "json"}
	var faults []error
	fault := func(flag string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("--%s: %w", flag, err))
		}
	}
	fault("listen", checkAddress(f.Listen))
	fault("ops-listen", checkAddress(f.OpsListen))
	var err error
	s.url, err = checkURL(f.URL)
	fault("url", err)
	policy := comments.Policy(f.Policy)
	fault("policy", checkPolicy(policy))
	for _, raw := range f.Site {
		site, err := newSite(raw, now)
		fault("site", err)
		site.Settings.Policy = policy
		s.sites = append(s.sites, site)
	}
	s.sendsMail = f.SMTP != ""
	s.mail, err = f.mail()
	faults = append(faults, err)
	for _, raw := range f.TrustedProxy {
		prefix, err := parseNetwork(raw)
		fault("trusted-proxy", err)
		s.proxies = append(s.proxies, prefix)
	}
	s.rateCount, s.rateWindow, err = parseRate(f.Rate)
	fault("rate", err)
	if f.LogFormat != "text" && f.LogFormat != "json" {
		fault("log-format", fmt.Errorf("%q is neither text nor json", f.LogFormat))
	}
	s.life = f.life(store, fault)
	faults = append(faults, f.lifeFlags.check())
	if err := store.check(); err != nil {
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return s, usageError{err}
	}
	return s, nil
}

func checkPolicy(p comments.Policy) error {
	if slices.Contains(comments.Policies(), p) {
		return nil
	}
	return fmt.Errorf("%q is none of %s", p, strings.Trim(fmt.Sprint(comments.Policies()), "[]"))
}

func checkAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%q is not HOST:PORT; write it as 127.0.0.1:8080, or :8080 for all addresses", address)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q has no port from 0 to 65535", address)
	}
	return nil
}

func checkURL(raw string) (string, error) {
	if raw == "" {
		return "", nil
	}
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", fmt.Errorf("%q is not an address; write it as https://comments.example", raw)
	}
	if err := checkHost(u); err != nil {
		return "", err
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// checkHost refuses names that policies, feeds and sites have in another form.
func checkHost(u *url.URL) error {
	if strings.ContainsFunc(u.Host, func(r rune) bool { return r > '~' }) {
		return fmt.Errorf("%q is an international name; write it in its xn-- form, as browsers send it", u.Hostname())
	}
	return nil
}

// parseNetwork accepts a single address for the network of itself.
func parseNetwork(raw string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(raw); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(raw)
	if err != nil {
		return prefix, fmt.Errorf("%q is not a network; write it as 10.0.0.0/8 or 127.0.0.1", raw)
	}
	return prefix.Masked(), nil
}

func parseRate(raw string) (count int, window time.Duration, err error) {
	if raw == "0" {
		return 0, 0, nil
	}
	n, per, ok := strings.Cut(raw, "/")
	count, cerr := strconv.Atoi(n)
	if per != "" && (per[0] < '0' || per[0] > '9') {
		per = "1" + per // 20/m
	}
	window, derr := time.ParseDuration(per)
	if !ok || cerr != nil || derr != nil || count < 1 || count > maxRateCount || window < time.Second || window > maxRateWindow {
		return 0, 0, fmt.Errorf("%q is not a rate; write it as 20/1m (twenty a minute), or 0 for no limit", raw)
	}
	return count, window, nil
}
