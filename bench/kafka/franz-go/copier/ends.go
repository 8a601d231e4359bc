package main

import (
	"context"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// ends answers the end offset of every partition that holds something.
func ends(ctx context.Context, client *kgo.Client, topic string) (map[int32]int64, error) {
	admin := kadm.NewClient(client)
	first, err := admin.ListStartOffsets(ctx, topic)
	if err != nil {
		return nil, err
	}
	last, err := admin.ListEndOffsets(ctx, topic)
	if err != nil {
		return nil, err
	}
	left := map[int32]int64{}
	last.Each(func(o kadm.ListedOffset) {
		if start, ok := first.Lookup(topic, o.Partition); ok && o.Offset > start.Offset {
			left[o.Partition] = o.Offset
		}
	})
	return left, last.Error()
}

// take says whether the record lies before its partition's end, and crosses the partition off at the last one.
func take(left map[int32]int64, r *kgo.Record) bool {
	end, open := left[r.Partition]
	if !open || r.Offset >= end {
		return false
	}
	if r.Offset+1 == end {
		delete(left, r.Partition)
	}
	return true
}
