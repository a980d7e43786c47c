package deploy_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// rules is every rule of the topology.
func rules() []rule {
	return []rule{
		{"images are exact", exactImages},
		{"schema and server are of one version", oneVersion},
		{"processes restart and jobs do not", restarts},
		{"services start in order", startOrder},
		{"who is waited for has a health check", healthChecks},
		{"data lives in named volumes", namedVolumes},
		{"ports are published on the loopback address", loopbackPorts},
		{"secrets come from the environment", demandedSecrets},
		{"the worker accepts its settings", workerSettings},
		{"the worker may hand over before it is killed", handOver},
		{"the product runs without privileges", unprivileged},
		{"files that are used exist", usedFiles},
		{"nobody terminates an upgrade in the UI", noTerminate},
	}
}

// exact matches an image that is pinned to a patch version; PostgreSQL's versions have two parts.
var exact = regexp.MustCompile(`^(postgres:\d+\.\d+|[a-z0-9/-]+:\d+\.\d+\.\d+)(-[a-z0-9.]+)?$`)

func exactImages(t topology) (found []string) {
	for _, s := range t.services() {
		if !exact.MatchString(s.Image) {
			found = append(found, fmt.Sprintf("%s: image %q has no exact tag", s.Name, s.Image))
		}
	}
	return found
}

// oneVersion: the server refuses to start over a schema that is older than itself.
func oneVersion(t topology) []string {
	tool, server := t.project.Services["schema"].Image, t.project.Services["temporal"].Image
	_, toolTag, _ := strings.Cut(tool, ":")
	_, serverTag, _ := strings.Cut(server, ":")
	if toolTag != serverTag {
		return []string{fmt.Sprintf("schema: %s does not fit %s", tool, server)}
	}
	return nil
}

func restarts(t topology) (found []string) {
	for _, s := range t.services() {
		job := s.Name == "schema" || s.Name == "setup"
		if job && s.Restart != "" && s.Restart != types.RestartPolicyNo {
			found = append(found, fmt.Sprintf("%s: a job must not restart, but it says %q", s.Name, s.Restart))
		}
		if !job && s.Restart != types.RestartPolicyUnlessStopped {
			found = append(found, fmt.Sprintf("%s: restart policy is %q", s.Name, s.Restart))
		}
	}
	return found
}

func startOrder(t topology) (found []string) {
	order := []struct{ service, after, condition string }{
		{"schema", "postgres", types.ServiceConditionHealthy},
		{"temporal", "schema", types.ServiceConditionCompletedSuccessfully},
		{"setup", "temporal", types.ServiceConditionHealthy},
		{"ui", "temporal", types.ServiceConditionHealthy},
		{"worker", "setup", types.ServiceConditionCompletedSuccessfully},
	}
	for _, o := range order {
		got := t.project.Services[o.service].DependsOn[o.after]
		if got.Condition != o.condition || !got.Required {
			found = append(found, fmt.Sprintf("%s: must wait for %s, condition %s", o.service, o.after, o.condition))
		}
	}
	return found
}

func healthChecks(t topology) (found []string) {
	for _, s := range t.services() {
		for name, dependency := range s.DependsOn {
			if dependency.Condition != types.ServiceConditionHealthy {
				continue
			}
			h := t.project.Services[name].HealthCheck
			switch {
			case h == nil || h.Disable || len(h.Test) == 0 || h.Test[0] == "NONE":
				found = append(found, fmt.Sprintf("%s: %s waits for its health, but it has no health check", name, s.Name))
			case h.Interval == nil || h.Timeout == nil || h.Retries == nil || h.StartPeriod == nil:
				found = append(found, fmt.Sprintf("%s: the health check lacks interval, timeout, retries or start period", name))
			case name == "postgres" && !slices.Contains(h.Test, "127.0.0.1"):
				// The image's temporary server of the first start answers on the UNIX socket only.
				found = append(found, "postgres: the health check must ask over TCP")
			}
		}
	}
	return found
}

func loopbackPorts(t topology) (found []string) {
	for _, s := range t.services() {
		for _, p := range s.Ports {
			if p.HostIP != "127.0.0.1" {
				found = append(found, fmt.Sprintf("%s: port %s is published on %q", s.Name, p.Published, p.HostIP))
			}
		}
		if s.NetworkMode != "" {
			found = append(found, fmt.Sprintf("%s: network mode %s takes it out of the topology's network", s.Name, s.NetworkMode))
		}
	}
	return found
}

func unprivileged(t topology) (found []string) {
	for _, name := range []string{"setup", "worker"} {
		s := t.project.Services[name]
		if s.User != "" {
			found = append(found, fmt.Sprintf("%s: user %q overrides the image's", name, s.User))
		}
		if s.Privileged || len(s.CapAdd) > 0 || !slices.Contains(s.CapDrop, "ALL") {
			found = append(found, name+": keeps capabilities")
		}
		if !s.ReadOnly {
			found = append(found, name+": its file system is writable")
		}
		if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
			found = append(found, name+": may gain privileges")
		}
	}
	return found
}

func noTerminate(t topology) []string {
	if variable(t.project.Services["ui"], "TEMPORAL_WORKFLOW_TERMINATE_DISABLED") != "true" {
		return []string{"ui: offers to terminate workflows"}
	}
	return nil
}
