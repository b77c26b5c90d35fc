package blobtest

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/blob"
)

// Gateway is an S3 server of the test's own, with an empty bucket.
type Gateway struct {
	blob.BucketOptions

	t       testing.TB
	command program.Command
	process *program.Process
}

// StartGateway starts a server on a port of this machine. It ends with the test.
func StartGateway(t testing.TB) *Gateway {
	t.Helper()
	dir, address := t.TempDir(), program.FreePort(t)
	for _, sub := range []string{"objects", "about"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	g := &Gateway{
		BucketOptions: blob.BucketOptions{
			Endpoint: "http://" + address, Bucket: "media", Region: "us-east-1", AccessKey: "gather", SecretKey: "not-a-secret",
		},
		t: t,
	}
	g.command = program.Command{Path: server(t), Address: address, Args: []string{
		"--port", address, "--access", g.AccessKey, "--secret", g.SecretKey, "--health", "/up", "--quiet", "--keep-alive",
		// Not every file system of a test has the attributes it would need otherwise.
		"posix", "--sidecar", filepath.Join(dir, "about"), filepath.Join(dir, "objects"),
	}}
	g.Start()
	if err := g.Client().MakeBucket(t.Context(), g.Bucket, minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	return g
}

// Start starts the server again, at the same place and with what it had.
func (g *Gateway) Start() {
	g.t.Helper()
	g.process = program.Start(g.t, g.command)
}

// Kill ends the server as a loss of power does.
func (g *Gateway) Kill() {
	g.t.Helper()
	g.process.Kill()
}

// Client speaks with the server past the store and the door.
func (g *Gateway) Client() *minio.Core {
	g.t.Helper()
	u, err := url.Parse(g.Endpoint)
	if err != nil {
		g.t.Fatal(err)
	}
	c, err := minio.NewCore(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(g.AccessKey, g.SecretKey, ""), Region: g.Region, BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		g.t.Fatal(err)
	}
	return c
}

// Leftovers is how many uploads were begun and neither completed nor aborted.
func (g *Gateway) Leftovers() int {
	g.t.Helper()
	page, err := g.Client().ListMultipartUploads(g.t.Context(), g.Bucket, "", "", "", "", 1000)
	if err != nil {
		g.t.Fatal(err)
	}
	return len(page.Uploads)
}

// server is the path of the S3 server, which scripts/versitygw builds when it is
// not there.
func server(t testing.TB) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	script := filepath.Join(filepath.Dir(here), "../../../../scripts/versitygw")
	c := exec.Command(script)
	c.Stderr = os.Stderr
	path, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return strings.TrimSpace(string(path))
}
