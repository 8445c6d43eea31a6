"""An S3 server of its own process (moto), and a storage of ours on a bucket of its."""

import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from urllib.request import urlopen

import boto3

from tests.site import free_port

KEYS = {"access_key": "tests", "secret_key": "tests"}


@contextmanager
def s3_server():
    """Its address."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait(address):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OSError), urlopen(address, timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError("The S3 server did not start.")


def client(address):
    return boto3.client(
        "s3", endpoint_url=address, region_name="eu-central-1", aws_access_key_id="tests",
        aws_secret_access_key="tests",
    )  # fmt: skip


def make_bucket(address, name):
    s3 = client(address)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return s3


def storage_on(address, bucket):
    """As the settings make it of MEDIA_S3_…"""
    return {
        "BACKEND": "readerstudy.core.s3.MediaS3Storage",
        "OPTIONS": {
            "bucket_name": bucket, "endpoint_url": address, "region_name": "eu-central-1", "location": "site", **KEYS,
        },
    }  # fmt: skip
