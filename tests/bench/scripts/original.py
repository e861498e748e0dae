#!/usr/bin/env python3
"""The original dockerpty, called as docker's command line is: exec [-it] C CMD..., run IMAGE CMD..."""
import os
import sys

import docker
import dockerpty

client = docker.APIClient(base_url=os.environ["DOCKER_HOST"], version="auto")
verb, name, *command = sys.argv[1:]
if verb == "run":
    # It has no --rm: whoever wants the container gone does that afterwards.
    settings = client.create_host_config(
        network_mode="none", log_config={"Type": "none", "Config": {}}
    )
    made = client.create_container(name, command, host_config=settings)
    dockerpty.start(client, made, interactive=False, logs=0)
    client.wait(made)
    client.remove_container(made)
elif name == "-it":
    dockerpty.exec_command(client, command[0], command[1:], interactive=True)
else:
    dockerpty.exec_command(client, name, command, interactive=False)
