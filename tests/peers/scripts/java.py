"""Runs the Java of Spark until its input ends; says the port and the word by which processes of Spark use it."""

import sys

from pyspark.java_gateway import launch_gateway

gateway = launch_gateway()
sys.stdout.write(f"{gateway.gateway_parameters.port} {gateway.gateway_parameters.auth_token}\n")
sys.stdout.flush()
sys.stdin.read()
gateway.proc.stdin.close()
gateway.proc.wait()
