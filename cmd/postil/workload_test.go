package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"testing"
	"time"

	"postil/deploy/lifecycle"
)

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
