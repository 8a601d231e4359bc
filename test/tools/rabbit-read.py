"""Reads a RabbitMQ queue with pika, a client that is not ours, and prints a JSON line for each message, as delivered.

rabbit-read.py URL QUEUE ack|peek COUNT
  ack   takes the messages away; peek gives them back (they are redelivered afterwards)
  COUNT 0: until the queue is empty

Body as base64; every property that is set; headers as [name, type letter, value]. Numbers are text, so that no digit is
lost; bytes that are no UTF-8 are {"base64": ...}; a table is a list of headers, an array a list of [type letter, value].
"""
import base64
import calendar
import datetime
import decimal
import json
import struct
import sys

import pika
import pika.data


class Typed:
    """A value together with the letter that stood in front of it on the wire."""

    def __init__(self, letter, value):
        self.letter = letter
        self.value = value


decode_value = pika.data.decode_value


# pika finds the end of each value, but reads some numbers as unsigned or as whole ones.
NUMBERS = {'b': '>b', 'B': '>B', 's': '>h', 'u': '>H', 'I': '>i', 'i': '>I', 'l': '>q', 'L': '>q', 'f': '>f', 'd': '>d'}


def decode_typed(encoded, offset):
    letter = encoded[offset:offset + 1].decode('latin-1')
    value, end = decode_value(encoded, offset)
    if letter in NUMBERS:
        value = struct.unpack_from(NUMBERS[letter], encoded, offset + 1)[0]
    return Typed(letter, value), end


pika.data.decode_value = decode_typed


def plain(value):
    if isinstance(value, bytes):
        return {'base64': base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return str(calendar.timegm(value.timetuple()))
    if isinstance(value, dict):
        return [[name, each.letter, plain(each.value)] for name, each in value.items()]
    if isinstance(value, list):
        return [[each.letter, plain(each.value)] for each in value]
    if value is None or isinstance(value, (bool, str)):
        return value
    return str(value) if isinstance(value, decimal.Decimal) else repr(value)


NAMES = ['content_type', 'content_encoding', 'delivery_mode', 'priority', 'correlation_id', 'reply_to', 'expiration',
         'message_id', 'timestamp', 'type', 'user_id', 'app_id', 'cluster_id']


def line(method, properties, body):
    known = {name: getattr(properties, name) for name in NAMES if getattr(properties, name) is not None}
    message = {
        'body': base64.b64encode(body).decode(),
        'exchange': method.exchange,
        'routingKey': method.routing_key,
        'redelivered': method.redelivered,
        'properties': {name: plain(value) if isinstance(value, bytes) else value for name, value in known.items()},
    }
    if properties.headers is not None:
        message['headers'] = plain(properties.headers)
    return json.dumps(message)


def read(channel, queue, acknowledge, most):
    seen = 0
    while True:
        ready = channel.queue_declare(queue, passive=True).method.message_count
        wanted = ready if most == 0 else min(ready, most - seen)
        if wanted == 0:
            return
        last = None
        for method, properties, body in channel.consume(queue, inactivity_timeout=5):
            if method is None:
                break
            print(line(method, properties, body))
            last = method.delivery_tag
            seen += 1
            wanted -= 1
            if wanted == 0 or (acknowledge and wanted % 500 == 0):
                if acknowledge:
                    channel.basic_ack(last, multiple=True)
            if wanted == 0:
                break
        if not acknowledge:
            return
        channel.cancel()
        if most and seen >= most:
            return


def main(url, queue, mode, count):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.basic_qos(prefetch_count=0 if mode == 'peek' else 2000)
    read(channel, queue, mode == 'ack', int(count))
    # What was read ahead goes back; a synchronous call shows that the acks were taken.
    channel.queue_declare(queue, passive=True)
    connection.close()


main(*sys.argv[1:])
