package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"postil/static/csp"
)

// cspBlog is a blog on disk that is to be served with what "postil csp" has
// printed.
type cspBlog struct {
	style   string
	address string // HOST:PORT
	dir     string // of its pages
	printed string // file of the configuration
}

// cspServers are the programs for which there is a form: a template of the
// configuration with DIR and what printf makes of each blog.
var cspServers = map[string]struct {
	program, within, blog string
	args                  []string // CONFIG is the file
}{
	"nginx": {
		program: "nginx", args: []string{"-c", "CONFIG"},
		within: "daemon off;\nmaster_process off;\npid DIR/pid;\nerror_log stderr warn;\nevents {}\nhttp {\naccess_log off;\ninclude /etc/nginx/mime.types;\n" +
			"client_body_temp_path DIR/b;\nproxy_temp_path DIR/p;\nfastcgi_temp_path DIR/f;\nuwsgi_temp_path DIR/u;\nscgi_temp_path DIR/s;\n%s\n}\n",
		blog: "server {\nlisten %s;\nroot %s;\ninclude %s;\n}\n",
	},
	"caddy": {
		program: "caddy", args: []string{"run", "--adapter", "caddyfile", "--config", "CONFIG"},
		within: "{\nadmin off\nauto_https off\n}\n%s",
		blog:   "http://%s {\nroot * %s\nfile_server\nimport %s\n}\n",
	},
	"apache": {
		program: "apache2", args: []string{"-X", "-f", "CONFIG"},
		within: "ServerRoot DIR\nServerName localhost\nPidFile DIR/pid\nErrorLog /dev/stderr\nDefaultRuntimeDir DIR\n" +
			"LoadModule mpm_event_module MODULES/mod_mpm_event.so\nLoadModule authz_core_module MODULES/mod_authz_core.so\nLoadModule dir_module MODULES/mod_dir.so\n" +
			"LoadModule mime_module MODULES/mod_mime.so\nTypesConfig /dev/null\nAddType text/html .html\nAddType text/css .css\n" +
			"LoadModule headers_module MODULES/mod_headers.so\nUser nobody\nGroup nogroup\n%s\n",
		blog: "Listen %[1]s\n<VirtualHost %[1]s>\nDocumentRoot %[2]s\nInclude %[3]s\n</VirtualHost>\n",
	},
}

// serveBlogs starts one of the programs for all blogs.
func serveBlogs(t *testing.T, format string, blogs []cspBlog) {
	t.Helper()
	s := cspServers[format]
	name := tool(t, s.program)
	dir := t.TempDir()
	var all strings.Builder
	for _, b := range blogs {
		fmt.Fprintf(&all, s.blog, b.address, b.dir, b.printed)
	}
	file := filepath.Join(dir, "config")
	config := strings.NewReplacer("%s", all.String(), "DIR", dir, "MODULES", "/usr/lib/apache2/modules").Replace(s.within)
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	said := &syncBuffer{}
	args := strings.Split(strings.ReplaceAll(strings.Join(s.args, "\n"), "CONFIG", file), "\n")
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	cmd.Stdout, cmd.Stderr = said, said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, said)
		}
	})
	for _, b := range blogs {
		eventually(t, format+" serves", func() bool {
			c, err := net.Dial("tcp", b.address)
			if err == nil {
				c.Close()
			}
			return err == nil
		})
	}
}

// serveHeaders serves a blog with header fields, on the blog's own address.
func serveHeaders(t *testing.T, b cspBlog, fields []field) {
	t.Helper()
	l, err := net.Listen("tcp", b.address)
	if err != nil {
		t.Fatal(err)
	}
	files := http.FileServer(http.Dir(b.dir))
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, f := range fields {
			w.Header().Set(f.name, f.value)
		}
		files.ServeHTTP(w, r)
	}))
	s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
}

// headerName is a token (RFC 9110 §5.6.2).
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// readHeadersFile reads a _headers file as Netlify and Cloudflare Pages
// describe it: a path in the first column, its fields indented below, lines
// that begin with # left out. It refuses all else.
func readHeadersFile(text string) (paths map[string][]field, err error) {
	paths = map[string][]field{}
	path := ""
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		line := lines.Text()
		name, value, isField := strings.Cut(strings.TrimSpace(line), ":")
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
		case len(line) > maxCloudflareLine:
			return nil, fmt.Errorf("a line of %d bytes", len(line))
		case line[0] == '/':
			path = line
		case line[0] != ' ' || path == "" || !isField || !headerName.MatchString(name) || strings.TrimSpace(value) == "":
			return nil, fmt.Errorf("not to be understood: %q", line)
		default:
			paths[path] = append(paths[path], field{name, strings.TrimSpace(value)})
		}
	}
	return paths, nil
}

// rawFields reads what --format raw prints.
func rawFields(t *testing.T, text string) (fields []field) {
	t.Helper()
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		if !ok || !headerName.MatchString(name) {
			t.Fatalf("no header field: %q", line)
		}
		fields = append(fields, field{name, value})
	}
	if len(fields) == 0 || fields[len(fields)-1].name != csp.Header {
		t.Fatalf("no policy in %q", text)
	}
	return fields
}
