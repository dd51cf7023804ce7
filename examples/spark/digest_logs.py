"""Digests of more logs than one machine reads: each Spark partition goes through `retort digest`.

    spark-submit digest_logs.py LOGS... DIGESTS [--retort PATH] [--key-file FILE] [--args "--account-field org"]

LOGS are paths that Spark can read (JSON lines, .gz or plain; s3a://, hdfs://, a folder, a glob). DIGESTS is a folder
that gets one .rtd file a partition; `cat DIGESTS/*.rtd` is one digest of everything, and so is the folder itself:

    retort scan DIGESTS/ --out findings.jsonl

No line of the logs leaves the executor that read it: what comes back is keyed hashes, counts and times. `retort`, and
the key file, have to be there on every node (bake them into the image, or use --files of spark-submit).

Spark's pipe carries text, and a digest is bytes: so it travels as one line of base64 a partition.
"""
import argparse
import base64
import pathlib
import shlex

from pyspark.sql import SparkSession


def command(args):
    parts = [args.retort, "digest", "-", "--out", "-", "--threads", "1"] + shlex.split(args.args)
    if args.key_file:
        parts += ["--key-file", args.key_file]
    # an empty partition has no exchanges and no digest; a failed digest must fail the task
    script = f"set -o pipefail; read -r first || exit 0; (printf '%s\\n' \"$first\"; cat) | {shlex.join(parts)} | base64 -w 0"
    return shlex.join(["bash", "-c", script])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("logs", nargs="+")
    parser.add_argument("digests", type=pathlib.Path)
    parser.add_argument("--retort", default="retort")
    parser.add_argument("--key-file")
    parser.add_argument("--args", default="", help="further options of retort digest")
    parser.add_argument("--partitions", type=int, default=0, help="at least so many")
    args = parser.parse_args()
    spark = SparkSession.builder.appName("retort digest").getOrCreate()
    lines = spark.sparkContext.textFile(",".join(args.logs), args.partitions or None)
    digests = lines.pipe(command(args), checkCode=True)
    args.digests.mkdir(parents=True, exist_ok=True)
    written = 0
    # one partition's digest at a time on the driver; write from the executors where there is a shared store
    for number, text in enumerate(digests.toLocalIterator()):
        data = base64.b64decode(text)
        (args.digests / f"part-{number:05d}.rtd").write_bytes(data)
        written += len(data)
    print(f"{number + 1 if written else 0} digests, {written} bytes in {args.digests}")
    spark.stop()


if __name__ == "__main__":
    main()
