// Command digest reads a topic under read_committed and prints its count and two hash sums: `multiset` over every record's
// key, value, headers and timestamp, and `order`, a chain per key, so that equal digests mean equal records in equal key order.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

type chain struct {
	hash      uint64
	partition int32
}

type digest struct {
	records, keysSplit int64
	multiset           uint64
	chains             map[string]chain
}

func main() {
	brokers := flag.String("brokers", "127.0.0.1:9092", "host:port,…")
	topic := flag.String("topic", "", "topic to read")
	bare := flag.Bool("bare", false, "leave headers and timestamps out of the hash")
	flag.Parse()
	client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(*brokers, ",")...), kgo.ConsumeTopics(*topic),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.KeepControlRecords(), kgo.FetchMaxBytes(16<<20))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	d, err := read(context.Background(), client, *topic, *bare)
	if err != nil {
		log.Fatal(err)
	}
	order := uint64(0)
	for _, c := range d.chains {
		order += c.hash
	}
	fmt.Printf("{\"records\":%d,\"multiset\":\"%016x\",\"order\":\"%016x\",\"keys\":%d,\"keysSplit\":%d}\n",
		d.records, d.multiset, order, len(d.chains), d.keysSplit)
}

func read(ctx context.Context, client *kgo.Client, topic string, bare bool) (digest, error) {
	d := digest{chains: map[string]chain{}}
	left, err := stable(ctx, client, topic)
	for err == nil && len(left) > 0 {
		fetches := client.PollRecords(ctx, 20000)
		if err = fetches.Err(); err != nil {
			break
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if end, open := left[r.Partition]; !open || r.Offset >= end {
				return
			} else if r.Offset+1 == end {
				delete(left, r.Partition)
			}
			if !r.Attrs.IsControl() {
				d.add(r, bare)
			}
		})
	}
	return d, err
}

// stable answers the last stable offset of every partition that holds something. A commit is answered before its markers
// are in every log (KIP-98), so it waits until no partition holds an open transaction.
func stable(ctx context.Context, client *kgo.Client, topic string) (map[int32]int64, error) {
	admin := kadm.NewClient(client)
	first, err := admin.ListStartOffsets(ctx, topic)
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		end, err := admin.ListEndOffsets(ctx, topic)
		if err != nil {
			return nil, err
		}
		last, err := admin.ListCommittedOffsets(ctx, topic)
		if err != nil {
			return nil, err
		}
		if left, settled := between(first, last, end); settled {
			return left, last.Error()
		}
	}
	return nil, errors.New("a transaction was still open after 30 s")
}

func between(first, last, end kadm.ListedOffsets) (map[int32]int64, bool) {
	left, settled := map[int32]int64{}, true
	last.Each(func(o kadm.ListedOffset) {
		if start, ok := first.Lookup(o.Topic, o.Partition); ok && o.Offset > start.Offset {
			left[o.Partition] = o.Offset
		}
		if log, ok := end.Lookup(o.Topic, o.Partition); !ok || log.Offset != o.Offset {
			settled = false
		}
	})
	return left, settled
}

func (d *digest) add(r *kgo.Record, bare bool) {
	d.records++
	h := hashOf(r, bare)
	d.multiset += h
	if r.Key == nil {
		return
	}
	c, seen := d.chains[string(r.Key)]
	if seen && c.partition != r.Partition {
		d.keysSplit++
	}
	d.chains[string(r.Key)] = chain{hash: c.hash*1099511628211 + h, partition: r.Partition}
}
