package migrate

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"postil/comments"
)

// What is checked, rendered and stored at once.
const (
	batchRows  = 1000    // rows
	batchBytes = 2 << 20 // bytes of their sources, about
)

// staged is a row of the stage that is to be stored.
type staged struct {
	seq      int64
	keep     int
	answered bool // other rows to be stored answer it
	record   comments.Record
	exact    *Exact
	reason   Reason
}

// batch is some rows on their way.
type batch struct {
	rows     []staged
	prepared []comments.Prepared
	faults   []error // by row; nil: it is prepared
	upTo     int64   // place in the order of the last one
}

// store leads all rows that are to be stored through the importer. While one
// batch is stored the next is rendered. It returns how far in the order it
// came.
func (p *Plan) store(ctx context.Context, s *stage, run comments.Run) (reached int64, err error) {
	var total int64
	if err := s.value(&total, `SELECT count(*) FROM ordered`); err != nil {
		return 0, err
	}
	group, working := errgroup.WithContext(ctx)
	batches := make(chan *batch)
	group.Go(func() error {
		defer close(batches)
		return p.produce(working, s, batches)
	})
	group.Go(func() error {
		for b := range batches {
			if err := p.storeBatch(working, s, run, b); err != nil {
				return err
			}
			reached = b.upTo
			p.tell(Storing, reached, total)
		}
		return working.Err()
	})
	if err := group.Wait(); err != nil || p.DryRun {
		return reached, err
	}
	return reached, p.finish(ctx, s, run)
}

func (p *Plan) produce(ctx context.Context, s *stage, batches chan<- *batch) error {
	for after := int64(0); ; {
		b, err := s.batch(ctx, p, after)
		if err != nil || len(b.rows) == 0 {
			return err
		}
		after = b.upTo
		p.prepare(b)
		select {
		case batches <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// prepare checks and renders a batch on all processors.
func (p *Plan) prepare(b *batch) {
	b.prepared, b.faults = make([]comments.Prepared, len(b.rows)), make([]error, len(b.rows))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(b.rows)) {
		workers.Go(func() {
			for i := range next {
				b.prepared[i], b.faults[i] = p.prepareRow(&b.rows[i])
			}
		})
	}
	for i := range b.rows {
		next <- i
	}
	close(next)
	workers.Wait()
}

func (p *Plan) prepareRow(row *staged) (comments.Prepared, error) {
	if row.exact != nil {
		return p.Importer.PrepareExact(p.site, row.exact.Comment, row.exact.Votes)
	}
	if row.keep > live {
		row.record.Status = comments.Deleted
	}
	prepared, err := p.Importer.Prepare(p.site, row.record)
	if err == nil || comments.KindOf(err) != comments.Invalid || !row.answered {
		return prepared, err
	}
	// Its answers need its place.
	row.keep, row.reason = place, refusal(err)
	row.record.Status = comments.Deleted
	kept, again := p.Importer.Prepare(p.site, row.record)
	if again != nil {
		return kept, err
	}
	return kept, nil
}

// refusal turns what is wrong with a record into a reason.
func refusal(err error) Reason {
	e, ok := errors.AsType[*comments.Error](err)
	switch {
	case !ok:
		return Unreadable
	case e.Key == "fault.hidden":
		return NoWords
	case e.Field == "body":
		return TooLarge
	case e.Field == "source":
		return NoWords
	case e.Field == "created":
		return NoDate
	default:
		return Unaccepted
	}
}

// storeBatch stores what could be prepared, and notes what became of each row.
func (p *Plan) storeBatch(ctx context.Context, s *stage, run comments.Run, b *batch) error {
	var good []comments.Prepared
	var rows []*staged
	for i := range b.rows {
		row := &b.rows[i]
		switch err := b.faults[i]; {
		case err == nil:
			good, rows = append(good, b.prepared[i]), append(rows, row)
		case comments.KindOf(err) != comments.Invalid:
			return err
		default:
			if err := s.settle(row.seq, skipped, refusal(err), err.Error(), false, ""); err != nil {
				return err
			}
		}
	}
	if len(good) == 0 {
		return nil
	}
	if p.DryRun {
		return p.compare(ctx, s, rows)
	}
	if err := p.underway(ctx, run); err != nil {
		return err
	}
	loaded, err := p.Importer.Load(ctx, p.Host, run.ID, good)
	if err != nil {
		return err
	}
	for i, l := range loaded {
		if err := s.settleLoaded(rows[i], l); err != nil {
			return err
		}
	}
	return nil
}

// settleLoaded notes what the store made of a row, where that is not what was
// expected.
func (s *stage) settleLoaded(row *staged, l comments.Loaded) error {
	mended := ""
	if l.Uprooted {
		mended = "its parent is stored on another page"
	}
	there := l.State == comments.LoadedBefore
	if !there && mended == "" && row.reason == "" {
		return nil
	}
	return s.settle(row.seq, row.keep, row.reason, "", there, mended)
}

// compare finds out in a dry run what is there already.
func (p *Plan) compare(ctx context.Context, s *stage, rows []*staged) error {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.record.Origin.ID
	}
	known, err := p.known(ctx, ids)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if there := known[row.record.Origin.ID]; there || row.reason != "" {
			if err := s.settle(row.seq, row.keep, row.reason, "", there, ""); err != nil {
				return err
			}
		}
	}
	return nil
}
