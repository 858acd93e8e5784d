package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"postil/bench/setup"
)

// readers is the number of connections of one round.
const readers = 32

// target is a web server under test.
type target struct {
	base string
	pid  int
}

// rates of one round: requests per second, and per CPU-second of the server.
type rates struct{ wall, cpu float64 }

// read compares postil with nginx serving the very same files.
func (b *bench) read() error {
	if err := setup.Need("wrk", "wrk"); err != nil {
		return err
	}
	s, err := b.serve("read")
	if err != nil {
		return err
	}
	defer s.Stop()
	if err := fill(s.Base, "/hundred", 100); err != nil {
		return err
	}
	if err := fill(s.Base, "/thousand", 1000); err != nil {
		return err
	}
	if err := published(s, "/thousand", 1000); err != nil { // nginx has the files only
		return err
	}
	n, stop, err := b.nginx(s.Public)
	if err != nil {
		return err
	}
	defer stop()
	if err := b.sameBytes(s.Base, n.base); err != nil {
		return err
	}
	postil := target{s.Base, s.PID}
	var rows [][]string
	for _, c := range []struct{ name, path, encoding string }{
		{"100 comments, plain", "/feeds/blog.example/hundred/feed.xml", "identity"},
		{"100 comments, gzip", "/feeds/blog.example/hundred/feed.xml", "gzip"},
		{"100 comments, 304", "/feeds/blog.example/hundred/feed.xml", ""},
		{"1000 comments, plain", "/feeds/blog.example/thousand/feed.xml", "identity"},
		{"1000 comments, gzip", "/feeds/blog.example/thousand/feed.xml", "gzip"},
	} {
		row, err := b.compareReads(c.name, c.path, c.encoding, postil, n)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	table("Request|postil/s|nginx/s|ratio|postil per CPU-s|nginx per CPU-s|ratio per CPU-s", rows...)
	fmt.Printf("\nAim: ratio ≥ 0.5. Memory of postil after load: %.1f MB now, %.1f MB at most.\n",
		memory(postil.pid, "VmRSS"), memory(postil.pid, "VmHWM"))
	return nil
}

// compareReads runs paired rounds; an empty encoding asks conditionally.
func (b *bench) compareReads(name, path, encoding string, ours, theirs target) ([]string, error) {
	var wall, perCPU, ourWall, ourCPU, theirWall, theirCPU []float64
	for range b.rounds {
		o, err := b.wrk(ours, path, encoding)
		if err != nil {
			return nil, err
		}
		t, err := b.wrk(theirs, path, encoding)
		if err != nil {
			return nil, err
		}
		wall, perCPU = append(wall, o.wall/t.wall), append(perCPU, o.cpu/t.cpu)
		ourWall, ourCPU = append(ourWall, o.wall), append(ourCPU, o.cpu)
		theirWall, theirCPU = append(theirWall, t.wall), append(theirCPU, t.cpu)
	}
	return []string{name, fmt.Sprintf("%.0f", median(ourWall)), fmt.Sprintf("%.0f", median(theirWall)), fmt.Sprintf("%.2f", median(wall)),
		fmt.Sprintf("%.0f", median(ourCPU)), fmt.Sprintf("%.0f", median(theirCPU)), fmt.Sprintf("%.2f", median(perCPU))}, nil
}

var requestsPerSecond = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)

