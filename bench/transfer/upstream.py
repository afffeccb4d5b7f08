"""Moves files as Aframe's own tasks do: boto3 in parts of 8 MiB up, s3fs in a pool of threads down.

    upstream.py upload|download|nothing|purge FOLDER BUCKET PREFIX
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import s3fs
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

endpoint = os.environ["AWS_ENDPOINT_URL"]
parts = TransferConfig(multipart_threshold=8 * 1024**2, multipart_chunksize=8 * 1024**2)


def client():
    return boto3.client("s3", endpoint_url=endpoint, config=Config(s3={"addressing_style": "path"}))


def names(folder: Path) -> list[str]:
    return [str(file.relative_to(folder)) for file in sorted(folder.rglob("*")) if file.is_file()]


def upload(folder: Path, bucket: str, prefix: str) -> None:
    s3 = client()
    for name in names(folder):
        s3.upload_file(str(folder / name), bucket, f"{prefix}/{name}", Config=parts)


def download(folder: Path, bucket: str, prefix: str) -> None:
    s3 = s3fs.S3FileSystem(endpoint_url=endpoint)
    objects = s3.find(f"{bucket}/{prefix}")

    def fetch(key: str) -> None:
        file = folder / key.removeprefix(f"{bucket}/{prefix}/")
        file.parent.mkdir(parents=True, exist_ok=True)
        s3.get_file(key, str(file))

    with ThreadPoolExecutor() as pool:
        list(pool.map(fetch, objects))


def nothing(folder: Path, bucket: str, prefix: str) -> None:
    s3 = client()
    for name in names(folder):
        s3.head_object(Bucket=bucket, Key=f"{prefix}/{name}")


def purge(folder: Path, bucket: str, prefix: str) -> None:
    s3 = boto3.resource("s3", endpoint_url=endpoint, config=Config(s3={"addressing_style": "path"}))
    s3.Bucket(bucket).objects.filter(Prefix=f"{prefix}/").delete()


operation, folder, bucket, prefix = sys.argv[1:]
{"upload": upload, "download": download, "nothing": nothing, "purge": purge}[operation](Path(folder), bucket, prefix)
