// Command gen fills a topic: keys "order-<0..keys>", JSON-like values that begin with a 12-digit record id, header id.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

var words = strings.Fields("status customer amount currency EUR created shipping address items sku quantity price pending warehouse carrier tracking")

func main() {
	brokers := flag.String("brokers", "127.0.0.1:9092", "host:port,…")
	topic := flag.String("topic", "", "topic to fill")
	records := flag.Int("records", 1000000, "")
	size := flag.Int("size", 1024, "bytes of a value")
	keys := flag.Int("keys", 100000, "distinct keys, evenly drawn")
	batch := flag.Int("batch", 16384, "most bytes in a batch; 1 means one record a batch")
	codec := flag.String("codec", "none", "none, gzip, snappy, lz4 or zstd")
	flag.Parse()
	client, err := open(*brokers, *topic, *codec, batchBytes(*batch, *size))
	if err != nil {
		log.Fatal(err)
	}
	if err := fill(client, *records, *size, *keys); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("{\"produced\":%d}\n", *records)
}

// batchBytes: one record's worth plus frame and header room holds exactly one record of a fixed size.
func batchBytes(batch, size int) int32 {
	if batch == 1 {
		return int32(size + 200)
	}
	return int32(batch)
}

func open(brokers, topic, codec string, batch int32) (*kgo.Client, error) {
	codecs := map[string]kgo.CompressionCodec{"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(),
		"snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression()}
	chosen, ok := codecs[codec]
	if !ok {
		return nil, fmt.Errorf("unknown codec %s", codec)
	}
	return kgo.NewClient(kgo.SeedBrokers(strings.Split(brokers, ",")...), kgo.DefaultProduceTopic(topic),
		kgo.ProducerBatchMaxBytes(batch), kgo.ProducerBatchCompression(chosen), kgo.MaxBufferedRecords(200000),
		kgo.ProducerLinger(5*time.Millisecond), kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)))
}

func fill(client *kgo.Client, records, size, keys int) error {
	ctx, rng := context.Background(), rand.New(rand.NewSource(7))
	bodies, failed := pool(rng, size), atomic.Int64{}
	for i := range records {
		value := append(make([]byte, 0, size), fmt.Sprintf("%012d", i)...)
		value = append(value, bodies[rng.Intn(len(bodies))][:size-12]...)
		client.Produce(ctx, &kgo.Record{
			Key:     []byte("order-" + strconv.Itoa(rng.Intn(keys))),
			Value:   value,
			Headers: []kgo.RecordHeader{{Key: "id", Value: []byte(strconv.Itoa(i))}},
		}, func(_ *kgo.Record, err error) {
			if err != nil {
				failed.Add(1)
			}
		})
	}
	if err := client.Flush(ctx); err != nil {
		return err
	}
	if n := failed.Load(); n > 0 {
		return fmt.Errorf("%d records were refused", n)
	}
	return nil
}

// pool makes 4,096 bodies that compress about as JSON does.
func pool(rng *rand.Rand, size int) [][]byte {
	bodies := make([][]byte, 4096)
	for i := range bodies {
		body := []byte(`,"data":{`)
		for len(body) < size {
			body = fmt.Appendf(body, "%q:%q,", words[rng.Intn(len(words))], strconv.FormatInt(rng.Int63(), 36))
		}
		bodies[i] = body
	}
	return bodies
}
