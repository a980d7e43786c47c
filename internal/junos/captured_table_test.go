package junos_test

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"vsrx-upgrade/internal/junos"
	"vsrx-upgrade/internal/upgrade"
)

// either is the verification of a folder that holds outputs of several commands.
func either(checks ...verify) verify {
	return func(raw string) error {
		var errs []error
		for _, check := range checks {
			err := check(raw)
			if err == nil {
				return nil
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	}
}

// capturedCommands is how a file of a folder is read that has no entry of its own.
func capturedCommands() map[string]verify {
	outcome := reads(junos.ParseOutcome, readable)
	return map[string]verify{
		"show-chassis-cluster-status":                   reads(junos.ParseCluster, readable),
		"show-chassis-cluster-information":              reads(junos.ParseClusterInformation, readable),
		"show-chassis-cluster-interfaces":               reads(junos.ParseClusterInterfaces, readable),
		"show-chassis-cluster-statistics":               reads(junos.ParseClusterStatistics, readable),
		"show-chassis-cluster-control-plane-statistics": reads(junos.ParseClusterStatistics, readable),
		"show-chassis-cluster-data-plane-statistics":    reads(junos.ParseClusterStatistics, readable),
		"show-chassis-alarms":                           reads(junos.ParseAlarms, readable),
		"show-chassis-routing-engine":                   reads(junos.ParseRoutingEngines, readable),
		"show-configuration":                            either(reads(junos.ParseStamp, readable), reads(junos.ParseCommits, readable), reads(junos.ParseDifference, readable)),
		"get-configuration":                             reads(junos.ParseStamp, readable),
		"show-security-flow-session-summary":            reads(junos.ParseFlowSessions, readable),
		"show-security-ipsec":                           reads(junos.ParseTunnels, readable),
		"show-security-pki":                             reads(junos.ParseCertificates, readable),
		"show-system-alarms":                            reads(junos.ParseAlarms, readable),
		"show-system-commit":                            reads(junos.ParseCommits, readable),
		"show-system-core-dumps":                        reads(junos.ParseCoreDumps, readable),
		"show-system-license":                           reads(junos.ParseLicences, readable),
		"show-system-processes":                         reads(junos.ParseProcesses, readable),
		"show-system-storage":                           reads(junos.ParseStorage, readable),
		"show-system-uptime":                            reads(junos.ParseUptime, readable),
		"show-system-users":                             reads(junos.ParseUsers, readable),
		"show-version":                                  reads(junos.ParseVersions, readable),
		"netconf-hello":                                 reads(junos.ParseHello, readable),
		"configuration-database-locked":                 either(reads(junos.ParseLock, readable), outcome),
		"file-checksum":                                 reads(junos.ParseChecksum, readable),
		"clear-chassis-cluster-failover-count":          outcome,
		"commit":                                        outcome,
		"commit-check":                                  outcome,
		"validate-commit-check":                         outcome,
		"load-configuration":                            outcome,
		"rpc-error":                                     outcome,
		"request-chassis-cluster-failover":              outcome,
		"request-system-power-off":                      outcome,
		"request-system-reboot":                         outcome,
		"request-system-software-add":                   outcome,
		"request-system-software-in-service-upgrade":    outcome,
		"request-system-software-rollback":              outcome,
		"request-system-software-validate":              outcome,
		"request-vmhost-software-add":                   outcome,
		"netconf-session":                               func(raw string) error { return capturedMessages(raw) },
	}
}

func capturedMessages(raw string) error {
	for _, message := range messages(raw) {
		if _, err := junos.ParseHello(message); err == nil || !strings.Contains(message, "rpc-reply") {
			continue
		}
		if _, err := junos.ParseOutcome(message); err != nil {
			return err
		}
	}
	return nil
}

// capturedFiles is how each captured file is to be read.
func capturedFiles() map[string]verify {
	all := map[string]verify{}
	for _, files := range []map[string]verify{capturedStatus(), capturedCluster(), capturedActions(), capturedConfiguration(), capturedSystem(), capturedVersions()} {
		maps.Copy(all, files)
	}
	return all
}

// capturedStatus leaves the values to the expected file.
func capturedStatus() map[string]verify {
	files := map[string]verify{}
	for name, groups := range map[string]int{
		"cn-java-comment-old-format-on-secondary.txt": 2, "derived-ansible-issue44864-vsrx-split-dupkeys.json": 2,
		"derived-ansible-issue44864-vsrx-split-prompts.txt": 2, "derived-juniper-docs-9.2-titlecase-manual.txt": 1,
		"derived-napalm-issue190-12.3X48-healthy.xml": 2, "derived-pyeznc-issue174-old-format-split.txt": 2,
		"derived-pyeznc-issue991-multi-rg-if-split.txt": 4, "derived-pyeznc-issue991-rg0-only.txt": 1,
		"ibm-vsrx-18.4-node1-lost-blank-lines.txt": 2, "ibm-vsrx-failover-healthy-preempt.txt": 2,
		"ibm-vsrx-upgrade-healthy-wide-status.txt": 2, "ibm-vsrx-upgrade-unhealthy-lost-cs.txt": 2, "junos-exporter-split-rg.xml": 2,
		"note-jp-manual-failover-rg0-secondary-hold.txt": 2, "ntc-templates-node1-lost-cs.txt": 3, "pyeznc-facts-node1-lost.xml": 1,
		"rustjunosmcp-fixture-healthy.xml": 2, "rustjunosmcp-vsrx244-node1-disabled.xml": 2,
	} {
		files["show-chassis-cluster-status/"+name] = reads(junos.ParseCluster, func(c *upgrade.Cluster) bool { return c != nil && len(c.Groups) == groups })
	}
	files["show-chassis-cluster-status/pyeznc-facts-not-enabled.xml"] = reads(junos.ParseCluster, func(c *upgrade.Cluster) bool { return c == nil })
	return files
}

func capturedCluster() map[string]verify {
	notEnabled := reads(junos.ParseClusterStatistics, func(s *junos.ClusterStatistics) bool { return s == nil })
	links := func(control, fabric string, reths, monitored, incomplete int) verify {
		return reads(junos.ParseClusterInterfaces, func(l *junos.ClusterInterfaces) bool {
			return l.ControlStatus == control && l.FabricStatus == fabric && len(l.Reths) == reths && len(l.Monitored) == monitored && len(l.Incomplete) == incomplete
		})
	}
	return map[string]verify{
		"show-chassis-cluster-control-plane-statistics/rustjunosmcp-vsrx244.xml": reads(junos.ParseClusterStatistics, func(s *junos.ClusterStatistics) bool {
			return len(s.Control) == 1 && s.Control[0].Errors > s.Control[0].Sent && len(s.Fabric) == 2 && s.Fabric[1].Link == 1 && s.Fabric[0].Sent == 0
		}),
		"show-chassis-cluster-data-plane-statistics/rustjunosmcp-vsrx244.xml": reads(junos.ParseClusterStatistics, func(s *junos.ClusterStatistics) bool {
			return len(s.Services) > 40 && s.Services[0].Service != "" && s.Services[0].Sent == 0
		}),
		"show-chassis-cluster-data-plane-statistics/rustjunosmcp-vsrx244-not-enabled.xml": notEnabled,
		"show-chassis-cluster-statistics/rustjunosmcp-vsrx244-not-enabled.xml":            notEnabled,
		"show-chassis-cluster-statistics/rustjunosmcp-vsrx244.xml": reads(junos.ParseClusterStatistics, func(s *junos.ClusterStatistics) bool {
			return len(s.Control) == 1 && len(s.Fabric) == 2 && len(s.Services) > 40
		}),
		"show-chassis-cluster-information/rustjunosmcp-vsrx244-node1-disabled.xml": reads(junos.ParseClusterInformation, func(n []junos.NodeInformation) bool {
			reasons := fmt.Sprint(n)
			return len(n) == 2 && n[1].Node == "node1" && n[1].Groups[0].State == "disabled" && n[1].Groups[0].Weight == 255 && n[0].LED == "Red" && n[1].LED == "Off" &&
				strings.Contains(reasons, "due to CS CF failures") && strings.Contains(reasons, "Ineligible timer expired") && len(n[1].Groups[0].Transitions) == 6
		}),
		"show-chassis-cluster-information/blog-bdale-threshold-form.txt": reads(junos.ParseClusterInformation, func(n []junos.NodeInformation) bool {
			return len(n) == 1 && n[0].Node == "node0" && len(n[0].Groups) == 2 && n[0].Groups[1].Weight == 255 && n[0].Groups[1].Failures == "" && len(n[0].Groups[1].Transitions) == 2
		}),
		"show-chassis-cluster-information/derived-healthbot-issue631-negative-weight.xml": reads(junos.ParseClusterInformation, func(n []junos.NodeInformation) bool {
			return len(n) == 2 && n[1].Groups[0].Weight == 0 && n[1].Groups[1].Weight < 0 && n[1].Groups[1].State == "secondary"
		}),
		"show-chassis-cluster-interfaces/ntc-templates.txt":                    links("up", "up", 12, 1, 1),
		"show-chassis-cluster-interfaces/ntc-templates2.txt":                   links("down", "down", 5, 2, 0),
		"show-chassis-cluster-interfaces/rustjunosmcp-vsrx244-fabric-down.xml": links("up", "down", 2, 0, 0),
		"show-chassis-cluster-interfaces/xpf-vsrx244-if-monitor-down.txt":      links("up", "up", 3, 3, 0),
		"show-chassis-routing-engine/napalm-srx345-cluster-15.1X49.xml": reads(junos.ParseRoutingEngines, func(e []junos.RoutingEngine) bool {
			return len(e) == 1 && e[0].Node == "node0" && e[0].Status == "OK" && e[0].MemoryPercent > 0
		}),
		"show-chassis-routing-engine/rustjunosmcp-vsrx244-cluster.xml": reads(junos.ParseRoutingEngines, func(e []junos.RoutingEngine) bool {
			return len(e) == 2 && e[1].Node == "node1" && e[0].Status == "Testing" && e[0].IdlePercent > 0
		}),
		"show-security-flow-session-summary/rustjunosmcp-vsrx244-standalone.xml": reads(junos.ParseFlowSessions, func(s []junos.FlowSessions) bool {
			return len(s) == 1 && s[0].Valid > 0 && s[0].Max > s[0].Valid
		}),
		"show-security-ipsec/ibm-vsrx-cluster.txt": reads(junos.ParseTunnels, func(s junos.Tunnels) bool {
			return len(s.IPsec) == 2 && s.IPsec[0].Inbound && !s.IPsec[1].Inbound && len(s.IKE) == 1 && s.IKE[0].State == "DOWN" && len(s.Inactive) == 1 &&
				strings.Contains(s.Inactive[0].Reason, "No response") && s.IKE[0].Node == "node0"
		}),
	}
}

// outcome verifies verdict, number of errors and warnings, and a text among all of it.
func outcome(verdict junos.Verdict, failures, warnings int, text string) verify {
	return reads(junos.ParseOutcome, func(o junos.Outcome) bool {
		said := strings.Join(slices.Concat(o.Errors, o.Warnings, o.Signs), "\n")
		return o.Verdict == verdict && len(o.Errors) == failures && len(o.Warnings) == warnings && strings.Contains(said, text)
	})
}

func capturedActions() map[string]verify {
	return map[string]verify{
		"clear-chassis-cluster-failover-count/derived-juniper-docs-9.3.txt":                              outcome(junos.Done, 0, 0, "Cleared"),
		"commit/go-netconf-empty-results-ok.xml":                                                         outcome(junos.Done, 0, 0, "ok"),
		"commit/ibm-vsrx-caret-syntax-error.txt":                                                         outcome(junos.Failed, 1, 0, "syntax error."),
		"commit/ibm-vsrx-statement-ignored.txt":                                                          outcome(junos.Done, 0, 1, "statement ignored"),
		"commit/ncclient-unclosed-routing-engine.xml":                                                    outcome(junos.Done, 0, 0, "commit-success"),
		"commit/pyeznc-commit-results-xnm-errors.xml":                                                    outcome(junos.Failed, 2, 0, "check-out failed"),
		"commit-check/ibm-vsrx-vlan-id-check-out-failed.txt":                                             outcome(junos.Failed, 1, 0, "check-out failed"),
		"validate-commit-check/go-netconf-warnings-then-success.xml":                                     outcome(junos.Done, 0, 2, "license"),
		"validate-commit-check/rustnetconf-vsrx254-cluster-unclosed-routing-engine.xml":                  outcome(junos.Done, 0, 0, "commit-check-success"),
		"load-configuration/pyeznc-load-error-bom.xml":                                                   outcome(junos.Failed, 2, 0, "syntax error"),
		"load-configuration/pyeznc-warnings-only-ok.xml":                                                 outcome(junos.Done, 0, 1, "statement not found"),
		"request-chassis-cluster-failover/derived-juniper-docs-9.2-initiated.txt":                        outcome(junos.Done, 0, 0, "Initiated"),
		"request-system-power-off/pyeznc.xml":                                                            outcome(junos.Done, 0, 1, "Shutdown NOW!"),
		"request-system-reboot/pyeznc-reboot-now.xml":                                                    outcome(junos.Done, 0, 0, "Shutdown NOW!"),
		"request-system-reboot/pyeznc-vmhost-reboot-warnings.xml":                                        outcome(junos.Done, 0, 2, "Initiating vmhost reboot"),
		"request-system-software-add/derived-ansible-issue261-srx550-cluster-cli.txt":                    outcome(junos.Done, 0, 3, "will become active at next reboot"),
		"request-system-software-add/derived-ansible-issue352-qfx-pending-result0.xml":                   outcome(junos.Failed, 1, 0, "pending upgrade"),
		"request-system-software-add/pyeznc-pending-install-error.xml":                                   outcome(junos.Failed, 2, 0, "package-result 1"),
		"request-system-software-add/pyeznc-srxsme-11.1-no-result.xml":                                   outcome(junos.Done, 0, 3, "will become active at next reboot"),
		"request-system-software-in-service-upgrade/pyeznc-mx-isu.xml":                                   outcome(junos.Done, 0, 0, "package-result 0"),
		"request-system-software-in-service-upgrade/derived-ansible-issue254-srx5400-reboot-missing.xml": outcome(junos.Failed, 1, 0, "Aborting ISSU"),
		"request-system-software-rollback/pyeznc-multi-re-one-error.xml":                                 outcome(junos.Failed, 2, 0, "rollback aborted"),
		"request-system-software-validate/pyeznc-ok-with-noise.xml":                                      outcome(junos.Done, 0, 3, "Validation succeeded"),
		"request-system-software-validate/pyeznc-package-not-found.xml":                                  outcome(junos.Failed, 1, 0, "not found or empty"),
		"request-vmhost-software-add/pyeznc.xml":                                                         outcome(junos.Done, 0, 0, "package-result 0"),
		"rpc-error/pyeznc-permission-denied.xml":                                                         outcome(junos.Failed, 1, 0, "permission denied"),
		"rpc-error/nemith-junos-20.3-get-config.xml":                                                     outcome(junos.Failed, 1, 0, "<candidate/>"),
		"rpc-error/derived-ansible-issue261-checksum-nested-error.xml":                                   outcome(junos.Failed, 1, 0, "No such file"),
		"rpc-error/derived-ansible-issue698-command-not-valid-on-the-vsrx.xml":                           outcome(junos.Failed, 1, 0, "not valid on the vsrx"),
		"rpc-error/derived-napalm-issue1183-command-not-valid-twice.txt":                                 outcome(junos.Failed, 1, 0, "not valid on"),
		"rpc-error/derived-pyeznc-issue1142-multi-re-errors.json":                                        outcome(junos.Failed, 1, 0, "syntax error"),
		"file-checksum/pyeznc.xml":                                                                       reads(junos.ParseChecksum, func(c junos.Checksum) bool { return c.Method == "MD5" && len(c.Sum) == 32 && c.File != "" }),
	}
}

func capturedConfiguration() map[string]verify {
	held := func(mode string) verify {
		return reads(junos.ParseLock, func(l junos.DatabaseLock) bool {
			return l.Locked && len(l.Editors) == 1 && l.Editors[0].Mode == mode && l.Editors[0].Terminal == "" && l.Editors[0].PID != "" && strings.HasSuffix(l.Editors[0].Since, "UTC") && l.Editors[0].Idle != ""
		})
	}
	hello := func(class string, isJunos bool) verify {
		return reads(junos.ParseHello, func(h junos.Hello) bool {
			return h.Class == class && h.Junos() == isJunos && h.Offers("urn:ietf:params:netconf:base:1.0") && !h.Offers("urn:ietf:params:netconf:base:1.1") && h.SessionID != ""
		})
	}
	return map[string]verify{
		"configuration-database-locked/derived-ansible-issue578-not-open.xml":    refusedBy(junos.ParseLock, "not open"),
		"configuration-database-locked/derived-napalm-issue1445-rpc-message.xml": held("exclusive"),
		"configuration-database-locked/derived-pyeznc-issue843-cli.txt":          held("exclusive"),
		"configuration-database-locked/ntc-show-system-configuration-database-usage.txt": reads(junos.ParseLock, func(l junos.DatabaseLock) bool {
			return l.Locked && len(l.Editors) == 0
		}),
		"get-configuration/rustjunosmcp-vsrx244-cluster-chassis-only.xml": func(raw string) error {
			preempt, root, err := junos.ParsePolicy(raw)
			stamp, second := junos.ParseStamp(raw)
			if preempt != upgrade.PreemptActive || root || !stamp.Candidate || stamp.At.IsZero() || stamp.Version == "" {
				return fmt.Errorf("read as %s, %v, %+v, %v", preempt, root, stamp, errors.Join(err, second))
			}
			return nil
		},
		"netconf-hello/rustjunosmcp-vsrx244-cluster-hello.xml":               hello("j-super-user", true),
		"netconf-hello/nemith-jdm.xml":                                       hello("", false),
		"netconf-hello/derived-ansible-issue46804-vrr-older.xml":             hello("j-super-user", true),
		"netconf-session/rustjunosmcp-vsrx244-cluster-session.raw.txt":       session,
		"netconf-session/derived-ansible-issue660-empty-reply-and-close.txt": silentThenOK,
		"netconf-session/scrapli-vsrx-17.3R2-get_config.xml": reads(junos.ParseStamp, func(s junos.Stamp) bool {
			return s.User != "" && s.Version != "" && !s.Candidate
		}),
		"show-configuration/xpf-vsrx244-compare-rollback-1.txt": reads(junos.ParseDifference, func(lines []string) bool {
			return len(lines) == 8 && strings.HasPrefix(lines[0], "[edit") && strings.HasPrefix(lines[6], "-")
		}),
		"show-configuration/xpf-vsrx244-compare-rollback-help.txt": reads(junos.ParseCommits, func(c []upgrade.Commit) bool {
			return len(c) == 4 && c[3].Number == 49 && c[3].Client == "synchronize" && c[0].Client == "cli" && !c[0].Pending
		}),
		"show-configuration/xpf-vsrx244-ntp-display-json.txt": reads(junos.ParseStamp, func(s junos.Stamp) bool { return s.User != "" && !s.At.IsZero() }),
		"show-system-commit/librenms-netconf-confirmed-in-history.xml": reads(junos.ParseCommits, func(c []upgrade.Commit) bool {
			return len(c) == 4 && !slices.ContainsFunc(c, func(e upgrade.Commit) bool { return e.Pending }) && c[3].Log != ""
		}),
		"show-system-commit/rustjunosmcp-commit-confirmed-pending.xml": reads(junos.ParseCommits, func(c []upgrade.Commit) bool {
			return len(c) == 2 && c[0].Pending && !c[1].Pending
		}),
	}
}

func capturedSystem() map[string]verify {
	alarms := func(n int, class string) verify {
		return reads(junos.ParseAlarms, func(a []upgrade.Alarm) bool { return len(a) == n && (n == 0 || a[0].Class == class) })
	}
	uptime := func(nodes int, known bool, routing ...bool) verify {
		return reads(junos.ParseUptime, func(u []junos.Uptime) bool {
			var got []bool
			for _, each := range u {
				got = append(got, each.Routing)
			}
			return len(u) == nodes && !u[0].Booted.IsZero() == known && slices.Equal(got, routing)
		})
	}
	return map[string]verify{
		"show-chassis-alarms/genie-none.txt":                                   alarms(0, ""),
		"show-chassis-alarms/genie-two.txt":                                    alarms(2, "Major"),
		"show-chassis-alarms/rustjunosmcp-vsrx244-cluster-fpc-hard-errors.xml": alarms(1, "Major"),
		"show-system-alarms/pyeznc-text.xml":                                   alarms(1, "Minor"),
		"show-system-alarms/rustjunosmcp-vsrx244-cluster.xml":                  alarms(4, "Major"),
		"show-system-alarms/rustjunosmcp-vsrx244-standalone-license.xml":       alarms(3, "Minor"),
		"show-system-core-dumps/genie-vmx-6-cores.txt":                         reads(junos.ParseCoreDumps, func(files []string) bool { return len(files) == 6 }),
		"show-system-license/ibm-vsrx-eval-license.txt": reads(junos.ParseLicences, func(l []upgrade.Licence) bool {
			return len(l) == 3 && strings.HasSuffix(l[0].End, "UTC") && l[2].End == "permanent" && l[1].Needed == 0
		}),
		"show-system-license/rustjunosmcp-junos_24_4_demolab.xml": reads(junos.ParseLicences, func(l []upgrade.Licence) bool {
			return len(l) == 3 && l[2].End == "permanent"
		}),
		"show-system-license/rustjunosmcp-live_eval_with_junos_attrs.xml": reads(junos.ParseLicences, func(l []upgrade.Licence) bool {
			return len(l) == 2 && strings.HasSuffix(l[0].End, "UTC")
		}),
		"show-system-processes/xpf-vsrx244-summary.txt": reads(junos.ParseProcesses, func(p []junos.Process) bool {
			return len(p) == 3 && strings.HasPrefix(p[0].Command, "srxpfe{") && strings.Contains(p[2].Command, " ") && p[2].PID > 0 && p[2].User == "root"
		}),
		"show-system-storage/genie-vmx.txt": reads(junos.ParseStorage, func(f []upgrade.Filesystem) bool {
			return len(f) == 5 && f[0].UsedPercent > 0 && f[0].FreeKB%(1<<20) == 0 && f[0].FreeKB > 0 && f[4].FreeKB < 1<<20
		}),
		"show-system-storage/rustjunosmcp-vsrx244-standalone.xml": reads(junos.ParseStorage, func(f []upgrade.Filesystem) bool {
			return len(f) == 4 && f[0].UsedPercent > 0 && f[0].FreeKB > 1<<20 && strings.HasPrefix(f[2].Mount, "/")
		}),
		"show-system-uptime/genie-mx3.txt":                       uptime(1, false, true),
		"show-system-uptime/genie-vmx1.txt":                      uptime(1, true, true),
		"show-system-uptime/ntc1.txt":                            uptime(1, false, true),
		"show-system-uptime/pyeznc.xml":                          uptime(1, true, true),
		"show-system-uptime/rustjunosmcp-vsrx244-cluster.xml":    uptime(2, true, true, false),
		"show-system-uptime/rustjunosmcp-vsrx244-standalone.xml": uptime(1, true, true),
	}
}

// capturedVersions takes the wanted release from the line or element that alone may hold it.
func capturedVersions() map[string]verify {
	release := regexp.MustCompile(`(?m)^Junos: (\S+)$|<junos-version>([^<]+)<|JUNOS Software Release \[([^\]]+)\]`)
	files := map[string]verify{}
	for name, nodes := range map[string][]string{
		"ansible-vsrx01-15.1X49-show_version_json.txt": {""}, "ansible-vsrx01-15.1X49-show_version_xml.txt": {""},
		"derived-ansible-issue270-pending-line.txt":   {""},
		"ntc-templates-srx1500-cluster-19.4R3-S1.txt": {"node0", "node1"}, "pyeznc-firefly-12.1X46.xml": {""},
		"rustjunosmcp-vsrx244-cluster.xml": {"node0", "node1"}, "xpf-vsrx244-excerpt.txt": {""},
	} {
		files["show-version/"+name] = func(raw string) error {
			found := release.FindStringSubmatch(raw)
			return reads(junos.ParseVersions, func(got []upgrade.NodeVersion) bool {
				var names []string
				for _, n := range got {
					names = append(names, n.Node)
					if n.Host == "" || n.Version != strings.Join(found[1:], "") {
						return false
					}
				}
				return slices.Equal(names, nodes)
			})(raw)
		}
	}
	return files
}
