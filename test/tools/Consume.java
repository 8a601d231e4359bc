/*
 * A live member of a consumer group with Kafka's own Java client: polls and commits until it is killed.
 *
 *   java -cp 'LIBS/*' test/tools/Consume.java BROKERS TOPIC GROUP classic|consumer [OPTIONS]
 *
 * classic: the old protocol; consumer: KIP-848 (brokers 4.0 and later, or 3.9 with it switched on).
 * OPTIONS
 *   --no-commit       commits nothing
 *   --stop-after N    leaves the group after N records
 *   --idle-ms MS      leaves the group once nothing came for so long
 *   --pause-ms MS     sleeps so long between polls (a slow consumer); 0
 *   --max-poll N      records a poll (500)
 *   --isolation read_committed|read_uncommitted (read_committed)
 *   --config FILE     properties for the client
 *
 * Prints lines of JSON: {"assigned":[0,1]} and {"revoked":[…]} as they happen, {"read":N} (total so far) after each poll
 * that gave records (and its commit), {"done":N} when it leaves by itself. Starts at the earliest offset where the group
 * has none.
 */
import java.io.FileReader;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

public class Consume {
  static void say(String name, Object value) {
    System.out.println("{\"" + name + "\":" + value + "}");
    System.out.flush();
  }

  static List<Integer> numbers(Collection<TopicPartition> partitions) {
    return partitions.stream().map(TopicPartition::partition).sorted().toList();
  }

  static class Listener implements ConsumerRebalanceListener {
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      say("assigned", numbers(partitions));
    }

    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      say("revoked", numbers(partitions));
    }
  }

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    List<String> plain = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--no-commit")) options.put(args[i], "");
      else if (args[i].startsWith("--")) options.put(args[i], args[++i]);
      else plain.add(args[i]);
    }
    Properties p = new Properties();
    p.put("bootstrap.servers", plain.get(0));
    p.put("group.id", plain.get(2));
    p.put("group.protocol", plain.get(3));
    p.put("enable.auto.commit", "false");
    p.put("auto.offset.reset", "earliest");
    p.put("allow.auto.create.topics", "false");
    p.put("isolation.level", options.getOrDefault("--isolation", "read_committed"));
    p.put("max.poll.records", options.getOrDefault("--max-poll", "500"));
    p.put("key.deserializer", ByteArrayDeserializer.class.getName());
    p.put("value.deserializer", ByteArrayDeserializer.class.getName());
    if (options.containsKey("--config")) p.load(new FileReader(options.get("--config")));
    long stop = Long.parseLong(options.getOrDefault("--stop-after", String.valueOf(Long.MAX_VALUE)));
    long idle = Long.parseLong(options.getOrDefault("--idle-ms", String.valueOf(Long.MAX_VALUE)));
    long pause = Long.parseLong(options.getOrDefault("--pause-ms", "0"));
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(p)) {
      consumer.subscribe(List.of(plain.get(1)), new Listener());
      long read = 0, last = System.currentTimeMillis();
      while (read < stop && System.currentTimeMillis() - last < idle) {
        var records = consumer.poll(Duration.ofMillis(200));
        if (records.isEmpty()) continue;
        read += records.count();
        last = System.currentTimeMillis();
        if (!options.containsKey("--no-commit")) consumer.commitSync();
        say("read", read);
        Thread.sleep(pause);
      }
      say("done", read);
    }
  }
}
