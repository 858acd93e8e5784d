package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"postil/comments/web"
)

// What checks the manifests: kubeconform, with schemas made of what Kubernetes
// says of its API.
const (
	kubernetesModule = "k8s.io/kubernetes@v1.36.3"
	kubeconform      = "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0"
)

// definition is a type of the API, as api/openapi-spec/swagger.json has it.
type definition map[string]any

// swagger reads the types of the API from the Kubernetes module, which the Go
// command downloads.
var swagger = sync.OnceValues(func() (map[string]definition, error) {
	cmd := exec.Command("go", "mod", "download", "-json", kubernetesModule)
	cmd.Dir = os.TempDir() // not a dependency of ours
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("download %s: %w %s", kubernetesModule, err, out)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(module.Dir, "api", "openapi-spec", "swagger.json"))
	if err != nil {
		return nil, err
	}
	var api struct{ Definitions map[string]definition }
	return api.Definitions, json.Unmarshal(text, &api)
})

// strict makes a JSON schema of a type that takes the fields that it has and
// no others. A number may stand where the API takes either.
func (d definition) strict() definition {
	switch {
	case d["format"] == "int-or-string":
		return definition{"type": []string{"string", "integer"}}
	case strings.Contains(fmt.Sprint(d["description"]), "fixed-point representation of a number"): // a Quantity
		return definition{"type": []string{"string", "number"}}
	}
	s := definition{}
	for _, key := range []string{"type", "properties", "required", "items", "additionalProperties"} {
		if value, ok := d[key]; ok {
			s[key] = value
		}
	}
	if d["properties"] != nil {
		s["additionalProperties"] = false
	}
	return s
}

// reference finds what a type is made of.
var reference = regexp.MustCompile(`"#/definitions/([^"]+)"`)

// schemaOf is the schema of a type with all that it is made of.
func schemaOf(api map[string]definition, name string) ([]byte, error) {
	all := map[string]definition{}
	for waiting := []string{name}; len(waiting) > 0; waiting = waiting[1:] {
		if _, done := all[waiting[0]]; done {
			continue
		}
		s := api[waiting[0]].strict()
		all[waiting[0]] = s
		text, err := json.Marshal(s)
		if err != nil {
			return nil, err
		}
		for _, m := range reference.FindAllSubmatch(text, -1) {
			waiting = append(waiting, string(m[1]))
		}
	}
	return json.Marshal(definition{"$ref": "#/definitions/" + name, "definitions": all})
}

// writeSchemas writes one file for each kind of object, named as kubeconform
// asks for it.
func writeSchemas(api map[string]definition, dir string) error {
	for name, d := range api {
		kinds, _ := d["x-kubernetes-group-version-kind"].([]any)
		if len(kinds) != 1 {
			continue // lists and options, of every group
		}
		kind := kinds[0].(map[string]any)
		group, _, _ := strings.Cut(kind["group"].(string), ".")
		file := strings.ToLower(fmt.Sprint(kind["kind"], "-", group, "-", kind["version"], ".json"))
		text, err := schemaOf(api, name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, strings.Replace(file, "--", "-", 1)), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// conformity checks manifests by kubeconform.
type conformity struct{ program, schemas string }

func newConformity(t *testing.T) conformity {
	t.Helper()
	api, err := swagger()
	c := conformity{filepath.Join(t.TempDir(), "kubeconform"), t.TempDir()}
	if err == nil {
		cmd := exec.Command("go", "install", kubeconform)
		cmd.Env = append(os.Environ(), "GOBIN="+filepath.Dir(c.program))
		var out []byte
		if out, err = cmd.CombinedOutput(); err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
	}
	if err != nil && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err == nil {
		err = writeSchemas(api, c.schemas)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// faults returns what is wrong with a manifest; nothing is "".
func (c conformity) faults(text []byte) string {
	cmd := exec.Command(c.program, "-strict", "-skip", transportKind, "-schema-location", filepath.Join(c.schemas, "{{.ResourceKind}}{{.KindSuffix}}.json"))
	cmd.Stdin = strings.NewReader(string(text))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Sprint(err, "\n", string(out))
	}
	return string(out)
}

// transportKind is Traefik's, which Kubernetes knows nothing of.
const transportKind = "traefik.io/v1alpha1/ServersTransport"

// TestKubernetesSchemas holds everything that is deployed to the schemas of
// the API, and finds what is misspelt.
func TestKubernetesSchemas(t *testing.T) {
	t.Parallel()
	c := newConformity(t)
	texts := map[string][]byte{"migrate": kustomized(t, "migrate")}
	for _, overlay := range overlays {
		texts[overlay] = kustomized(t, "overlays", overlay)
	}
	for _, ingress := range ingresses {
		texts[ingress] = withIngress(t, "sleep", ingress)
	}
	for name, text := range texts {
		if faults := c.faults(text); faults != "" {
			t.Errorf("%s: %s", name, faults)
		}
	}
	sleep := string(texts["sleep"])
	for from, to := range map[string]string{
		"sleep:": "slep:", "maxUnavailable: 0": "maxUnavailable: true", "seconds: 5": `seconds: "5"`, "kind: PodDisruptionBudget": "kind: PodDisruptionBudge",
		"app.kubernetes.io/name: postil": "app.kubernetes.io/name: 7", "failureThreshold: 150": "failureTreshold: 150",
	} {
		text := strings.Replace(sleep, from, to, 1)
		if faults := c.faults([]byte(text)); text == sleep || faults == "" {
			t.Errorf("nobody notices %q", to)
		}
	}
}

// TestKubernetesIngresses lead to the service, and close idle connections
// before it does.
func TestKubernetesIngresses(t *testing.T) {
	t.Parallel()
	ours := web.Server(nil, newLog(nil, false)).IdleTimeout
	for _, ingress := range ingresses {
		text := withIngress(t, "prestop", ingress)
		if !strings.Contains(string(text), "kind: Ingress") || !strings.Contains(string(text), "kind: Deployment") {
			t.Errorf("%s: %s", ingress, text)
		}
	}
	text, err := os.ReadFile(filepath.Join(deployed, "kubernetes", "components", "ingress-traefik", "transport.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var transport struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   struct{ Name string }
		Spec       struct {
			ForwardingTimeouts struct {
				DialTimeout           time.Duration `yaml:"dialTimeout"`
				IdleConnTimeout       time.Duration `yaml:"idleConnTimeout"`
				ResponseHeaderTimeout time.Duration `yaml:"responseHeaderTimeout"`
			} `yaml:"forwardingTimeouts"`
		}
	}
	in := yaml.NewDecoder(strings.NewReader(string(text)))
	in.KnownFields(true)
	if err := in.Decode(&transport); err != nil || transport.APIVersion+"/"+transport.Kind != transportKind {
		t.Fatalf("%+v %v", transport, err)
	}
	if idle := transport.Spec.ForwardingTimeouts.IdleConnTimeout; idle <= 0 || idle >= ours {
		t.Errorf("Traefik keeps idle connections for %v, Postil for %v", idle, ours)
	}
}
