package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"postil/deploy/lifecycle"
)

// lifeGauges say where the process is in its life, and what its gate holds.
type lifeGauges struct {
	life  *lifecycle.Life
	gate  *lifecycle.Gate
	state *prometheus.Desc
	rest  []lifeGauge
}

// lifeGauge is one number of a snapshot.
type lifeGauge struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(lifecycle.Snapshot, lifecycle.GateStatus) float64
}

func newLifeGauges(life *lifecycle.Life, gate *lifecycle.Gate) *lifeGauges {
	g := &lifeGauges{life: life, gate: gate,
		state: prometheus.NewDesc("postil_lifecycle_state", "1 for the state that the process is in.", []string{"state"}, nil)}
	add := func(kind prometheus.ValueType, name, help string, value func(lifecycle.Snapshot, lifecycle.GateStatus) float64) {
		g.rest = append(g.rest, lifeGauge{prometheus.NewDesc(name, help, nil, nil), kind, value})
	}
	type snap = lifecycle.Snapshot
	type gated = lifecycle.GateStatus
	now, total := prometheus.GaugeValue, prometheus.CounterValue
	add(now, "postil_lifecycle_connections", "Open connections of readers.", func(s snap, _ gated) float64 { return float64(s.Connections) })
	add(now, "postil_lifecycle_connections_idle", "Of them, between two requests.", func(s snap, _ gated) float64 { return float64(s.Idle) })
	add(now, "postil_lifecycle_requests", "Open requests of readers.", func(s snap, _ gated) float64 { return float64(s.Requests) })
	add(total, "postil_lifecycle_connections_adopted_total", "Connections from the process before.", func(s snap, _ gated) float64 { return float64(s.Adopted) })
	add(total, "postil_lifecycle_connections_moved_total", "Connections given to the next process.", func(s snap, _ gated) float64 { return float64(s.Moved) })
	add(total, "postil_lifecycle_requests_aborted_total", "Requests that were cut.", func(s snap, _ gated) float64 { return float64(s.Aborted) })
	add(now, "postil_writes_holding", "1 while writes are held by an order.", func(_ snap, g gated) float64 { return oneIf(g.Holding) })
	add(now, "postil_writes_intermission", "1 while writes wait for the database.", func(_ snap, g gated) float64 { return oneIf(g.Intermission) })
	add(now, "postil_writes_waiting", "Writes that are held now.", func(_ snap, g gated) float64 { return float64(g.Waiting) })
	add(total, "postil_writes_held_total", "Writes that had to wait.", func(_ snap, g gated) float64 { return float64(g.Counts.Held) })
	add(total, "postil_writes_abandoned_total", "Of them, those whose client left.", func(_ snap, g gated) float64 { return float64(g.Counts.Abandoned) })
	add(total, "postil_writes_refused_total", "Of them, those that were told to come back.", func(_ snap, g gated) float64 { return float64(g.Counts.Refused) })
	return g
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Describe implements prometheus.Collector.
func (g *lifeGauges) Describe(to chan<- *prometheus.Desc) {
	to <- g.state
	for _, r := range g.rest {
		to <- r.desc
	}
}

// Collect implements prometheus.Collector.
func (g *lifeGauges) Collect(to chan<- prometheus.Metric) {
	s, gate := g.life.Snapshot(), g.gate.Status()
	for _, state := range lifecycle.States() {
		to <- prometheus.MustNewConstMetric(g.state, prometheus.GaugeValue, oneIf(s.State == state), state.String())
	}
	for _, r := range g.rest {
		to <- prometheus.MustNewConstMetric(r.desc, r.kind, r.value(s, gate))
	}
}
