package deploy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

func TestTheTopologyKeepsEveryRule(t *testing.T) {
	world := load(t, read(t, "docker-compose.yml"))
	for _, r := range rules() {
		t.Run(r.name, func(t *testing.T) {
			for _, finding := range r.findings(world) {
				t.Error(finding)
			}
		})
	}
}

func TestASpoiledTopologyIsFound(t *testing.T) {
	const (
		server      = "image: temporalio/server:1.32.0"
		dataVolume  = "- postgres:/var/lib/postgresql/data"
		sqlPassword = "SQL_PASSWORD: ${POSTGRES_PASSWORD:?see deploy/env.example}"
		uiPort      = "- 127.0.0.1:${UI_PORT:-8080}:8080"
	)
	tests := []struct {
		name, old, changed string
		rule, finding      string
	}{
		{"an image without a tag", "image: postgres:16.15", "image: postgres", "images are exact", `postgres: image "postgres" has no exact tag`},
		{"an image that floats in its minor version", "image: postgres:16.15", "image: postgres:16", "images are exact", `postgres: image "postgres:16"`},
		{"the latest image", "temporalio/ui:2.54.1", "temporalio/ui:latest", "images are exact", "ui: image"},
		{"a product image without a version", "vsrx-upgrade:${WORKER_VERSION:-0.1.0}", "vsrx-upgrade:${WORKER_VERSION:-dev}", "images are exact", "worker: image"},
		{"a server newer than the schema", server, "image: temporalio/server:1.33.0", "schema and server are of one version", "schema: temporalio/admin-tools:1.32.0 does not fit temporalio/server:1.33.0"},

		{"a server that stays down", server + "\n    restart: unless-stopped", server, "processes restart and jobs do not", `temporal: restart policy is ""`},
		{"a worker that gives up", "<<: *product\n    restart: unless-stopped", "<<: *product\n    restart: on-failure:3", "processes restart and jobs do not", "worker: restart policy"},
		{"a job without end", "<<: *product\n    restart: \"no\"", "<<: *product\n    restart: always", "processes restart and jobs do not", "setup: a job must not restart"},

		{"a schema before the database", "postgres:\n        condition: service_healthy", "postgres:\n        condition: service_started", "services start in order", "schema: must wait for postgres"},
		{"a server beside its schema", "schema:\n        condition: service_completed_successfully", "schema:\n        condition: service_started", "services start in order", "temporal: must wait for schema"},
		{"a worker beside the setup", "setup:\n        condition: service_completed_successfully", "setup:\n        condition: service_started", "services start in order", "worker: must wait for setup"},
		{"a worker that may go without setup", "setup:\n        condition: service_completed_successfully", "setup:\n        required: false\n        condition: service_completed_successfully", "services start in order", "worker: must wait for setup"},

		{"a server whose health is unknown", `test: [CMD, nc, -z, 127.0.0.1, "7233"]`, "test: [NONE]", "who is waited for has a health check", "temporal: setup waits for its health"},
		{"a health check without patience", "timeout: 3s\n      retries", "retries", "who is waited for has a health check", "temporal: the health check lacks"},
		{"a health check that the first start deceives", "pg_isready, -h, 127.0.0.1, -U", "pg_isready, -U", "who is waited for has a health check", "postgres: the health check must ask over TCP"},

		{"data in an anonymous volume", dataVolume, "- /var/lib/postgresql/data", "data lives in named volumes", "postgres: /var/lib/postgresql/data is an anonymous volume"},
		{"data beside the volume", dataVolume, "- postgres:/var/lib/postgresql/other", "data lives in named volumes", "postgres: /var/lib/postgresql/data is in no volume"},
		{"data in a folder of the host", dataVolume, "- ./deploy/schema.sh:/var/lib/postgresql/data", "data lives in named volumes", "postgres: /var/lib/postgresql/data is written into the host's file system"},
		{"an archive that goes with the container", "- archive:/var/lib/vsrx-upgrade/archive", "- archive:/var/lib/archive", "data lives in named volumes", "worker: /var/lib/vsrx-upgrade/archive is in no volume"},
		{"host keys that go with the container", "/ssh/known_hosts", "/keys/known_hosts", "data lives in named volumes", "worker: /var/lib/vsrx-upgrade/keys is in no volume"},

		{"a UI for everybody", uiPort, "- ${UI_PORT:-8080}:8080", "ports are published on the loopback address", `ui: port 8080 is published on ""`},
		{"a UI on all addresses", uiPort, "- 0.0.0.0:${UI_PORT:-8080}:8080", "ports are published on the loopback address", `ui: port 8080 is published on "0.0.0.0"`},
		{"a service in the host's network", server, server + "\n    network_mode: host", "ports are published on the loopback address", "temporal: network mode host"},

		{"a password in the text", sqlPassword, "SQL_PASSWORD: hunter2-fake", "secrets come from the environment", "schema: SQL_PASSWORD does not demand"},
		{"a password with a default", sqlPassword, "SQL_PASSWORD: ${POSTGRES_PASSWORD:-temporal}", "secrets come from the environment", "schema: SQL_PASSWORD does not demand"},
		{"a password that may be empty", sqlPassword, "SQL_PASSWORD: ${POSTGRES_PASSWORD}", "secrets come from the environment", "schema: SQL_PASSWORD does not demand"},
		{"a password among the arguments", "command: []\n    logging", "command: [\"${POSTGRES_PASSWORD:?}\"]\n    logging", "secrets come from the environment", "schema: POSTGRES_PASSWORD stands outside its environment"},

		{"a setting that does not exist", "VSRX_API_RATE: ${", "VSRX_API_SPEED: ${", "the worker accepts its settings", "VSRX_API_SPEED is no setting"},
		{"a required setting that is left out", "VSRX_API_KEY: ${VSRX_API_KEY:?see deploy/env.example}\n", "\n", "the worker accepts its settings", "VSRX_API_KEY is missing"},
		{"a malformed setting", "VSRX_STOP_TIMEOUT: 30s", "VSRX_STOP_TIMEOUT: soon", "the worker accepts its settings", "VSRX_STOP_TIMEOUT"},
		{"a worker killed while it hands over", "VSRX_STOP_TIMEOUT: 30s", "VSRX_STOP_TIMEOUT: 45s", "the worker may hand over before it is killed", "worker: stop_grace_period 45s is not longer than VSRX_STOP_TIMEOUT 45s"},
		{"a worker with the engine's grace", "stop_grace_period: 45s", "oom_score_adj: 0", "the worker may hand over before it is killed", "worker: stop_grace_period 10s"},

		{"a worker run by root", "  init: true", "  init: true\n  user: root", "the product runs without privileges", `worker: user "root"`},
		{"a worker with capabilities", "cap_drop: [ALL]", "cap_drop: [NET_RAW]", "the product runs without privileges", "worker: keeps capabilities"},
		{"a worker that writes its image", "read_only: true", "read_only: false", "the product runs without privileges", "worker: its file system is writable"},
		{"a worker that may gain privileges", "no-new-privileges:true", "no-new-privileges:false", "the product runs without privileges", "worker: may gain privileges"},

		{"a Dockerfile of another name", "dockerfile: deploy/Dockerfile", "dockerfile: deploy/Containerfile", "files that are used exist", "worker: deploy/Containerfile is no file"},
		{"another build context", "context: .", "context: ./deploy", "files that are used exist", "worker: is built from"},
		{"a script that is not there", "./deploy/schema.sh:", "./deploy/schemas.sh:", "files that are used exist", "schema: deploy/schemas.sh is no file"},
		{"a file from outside", "./deploy/schema.sh:", "../schema.sh:", "files that are used exist", "is outside the repository"},
		{"a configuration that is not mounted", "DYNAMIC_CONFIG_FILE_PATH: /etc/vsrx-upgrade/dynamicconfig.yaml", "DYNAMIC_CONFIG_FILE_PATH: /etc/vsrx-upgrade/dynamic.yaml", "files that are used exist", "temporal: /etc/vsrx-upgrade/dynamic.yaml is not mounted"},
		{"a script that is not mounted", "entrypoint: [/bin/sh, /etc/vsrx-upgrade/schema.sh]", "entrypoint: [/bin/sh, /etc/vsrx-upgrade/migrate.sh]", "files that are used exist", "schema: /etc/vsrx-upgrade/migrate.sh is not mounted"},

		{"a UI that terminates", `TEMPORAL_WORKFLOW_TERMINATE_DISABLED: "true"`, `TEMPORAL_WORKFLOW_TERMINATE_DISABLED: "false"`, "nobody terminates an upgrade in the UI", "ui: offers to terminate"},
	}
	text := read(t, "docker-compose.yml")
	spoiled := map[string]bool{}
	for _, tt := range tests {
		spoiled[tt.rule] = true
		t.Run(tt.name, func(t *testing.T) {
			world := load(t, spoil(t, text, tt.old, tt.changed))
			var of []string // the findings of the rule that must see it
			for _, r := range rules() {
				if found := r.findings(world); r.name == tt.rule {
					of = found
				} else if len(found) > 0 {
					t.Errorf("%s: %q; only %q should speak", r.name, found, tt.rule)
				}
			}
			if !slices.ContainsFunc(of, func(f string) bool { return strings.Contains(f, tt.finding) }) {
				t.Errorf("findings %q, want one with %q", of, tt.finding)
			}
		})
	}
	for _, r := range rules() {
		if !spoiled[r.name] {
			t.Errorf("no case shows that %q can fail", r.name)
		}
	}
}

