package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
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

// workload is what a test reads of a Deployment or a Job.
type workload struct {
	Kind string
	Spec struct {
		Replicas *int
		Strategy struct {
			RollingUpdate struct{ MaxUnavailable, MaxSurge int }
		}
		Template struct{ Spec pod }
	}
}

type pod struct {
	TerminationGracePeriodSeconds int
	ServiceAccountName            string
	AutomountServiceAccountToken  *bool
	SecurityContext               struct {
		RunAsNonRoot   bool
		RunAsUser      int
		SeccompProfile struct{ Type string }
	}
	Affinity struct {
		PodAntiAffinity struct{ PreferredDuringSchedulingIgnoredDuringExecution []any }
	}
	TopologySpreadConstraints []any
	Containers                []container
}

type container struct {
	Args      []string
	Env       []struct{ Name string }
	Lifecycle struct {
		PreStop struct {
			Sleep *struct{ Seconds int }
			Exec  *struct{ Command []string }
		}
	}
	StartupProbe, ReadinessProbe, LivenessProbe struct {
		HTTPGet struct{ Path, Port string }
	}
	SecurityContext struct {
		ReadOnlyRootFilesystem, AllowPrivilegeEscalation bool
		Capabilities                                     struct{ Drop []string }
	}
}

// workloads reads what kustomize has built, by kind.
func workloads(t *testing.T, text []byte) map[string]workload {
	t.Helper()
	objects := json.NewDecoder(bytes.NewReader(said(t, text, tool(t, "kubectl"), "annotate", "--local", "-f", "-", "checked=yes", "-o", "json")))
	all := map[string]workload{}
	for {
		var w workload
		if err := objects.Decode(&w); errors.Is(err, io.EOF) {
			return all
		} else if err != nil && w.Kind == "" {
			t.Fatal(err)
		}
		all[w.Kind] = w
	}
}

// preStop is how long the hook takes before SIGTERM.
func (p pod) preStop(timing lifecycle.Timing) (time.Duration, error) {
	hook := p.Containers[0].Lifecycle.PreStop
	switch {
	case hook.Sleep != nil:
		return time.Duration(hook.Sleep.Seconds) * time.Second, nil
	case hook.Exec == nil:
		return 0, errors.New("there is no preStop hook")
	case hook.Exec.Command[0] == "/postil":
		return timing.Lame, nil // which is not waited for again
	}
	seconds, err := strconv.Atoi(hook.Exec.Command[1])
	return time.Duration(seconds) * time.Second, err
}

// leaves checks that the pod is left the time that it needs.
func (p pod) leaves(timing lifecycle.Timing) error {
	grace := time.Duration(p.TerminationGracePeriodSeconds) * time.Second
	hook, err := p.preStop(timing)
	if err == nil && hook < 5*time.Second {
		err = fmt.Errorf("the pod leaves after %v, before balancers know", hook)
	}
	if need := hook + timing.Sum() + lifecycle.Spare; grace < need {
		err = errors.Join(err, fmt.Errorf("terminationGracePeriodSeconds is %v, needed are %v", grace, need))
	}
	if timing.Grace != grace-hook {
		err = errors.Join(err, fmt.Errorf("--grace is %v, but SIGKILL comes %v after SIGTERM", timing.Grace, grace-hook))
	}
	return err
}

// restricted checks what the Pod Security Standards call so, and that the pod
// has nothing of the cluster's.
func (p pod) restricted() error {
	c := p.Containers[0].SecurityContext
	switch {
	case !p.SecurityContext.RunAsNonRoot, p.SecurityContext.RunAsUser == 0, p.SecurityContext.SeccompProfile.Type != "RuntimeDefault",
		!c.ReadOnlyRootFilesystem, c.AllowPrivilegeEscalation, len(c.Capabilities.Drop) != 1, c.Capabilities.Drop[0] != "ALL":
		return fmt.Errorf("may do too much: %+v %+v", p.SecurityContext, c)
	case p.ServiceAccountName == "", p.AutomountServiceAccountToken == nil, *p.AutomountServiceAccountToken:
		return errors.New("has the token of a service account")
	}
	return nil
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
