// Command digest consumes queues until they are empty and prints the count of their messages and two hash sums: `multiset` over every
// message's properties, headers with their types and body, and `order`, a chain per key (header `key`), so that equal digests
// mean equal messages in equal key order. It shares no code with Spillway.
package main

import (
	"flag"
	"fmt"
	"log"
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"
)

const (
	prefetch = 5000
	ackEvery = 1000
)

type chain struct {
	hash  uint64
	queue int
}

type digest struct {
	records, keysSplit int64
	multiset           uint64
	chains             map[string]chain
	routing            bool
}

func main() {
	url := flag.String("url", "amqp://guest:guest@127.0.0.1:5672", "address of the node")
	queues := flag.String("queues", "", "queues to empty, with commas")
	routing := flag.Bool("routing", false, "routing keys count")
	flag.Parse()
	connection, err := amqp.Dial(*url)
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	d := digest{chains: map[string]chain{}, routing: *routing}
	for number, name := range strings.Split(*queues, ",") {
		if err := d.read(connection, name, number); err != nil {
			log.Fatal(err)
		}
	}
	order := uint64(0)
	for _, c := range d.chains {
		order += c.hash
	}
	fmt.Printf("{\"records\":%d,\"multiset\":\"%016x\",\"order\":\"%016x\",\"keys\":%d,\"keysSplit\":%d}\n",
		d.records, d.multiset, order, len(d.chains), d.keysSplit)
}

func (d *digest) read(connection *amqp.Connection, name string, number int) error {
	channel, err := connection.Channel()
	if err != nil {
		return err
	}
	defer channel.Close()
	queue, err := channel.QueueDeclarePassive(name, true, false, false, false, nil)
	if err != nil || queue.Messages == 0 {
		return err
	}
	if err = channel.Qos(prefetch, 0, false); err != nil {
		return err
	}
	deliveries, err := channel.Consume(name, "", false, false, false, false, nil)
	if err != nil {
		return err
	}
	for left := queue.Messages; left > 0; left-- {
		m, open := <-deliveries
		if !open {
			return fmt.Errorf("%s ended with %d messages to come", name, left)
		}
		d.add(&m, number)
		if left == 1 || left%ackEvery == 0 {
			if err = m.Ack(true); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *digest) add(m *amqp.Delivery, queue int) {
	d.records++
	h := hashOf(m, d.routing)
	d.multiset += h
	key, keyed := m.Headers["key"].(string)
	if !keyed {
		return
	}
	c, seen := d.chains[key]
	if seen && c.queue != queue {
		d.keysSplit++
	}
	d.chains[key] = chain{hash: c.hash*1099511628211 + h, queue: queue}
}
