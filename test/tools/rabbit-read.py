"""Reads a RabbitMQ queue with pika, a client that is not ours, and prints a JSON line for each message, as delivered.

rabbit-read.py URL QUEUE[,QUEUE] ack|peek COUNT [digest]
  ack    takes the messages away; peek gives them back (they are redelivered afterwards)
  COUNT  0: until the queue is empty
  digest instead of all a message has: queue, message id, routing key, priority, and a SHA-1 of the rest. What a drain has
         set aside in headers is put back first, and what a quorum queue adds to a redelivery is left out.

Body as base64; every property that is set; headers as [name, type letter, value]. Numbers are text, so that no digit is
lost; bytes that are no UTF-8 are {"base64": ...}; a table is a list of headers, an array a list of [type letter, value].
"""
import base64
import calendar
import datetime
import decimal
import hashlib
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


def message_of(method, properties, body):
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
    return message


SET_ASIDE = {'x-spillway-expiration': 'expiration', 'x-spillway-user-id': 'user_id'}
COUNTS = ['x-delivery-count', 'x-acquired-count']


def digest_of(queue, message):
    properties = message['properties']
    headers = message.get('headers')
    for name, letter, value in headers or []:
        if name in SET_ASIDE and letter == 'S':
            properties[SET_ASIDE[name]] = value
    left_out = list(SET_ASIDE) + (COUNTS if message['redelivered'] else [])
    # A quorum queue sorts the headers of what it delivers again, and writes L as l where there is no expiration.
    named = [[name, 'l' if letter == 'L' else letter, value] for name, letter, value in headers or []]
    kept = headers and sorted((header for header in named if header[0] not in left_out), key=lambda header: header[0])
    whole = json.dumps([message['body'], message['routingKey'], sorted(properties.items()), kept])
    return {
        'queue': queue,
        'id': properties.get('message_id', ''),
        'routingKey': message['routingKey'],
        'priority': properties.get('priority', 0),
        'digest': hashlib.sha1(whole.encode()).hexdigest(),
    }


def read(channel, queue, acknowledge, most, shown):
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
            print(json.dumps(shown(queue, message_of(method, properties, body))))
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


def main(url, queues, mode, count, what=None):
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.basic_qos(prefetch_count=0 if mode == 'peek' else 2000)
    shown = digest_of if what == 'digest' else lambda _queue, message: message
    for queue in queues.split(',') if what == 'digest' else [queues]:
        read(channel, queue, mode == 'ack', int(count), shown)
        # What was read ahead goes back; a synchronous call shows that the acks were taken.
        channel.queue_declare(queue, passive=True)
    connection.close()


if __name__ == '__main__':
    main(*sys.argv[1:])
