// Package lifecycle is one process's life as a server: it gets its sockets,
// becomes ready, holds requests while what is behind it is away, drains and
// stops, without one request read and dropped.
//
// The states are those of [State]. Sockets come from systemd by name, from a
// running process that is being replaced, or are bound here. A process that
// leaves while a successor stands ready (or while systemd keeps its file
// descriptors) hands over its idle keep-alive connections too, so that nobody's
// next request meets a closed one.
//
// Connections are plain TCP with HTTP/1.1 or HTTP/2 without TLS; TLS ends in
// front of the process.
package lifecycle
