package main

import (
	"encoding/binary"
	"hash/crc64"

	"github.com/twmb/franz-go/pkg/kgo"
)

var table = crc64.MakeTable(crc64.ECMA)

// hashOf covers key, value, headers in order and timestamp; lengths keep null, empty and neighbours apart.
func hashOf(r *kgo.Record, bare bool) uint64 {
	h := field(field(0, r.Key), r.Value)
	if bare {
		return mix(h)
	}
	for _, header := range r.Headers {
		h = field(field(h, []byte(header.Key)), header.Value)
	}
	return mix(h ^ mix(uint64(r.Timestamp.UnixMilli())))
}

func field(h uint64, bytes []byte) uint64 {
	length := int64(len(bytes))
	if bytes == nil {
		length = -1
	}
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(length))
	return crc64.Update(crc64.Update(h, table, size[:]), table, bytes)
}

// mix is the finalizer of splitmix64 (https://prng.di.unimi.it/splitmix64.c): sums of linear hashes would cancel out.
func mix(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}
