package main

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postil/deploy/lifecycle"
)

// overlays say how a pod leaves; ingresses go with any of them.
var (
	overlays  = []string{"sleep", "prestop", "nap"}
	ingresses = []string{"ingress-nginx", "ingress-haproxy", "ingress-traefik"}
)

// inCluster are the kinds that every overlay makes.
var inCluster = []string{"Deployment", "Service", "ServiceAccount", "PodDisruptionBudget", "HorizontalPodAutoscaler", "NetworkPolicy"}

// kustomized builds what lies in a folder of deploy/kubernetes.
func kustomized(t *testing.T, folder ...string) []byte {
	t.Helper()
	return said(t, nil, tool(t, "kubectl"), "kustomize", filepath.Join(append([]string{deployed, "kubernetes"}, folder...)...))
}

// withIngress builds an overlay together with a component, as a reader of the
// component would.
func withIngress(t *testing.T, overlay, component string) []byte {
	t.Helper()
	kubectl, dir := tool(t, "kubectl"), t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(deployed, "kubernetes"))); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(dir, "mine")
	text := fmt.Sprintf("resources: [../overlays/%s]\ncomponents: [../components/%s]\n", overlay, component)
	if err := errors.Join(os.Mkdir(mine, 0o755), os.WriteFile(filepath.Join(mine, "kustomization.yaml"), []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
	return said(t, nil, kubectl, "kustomize", mine)
}

// TestKubernetesOverlays builds each, checks its times, and asks a real server
// for what the probes ask.
func TestKubernetesOverlays(t *testing.T) {
	t.Parallel()
	p := serveProgram(t, "--data", t.TempDir(), "--site", "https://blog.example")
	for _, overlay := range overlays {
		all := workloads(t, kustomized(t, "overlays", overlay))
		for _, kind := range inCluster {
			if _, ok := all[kind]; !ok {
				t.Errorf("%s has no %s", overlay, kind)
			}
		}
		d := all["Deployment"].Spec
		o := d.Template.Spec
		if err := errors.Join(o.leaves(timingOf(t, o.Containers[0].Args)), o.restricted()); err != nil {
			t.Errorf("%s: %v", overlay, err)
		}
		if u := d.Strategy.RollingUpdate; d.Replicas != nil || u.MaxUnavailable != 0 || u.MaxSurge == 0 {
			t.Errorf("%s: %v replicas, %+v", overlay, d.Replicas, u)
		}
		if len(o.TopologySpreadConstraints) == 0 || len(o.Affinity.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution) == 0 {
			t.Errorf("%s: all pods may share one node", overlay)
		}
		checkContainer(t, overlay, o.Containers[0], p)
	}
}

// checkContainer has the program read what is said to it, and answer what it
// is asked.
func checkContainer(t *testing.T, overlay string, c container, p *process) {
	t.Helper()
	if hook := c.Lifecycle.PreStop.Exec; hook != nil && hook.Command[0] == "/postil" {
		if _, err := model(t).Parse(hook.Command[1:]); err != nil {
			t.Errorf("%s: %v", overlay, err)
		}
	}
	checkVariables(t, c)
	for _, probe := range []string{c.StartupProbe.HTTPGet.Path, c.ReadinessProbe.HTTPGet.Path, c.LivenessProbe.HTTPGet.Path} {
		if status, _ := get(t, p.ops+probe); status != http.StatusOK {
			t.Errorf("%s: the probe of %q answers %d", overlay, probe, status)
		}
	}
}

func checkVariables(t *testing.T, c container) {
	t.Helper()
	var env []string
	for _, v := range c.Env {
		env = append(env, v.Name+"=")
	}
	if err := checkEnv(env, model(t).Model); err != nil {
		t.Error(err)
	}
}

// TestKubernetesMigration has the program read the job's command line.
func TestKubernetesMigration(t *testing.T) {
	t.Parallel()
	job, ok := workloads(t, kustomized(t, "migrate"))["Job"]
	if !ok {
		t.Fatal("there is no job")
	}
	c := job.Spec.Template.Spec.Containers[0]
	if k, err := model(t).Parse(c.Args); err != nil || k.Command() != "migrate" {
		t.Errorf("%v: %v", c.Args, err)
	}
	checkVariables(t, c)
	if err := job.Spec.Template.Spec.restricted(); err != nil {
		t.Error(err)
	}
}

// TestKubernetesTimesThatDoNotFit are found.
func TestKubernetesTimesThatDoNotFit(t *testing.T) {
	t.Parallel()
	sleep := string(kustomized(t, "overlays", "sleep"))
	for _, c := range []struct {
		from, to string
		oneMore  time.Duration // as in the command line
		want     string
	}{
		{"seconds: 5", "seconds: 500", 10 * time.Second, "needed are 8m45s"},
		{"seconds: 5", "seconds: 1", 10 * time.Second, "before balancers know"},
		{"PeriodSeconds: 45", "PeriodSeconds: 29", 10 * time.Second, "terminationGracePeriodSeconds is 29s, needed are 30s"},
		{"one-more=10s", "one-more=30s", 30 * time.Second, "needed are 50s"},
		{"PeriodSeconds: 45", "PeriodSeconds: 60", 10 * time.Second, "--grace is 40s, but SIGKILL comes 55s after SIGTERM"},
		{"sleep:\n              seconds: 5", "httpGet: {port: 1}", 10 * time.Second, "there is no preStop hook"},
	} {
		text := strings.Replace(sleep, c.from, c.to, 1)
		if text == sleep {
			t.Fatalf("%q is not there", c.from)
		}
		o := workloads(t, []byte(text))["Deployment"].Spec.Template.Spec
		timing := lifecycle.Timing{OneMore: c.oneMore, Requests: 10 * time.Second, Grace: 40 * time.Second}
		if err := o.leaves(timing); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: want %q, got %v", c.to, c.want, err)
		}
	}
}
