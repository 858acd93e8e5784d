package main

import (
	"time"
)

// service is something that clients ask while it is replaced.
type service interface {
	address() string
	// restart replaces a process, and returns how long the one before took to
	// leave, from the order to its end.
	restart() (time.Duration, error)
	stop() error
	// stored returns how often each comment is there, by its key. It is called
	// after stop.
	stored() (map[string]int, error)
}

// way is one of replacing a process.
type way struct {
	name, sentence string
	still          bool // clients that keep still are beside
	lossless       bool // anything lost is a fault
	protocols      []string
	begin          func(b *bench, dir string) (service, error)
}

func ways() []way {
	both, old := []string{http1, http2}, []string{http1}
	return []way{
		{"plain", "Go's http.Server.Shutdown as every program has it, without Postil: the process stops, another starts; the listening socket stays open meanwhile, as under systemd.",
			false, false, both, beginShutdown},
		{"plain-idle", "The same, with 300 clients beside that keep still for 5 to 15 seconds between requests.",
			true, false, old, beginShutdown},
		{"sockets", "postil serve stops at SIGTERM and is started again; systemd's socket unit holds the listening socket. --drain-one-more 10s lets each connection ask once more.",
			false, true, both, beginSockets},
		{"takeover", "postil serve --takeover: the new process is started beside the old one and takes over its sockets and its idle connections. 300 still clients beside.",
			true, true, both, beginTakeover},
		{"fdstore", "postil serve --fd-store stops at SIGTERM and is started again; the service manager keeps the listening socket and the idle connections meanwhile (FileDescriptorStoreMax=). 300 still clients beside.",
			true, true, both, beginStore},
		{"nginx", "Two postil on one PostgreSQL, restarted in turn, behind the nginx of this machine with deploy/nginx.",
			false, true, old, beginReplicas("nginx")},
		{"haproxy", "The same behind HAProxy with deploy/haproxy.",
			false, true, old, beginReplicas("haproxy")},
		{"caddy", "The same behind Caddy with deploy/caddy.",
			false, true, old, beginReplicas("caddy")},
	}
}
