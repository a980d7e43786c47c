"""Drives ncclient with the Junos device handler: standard and Junos operations."""
import json
import os

from ncclient import manager
from ncclient.operations.rpc import RPCError
from ncclient.xml_ import to_ele

world = json.loads(os.environ["WORLD"])


def connect():
    return manager.connect(host=world["host"], port=world["port"], username=world["user"], password=world["password"],
                           hostkey_verify=False, allow_agent=False, look_for_keys=False, device_params={"name": "junos"})


def want(what, got, expected):
    if got != expected:
        raise SystemExit("%s: got %r, want %r" % (what, got, expected))


if "prepare" in world:
    with connect() as m:
        m.lock()
        m.load_configuration(action="set", config=[world["prepare"]])
        m.commit()
        m.unlock()

with connect() as m:
    want("candidate", ":candidate" in m.server_capabilities, True)
    running = m.get_config(source="running").tostring.decode()
    want("host-name in the running configuration", "<host-name>%s</host-name>" % world["name"] in running, True)
    part = m.get_config(source="running", filter=("subtree", "<configuration><system><services/></system></configuration>")).tostring.decode()
    want("filter", ("<services>" in part, "<interfaces>" in part), (True, False))
    want("Junos text", "host-name %s;" % world["name"] in m.get_configuration(format="text").tostring.decode(), True)

    with m.locked("candidate"):
        with connect() as other:
            try:
                other.lock("candidate")
                raise SystemExit("a second lock was granted")
            except RPCError as err:
                want("lock refused", "locked by" in str(err), True)
        m.load_configuration(action="set", config=["set system host-name nc-set"])
        want("comparison", "+   host-name nc-set;" in m.compare_configuration().tostring.decode(), True)
        m.discard_changes()
        want("discarded", "+" in m.compare_configuration().tostring.decode(), False)
        m.load_configuration(action="merge", format="text", config="system { domain-name example.org; }")
        m.load_configuration(format="xml", config=to_ele("<system><host-name>nc-xml</host-name></system>"))
        m.edit_config(target="candidate", config="<config><configuration><system><time-zone>UTC</time-zone></system></configuration></config>")
        m.validate("candidate")
        m.commit(comment="by ncclient")
    now = m.get_config(source="running").tostring.decode()
    want("all three changes", all(x in now for x in ("nc-xml", "example.org", "UTC")), True)
    with m.locked("candidate"):
        m.commit(confirmed=True, timeout="600")
        m.rollback(rollback=1)
        m.commit()
    want("command", world["version"] in m.command(command="show version", format="text").tostring.decode(), True)
