"""Commits with PyEZ while the device leaves an element open in its replies, as clusters have been seen to do: this
release of ncclient cannot read that success, though the commit has happened."""
import json
import os

from jnpr.junos import Device
from jnpr.junos.utils.config import Config
from lxml.etree import XMLSyntaxError

world = json.loads(os.environ["WORLD"])


def device():
    return Device(host=world["host"], port=world["port"], user=world["user"], password=world["password"], gather_facts=False)


with device() as dev:
    config = Config(dev)
    config.lock()
    config.load("set system host-name unclosed", format="set")
    try:
        config.commit()
        raise SystemExit("the reply was read")
    except XMLSyntaxError:
        pass
with device() as dev:
    name = dev.rpc.get_config(options={"database": "committed"}).findtext(".//host-name")
    if name != "unclosed":
        raise SystemExit("host-name is %r" % name)
