package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// photograph looks like one to an encoder: soft shapes, and grain.
func photograph() image.Image {
	m, grain := image.NewRGBA(image.Rect(0, 0, 320, 240)), rand.New(rand.NewPCG(1, 2))
	for y := range 240 {
		for x := range 320 {
			v := 128 + 90*math.Sin(float64(x)/23)*math.Cos(float64(y)/17) + float64(grain.IntN(24))
			m.Set(x, y, color.RGBA{uint8(v), uint8(255 - v), uint8(x * 255 / 320), 255})
		}
	}
	return m
}

// turned is the Exif segment of a camera that was held upright.
const turned = "\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"

// gallery makes a folder of images, each with something about it.
func gallery(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	encoded := func(encode func(*bytes.Buffer) error) string {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	asJPEG := func(quality int) string {
		return encoded(func(b *bytes.Buffer) error { return jpeg.Encode(b, photograph(), &jpeg.Options{Quality: quality}) })
	}
	good := asJPEG(95)
	writeFile(t, good, folder, "photo.jpg")
	writeFile(t, asJPEG(3), folder, "2026", "poor one's.jpeg")
	writeFile(t, good[:2]+turned+good[2:], folder, "turned.jpg")
	writeFile(t, encoded(func(b *bytes.Buffer) error { return png.Encode(b, photograph()) }), folder, "chart.PNG")
	writeFile(t, encoded(func(b *bytes.Buffer) error { return png.Encode(b, image.NewGray(image.Rect(0, 0, 1, 1))) })+"\x00\x00\x00\x08acTL", folder, "moving.png")
	writeFile(t, "no image", folder, "broken.jpg")
	return folder
}

func twins(t *testing.T, args ...string) string {
	t.Helper()
	tool(t, "cwebp")
	tool(t, "avifenc")
	return string(said(t, nil, filepath.Join(deployed, "images", "twins"), args...))
}

// sizes returns all files below a folder.
func sizes(t *testing.T, folder string) map[string]int64 {
	t.Helper()
	all := map[string]int64{}
	err := filepath.Walk(folder, func(name string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			rel, _ := filepath.Rel(folder, name)
			all[rel] = info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTwinsOfImagesAreKeptWhereTheySave runs the script on real images.
func TestTwinsOfImagesAreKeptWhereTheySave(t *testing.T) {
	t.Parallel()
	folder := gallery(t)
	before := sizes(t, folder)
	would := twins(t, "--dry-run", folder)
	if diff := cmp.Diff(before, sizes(t, folder)); diff != "" || !strings.Contains(would, "nothing was written") {
		t.Errorf("a dry run writes, or does not say that it does not:\n%s\n%s", diff, would)
	}
	out := twins(t, folder)
	for _, want := range []string{"photo.jpg: ", ", webp ", ", avif ", "turned.jpg: left alone, it is turned", "moving.png: left alone, it is animated", "broken.jpg: no webp", "6 images looked at: "} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	after, kept := sizes(t, folder), map[string]int{}
	for name, size := range before {
		webp, hasWebP := after[name+".webp"]
		avif, hasAVIF := after[name+".avif"]
		if hasWebP && webp > size*9/10 || hasAVIF && avif > size*9/10 || hasWebP && hasAVIF && avif >= webp {
			t.Errorf("%s of %d bytes keeps WebP of %d and AVIF of %d", name, size, webp, avif)
		}
		if hasWebP {
			kept["webp"]++
		}
		if hasAVIF {
			kept["avif"]++
		}
	}
	if diff := cmp.Diff(map[string]int{"webp": 2, "avif": 2}, kept); diff != "" { // not AVIF of chart.PNG, nor WebP of the poor one
		t.Errorf("twins (-want +got):\n%s\n%v", diff, after)
	}
	if out := twins(t, folder); !strings.HasPrefix(out, "0 images looked at") {
		t.Errorf("a second run is not idle:\n%s", out)
	}
}

// TestTwinsOfImagesFollowThem is what a second build of a blog does.
func TestTwinsOfImagesFollowThem(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, photograph(), &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gone.jpg", "changed.jpg", "robbed.jpg"} {
		writeFile(t, b.String(), folder, name)
	}
	writeFile(t, "the blog's own", folder, "other.jpg.webp")
	twins(t, folder)
	if err := os.Remove(filepath.Join(folder, "gone.jpg")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(folder, "robbed.jpg.webp")); err != nil {
		t.Fatal(err)
	}
	writeFile(t, "no image any more", folder, "changed.jpg")
	if err := os.Chtimes(filepath.Join(folder, "changed.jpg"), time.Time{}, time.Unix(1e9, 0)); err != nil {
		t.Fatal(err)
	}
	twins(t, folder)
	var names []string
	for name := range sizes(t, folder) {
		names = append(names, name)
	}
	got := " " + strings.Join(names, " ") + " "
	for name, want := range map[string]bool{
		"gone.jpg.webp": false, "gone.jpg.avif": false, "changed.jpg.webp": false, "changed.jpg.avif": false,
		"robbed.jpg.webp": true, "robbed.jpg.avif": true, "other.jpg.webp": true,
	} {
		if strings.Contains(got, " "+name+" ") != want {
			t.Errorf("%s is there: %v; want %v", name, !want, want)
		}
	}
	if len(names) != 6 {
		t.Errorf("there is more than that, or less: %v", names)
	}
	for _, args := range [][]string{{}, {"--quality", "101", folder}, {"--fast", folder}, {filepath.Join(folder, "none")}, {"--quality"}} {
		if out, err := exec.Command(filepath.Join(deployed, "images", "twins"), args...).CombinedOutput(); err == nil || len(out) == 0 {
			t.Errorf("%q is accepted, or refused without a word: %s", args, out)
		}
	}
}

// TestWebServersChooseImagesByAccept asks both web servers, with twins that the
// script would make.
func TestWebServersChooseImagesByAccept(t *testing.T) {
	t.Parallel()
	for name := range blogServers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for name, body := range map[string]string{
				"a.jpg": "jpeg", "a.jpg.webp": "webp", "a.jpg.avif": "avif", "b.PNG": "png", "b.PNG.webp": "webp", "c.jpeg": "jpeg", "d.png.webp": "webp",
			} {
				writeFile(t, body, folder, "img", name)
			}
			blog := serveBlog(t, name, folder, t.TempDir(), freeAddress(t))
			w := &fronted{T: t}
			for _, c := range []struct{ path, accept, want string }{
				{"a.jpg", "", "jpeg"}, {"a.jpg", "*/*", "jpeg"}, {"a.jpg", "image/*", "jpeg"},
				{"a.jpg", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "avif"},
				{"a.jpg", "image/webp,*/*", "webp"}, {"a.jpg", "image/avif", "avif"}, {"a.jpg", "Image/AVIF;q=0.1", "avif"},
				{"a.jpg", "image/avif;q=0, image/webp", "webp"}, {"a.jpg", "image/avif;q=0.000,image/webp;q=0", "jpeg"},
				{"a.jpg", "text/html, image/webp ; level=1 ; q=0.5", "webp"}, {"a.jpg", "image/webp;level=1;q=0,*/*", "jpeg"},
				{"a.jpg", "image/avifs, ximage/webp", "jpeg"}, {"a.jpg", "image/webp+x", "jpeg"},
				{"b.PNG", "image/avif,image/webp", "webp"}, {"b.PNG", "image/avif", "png"}, {"c.jpeg", "image/avif,image/webp", "jpeg"},
				{"d.png", "image/png", ""}, {"none.jpg", "image/avif", ""},
			} {
				resp, body := w.ask(http.MethodGet, blog+"/img/"+c.path, "Accept", c.accept)
				status, kind := http.StatusOK, "image/"+c.want
				if c.want == "" {
					status = http.StatusNotFound
				}
				if resp.StatusCode != status || status == http.StatusOK && (body != c.want || resp.Header.Get("Content-Type") != kind) {
					t.Errorf("%s for %q: %d %s %q, want %s", c.path, c.accept, resp.StatusCode, resp.Header.Get("Content-Type"), body, c.want)
				}
				if vary := strings.Join(resp.Header.Values("Vary"), ","); vary != "Accept" {
					t.Errorf("%s for %q: Vary %q", c.path, c.accept, vary)
				}
			}
		})
	}
}