func TestAMissingSecretIsRefusedByName(t *testing.T) {
	text := read(t, "docker-compose.yml")
	for name := range secrets() {
		for _, how := range []string{"unset", "empty"} {
			t.Run(name+" "+how, func(t *testing.T) {
				given := secrets()
				delete(given, name)
				if how == "empty" {
					given[name] = ""
				}
				if _, err := parse(repository(t), text, given); err == nil || !strings.Contains(err.Error(), name) {
					t.Errorf("error %v, want one that names %s", err, name)
				}
			})
		}
	}
}

func TestTheExampleNamesEveryVariable(t *testing.T) {
	example, err := dotenv.Parse(strings.NewReader(read(t, "deploy/env.example")))
	if err != nil {
		t.Fatal(err)
	}
	var model map[string]any
	if err := yaml.Unmarshal([]byte(read(t, "docker-compose.yml")), &model); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{} // every variable, all left empty
	for name := range template.ExtractVariables(model, template.DefaultPattern) {
		want[name] = ""
	}
	if diff := cmp.Diff(want, example); diff != "" {
		t.Errorf("deploy/env.example (-of docker-compose.yml +of the example):\n%s", diff)
	}
}

func TestAnEnvironmentFileWithEmptyValuesMeansTheDefaults(t *testing.T) {
	text := read(t, "docker-compose.yml")
	given, err := dotenv.Parse(strings.NewReader(read(t, "deploy/env.example")))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range secrets() {
		given[name] = value
	}
	filled, err := parse(repository(t), text, given)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(load(t, text).project.Services, filled.Services); diff != "" {
		t.Errorf("services (-variables unset +variables empty):\n%s", diff)
	}
}
