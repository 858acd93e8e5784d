package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"postil/comments/storetest"
)

// proxy is how a program is started with the configuration in deploy/.
type proxy struct {
	config  string
	program string
	within  string                     // what the snippet stands in; %s: the snippet
	args    func(file string) []string // to serve in the foreground
	check   func(file string) []string // to load it only
	drain   []string                   // flags that the snippet asks for
}

var proxies = map[string]proxy{
	"nginx": {
		config: "nginx/postil.conf", program: "nginx",
		within: "daemon off;\nmaster_process off;\npid DIR/pid;\nerror_log stderr warn;\nevents {}\nhttp {\naccess_log off;\n" +
			"client_body_temp_path DIR/b;\nproxy_temp_path DIR/p;\nfastcgi_temp_path DIR/f;\nuwsgi_temp_path DIR/u;\nscgi_temp_path DIR/s;\n%s\n}\n",
		args:  func(file string) []string { return []string{"-c", file} },
		check: func(file string) []string { return []string{"-t", "-c", file} },
	},
	"haproxy": {
		config: "haproxy/haproxy.cfg", program: "haproxy", within: "%s",
		args:  func(file string) []string { return []string{"-db", "-f", file} },
		check: func(file string) []string { return []string{"-c", "-f", file} },
		drain: []string{"--drain-lame", "3s"},
	},
	"caddy": {
		config: "caddy/Caddyfile", program: "caddy", within: "{\nadmin off\nauto_https off\n}\n%s",
		args:  func(file string) []string { return []string{"run", "--adapter", "caddyfile", "--config", file} },
		check: func(file string) []string { return []string{"validate", "--adapter", "caddyfile", "--config", file} },
		drain: []string{"--drain-lame", "2s"},
	},
}

// freeAddress returns an address that nobody listens on, with a port below
// those that the kernel gives out: no other test gets it meanwhile.
func freeAddress(t *testing.T) string {
	t.Helper()
	for {
		address := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000))
		if l, err := net.Listen("tcp", address); err == nil {
			l.Close()
			return address
		}
	}
}

// start writes the configuration with other addresses, and more that is to be
// replaced, has the program check it, and starts it.
func (p proxy) start(t *testing.T, listen string, upstreams [2]string, more ...string) {
	t.Helper()
	if _, err := exec.LookPath(p.program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing; .ci/tools installs it", p.program)
		}
		t.Skipf("%s is missing", p.program)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "deploy", p.config))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	all := strings.NewReplacer("%s", string(text), "DIR", dir).Replace(p.within)
	more = append(more, "127.0.0.1:8000", listen, "127.0.0.1:8080", upstreams[0], "127.0.0.1:8082", upstreams[1])
	all = strings.NewReplacer(more...).Replace(all)
	file := filepath.Join(dir, "config")
	if err := os.WriteFile(file, []byte(all), 0o644); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	check := exec.Command(p.program, p.check(file)...)
	check.Env = env
	if out, err := check.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said := &syncBuffer{}
	cmd := exec.Command(p.program, p.args(file)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, said, said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", p.program, said)
		}
	})
}

// TestReplicasAreRolledBehindProxies restarts two replicas one after the other
// behind each proxy, with the configuration that stands in deploy/.
func TestReplicasAreRolledBehindProxies(t *testing.T) {
	t.Parallel()
	for name, p := range proxies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			flags := &storeFlags{Data: t.TempDir(), Database: storetest.Postgres(t)}
			listen, upstreams := freeAddress(t), [2]string{freeAddress(t), freeAddress(t)}
			var servers [2]*process
			begin := func(i int) {
				servers[i] = serveProgram(t, append([]string{"--data", t.TempDir(), "--database", flags.Database, "--listen", upstreams[i], "--url", "https://comments.example",
					"--site", "https://blog.example", "--rate", "0", "--drain-one-more", "10s"}, p.drain...)...)
			}
			begin(0)
			begin(1)
			p.start(t, listen, upstreams)
			base := "http://" + listen
			eventually(t, name+" serves", func() bool {
				w, err := newWriter(base)
				if err != nil {
					return false
				}
				defer w.Close()
				a := w.post("words first-" + time.Now().String())
				return a.status == 201
			})
			l := startLoad(t, base, 8, 20*time.Millisecond)
			for range 2 {
				for i := range servers {
					l.more(20)
					if code := servers[i].stop(t); code != 0 {
						t.Errorf("serve ended with %d", code)
					}
					l.more(20)
					begin(i)
					awaited(t, servers[i])
				}
			}
			l.more(20)
			l.finish(flags)
		})
	}
}

// awaited waits until the proxy sends posts to a server again: whoever rolls
// the next one before that takes the service away.
func awaited(t *testing.T, p *process) {
	t.Helper()
	eventually(t, "it gets posts", func() bool {
		_, metrics := get(t, p.ops+"/metrics")
		return strings.Contains(metrics, "postil_posts_total{")
	})
}
