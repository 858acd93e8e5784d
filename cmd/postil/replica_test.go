package main

import (
	"net/http"
	"path/filepath"
	"testing"

	"postil/comments/storetest"
)

// TestTwoServersPublishOneDatabase is a rolling deployment at rest: whatever
// one takes, both publish; what one erases is gone from both.
func TestTwoServersPublishOneDatabase(t *testing.T) {
	t.Parallel()
	dsn := storetest.Postgres(t)
	var servers [2]*process
	var folders [2]string
	for i := range servers {
		data := t.TempDir()
		servers[i] = serveProgram(t, "--data", data, "--database", dsn, "--site", "https://blog.example", "--url", "https://comments.example")
		folders[i] = filepath.Join(data, "public", "feeds", "blog.example", "post")
	}
	first := servers[0].post(t, "blog.example", "/post", "told to the first")
	second := servers[1].post(t, "blog.example", "/post", "told to the second")
	for _, folder := range folders {
		onDisk(t, folder, first.ID)
		onDisk(t, folder, second.ID)
	}
	status, _, err := call(http.MethodDelete, servers[0].base+"/api/v1/comments/"+first.ID, "", "Authorization", "Bearer "+first.EditKey)
	if err != nil || status != http.StatusNoContent {
		t.Fatalf("delete: %d %v", status, err)
	}
	if fileHas(filepath.Join(folders[0], "feed.xml"), "told to the first") {
		t.Error("the words were still published when their deletion was acknowledged")
	}
	eventually(t, "the other server has forgotten too", func() bool {
		return !fileHas(filepath.Join(folders[1], "feed.xml"), "told to the first")
	})
}
