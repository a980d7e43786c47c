"""Drives PyEZ as its manual does: open, facts, RPCs, and a configuration change from lock to unlock."""
import json
import os

from jnpr.junos import Device
from jnpr.junos.exception import ConfigLoadError, LockError
from jnpr.junos.utils.config import Config
from lxml import etree

world = json.loads(os.environ["WORLD"])
cluster = world["kind"] == "ha"


def device():
    return Device(host=world["host"], port=world["port"], user=world["user"], password=world["password"])


def want(what, got, expected):
    if got != expected:
        raise SystemExit("%s: got %r, want %r" % (what, got, expected))


with device() as dev:
    facts = dict(dev.facts)
    want("hostname", facts["hostname"], world["name"])
    want("version", facts["version"], world["version"])
    want("model", facts["model"], "VSRX")
    want("srx_cluster", facts["srx_cluster"], cluster)
    want("serial number is there", bool(facts["serialnumber"]), True)
    want("home", facts["HOME"], "/root")
    if cluster:
        want("current_re", facts["current_re"], ["node0", "primary"])
        want("version_RE1", facts["version_RE1"], world["version"])
        want("RG1 status", facts["srx_cluster_redundancy_group"]["1"]["node0"]["status"], "primary")

    text = dev.cli("show version", warning=False)
    want("show version", "Junos: " + world["version"] in text, True)
    want("rpc of a command", dev.display_xml_rpc("show version", format="text").strip(), "<get-software-information>\n</get-software-information>")
    uptime = dev.rpc.get_system_uptime_information()
    want("uptime", uptime.find(".//system-booted-time") is not None, True)

    domain = dev.rpc.get_config(filter_xml=etree.XML("<configuration><system><services/></system></configuration>"))
    want("filtered configuration", [e.tag for e in domain if e.tag != "version"], ["system"])
    want("services only", [e.tag for e in domain.find("system")], ["services"])

    config = Config(dev)
    config.lock()
    with device() as other:
        try:
            Config(other).lock()
            raise SystemExit("a second lock was granted")
        except LockError as err:
            want("lock refused", "configuration database locked by" in err.message, True)

    want("clean diff", config.diff(), None)
    config.load("set system host-name by-set\nset system syslog file trial any any", format="set")
    want("diff of set", "+   host-name by-set;" in config.diff(), True)
    config.load("system { host-name by-text; services { ssh { connection-limit 7; } } }", format="text", merge=True)
    want("diff of text", "+   host-name by-text;" in config.diff(), True)
    config.load("<system><domain-name>example.net</domain-name></system>", format="xml", merge=True)
    want("diff of xml", "+   domain-name example.net;" in config.diff(), True)
    try:
        config.load("set system host-name two words", format="set")
        raise SystemExit("nonsense was loaded")
    except ConfigLoadError:
        pass
    want("check", config.commit_check(), True)
    want("confirmed", config.commit(confirm=5, comment="trial of PyEZ"), True)
    want("confirming", config.commit(), True)
    want("no difference is left", config.diff(), None)
    config.rollback(2)
    want("diff of the rollback", "+   host-name %s;" % world["name"] in config.diff(), True)
    want("commit of the rollback", config.commit(), True)
    config.unlock()

    with Config(dev, mode="private") as private:
        private.load("set system syslog file private any any", format="set")
        want("private diff", "private" in private.diff(), True)
        want("private commit", private.commit(), True)
    committed = dev.rpc.get_config(options={"database": "committed", "format": "set"})
    want("private change is in force", "syslog file private" in etree.tostring(committed, encoding="unicode"), True)
    whole = etree.tostring(dev.rpc.get_config(), encoding="unicode")
    want("configuration comes back as it went", "by-text" in whole, False)

    tree = dev.rpc.get_config(options={"database": "committed"})
    for version in tree.findall("version"):
        tree.remove(version)
    with Config(dev, mode="exclusive") as again:
        again.load(tree, format="xml", overwrite=True)
        want("override with what was read", again.diff(), None)
