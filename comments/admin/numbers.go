package admin

import (
	"cmp"
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	"postil/comments"
	"postil/static"
)

const (
	chartDays = 30
	// chartHeight is the height of the chart's scale, chartStep the width of a
	// day; the style sheet stretches both to the screen.
	chartHeight = 1000
	chartStep   = 10
	// verdictSample is how many of the newest spam comments of each site the
	// verdicts are counted of.
	verdictSample = 1000
	// glanceCount is up to which number all comments are counted here.
	glanceCount = 10_000
	// maxBars is how many verdicts are shown.
	maxBars = 12
)

const day = 24 * time.Hour

// showNumbers is GET /admin/numbers.
func (s *server) showNumbers(v *visit) error {
	all, err := s.sites(v)
	if err != nil {
		return err
	}
	sites, chosen := all, v.query("site")
	if chosen != "" {
		site, err := s.site(v, chosen)
		if err != nil {
			return err
		}
		sites = []comments.Site{site}
	}
	view := static.AdminNumbersPage{AdminPage: s.page(v, "numbers", static.Text(v.lang, "admin.title.numbers")), Search: s.address("numbers")}
	if len(all) > 1 {
		view.Fields = []static.AdminField{siteField(v.lang, chosen, all, true)}
	}
	from := s.Now().UTC().Truncate(day).Add(-(chartDays - 1) * day)
	days, err := s.days(v.r.Context(), sites, from)
	if err != nil {
		return err
	}
	view.Days = chart(v.lang, days, from)
	if view.Tiles, err = s.tiles(v, sites, chosen, days); err != nil {
		return err
	}
	if view.Verdicts, view.Sample, err = s.bars(v, sites, from); err != nil {
		return err
	}
	return v.write(http.StatusOK, func(out io.Writer) error { return static.RenderAdminNumbers(out, view) })
}

// daily is how many comments of each status came in on each day.
type daily map[time.Time]map[comments.Status]int64

func (s *server) days(ctx context.Context, sites []comments.Site, from time.Time) (daily, error) {
	all := daily{}
	for _, site := range sites {
		days, err := s.Service.Store.Days(ctx, site.Host, from)
		if err != nil {
			return nil, err
		}
		for _, d := range days {
			if all[d.Date] == nil {
				all[d.Date] = map[comments.Status]int64{}
			}
			all[d.Date][d.Status] += d.Count
		}
	}
	return all, nil
}

func (d daily) total(status comments.Status) (n int64) {
	for _, counts := range d {
		n += counts[status]
	}
	return n
}

// stacked is the order of a column from its foot up.
func stacked() []comments.Status {
	return []comments.Status{comments.Published, comments.Held, comments.Spam, comments.Deleted}
}

// chart draws comments by day, stacked by status.
func chart(lang string, days daily, from time.Time) static.AdminChart {
	most, sum := int64(0), int64(0)
	for _, counts := range days {
		all := int64(0)
		for n := range maps.Values(counts) {
			all += n
		}
		most, sum = max(most, all), sum+all
	}
	scale := roundUp(most)
	c := static.AdminChart{
		Title: static.Text(lang, "admin.chart.days", "n", chartDays), Text: static.Count(lang, "admin.chart.sum", sum, "most", most),
		Most: counted(scale, false), Height: chartHeight,
	}
	for _, status := range stacked() {
		c.Legend = append(c.Legend, static.AdminLegend{
			Status: string(status), Text: static.Text(lang, "admin.status."+string(status)), Total: counted(days.total(status), false),
		})
	}
	for i := range chartDays {
		c.Columns = append(c.Columns, column(lang, i, from.Add(time.Duration(i)*day), days, scale))
	}
	return c
}

// column draws one day.
func column(lang string, i int, date time.Time, days daily, scale int64) static.AdminColumn {
	col := static.AdminColumn{X: i * chartStep, Label: shortDate(lang, date)}
	foot, all := int64(0), int64(0)
	for _, status := range stacked() {
		n := days[date][status]
		col.Counts = append(col.Counts, counted(n, false))
		lower, upper := foot*chartHeight/scale, (foot+n)*chartHeight/scale
		if n > 0 {
			upper = max(upper, lower+chartHeight/200) // to be seen at all
			col.Stacks = append(col.Stacks, static.AdminStack{Status: string(status), Y: int(chartHeight - upper), Height: int(upper - lower)})
		}
		foot, all = foot+n, all+n
	}
	col.Text = static.Count(lang, "admin.chart.day", all, "date", col.Label)
	return col
}

func shortDate(lang string, t time.Time) string {
	return static.Text(lang, "admin.date", "day", t.Day(), "month", static.Text(lang, "month."+t.Format("1")))
}

// roundUp returns the next number that a scale can well end with.
func roundUp(n int64) int64 {
	if n <= 10 {
		return max(1, n)
	}
	for unit := int64(1); ; unit *= 10 {
		for _, step := range []int64{12, 15, 20, 25, 30, 40, 50, 60, 80, 100} {
			if n <= step*unit {
				return step * unit
			}
		}
	}
}

// tiles are the numbers at a glance.
func (s *server) tiles(v *visit, sites []comments.Site, chosen string, days daily) ([]static.AdminTile, error) {
	held, over, err := s.tally(v, sites, comments.Held, glanceCount)
	if err != nil {
		return nil, err
	}
	published, more, err := s.tally(v, sites, comments.Published, glanceCount)
	if err != nil {
		return nil, err
	}
	month := func(status comments.Status) string { return counted(days.total(status), false) }
	list := func(status comments.Status) string {
		return s.address("comments", "site", chosen, "status", string(status))
	}
	return []static.AdminTile{
		{Number: counted(held, over), Text: static.Text(v.lang, "admin.tile.held"), URL: s.address("queue", "site", chosen)},
		{Number: month(comments.Published), Text: static.Text(v.lang, "admin.tile.published", "n", chartDays), URL: list(comments.Published)},
		{Number: month(comments.Spam), Text: static.Text(v.lang, "admin.tile.spam", "n", chartDays), URL: list(comments.Spam)},
		{Number: counted(published, more), Text: static.Text(v.lang, "admin.tile.all"), URL: list(comments.Published)},
	}, nil
}

// bars count which verdicts spoke against what is spam now.
func (s *server) bars(v *visit, sites []comments.Site, from time.Time) (list []static.AdminBar, sample string, err error) {
	counts, all := map[string]int{}, 0
	for _, site := range sites {
		spam, err := s.Service.Store.Search(v.r.Context(), comments.Filter{
			Site: site.Host, Statuses: []comments.Status{comments.Spam}, Since: from, Limit: verdictSample,
		})
		if err != nil {
			return nil, "", err
		}
		all += len(spam)
		for _, c := range spam {
			for _, verdict := range c.Verdicts.List() {
				if verdict.Points > 0 {
					counts[verdict.Name]++
				}
			}
		}
	}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	for _, name := range names[:min(len(names), maxBars)] {
		list = append(list, static.AdminBar{Text: verdictText(v.lang, name), Number: counted(int64(counts[name]), false), Width: counts[name] * 100 / all})
	}
	return list, static.Count(v.lang, "admin.chart.sample", int64(all), "days", chartDays), nil
}
