package web

import (
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"postil/comments"
)

// metrics counts what happens. Labels come from short, closed lists: no
// page, no site, and nothing that a client wrote.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	posts    *prometheus.CounterVec
	files    [fileClasses]fileMetrics
	show     http.Handler
}

// fileMetrics are the counters of one class of files, looked up beforehand
// because there is no time for it at each request.
type fileMetrics struct {
	get, head [len(statusClasses)]prometheus.Counter
	seconds   prometheus.Observer
}

// statusClasses are the values of the label "code".
var statusClasses = [...]string{"1xx", "2xx", "3xx", "4xx", "5xx"}

func newMetrics(version string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "postil_http_requests_total", Help: "Requests answered, by route, method and class of status.",
		}, []string{"route", "method", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "postil_http_request_seconds", Help: "Time from the request's header to the end of its answer.",
			Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5, 15},
		}, []string{"route"}),
		posts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "postil_posts_total", Help: "Comments sent, by what became of them.",
		}, []string{"outcome"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "postil_build_info", Help: "Always 1; the labels say what is running.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.seconds, m.posts, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for class := range m.files {
		m.files[class] = m.fileMetrics(filePatterns[class])
	}
	m.show = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return m
}

func (m *metrics) fileMetrics(pattern string) fileMetrics {
	f := fileMetrics{seconds: m.seconds.WithLabelValues(pattern)}
	for i, code := range statusClasses {
		f.get[i] = m.requests.WithLabelValues(pattern, http.MethodGet, code)
		f.head[i] = m.requests.WithLabelValues(pattern, http.MethodHead, code)
	}
	return f
}

// request counts an answer of the route table.
func (m *metrics) request(pattern, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(pattern, methodLabel(method), strconv.Itoa(status/100)+"xx").Inc()
	m.seconds.WithLabelValues(pattern).Observe(took.Seconds())
}

// file counts an answer of the fast way for files.
func (m *metrics) file(class int, method string, status int, took time.Duration) {
	f := &m.files[class]
	if method == http.MethodHead {
		f.head[status/100-1].Inc()
	} else {
		f.get[status/100-1].Inc()
	}
	f.seconds.Observe(took.Seconds())
}

// posted counts a comment that was taken.
func (m *metrics) posted(receipt comments.Receipt) {
	outcome := string(receipt.Comment.Status)
	if receipt.Repeated {
		outcome = "repeated"
	}
	m.posts.WithLabelValues(outcome).Inc()
}

// refused counts a comment that was not taken, and returns why.
func (m *metrics) refused(err error) error {
	outcome := "refused"
	switch faultOf(err, "").status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
		outcome = "invalid"
	case http.StatusTooManyRequests:
		outcome = "limited"
	case http.StatusInternalServerError, http.StatusServiceUnavailable:
		outcome = "failed"
	}
	m.posts.WithLabelValues(outcome).Inc()
	return err
}

// methodLabel keeps words of a client's own out of labels and logs.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
