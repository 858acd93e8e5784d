package migrate

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

// fill reads all rows of an input into the stage. With lenient, damage is a
// row like others; without it the first one ends the import.
func (s *stage) fill(ctx context.Context, p *Plan, m *mapper) error {
	group, ctx := errgroup.WithContext(ctx)
	read := make(chan []readItem, 1)
	group.Go(func() error {
		defer close(read)
		return p.read(ctx, read)
	})
	group.Go(func() error {
		told := int64(0)
		for some := range read {
			for _, r := range some {
				if err := s.take(&r.item, r.err, p, m); err != nil {
					return err
				}
			}
			if s.rows >= told+progressEvery {
				told = s.rows
				p.tell(Reading, told, 0)
			}
		}
		return ctx.Err()
	})
	return group.Wait()
}

// readItem is what a reader passed on.
type readItem struct {
	item Item
	err  error
}

// readAtOnce is how many items go from the reader to the stage together.
const readAtOnce = 100

// read passes on the input's items while others are put into the stage.
func (p *Plan) read(ctx context.Context, to chan<- []readItem) error {
	var some []readItem
	size := 0
	pass := func() error {
		select {
		case to <- some:
			some, size = nil, 0
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for item, err := range p.Input.Rows() {
		some = append(some, readItem{item, err})
		if item.Comment != nil {
			size += len(item.Comment.Source)
		}
		if len(some) == readAtOnce || size > batchBytes {
			if err := pass(); err != nil {
				return err
			}
		}
	}
	return pass()
}

func (s *stage) take(item *Item, err error, p *Plan, m *mapper) error {
	damage, damaged := errors.AsType[*Damage](err)
	switch {
	case err == errNotice:
		p.notices = append(p.notices, item.Place.String()+": "+item.Mended)
		return nil
	case damaged && p.Lenient:
		return s.damaged(damage)
	case err != nil:
		return err
	case item.Person != nil:
		return s.person(item.Person)
	case item.Site != nil:
		return p.learn(item.Site, m)
	case item.Of != "" && item.Of != p.Host:
		if item.Comment == nil {
			return nil
		}
		return s.otherSite(item)
	}
	thread, err := s.thread(item, m)
	if err != nil || item.Comment == nil {
		return err
	}
	return s.comment(item, thread)
}
