"""Commits with PyEZ for five minutes and goes away."""
import json
import os

from jnpr.junos import Device
from jnpr.junos.utils.config import Config

world = json.loads(os.environ["WORLD"])
with Device(host=world["host"], port=world["port"], user=world["user"], password=world["password"], gather_facts=False) as dev:
    with Config(dev, mode="exclusive") as config:
        config.load("set system host-name not-for-long", format="set")
        config.commit(confirm=5)
    if dev.rpc.get_commit_information().findtext("commit-history/comment") != "commit confirmed, rollback in 5mins":
        raise SystemExit("the commit list does not show that the commit is pending")
