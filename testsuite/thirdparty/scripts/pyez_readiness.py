"""Asks what the readiness of a pair is judged by, as scripts do: one call of the API, one command on a host and one RPC
after the other, each device over one login. Prints the seconds that it took, the loading of the libraries left out."""
import json
import os
import socket
import time

import paramiko
import SoftLayer
from jnpr.junos import Device
from jnpr.junos.utils.config import Config

world = json.loads(os.environ["WORLD"])

GATEWAY = ("mask[id,name,accountId,networkSpace,osManufacturer,status[id,keyName,name],privateIpAddress[ipAddress],"
           "privateVlan[id,podName,primaryRouter[id,hostname]],members[id,hardwareId,"
           "attributes[version,lastVersion,isUpgraded,networkModel,warningCode],hardware[id,hostname,domain,"
           "primaryBackendIpAddress,processors[id,hardwareComponentModel[id,name,longDescription]],"
           "primaryBackendNetworkComponent[id,speed,maxSpeed]]]]")
SERVER = ("mask[id,provisionDate,isIpmiDisabled,activeTransactionCount,hardwareStatus[status],billingItem[id],"
          "activeTransaction[id,createDate,statusChangeDate,transactionGroup[name,averageTimeToComplete],"
          "transactionStatus[name,friendlyName]],activeTransactions[id],lastOperatingSystemReload[id]]")
PASSWORDS = "mask[id,operatingSystem[id,passwords[id,username,password,modifyDate]]]"
RECORD = ("mask[id,memoryCapacity,operatingSystem[id,passwords[id,username,password,modifyDate]],"
          "networkGatewayMember[id,attributes[id,licenseExpirationDate],passwords[id,username,password]]]")
NEIGHBOURS = "mask[id,name,accountId,osManufacturer,status[id,keyName,name],privateVlan[id,podName,primaryRouter[id,hostname]]]"
PRICE = "mask[id,item[id,keyName,description,softwareDescription[id,version]]]"


def root(accounts):
    return next(a["password"] for a in accounts if a["username"] == "root")


def ask_cloud():
    """Gives the address of the gateway with its password, and those of the hosts."""
    cloud = SoftLayer.Client(auth=SoftLayer.BasicHTTPAuthentication(world["username"], world["apiKey"]),
                             transport=SoftLayer.RestTransport(endpoint_url=world["api"]))
    gateway = cloud.call("Network_Gateway", "getObject", id=world["gateway"], mask=GATEWAY)
    cloud.call("Account", "getNetworkGateways", mask=NEIGHBOURS)
    cloud.call("Network_Gateway_Precheck", "getPrecheckStatus", gateway["id"], True)
    hosts, passwords = {}, set()
    for member in gateway["members"]:
        server = member["hardwareId"]
        cloud.call("Hardware_Server", "getObject", id=server, mask=SERVER)
        cloud.call("Hardware_Server", "getObject", id=server, mask=RECORD)
        for price in cloud.call("Network_Gateway", "getAllowedOsPriceIds", member["id"], id=gateway["id"]):
            cloud.call("Product_Item_Price", "getObject", id=price, mask=PRICE)
        passwords.add(root(cloud.call("Network_Gateway_Member", "getPasswords", id=member["id"])))
        found = cloud.call("Hardware_Server", "getObject", id=server, mask=PASSWORDS)
        hosts[member["hardware"]["primaryBackendIpAddress"]] = root(found["operatingSystem"]["passwords"])
    if len(passwords) != 1:
        raise SystemExit("the records of the members differ")
    return gateway["privateIpAddress"]["ipAddress"], passwords.pop(), hosts


def ask_host(address, password):
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect(address, world["hostPort"], "root", password, look_for_keys=False, allow_agent=False)
    # paramiko leaves Nagle's algorithm on, which costs 40 ms a command; the comparison is not to live on that.
    client.get_transport().sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for command in world["commands"][address]:
        _, out, _ = client.exec_command(command)
        out.read()
        out.channel.recv_exit_status()
    client.close()


def ask_device(address, password):
    with Device(host=address, port=world["netconfPort"], user="root", password=password, gather_facts=False) as dev:
        dev.rpc.get_configuration({"database": "committed", "format": "text"})
        dev.rpc.get_interface_information()
        dev.rpc.get_software_information()
        dev.rpc.get_chassis_cluster_status()
        dev.rpc.get_commit_information()
        dev.rpc.get_configuration({"compare": "rollback", "rollback": "0", "format": "text"})
        config = Config(dev)
        config.lock()
        config.unlock()
        dev.rpc.get_alarm_information()
        dev.rpc.get_system_alarm_information()
        dev.rpc.get_chassis_cluster_interfaces()
        dev.rpc.get_chassis_cluster_information()
        dev.rpc.get_system_users_information()
        dev.rpc.get_system_storage()
        dev.rpc.get_system_core_dumps()
        dev.rpc.get_license_summary_information()
        dev.rpc.get_pki_local_certificate({"format": "text"})
        dev.rpc.get_interface_information(routing_instance="__juniper_private1__", terse=True)


started = time.monotonic()
device, device_password, machines = ask_cloud()
for machine, machine_password in machines.items():
    ask_host(machine, machine_password)
ask_device(device, device_password)
print(time.monotonic() - started)
