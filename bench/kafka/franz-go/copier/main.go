// Command copier copies every record of a topic, up to the end offsets at its start, into a wider topic:
// at least once, idempotent producer, acks=all. It stands for what a franz-go expert writes on the night.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"strings"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kgo"
)

// turnBytes go to one target partition before the round robin takes the next: big batches are what brokers like.
const turnBytes = 256 << 10

type settings struct{ brokers, source, target, route, codec string }

func main() {
	var s settings
	flag.StringVar(&s.brokers, "brokers", "127.0.0.1:9092", "host:port,…")
	flag.StringVar(&s.source, "source", "", "topic to read")
	flag.StringVar(&s.target, "target", "", "topic to write")
	flag.StringVar(&s.route, "route", "rr", "rr (round robin) or key (murmur2, as the Java producer)")
	flag.StringVar(&s.codec, "codec", "none", "none, gzip, snappy, lz4 or zstd")
	lanes := flag.Int("partitions", 30, "partitions of the target")
	flag.Parse()
	moved, err := move(context.Background(), s, *lanes)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("{\"moved\":%d}\n", moved)
}

func move(ctx context.Context, s settings, lanes int) (int64, error) {
	client, err := open(s)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	left, err := ends(ctx, client, s.source)
	if err != nil {
		return 0, err
	}
	route, moved := router(s.route, lanes), int64(0)
	var failed atomic.Int64
	for len(left) > 0 {
		fetches := client.PollRecords(ctx, 20000)
		if err := fetches.Err(); err != nil {
			return moved, err
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if !take(left, r) || r.Attrs.IsControl() {
				return
			}
			moved++
			r.Topic = s.target
			r.Partition = route(r)
			client.Produce(ctx, r, func(_ *kgo.Record, err error) {
				if err != nil {
					failed.Add(1)
				}
			})
		})
	}
	if err := client.Flush(ctx); err != nil {
		return moved, err
	}
	if n := failed.Load(); n > 0 {
		return moved, fmt.Errorf("%d records were refused", n)
	}
	return moved, nil
}

// open reads from the start and writes where router says; records keep bytes, headers and timestamps.
func open(s settings) (*kgo.Client, error) {
	codec, err := codecOf(s.codec)
	if err != nil {
		return nil, err
	}
	options := []kgo.Opt{
		kgo.SeedBrokers(strings.Split(s.brokers, ",")...),
		kgo.ConsumeTopics(s.source),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.KeepControlRecords(),
		kgo.FetchMaxBytes(16 << 20),
		kgo.FetchMaxPartitionBytes(4 << 20),
		kgo.ProducerBatchMaxBytes(1000000),
		kgo.ProducerBatchCompression(codec),
		kgo.MaxBufferedRecords(100000),
		kgo.ProducerLinger(0),
	}
	if s.route == "rr" {
		return kgo.NewClient(append(options, kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	}
	return kgo.NewClient(append(options, kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)))...)
}

func codecOf(name string) (kgo.CompressionCodec, error) {
	switch name {
	case "none":
		return kgo.NoCompression(), nil
	case "gzip":
		return kgo.GzipCompression(), nil
	case "snappy":
		return kgo.SnappyCompression(), nil
	case "lz4":
		return kgo.Lz4Compression(), nil
	case "zstd":
		return kgo.ZstdCompression(), nil
	}
	return kgo.NoCompression(), errors.New("unknown codec " + name)
}

// router answers the partition; under "key" the client's partitioner overrides it.
func router(mode string, lanes int) func(*kgo.Record) int32 {
	lane, bytes := int32(0), 0
	return func(r *kgo.Record) int32 {
		if mode != "rr" {
			return 0
		}
		if bytes += len(r.Key) + len(r.Value) + 16; bytes > turnBytes {
			lane, bytes = (lane+1)%int32(lanes), 0
		}
		return lane
	}
}
