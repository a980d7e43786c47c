"""Tries to connect with PyEZ and wants to be refused in a certain way."""
import json
import os

from jnpr.junos import Device, exception

world = json.loads(os.environ["WORLD"])
try:
    Device(host=world["host"], port=world["port"], user=world["user"], password=world["password"], gather_facts=False).open()
    raise SystemExit("connected")
except exception.ConnectError as err:
    if type(err).__name__ != world["problem"]:
        raise SystemExit("refused with %s" % type(err).__name__)
