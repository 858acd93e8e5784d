package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// proxy is how a program is started with its configuration in deploy/.
type proxy struct {
	config, program, debian string
	within                  string // what the snippet stands in; %s: the snippet
	args                    func(file string) []string
	drain                   []string // flags that the snippet asks for
}

var proxies = map[string]proxy{
	"nginx": {
		"nginx/postil.conf", "nginx", "nginx",
		"daemon off;\nmaster_process off;\npid DIR/pid;\nerror_log stderr warn;\nevents { worker_connections 4096; }\nhttp {\naccess_log off;\n" +
			"client_body_temp_path DIR/b;\nproxy_temp_path DIR/p;\nfastcgi_temp_path DIR/f;\nuwsgi_temp_path DIR/u;\nscgi_temp_path DIR/s;\n%s\n}\n",
		func(file string) []string { return []string{"-c", file} }, nil,
	},
	"haproxy": {
		"haproxy/haproxy.cfg", "haproxy", "haproxy", "%s",
		func(file string) []string { return []string{"-db", "-f", file} }, []string{"--drain-lame", "3s"},
	},
	"caddy": {
		"caddy/Caddyfile", "caddy", "caddy", "{\nadmin off\nauto_https off\n}\n%s",
		func(file string) []string { return []string{"run", "--adapter", "caddyfile", "--config", file} }, []string{"--drain-lame", "2s"},
	},
}

// replicas are two postil behind a proxy.
type replicas struct {
	*bench
	dir, at, database string
	flags             []string
	addresses         [2]string
	processes         [2]*child
	ops               [2]string
	proxy             *child
	turn              int
}

func beginReplicas(name string) func(b *bench, dir string) (service, error) {
	return func(b *bench, dir string) (service, error) {
		p := proxies[name]
		if _, err := exec.LookPath(p.program); err != nil {
			return nil, fmt.Errorf("%w; install it: apt-get install %s", err, p.debian)
		}
		database, err := b.newDatabase()
		if err != nil {
			return nil, err
		}
		s := &replicas{bench: b, dir: dir, at: freeAddress(), database: database, flags: p.drain, addresses: [2]string{freeAddress(), freeAddress()}}
		return s, errors.Join(s.start(0), s.start(1), s.startProxy(p))
	}
}

// freeAddress returns one that nobody listens on, below the ports that the
// kernel gives out.
func freeAddress() string {
	for {
		address := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000))
		if l, err := net.Listen("tcp", address); err == nil {
			l.Close()
			return address
		}
	}
}

func (s *replicas) start(i int) (err error) {
	args := append(arguments(filepath.Join(s.dir, fmt.Sprint("data", i)), "--database", s.database, "--listen", s.addresses[i], "--ops-listen", "127.0.0.1:0",
		"--url", "https://comments.example", "--drain-one-more", "10s"), s.flags...)
	s.processes[i], _, s.ops[i], err = serve(filepath.Join(s.dir, fmt.Sprint("log", i)), exec.Command(s.program, args...))
	return err
}

// startProxy starts it with the configuration of deploy/, at other addresses.
func (s *replicas) startProxy(p proxy) error {
	text, err := os.ReadFile(filepath.Join("deploy", p.config))
	if err != nil {
		return fmt.Errorf("%w; start this in the folder of the module", err)
	}
	all := strings.NewReplacer("%s", string(text), "DIR", s.dir).Replace(p.within)
	all = strings.NewReplacer("127.0.0.1:8000", s.at, "127.0.0.1:8080", s.addresses[0], "127.0.0.1:8082", s.addresses[1]).Replace(all)
	file := filepath.Join(s.dir, "config")
	if err := os.WriteFile(file, []byte(all), 0o644); err != nil {
		return err
	}
	cmd := exec.Command(p.program, p.args(file)...)
	cmd.Env = append(os.Environ(), "HOME="+s.dir, "XDG_DATA_HOME="+s.dir, "XDG_CONFIG_HOME="+s.dir)
	s.proxy, err = launch(filepath.Join(s.dir, "proxy.log"), cmd)
	return err
}

func (s *replicas) address() string { return s.at }

// restart replaces one of the two, in turn, once the proxy asks it again:
// whoever is quicker takes the service away.
func (s *replicas) restart() (time.Duration, error) {
	i := s.turn % len(s.processes)
	s.turn++
	began := time.Now()
	if err := s.processes[i].stop(); err != nil {
		text, _ := os.ReadFile(filepath.Join(s.dir, fmt.Sprint("log", i)))
		return 0, fmt.Errorf("%w\n%s", err, text[max(0, len(text)-2000):])
	}
	took := time.Since(began)
	return took, errors.Join(s.start(i), s.asked(i))
}

// asked waits until a process has got comments.
func (s *replicas) asked(i int) error {
	for deadline := time.Now().Add(beginWithin); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get(s.ops[i] + "/metrics")
		if err != nil {
			continue
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err == nil && bytes.Contains(text, []byte("postil_posts_total{")) {
			return nil
		}
	}
	return errors.New("the proxy does not ask the new process")
}

func (s *replicas) stop() error {
	err := s.proxy.kill()
	for _, p := range s.processes {
		err = errors.Join(err, p.stop())
	}
	return err
}

func (s *replicas) stored() (map[string]int, error) {
	return s.exported("--data", filepath.Join(s.dir, "data0"), "--database", s.database)()
}
