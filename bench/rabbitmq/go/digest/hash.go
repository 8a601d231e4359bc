package main

import (
	"encoding/binary"
	"fmt"
	"hash/crc64"
	"sort"

	amqp "github.com/rabbitmq/amqp091-go"
)

var table = crc64.MakeTable(crc64.ECMA)

// hashOf covers every property, the headers with their types, the body and, where it counts, the routing key.
func hashOf(m *amqp.Delivery, routing bool) uint64 {
	h := uint64(0)
	if routing {
		h = field(h, m.RoutingKey)
	}
	for _, text := range []string{m.ContentType, m.ContentEncoding, m.CorrelationId, m.ReplyTo, m.Expiration, m.MessageId,
		m.Type, m.UserId, m.AppId} {
		h = field(h, text)
	}
	stamp := int64(-1)
	if !m.Timestamp.IsZero() {
		stamp = m.Timestamp.Unix()
	}
	h = field(h, fmt.Sprint(m.DeliveryMode, m.Priority, stamp))
	return mix(crc64.Update(headers(h, m.Headers), table, m.Body))
}

func headers(h uint64, entries amqp.Table) uint64 {
	names := make([]string, 0, len(entries))
	for name := range entries {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		h = field(field(h, name), fmt.Sprintf("%T %v", entries[name], entries[name]))
	}
	return h
}

func field(h uint64, text string) uint64 {
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(len(text)))
	return crc64.Update(crc64.Update(h, table, size[:]), table, []byte(text))
}

// mix is the finalizer of splitmix64 (https://prng.di.unimi.it/splitmix64.c): sums of linear hashes would cancel out.
func mix(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}
