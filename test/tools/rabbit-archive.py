"""Reads the plain records of an archive of a queue (docs/archive.md) from stdin and prints a JSON line for each, as rabbit-read.py does for a queue.

rabbit-archive.py [digest]
The content header is decoded by pika, which is not ours.
"""
import importlib
import json
import struct
import sys
import types

import pika.spec

reader = importlib.import_module('rabbit-read')


def short(data, at):
    end = at + 1 + data[at]
    return data[at + 1:end], end


def records(data):
    at = 0
    while at < len(data):
        end = at + 4 + struct.unpack_from('>I', data, at)[0]
        exchange, at = short(data, at + 4)
        key, at = short(data, at)
        redelivered = data[at] == 1
        length = struct.unpack_from('>I', data, at + 1)[0]
        header, at = data[at + 5:at + 5 + length], at + 5 + length
        size = struct.unpack_from('>Q', data, at)[0]
        body = data[at + 8:end]
        assert size == len(body) == struct.unpack_from('>Q', header, 4)[0]
        method = types.SimpleNamespace(exchange=exchange.decode(), routing_key=key.decode(), redelivered=redelivered)
        properties = pika.spec.BasicProperties()
        properties.decode(header, 12)
        yield reader.message_of(method, properties, body)
        at = end


for message in records(sys.stdin.buffer.read()):
    print(json.dumps(reader.digest_of('archive', message) if sys.argv[1:] == ['digest'] else message))
