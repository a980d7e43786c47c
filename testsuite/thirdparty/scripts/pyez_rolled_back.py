"""Looks whether the unconfirmed commit is gone."""
import json
import os

from jnpr.junos import Device

world = json.loads(os.environ["WORLD"])
with Device(host=world["host"], port=world["port"], user=world["user"], password=world["password"], gather_facts=False) as dev:
    name = dev.rpc.get_config().findtext(".//host-name")
    if name != world["name"]:
        raise SystemExit("host-name is %r" % name)
