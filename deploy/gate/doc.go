// Package gate is a reverse proxy that holds requests while what is behind it
// is away: for Postil, or for anything else that speaks HTTP. Held requests
// are let through in the order in which they came, at a pace that the upstream
// stood before; one whose client has left never reaches it.
//
// What is held is written to a file before anything is waited for, so that a
// gate which is killed holds again from its first request.
package gate
