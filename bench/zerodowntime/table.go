package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// head names the columns of restarts.
const head = "Way|Clients|RTT|Requests|Restarts|Lost|per 10,000|per restart|no connection|cut, fresh|cut, reused|not 2xx|> 10 s|Done, unanswered|Done twice|Vanished|Told to repeat|Leaving: median|longest|Slowest request"

// legend says what they mean.
const legend = `Lost: requests without a good answer, and how: no connection; the connection ended without an answer, on its first request or a later one; another status than 2xx; none within ten seconds.
Done, unanswered: comments that are stored although the client was never told so; a person would send them again. Done twice: stored more than once. Vanished: acknowledged, and not stored.
Told to repeat: HTTP/2 requests that the server has declared untouched (GOAWAY); every client sends them again, so they are not lost.
Leaving: from the order to stop, or from the start of the process that takes over, to the end of the one before.
`

func (r result) row() []string {
	n := func(i int) string { return fmt.Sprint(i) }
	rate := func(per int) string { return fmt.Sprintf("%.2f", float64(r.lost)/float64(max(per, 1))) }
	row := []string{r.name, r.protocol, r.rtt.String(), n(r.requests), n(len(r.leave)), n(r.lost),
		fmt.Sprintf("%.2f", 1e4*float64(r.lost)/float64(max(r.requests, 1))), rate(len(r.leave))}
	for _, lost := range r.losses[refused:] {
		row = append(row, n(lost))
	}
	return append(row, n(r.silent), n(r.twice), n(r.vanished), n(r.unseen), brief(median(r.leave)), brief(slices.Max(append(r.leave, 0))), brief(r.slowest))
}

func brief(d time.Duration) string { return d.Round(time.Millisecond).String() }

// faulty says what is wrong with a result that had to be without loss.
func (r result) faulty() error {
	if !r.lossless || r.lost+r.twice+r.vanished+r.silent == 0 {
		return nil
	}
	return fmt.Errorf("%s, %s, %v: %d lost, %d done and not answered, %d done twice, %d vanished; the first: %w", r.name, r.protocol, r.rtt, r.lost, r.silent, r.twice, r.vanished, r.sample)
}

// table prints rows of equal length as Markdown, in columns.
func table(head string, rows ...[]string) {
	all := append([][]string{strings.Split(head, "|")}, rows...)
	width := make([]int, len(all[0]))
	for _, row := range all {
		for i, cell := range row {
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	line := func(row []string) {
		for i, cell := range row {
			fmt.Printf("| %-*s ", width[i], cell)
		}
		fmt.Println("|")
	}
	line(all[0])
	dashes := make([]string, len(width))
	for i := range dashes {
		dashes[i] = strings.Repeat("-", width[i])
	}
	line(dashes)
	for _, row := range all[1:] {
		line(row)
	}
}

// progress tells on standard error how far it is.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
}