func (b *bench) wrk(t target, path, encoding string) (rates, error) {
	header, want := "Accept-Encoding: "+encoding, http.StatusOK
	if encoding == "" {
		tag, err := etag(t.base + path)
		if err != nil {
			return rates{}, err
		}
		header, want = "If-None-Match: "+tag, http.StatusNotModified
	}
	if err := expect(t.base+path, header, want); err != nil {
		return rates{}, err
	}
	before := cpu(t.pid)
	out, err := exec.CommandContext(b.ctx, "wrk", "-t1", "-c", strconv.Itoa(readers),
		"-d", fmt.Sprintf("%.0fs", b.round.Seconds()), "-H", header, t.base+path).CombinedOutput()
	used := cpu(t.pid) - before
	found := requestsPerSecond.FindSubmatch(out)
	if err != nil || found == nil || bytes.Contains(out, []byte("Non-2xx")) && want == http.StatusOK {
		return rates{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	rate, err := strconv.ParseFloat(string(found[1]), 64)
	return rates{rate, rate * b.round.Seconds() / used}, err
}

func request(url, header string) (*http.Response, []byte, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, nil, err
	}
	name, value, _ := strings.Cut(header, ": ")
	req.Header.Set(name, value)
	plain := &http.Transport{DisableCompression: true} // asks for what header says only
	defer plain.CloseIdleConnections()
	resp, err := plain.RoundTrip(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

func etag(url string) (string, error) {
	resp, _, err := request(url, "Accept-Encoding: identity")
	if err != nil {
		return "", err
	}
	return resp.Header.Get("ETag"), nil
}

// expect makes sure that a round measures what its name says.
func expect(url, header string, status int) error {
	resp, _, err := request(url, header)
	if err != nil {
		return err
	}
	wanted := strings.TrimPrefix(header, "Accept-Encoding: ")
	if got := resp.Header.Get("Content-Encoding"); status == http.StatusOK && got != strings.TrimPrefix(wanted, "identity") {
		return fmt.Errorf("%s answers %s with Content-Encoding %q", url, header, got)
	}
	if resp.StatusCode != status {
		return fmt.Errorf("%s answers %s with %s, not %d", url, header, resp.Status, status)
	}
	return nil
}

// sameBytes makes sure that both servers have the same work.
func (b *bench) sameBytes(ours, theirs string) error {
	for _, path := range []string{"/feeds/blog.example/hundred/feed.xml", "/feeds/blog.example/thousand/feed.xml"} {
		_, a, err := request(ours+path, "Accept-Encoding: identity")
		if err != nil {
			return err
		}
		_, c, err := request(theirs+path, "Accept-Encoding: identity")
		if err != nil {
			return err
		}
		if !bytes.Equal(a, c) || len(a) == 0 {
			return fmt.Errorf("%s differs: %d bytes from postil, %d from nginx", path, len(a), len(c))
		}
		fmt.Printf("%s: %d bytes\n\n", path, len(a))
	}
	return nil
}

const nginxConf = `worker_processes auto;
pid %[1]s/nginx.pid;
error_log %[1]s/nginx.log;
user root;
events { worker_connections 1024; }
http {
  types { application/xml xml; text/html html; }
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=1000;
  gzip_static on;
  client_body_temp_path %[1]s/nginx-body;
  proxy_temp_path %[1]s/nginx-proxy;
  fastcgi_temp_path %[1]s/nginx-fastcgi;
  uwsgi_temp_path %[1]s/nginx-uwsgi;
  scgi_temp_path %[1]s/nginx-scgi;
  server { listen 127.0.0.1:%[2]d; root %[3]s; }
}
`

// nginx serves a folder as a well-configured static server would.
func (b *bench) nginx(root string) (target, func(), error) {
	if err := setup.Need("nginx", "nginx-light"); err != nil {
		return target{}, nil, err
	}
	port, err := setup.FreePort()
	if err != nil {
		return target{}, nil, err
	}
	conf := filepath.Join(b.dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, b.dir, port, root), 0o600); err != nil {
		return target{}, nil, err
	}
	cmd := exec.CommandContext(b.ctx, "nginx", "-c", conf, "-g", "daemon off;")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return target{}, nil, err
	}
	stop := func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	}
	t := target{fmt.Sprintf("http://127.0.0.1:%d", port), cmd.Process.Pid}
	if err := setup.Answers(t.base); err != nil {
		stop()
		return t, nil, fmt.Errorf("nginx: %w", err)
	}
	return t, stop, nil
}
