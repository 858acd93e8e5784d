package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// wordPress is where Debian's package has it.
const wordPress = "/usr/share/wordpress"

// wpConfig is a wp-config.php; the replacements are database socket, the
// blog's address, and that of the service.
const wpConfig = `<?php
define('DB_NAME', 'wp'); define('DB_USER', 'root'); define('DB_PASSWORD', ''); define('DB_HOST', 'localhost:%s');
define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', ''); define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true);
define('WP_HOME', '%s'); define('WP_SITEURL', WP_HOME); define('POSTIL_SERVICE', '%s');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }
require_once ABSPATH . 'wp-settings.php';
`

// wpInstall makes the blog as the installer's page does, with a theme of either
// kind, and posts under their two kinds of address.
const wpInstall = `<?php
define('WP_INSTALLING', true);
require __DIR__ . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Blog', 'admin', 'admin@blog.example', true, '', 'password');
global $wp_rewrite;
$wp_rewrite->set_permalink_structure('/%postname%/');
switch_theme($argv[1]);
foreach (['First post' => 'first', 'Привет' => 'привет'] as $title => $name) {
  wp_insert_post(['post_title' => $title, 'post_name' => $name, 'post_content' => 'Words.', 'post_status' => 'publish', 'comment_status' => 'open']);
}
flush_rewrite_rules();
`

// Themes of the two kinds that WordPress knows, as small as they can be.
var wpThemes = map[string]map[string]string{
	"classic": {
		"style.css": "/*\nTheme Name: Classic\n*/\n",
		"index.php": `<!DOCTYPE html><html><head><title>Blog</title><?php wp_head(); ?></head><body>
<?php while (have_posts()) { the_post(); the_title('<h1>', '</h1>'); comments_number(); if (is_singular()) { comments_template(); } } ?>
<?php wp_footer(); ?></body></html>`,
	},
	"block": {
		"style.css":            "/*\nTheme Name: Block\n*/\n",
		"index.php":            "<?php\n",
		"templates/index.html": "<!-- wp:query --><!-- wp:post-template --><!-- wp:post-title /--><!-- wp:comments --><!-- wp:comment-template /--><!-- /wp:comments --><!-- /wp:post-template --><!-- /wp:query -->",
		"templates/single.html": "<!-- wp:post-title /--><!-- wp:post-content /--><!-- wp:comments --><div class=\"wp-block-comments\"><!-- wp:comments-title /--><!-- wp:comment-template /-->" +
			"<!-- wp:post-comments-form /--></div><!-- /wp:comments -->",
	},
}

// runs starts a program that is ended with the test.
func runs(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	said := &syncBuffer{}
	cmd.Stdout, cmd.Stderr = said, said
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", cmd.Path, said)
		}
	})
}

// mariaDB starts a database with nothing in it, and returns its socket.
func mariaDB(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	socket := filepath.Join(folder, "s")
	runs(t, exec.Command(tool(t, "mariadbd"), "--no-defaults", "--user=root", "--datadir="+folder, "--socket="+socket, "--skip-networking", "--skip-grant-tables",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-log-file-size=8M", "--innodb-buffer-pool-size=16M"))
	eventually(t, "MariaDB answers", func() bool {
		c, err := net.Dial("unix", socket)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return socket
}

// installWordPress writes all that a blog with the plugin consists of, and has
// WordPress make its tables.
func (x *example) installWordPress(php, theme string) {
	x.Helper()
	socket := mariaDB(x.T)
	said(x.T, nil, "cp", "-rL", wordPress+"/.", x.folder)
	plugin, err := os.ReadFile(filepath.Join(deployed, "blogs", "wordpress", "postil.php"))
	if err != nil {
		x.Fatal(err)
	}
	content := filepath.Join(x.folder, "wp-content")
	for name, text := range wpThemes[theme] {
		writeFile(x.T, text, content, "themes", theme, name)
	}
	writeFile(x.T, string(plugin), content, "mu-plugins", "postil.php")
	writeFile(x.T, fmt.Sprintf(wpConfig, socket, x.blog, x.service.base), x.folder, "wp-config.php")
	writeFile(x.T, wpInstall, x.folder, "install.php")
	said(x.T, nil, php, "-r", fmt.Sprintf(`(new mysqli('localhost', 'root', '', '', 0, '%s'))->query('CREATE DATABASE wp');`, socket))
	said(x.T, nil, php, filepath.Join(x.folder, "install.php"), theme)
}

// startWordPress installs a blog and serves it under the strict policy.
func startWordPress(t *testing.T, theme string) *example {
	t.Helper()
	php := tool(t, "php")
	if _, err := os.Stat(wordPress); err != nil {
		tool(t, "wordpress: "+err.Error())
	}
	server, serve := listenForBlog(t)
	x := &example{T: t, blog: server.URL, host: strings.TrimPrefix(server.URL, "http://"), folder: t.TempDir()}
	x.service = serveProgram(t, "--data", t.TempDir(), "--rate", "0", "--site", x.blog)
	x.installWordPress(php, theme)
	address := freeAddress(t)
	runs(t, exec.Command(php, "-S", address, "-t", x.folder))
	serve(x.strictly(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: address})
			r.Out.Host = r.In.Host
		},
		ErrorLog: log.New(io.Discard, "", 0), // it is asked before it listens
	}))
	eventually(t, "WordPress answers", func() bool {
		resp, err := http.Get(x.blog + "/first/")
		if err == nil {
			resp.Body.Close()
		}
		return err == nil && resp.StatusCode == http.StatusOK
	})
	return x
}

// wpNoise is what WordPress itself puts into its pages against the policy.
var wpNoise = []string{"inline style", "inline script", "/wp-includes/", "Executing inline"}

// TestWordPressShowsPostilInPlaceOfItsComments runs Debian's WordPress with the
// plugin, and a theme of each kind.
func TestWordPressShowsPostilInPlaceOfItsComments(t *testing.T) {
	t.Parallel()
	for theme := range wpThemes {
		t.Run(theme, func(t *testing.T) {
			t.Parallel()
			x := startWordPress(t, theme)
			for path, words := range map[string]string{"/first/": "words on the first", "/" + strings.ToLower(url.PathEscape("привет")) + "/": "words on the other"} {
				x.hasAddresses(path)
				x.service.post(t, x.host, path, words)
				x.shows(path, words, wpNoise...)
			}
			if theme == "classic" {
				x.counts("/first", "1", wpNoise...)
			}
			for _, bad := range []string{"wp-comments-post.php", "comments/feed"} {
				if strings.Contains(x.page("/first/"), bad) {
					t.Errorf("the page still has %s", bad)
				}
			}
			x.refuses()
		})
	}
}

// refuses tries to write to WordPress itself, by its form and by its API.
func (x *example) refuses() {
	x.Helper()
	form := url.Values{"comment_post_ID": {"1"}, "author": {"Eve"}, "email": {"eve@mail.example"}, "comment": {"past the plugin"}}
	resp, err := http.PostForm(x.blog+"/wp-comments-post.php", form)
	if err != nil {
		x.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		x.Errorf("WordPress's own form answers %d", resp.StatusCode)
	}
	status, _, _ := call(http.MethodPost, x.blog+"/index.php?rest_route=/wp/v2/comments", `{"post":1,"author_name":"Eve","author_email":"eve@mail.example","content":"past the plugin"}`)
	if status != http.StatusForbidden && status != http.StatusUnauthorized {
		x.Errorf("WordPress's API answers %d", status)
	}
}
